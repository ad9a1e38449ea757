//! Changing the metadata of one asset, at once: the next query sees it.

use serde_json::{Map, Value};
use sheaf_model::{AssetId, ProjectId};
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::library::NewMetadata;

use super::asset::{AssetDetail, get};
use crate::metadata_updates::{checked_patch, patched_metadata};
use crate::{Access, Actor, App, Error, Result};

/// Names of changed fields that the ledger shows.
const SHOWN: usize = 10;

/// Puts a merge patch into an asset's metadata: null removes a field, what is not named stays.
pub async fn patch_metadata(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    asset: AssetId,
    patch: Map<String, Value>,
) -> Result<AssetDetail> {
    let (by, now) = (actor.clone(), app.now());
    app.store()
        .write_in(project, move |tx| {
            Access::manager(tx, &by, project)?;
            if asset.project != project {
                return Err(Error::not_found("asset"));
            }
            checked_patch(&patch).map_err(invalid)?;
            let done = tx.update_metadata(project, [asset.ordinal], |_, _, old| {
                let new = patched_metadata(old, &patch).map_err(invalid)?;
                Ok::<_, Error>(new.map_or(NewMetadata::Same, NewMetadata::Changed))
            })?;
            if !done.changed.is_empty() {
                let fields: Vec<&str> = patch.keys().take(SHOWN).map(String::as_str).collect();
                let event = EventRow {
                    at: now,
                    kind: EventKind::Updated,
                    actor: Some(by.user),
                    batch: None,
                    details: Some(fields.join(", ")),
                };
                tx.put_event(project, asset.ordinal, &event)?;
            }
            Ok(())
        })
        .await?;
    get(app, actor, project, asset).await
}

fn invalid(problem: sheaf_intake::Problem) -> Error {
    let error = Error::invalid(problem.code.as_str(), problem.message);
    match problem.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
