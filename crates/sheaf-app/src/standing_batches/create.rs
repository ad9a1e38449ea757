//! Making a standing batch, and what is checked of its plan.

use serde_json::json;
use sheaf_model::{OpenTo, ProjectId, RunCause, StandingBatchId, StandingPlan, Trigger};
use sheaf_query::Mode;
use sheaf_store::standing_batches::StandingBatchRow;
use sheaf_store::{Turn, Tx};

use super::run::recipe_at;
use super::view::{StandingBatchView, view};
use crate::batches::create::{checked_name, checked_open_to};
use crate::batches::order;
use crate::batches::select::select;
use crate::library::Look;
use crate::prelabels::checked_source;
use crate::{Access, Actor, App, Error, Result, ids};

/// Standing batches of one project. Each may have to be counted at every upload.
const IN_PROJECT_MAX: usize = 200;

/// A standing batch to be made.
#[derive(Debug, Clone)]
pub struct NewStandingBatch {
    pub name: String,
    pub plan: StandingPlan,
}

pub async fn create(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: NewStandingBatch,
) -> Result<StandingBatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    let made = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            let name = checked_name(&new.name)?;
            check(&look, &new.plan)?;
            let plan = served(&inner, &look, new.plan, None)?;
            name_is_free(tx, project, &name)?;
            if tx.standing_batches(project)?.len() >= IN_PROJECT_MAX {
                return Err(Error::conflict(
                    "too_many",
                    format!("a project has at most {IN_PROJECT_MAX} standing batches"),
                )
                .hint("delete one that is not needed any more"));
            }
            let next_due = match plan.trigger {
                Trigger::Daily(daily) => Some(daily.next_after(look.now)),
                Trigger::Matches { .. } => None,
            };
            let row = StandingBatchRow {
                project,
                id: StandingBatchId(ids::row_id(look.now)?),
                name,
                plan,
                paused: false,
                next_due,
                n_runs: 0,
                created: look.now,
                created_by: actor.user,
            };
            tx.insert_standing_batch(&row)?;
            let details = json!({ "name": row.name, "plan": row.plan });
            tx.audit(look.now, Some(actor.user), "standing_batch.create", &row.id.to_string(), &details)?;
            view(&look, row)
        })
        .await?;
    app.standing_batches().wake(made.row.id);
    Ok(made)
}

/// The plan, when people and groups that it names are there, and the field that its tasks are ordered by, and when its batches
/// may show pre-labels of that source. What stands in the plan before it is left as it is.
pub(super) fn served(
    app: &App,
    look: &Look<'_>,
    plan: StandingPlan,
    before: Option<&StandingPlan>,
) -> Result<StandingPlan> {
    checked_source(plan.kind, plan.prelabels.clone())?;
    if before.is_none_or(|before| before.order != plan.order) {
        order::checked(app, look.tx, look.project, &plan.order)?;
    }
    if before.is_some_and(|before| before.open_to == plan.open_to) {
        return Ok(plan);
    }
    let people = before.map_or_else(OpenTo::default, |before| before.open_to.clone());
    let open_to = checked_open_to(look.tx, look.project, plan.open_to, &people)?;
    Ok(StandingPlan { open_to, ..plan })
}

/// Refuses a plan that cannot be carried out on this library as it is now.
pub(super) fn check(look: &Look<'_>, plan: &StandingPlan) -> Result<()> {
    let problems = plan.problems();
    if !problems.is_empty() {
        return Err(Error::problems("invalid", problems));
    }
    let recipe = recipe_at(look, plan, RunCause::Time, look.now)?;
    select(look, &recipe, Mode::Strict, None)?;
    Ok(())
}

pub(super) fn name_is_free(tx: &Tx<'_>, project: ProjectId, name: &str) -> Result<()> {
    match tx.standing_batch_by_name(project, name)? {
        None => Ok(()),
        Some(there) => {
            Err(Error::conflict("name_taken", format!("there is a standing batch `{}` already", there.name))
                .hint("choose another name")
                .details(json!({ "standing_batch_id": there.id.to_string() })))
        }
    }
}
