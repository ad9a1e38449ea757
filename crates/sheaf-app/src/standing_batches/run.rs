//! One run of a standing batch, inside the transaction that makes its batch and records it.

use roaring::RoaringBitmap;
use sheaf_model::{Millis, OpenTo, ProjectId, Recipe, RunCause, RunOutcome, StandingPlan, Trigger};
use sheaf_query::expr::Order;
use sheaf_query::tree::{Kind, Literal, Name, Node, Test, Tree};
use sheaf_query::{Mode, Span};
use sheaf_select::pick;
use sheaf_store::Tx;
use sheaf_store::batch_hours::HOUR_MS;
use sheaf_store::standing_batches::{StandingBatchRow, StandingRunRow};

use super::name::free_name;
use crate::batches::NewBatch;
use crate::batches::create::insert;
use crate::batches::select::select;
use crate::library::Look;
use crate::{Actor, App, Error, Result};

/// Why, and for which time.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    pub(super) cause: RunCause,
    pub(super) due: Millis,
    /// For the history.
    pub(super) note: Option<String>,
}

/// Carries the plan out: makes the batch, or notes that there was nothing to make it of. `None`, and nothing is written,
/// when it is about matches and there are too few.
pub(super) fn carry_out(
    app: &App,
    tx: &Tx<'_>,
    row: &StandingBatchRow,
    actor: &Actor,
    occasion: Occasion,
) -> Result<Option<StandingRunRow>> {
    let Occasion { cause, due, note } = occasion;
    let (plan, n) = (&row.plan, row.n_runs + 1);
    let look = Look::at(app, tx, row.project)?;
    let recipe = recipe_at(&look, plan, cause, due)?;
    let selection = select(&look, &recipe, Mode::Strict, None)?;
    let new = match plan.trigger {
        Trigger::Matches { every } => {
            let new = &selection.available - tx.standing_counted(row.project, row.id)?;
            if cause == RunCause::Matches && new.len() < every {
                return Ok(None);
            }
            pick::first(&new, every)
        }
        Trigger::Daily(_) => RoaringBitmap::new(),
    };
    let picked = selection.picked.clone();
    let mut run = recorded(n, cause, due, look.now, RunOutcome::Empty, note);
    if !picked.is_empty() {
        let name = free_name(tx, row.project, plan, cause, due, n)?;
        let batch = NewBatch {
            name,
            kind: plan.kind,
            priority: plan.priority,
            rules: plan.rules,
            open_to: still_there(tx, row.project, &plan.open_to)?,
            order: plan.order.clone(),
            due: plan.due_hours.map(|hours| look.now + i64::from(hours) * HOUR_MS),
            gold_rate: None,
            prelabels: plan.prelabels.clone(),
            launch: plan.launch,
        };
        let made = insert(app, tx, actor, &look, &batch, selection)?.row;
        run.outcome = RunOutcome::Made;
        (run.batch, run.batch_name, run.members) = (Some(made.id), Some(made.name), made.n_members);
    }
    if matches!(plan.trigger, Trigger::Matches { .. }) {
        // What a run has counted or picked is not new for the next one.
        tx.add_standing_counted(row.project, row.id, &(new | picked))?;
    }
    tx.insert_standing_run(row, &run)?;
    Ok(Some(run))
}

/// Whom a batch is open to: who left the project is not named in it. When all of them left it is not open to everybody,
/// and the run fails.
fn still_there(tx: &Tx<'_>, project: ProjectId, named: &OpenTo) -> Result<OpenTo> {
    let mut people = Vec::with_capacity(named.people.len());
    for person in &named.people {
        if !tx.roles(project, *person)?.is_empty() {
            people.push(*person);
        }
    }
    let open_to = OpenTo { people, groups: named.groups.clone() };
    Ok(if open_to.everybody() { named.clone() } else { open_to })
}

/// Records a run that makes no batch.
pub(super) fn record(
    tx: &Tx<'_>,
    row: &StandingBatchRow,
    occasion: Occasion,
    now: Millis,
    outcome: RunOutcome,
) -> Result<StandingRunRow> {
    let Occasion { cause, due, note } = occasion;
    let run = recorded(row.n_runs + 1, cause, due, now, outcome, note);
    tx.insert_standing_run(row, &run)?;
    Ok(run)
}

fn recorded(
    n: i64,
    cause: RunCause,
    due: Millis,
    ran: Millis,
    outcome: RunOutcome,
    message: Option<String>,
) -> StandingRunRow {
    StandingRunRow { n, cause, due, ran, outcome, batch: None, batch_name: None, members: 0, message }
}

/// The recipe of a run, with absolute times. A daily run takes what was uploaded before its due time, however late it
/// is made: so a stream is cut by day.
pub(super) fn recipe_at(
    look: &Look<'_>,
    plan: &StandingPlan,
    cause: RunCause,
    due: Millis,
) -> Result<Recipe> {
    let read = look.read(&plan.query, Mode::Strict)?;
    if read.has_errors() {
        return Err(Error::BadQuery { query: plan.query.clone(), diagnostics: read.diagnostics });
    }
    let mut tree = sheaf_query::fix_times(&read.tree, due);
    if cause == RunCause::Time {
        tree = before(tree, due)?;
    }
    Ok(Recipe { query: Some(sheaf_query::print(&tree)), ..plan.recipe() })
}

/// The tree and `uploaded<TIME`.
fn before(tree: Tree, time: Millis) -> Result<Tree> {
    let text =
        sheaf_query::instant_text(time).ok_or_else(|| Error::internal("a time outside of the calendar"))?;
    let span = Span::default();
    let test = Test::Compare(Order::Less, Literal::new(text, false, span));
    let term = Node::term(Name::new("uploaded", span), test, span);
    let root = if tree.root.kind == Kind::All { term } else { Node::and(vec![tree.root, term], span) };
    Ok(Tree { root })
}
