//! Whether an answer fits the taxonomy that its author was shown, and the asset.

use std::sync::Arc;

use sheaf_model::response::Canvas;
use sheaf_model::slot::Fence;
use sheaf_model::taxonomy::Tool;
use sheaf_model::{ProjectId, Response, SlotPlace, TaskId, Taxonomy};
use sheaf_store::Tx;
use sheaf_store::library::AssetRow;
use sheaf_store::queue::SlotKey;

use crate::{Actor, App, Error, Result};

/// Parsed taxonomies that are kept.
const TAXONOMIES_MAX: usize = 1_000;

/// What is wrong with an answer under a lease, or in the place of one that was handed in under it. Nothing is checked of a
/// task that is not the actor's any more: the write says so.
pub(crate) async fn problems(
    app: &App,
    actor: &Actor,
    task: TaskId,
    place: SlotPlace,
    fence: Fence,
    response: &Response,
) -> Result<Option<Error>> {
    if let Some(seen) = app.shown().get(&fence, actor.user)
        && !(seen.is_text && has_spans(response))
        && let Some(taxonomy) = known(app, task.project, seen.taxonomy_version)
    {
        let canvas = if seen.is_text { Canvas::Text("") } else { Canvas::Image(seen.size) };
        return Ok(told(response, &taxonomy, canvas));
    }
    let (inner, person, response) = (app.clone(), actor.user, response.clone());
    app.store()
        .read(move |tx| {
            let Some(row) = tx.slot(&SlotKey::at(task, place))? else { return Ok(None) };
            if row.slot.holder != Some(person) || row.slot.fence != Some(fence) {
                return Ok(None);
            }
            let taxonomy = taxonomy(&inner, tx, task.project, row.taxonomy_version)?;
            let asset = tx.asset(task.project, task.ordinal)?.ok_or(Error::not_found("asset"))?;
            on_canvas(tx, task.project, &asset, &response, |canvas| told(&response, &taxonomy, canvas))
        })
        .await
}

fn has_spans(response: &Response) -> bool {
    response.annotations.iter().any(|annotation| annotation.shape.tool() == Tool::Span)
}

/// Holds a response against its asset. A text is read only for spans: nothing else looks at it.
pub(crate) fn on_canvas<T>(
    tx: &Tx<'_>,
    project: ProjectId,
    asset: &AssetRow,
    response: &Response,
    look: impl FnOnce(Canvas<'_>) -> T,
) -> Result<T> {
    if !asset.media_type.starts_with("text/") {
        return Ok(look(Canvas::Image(asset.width.zip(asset.height))));
    }
    let text = if has_spans(response) { tx.text(project, asset.ordinal)? } else { None };
    Ok(look(Canvas::Text(&text.unwrap_or_default())))
}

fn told(response: &Response, taxonomy: &Taxonomy, canvas: Canvas<'_>) -> Option<Error> {
    let problems = response.problems(taxonomy, canvas);
    (!problems.is_empty()).then(|| Error::problems("invalid_response", problems))
}

fn known(app: &App, project: ProjectId, version: i64) -> Option<Arc<Taxonomy>> {
    app.taxonomies().lock().get(&(project, version)).cloned()
}

/// A version of a project's taxonomy, kept parsed: versions never change.
pub(crate) fn taxonomy(app: &App, tx: &Tx<'_>, project: ProjectId, version: i64) -> Result<Arc<Taxonomy>> {
    if let Some(known) = known(app, project, version) {
        return Ok(known);
    }
    let row = tx
        .taxonomy(project, version)?
        .ok_or_else(|| Error::internal(format!("{project} has no taxonomy version {version}")))?;
    let taxonomy = Arc::new(row.body);
    let mut known = app.taxonomies().lock();
    if known.len() >= TAXONOMIES_MAX {
        known.clear();
    }
    known.insert((project, version), taxonomy.clone());
    Ok(taxonomy)
}
