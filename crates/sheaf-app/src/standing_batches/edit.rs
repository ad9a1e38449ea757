//! Changing and deleting standing batches. The batches that were made stay as they are.

use serde_json::json;
use sheaf_model::{
    BatchKind, CatchUp, Exclude, OpenTo, Pick, ProjectId, StandingBatchId, StandingPlan, TaskOrder, Trigger,
};

use super::create::{check, name_is_free, served};
use super::found;
use super::view::{StandingBatchView, view};
use sheaf_store::Turn;

use crate::batches::create::checked_name;
use crate::library::Look;
use crate::{Access, Actor, App, Error, Result};

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct StandingBatchEdit {
    pub name: Option<String>,
    pub query: Option<String>,
    pub exclude: Option<Exclude>,
    pub pick: Option<Pick>,
    pub trigger: Option<Trigger>,
    pub name_pattern: Option<String>,
    pub kind: Option<BatchKind>,
    pub priority: Option<i64>,
    pub overlap: Option<u8>,
    pub review_levels: Option<u8>,
    pub open_to: Option<OpenTo>,
    pub order: Option<TaskOrder>,
    /// `Some(None)`: its batches are not due at any time.
    pub due_hours: Option<Option<u32>>,
    /// `Some(None)`: the annotators of its batches begin with nothing.
    pub prelabels: Option<Option<String>>,
    pub launch: Option<bool>,
    pub catch_up: Option<CatchUp>,
}

impl StandingBatchEdit {
    fn of(self, old: &StandingPlan) -> StandingPlan {
        let old = old.clone();
        StandingPlan {
            query: self.query.unwrap_or(old.query),
            exclude: self.exclude.unwrap_or(old.exclude),
            pick: self.pick.unwrap_or(old.pick),
            trigger: self.trigger.unwrap_or(old.trigger),
            name_pattern: self.name_pattern.unwrap_or(old.name_pattern),
            kind: self.kind.unwrap_or(old.kind),
            priority: self.priority.unwrap_or(old.priority),
            rules: old.rules.with(self.overlap, self.review_levels),
            open_to: self.open_to.unwrap_or(old.open_to),
            order: self.order.unwrap_or(old.order),
            due_hours: self.due_hours.unwrap_or(old.due_hours),
            prelabels: self.prelabels.unwrap_or(old.prelabels),
            launch: self.launch.unwrap_or(old.launch),
            catch_up: self.catch_up.unwrap_or(old.catch_up),
        }
    }
}

pub async fn edit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
    edit: StandingBatchEdit,
) -> Result<StandingBatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    let changed = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let old = found(tx, project, id)?;
            let look = Look::at(&inner, tx, project)?;
            let mut row = old.clone();
            row.name = edit.name.as_deref().map(checked_name).transpose()?.unwrap_or(row.name);
            if row.name != old.name {
                name_is_free(tx, project, &row.name)?;
            }
            row.plan = served(&inner, &look, edit.of(&old.plan), Some(&old.plan))?;
            if row.plan.recipe() != old.plan.recipe() {
                check(&look, &row.plan)?;
            }
            let problems = row.plan.problems();
            if !problems.is_empty() {
                return Err(Error::problems("invalid", problems));
            }
            if row.plan.trigger != old.plan.trigger {
                row.next_due = super::act::next_due(tx, &row, look.now)?;
            }
            tx.update_standing_batch(&row)?;
            let details = json!({ "name": row.name, "plan": row.plan });
            tx.audit(look.now, Some(actor.user), "standing_batch.edit", &id.to_string(), &details)?;
            view(&look, row)
        })
        .await?;
    app.standing_batches().wake(id);
    Ok(changed)
}

pub async fn delete(app: &App, actor: &Actor, project: ProjectId, id: StandingBatchId) -> Result<()> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = found(tx, project, id)?;
            tx.delete_standing_batch(project, id)?;
            let details = json!({ "name": row.name, "runs": row.n_runs });
            tx.audit(inner.now(), Some(actor.user), "standing_batch.delete", &id.to_string(), &details)?;
            Ok(())
        })
        .await
}
