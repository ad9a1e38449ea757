//! The sources that a project has pre-labels of; removing what one of them says.

use serde_json::json;
use sheaf_model::ProjectId;
use sheaf_store::Turn;
pub use sheaf_store::prelabels::SourceRow;

use crate::{Access, Actor, App, Error, Result};

/// Pre-labels that are removed in one transaction.
const REMOVED_A_WRITE: u32 = 2_000;

/// The sources of a project, by name.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<SourceRow>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            Ok(tx.prelabel_sources(project)?)
        })
        .await
}

/// Removes everything that a source says, in short transactions; how much that was. Batches that show it show nothing then.
pub async fn delete(app: &App, actor: &Actor, project: ProjectId, source: String) -> Result<u64> {
    let mut n = 0;
    loop {
        let (actor, source) = (actor.clone(), source.clone());
        let removed = app
            .store()
            .write_in(project, move |tx| {
                Access::manager(tx, &actor, project)?;
                let known = tx.prelabel_sources(project)?.iter().any(|it| it.source == source);
                if known {
                    Ok::<_, Error>(tx.delete_prelabels(project, &source, REMOVED_A_WRITE)?)
                } else {
                    Ok(0)
                }
            })
            .await?;
        n += removed;
        if removed < u64::from(REMOVED_A_WRITE) {
            break;
        }
    }
    if n == 0 {
        return Err(Error::not_found("source of pre-labels"));
    }
    let (actor, now) = (actor.user, app.now());
    let details = json!({ "source": source, "removed": n });
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Ok::<_, Error>(tx.audit(now, Some(actor), "prelabels.delete", &project.to_string(), &details)?)
        })
        .await?;
    Ok(n)
}
