//! Renaming, priority, whom it is open to, when it is due, the archive; deleting what was never launched.

use serde_json::json;
use sheaf_model::{BatchId, BatchState, Millis, OpenTo, ProjectId, TaskOrder};
use sheaf_store::batches::BatchRow;

use super::create::{
    checked_due, checked_gold_rate, checked_name, checked_open_to, checked_priority, checked_rules,
    name_taken,
};
use super::order;
use super::view::{BatchView, after};
use sheaf_store::Turn;

use crate::prelabels::checked_source;
use crate::{Access, Actor, App, Error, Result, scale};

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct BatchEdit {
    pub name: Option<String>,
    pub priority: Option<i64>,
    pub archived: Option<bool>,
    /// In staging only.
    pub overlap: Option<u8>,
    pub review_levels: Option<u8>,
    /// Acts on the next claim; what is held may be finished.
    pub open_to: Option<OpenTo>,
    /// `Some(None)` takes it away.
    pub due: Option<Option<Millis>>,
    /// In staging only.
    pub order: Option<TaskOrder>,
    /// Of a gold batch; acts on the next claim.
    pub gold_rate: Option<u8>,
    /// The source whose pre-labels are shown; in staging only. `Some(None)`: none.
    pub prelabels: Option<Option<String>>,
}

pub async fn edit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    edit: BatchEdit,
) -> Result<BatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let name = edit.name.as_deref().map(checked_name).transpose()?.unwrap_or(batch.name.clone());
            if name != batch.name
                && let Some(there) = tx.batch_by_name(project, &name)?
            {
                return Err(name_taken(&there));
            }
            let priority = edit.priority.map_or(Ok(batch.priority), checked_priority)?;
            let archived = edit.archived.unwrap_or(batch.archived);
            let rules = batch.rules.with(edit.overlap, edit.review_levels);
            if checked_rules(batch.kind, rules)? != batch.rules {
                if batch.state != BatchState::Staging {
                    return Err(Error::conflict("bad_state", format!("batch `{}` was launched", batch.name))
                        .hint("overlap and review levels are fixed with the launch; make another batch"));
                }
                tx.set_batch_rules(project, id, rules)?;
            }
            if let Some(order) = &edit.order {
                let order = order::checked(&inner, tx, project, order)?;
                if order != batch.order && batch.state != BatchState::Staging {
                    return Err(Error::conflict("bad_state", format!("batch `{}` was launched", batch.name))
                        .hint("the order of its tasks is fixed with the launch; make another batch"));
                }
                tx.set_batch_order(project, id, &order)?;
            }
            let prelabels = match edit.prelabels {
                Some(source) => checked_source(batch.kind, source)?,
                None => batch.prelabels.clone(),
            };
            if prelabels != batch.prelabels {
                if batch.state != BatchState::Staging {
                    return Err(Error::conflict("bad_state", format!("batch `{}` was launched", batch.name))
                        .hint("whose pre-labels it shows is fixed with the launch; make another batch"));
                }
                tx.set_batch_prelabels(project, id, prelabels.as_deref())?;
            }
            let gold_rate = checked_gold_rate(batch.kind, edit.gold_rate)?.unwrap_or(batch.gold_rate);
            let open_to =
                edit.open_to.map(|it| checked_open_to(tx, project, it, &batch.open_to)).transpose()?;
            let due = edit.due.map(|due| due.map(checked_due).transpose()).transpose()?;
            let details = json!({
                "name": name, "priority": priority, "archived": archived, "rules": rules,
                "open_to": open_to, "due": due, "order": edit.order,
                "gold_rate": edit.gold_rate, "prelabels": prelabels,
            });
            tx.edit_batch(&BatchRow {
                name,
                priority,
                archived,
                open_to: open_to.unwrap_or(batch.open_to.clone()),
                due: due.unwrap_or(batch.due),
                gold_rate,
                ..batch
            })?;
            tx.audit(inner.now(), Some(actor.user), "batch.edit", &id.to_string(), &details)?;
            after(tx, project, id, inner.now())
        })
        .await
}

pub async fn delete(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<()> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            if batch.state != BatchState::Staging {
                return Err(Error::conflict("bad_state", format!("batch `{}` was launched", batch.name))
                    .hint("cancel or archive it; only a batch in staging can be deleted"));
            }
            scale::keeps_tasks(tx, &batch, "delete")?;
            tx.delete_batch(project, id)?;
            tx.audit(
                inner.now(),
                Some(actor.user),
                "batch.delete",
                &id.to_string(),
                &json!({ "name": batch.name }),
            )?;
            Ok(())
        })
        .await
}
