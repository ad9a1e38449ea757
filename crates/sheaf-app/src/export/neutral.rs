//! What the formats of other tools have in common: an asset with its answers in the words of `sheaf_formats`.

use sheaf_formats::{Asset, Marks};
use sheaf_model::{AssetId, Response, Taxonomy};

use super::failed;
use super::rows::{Item, each_asset};
use super::{Spec, rfc3339};
use crate::library::Look;
use crate::{Error, Result};

/// Which of an image's answers go out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Of several tasks and judgements the one that was handed in last speaks for the asset.
    Newest,
}

/// Calls `visit` once for each asset, with its answers.
pub(super) fn each(
    look: &Look<'_>,
    spec: &Spec,
    which: Which,
    mut visit: impl FnMut(&Item<'_>, Asset) -> Result<()>,
) -> Result<()> {
    each_asset(look, spec, |items| {
        let newest = items.iter().max_by_key(|item| item.answer.map(|answer| (answer.at, answer.id)));
        let Some(newest) = newest else { return Ok(()) };
        let row = newest.asset;
        let mut asset = Asset {
            name: row.name.clone(),
            url: row.url.clone(),
            reference: row.reference.clone(),
            size: row.width.zip(row.height),
            metadata: serde_json::from_str(&row.metadata).map_err(failed)?,
            ..Asset::default()
        };
        if row.media_type.starts_with("text/") {
            asset.text = Some(newest.text.unwrap_or_default().to_owned());
        }
        let said = match which {
            Which::All => items,
            Which::Newest => std::slice::from_ref(newest),
        };
        for item in said {
            let Some(answer) = item.answer else { continue };
            let people: Vec<&str> = item.annotators.iter().map(|person| person.email.as_str()).collect();
            let response: Response = serde_json::from_str(&answer.response).map_err(failed)?;
            // An answer that was merged is of several people; formats that name one person name none of them.
            let source = people.join("; ");
            asset.marks.push(Marks { source, human: true, response, ..Marks::default() });
        }
        visit(newest, asset)
    })
}

/// What Sheaf adds to a record, for whoever joins it with other exports.
pub(super) fn about(look: &Look<'_>, item: &Item<'_>) -> serde_json::Map<String, serde_json::Value> {
    let id = AssetId { project: look.project, ordinal: item.asset.ordinal };
    let mut out = serde_json::Map::new();
    out.insert("asset_id".into(), id.to_string().into());
    if let Some(answer) = item.answer {
        out.insert("submitted_at".into(), rfc3339(answer.at).into());
    }
    out
}

/// The taxonomy in force; an empty one when there is none.
pub(super) fn taxonomy(look: &Look<'_>) -> Result<Taxonomy> {
    let project = look.tx.project(look.project)?.ok_or(Error::not_found("project"))?;
    Ok(look
        .tx
        .taxonomy(look.project, project.taxonomy_version)?
        .map_or_else(Taxonomy::default, |row| row.body))
}

/// Labels in force, then labels that only older answers have.
pub(super) fn categories(look: &Look<'_>) -> Result<Vec<String>> {
    let project = look.tx.project(look.project)?.ok_or(Error::not_found("project"))?;
    let mut out: Vec<String> = taxonomy(look)?.labels.into_iter().map(|label| label.name).collect();
    for older in (1..project.taxonomy_version).rev() {
        let labels = look.tx.taxonomy(look.project, older)?.map_or_else(Vec::new, |row| row.body.labels);
        for label in labels {
            if !out.contains(&label.name) {
                out.push(label.name);
            }
        }
    }
    Ok(out)
}
