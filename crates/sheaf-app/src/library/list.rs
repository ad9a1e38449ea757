//! A page of the library: what a query finds, in an order, from anywhere.

use std::time::Instant;

use sheaf_model::ProjectId;
use sheaf_query::{Diagnostic, Mode};
use sheaf_select::sort::SortBy;

use super::Look;
use super::view::{AssetView, views};
use crate::{Access, Actor, App, Error, Result};

/// Assets in one page.
pub const PAGE_MAX: usize = 500;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub query: String,
    /// `ordinal`, or a field as it is written in a query; `-` before it turns the order round.
    pub sort: Option<String>,
    pub offset: u64,
    pub limit: usize,
}

#[derive(Debug)]
pub struct Listed {
    pub items: Vec<AssetView>,
    /// Assets that the query finds.
    pub total: u64,
    /// Milliseconds that the selection and the page took.
    pub took_ms: f64,
    pub warnings: Vec<Diagnostic>,
}

pub async fn list(app: &App, actor: &Actor, project: ProjectId, page: Page) -> Result<Listed> {
    let (app, actor) = (app.clone(), actor.clone());
    let inner = app.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let started = Instant::now();
            let look = Look::at(&inner, tx, project)?;
            let (found, warnings) = look.select(&page.query, Mode::Strict)?;
            let (by, descending) = sort(&look, page.sort.as_deref())?;
            let limit = page.limit.clamp(1, PAGE_MAX);
            let library = look.library();
            let ordinals = match &by {
                SortBy::Field(field) => {
                    look.known.page(&library, &found, (field, descending), page.offset, limit)?
                }
                SortBy::Ordinal => library.page(&found, &by, descending, page.offset, limit)?,
            };
            let rows = tx.assets(project, &ordinals)?;
            let items = views(tx, project, rows)?;
            Ok(Listed { items, total: found.len(), took_ms: millis(started), warnings })
        })
        .await
}

/// Milliseconds since `started`.
pub(crate) fn millis(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 100_000.0).round() / 100.0
}

pub(crate) fn sort(look: &Look<'_>, text: Option<&str>) -> Result<(SortBy, bool)> {
    let text = text.unwrap_or("ordinal");
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    if name == "ordinal" || name.is_empty() {
        return Ok((SortBy::Ordinal, descending));
    }
    match look.field(name)? {
        Some(key) => Ok((SortBy::Field(key), descending)),
        None => Err(Error::invalid("bad_sort", format!("there is no field `{name}` to sort by"))
            .hint("sort by `ordinal`, a metadata field, or `-` and one of them")),
    }
}
