//! Making a batch: out of a recipe, or of what an upload brought in.

use roaring::RoaringBitmap;
use serde_json::json;
use sheaf_model::quality::{GOLD_RATE, TASKS_MAX, gold_rate_problem};
use sheaf_model::{
    BatchAction, BatchId, BatchKind, BatchState, Millis, OpenTo, Pick, Problem, ProjectId, Recipe,
    RevisionAction, TaskOrder, TaskRules, UploadId, priority_problem,
};
use sheaf_query::Mode;
use sheaf_store::batch_revisions::RevisionRow;
use sheaf_store::batches::BatchRow;
use sheaf_store::{Progress, Turn, Tx};

use super::StoredRecipe;
use super::act::{act, need_taxonomy, step};
use super::order;
use super::select::{Selection, select};
use super::view::{BatchView, after};
use crate::library::Look;
use crate::prelabels::checked_source;
use crate::{Access, Actor, App, Error, Result, ids};

/// Characters of a batch's name.
const NAME_CHARS_MAX: usize = 200;

/// A batch to be made.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewBatch {
    pub name: String,
    pub kind: BatchKind,
    /// Higher is served first.
    pub priority: i64,
    /// Judgements and reviews that each task needs.
    pub rules: TaskRules,
    pub open_to: OpenTo,
    pub order: TaskOrder,
    pub due: Option<Millis>,
    /// Of a gold batch: how many in a hundred of a person's claims are of it; 5 when it is left out.
    pub gold_rate: Option<u8>,
    /// The source whose pre-labels its annotators begin with.
    pub prelabels: Option<String>,
    pub launch: bool,
}

/// Makes a batch of what the recipe picks, and launches it when asked to. The same name with the same recipe by the
/// same person is not made twice: it is a conflict that names the batch that is there.
pub async fn create(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: NewBatch,
    mut recipe: Recipe,
) -> Result<BatchView> {
    let (inner, who) = (app.clone(), actor.clone());
    let (made, launch) = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &who, project)?;
            let look = Look::at(&inner, tx, project)?;
            recipe = fixed(&look, recipe)?;
            let selection = select(&look, &recipe, Mode::Strict, None)?;
            // The order of very many by a field is not worked out in the writer: the batch is made, then launched.
            let many = selection.picked.len() > order::AT_ONCE_MAX as u64;
            let later = new.launch && many && matches!(new.order, TaskOrder::Field { .. });
            if later {
                need_taxonomy(tx, project)?;
            }
            let new = NewBatch { launch: new.launch && !later, ..new };
            Ok::<_, Error>((insert(&inner, tx, &who, &look, &new, selection)?, later))
        })
        .await?;
    if launch { act(app, actor, project, made.row.id, BatchAction::Launch).await } else { Ok(made) }
}

/// The batch of an upload: everything that the upload has added. Called when the upload is finished, in its transaction.
pub fn create_from_upload(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    new: &NewBatch,
) -> Result<BatchId> {
    Access::manager(tx, actor, project)?;
    let name = tx.upload_name(project, upload)?.ok_or(Error::not_found("upload"))?;
    let recipe = Recipe { query: Some(sheaf_query::term("upload", &name)), ..Recipe::default() };
    let look = Look::at(app, tx, project)?;
    let selection = select(&look, &recipe, Mode::Stored, None)?;
    Ok(insert(app, tx, actor, &look, new, selection)?.row.id)
}

/// The recipe with its query's relative times made absolute, so that it means the same for ever.
pub(crate) fn fixed(look: &Look<'_>, mut recipe: Recipe) -> Result<Recipe> {
    if let Some(query) = &recipe.query {
        let read = look.read(query, Mode::Strict)?;
        if read.has_errors() {
            return Err(Error::BadQuery { query: query.clone(), diagnostics: read.diagnostics });
        }
        recipe.query = Some(sheaf_query::print(&sheaf_query::fix_times(&read.tree, look.now)));
    }
    Ok(recipe)
}

/// Writes a new batch of what was selected.
pub(crate) fn insert(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    look: &Look<'_>,
    new: &NewBatch,
    selection: Selection,
) -> Result<BatchView> {
    if selection.picked.is_empty() {
        return Err(empty(&selection));
    }
    checked_open_to(tx, look.project, new.open_to.clone(), &OpenTo::default())?;
    let stored = StoredRecipe::of(look, &selection);
    insert_members(app, tx, actor, look.project, new, &stored, &selection.picked)
}

/// Writes a new batch of these members, which are not none, open to people and groups that were checked.
pub(super) fn insert_members(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: ProjectId,
    new: &NewBatch,
    stored: &StoredRecipe,
    members: &RoaringBitmap,
) -> Result<BatchView> {
    let now = app.now();
    let name = checked_name(&new.name)?;
    checked_priority(new.priority)?;
    checked_rules(new.kind, new.rules)?;
    checked_quality(new, members)?;
    if let Some(there) = tx.batch_by_name(project, &name)? {
        return Err(name_taken(&there));
    }
    // Later batches have greater ids, also when many are made in one millisecond.
    let later = tx.newest_batch(project)?.map_or(0, |newest| newest.0 + 1);
    let row = BatchRow {
        project,
        id: BatchId(ids::row_id(now)?.max(later)),
        name,
        kind: new.kind,
        state: BatchState::Staging,
        archived: false,
        priority: new.priority,
        revision: 1,
        recipe: stored.to_json()?,
        n_members: members.len() as i64,
        rules: new.kind.rules(new.rules),
        stamp: stamp()?,
        open_to: new.open_to.clone().tidy(),
        order: order::checked(app, tx, project, &new.order)?,
        sequence: 0,
        due: new.due.map(checked_due).transpose()?,
        gold_rate: checked_gold_rate(new.kind, new.gold_rate)?.unwrap_or(GOLD_RATE),
        prelabels: checked_source(new.kind, new.prelabels.clone())?,
        position: None,
        progress: Progress::default(),
        created: now,
        created_by: actor.user,
        launched: None,
        ended: None,
        of_client: false,
        brought_in: false,
    };
    tx.insert_batch(&row, members)?;
    let first = RevisionRow {
        revision: 1,
        action: RevisionAction::Created,
        n: row.n_members,
        text: stored.text.clone(),
        recipe: None,
        at: now,
        actor: actor.user,
    };
    tx.insert_revision(project, row.id, &first)?;
    tx.audit(
        now,
        Some(actor.user),
        "batch.create",
        &row.id.to_string(),
        &json!({ "name": row.name, "recipe": stored.text, "members": row.n_members }),
    )?;
    if new.launch {
        step(app, tx, actor, project, row.id, BatchAction::Launch)?;
    }
    after(tx, project, row.id, now)
}

/// A number that no other set of members of the batch has, also not one whose write was undone.
pub(super) fn stamp() -> Result<i64> {
    Ok(i64::from_be_bytes(ids::random::<8>()?) >> 1)
}

pub(crate) fn checked_priority(priority: i64) -> Result<i64> {
    match priority_problem(priority) {
        Some(problem) => Err(Error::problems("bad_priority", vec![problem])),
        None => Ok(priority),
    }
}

pub(crate) fn checked_rules(kind: BatchKind, rules: TaskRules) -> Result<TaskRules> {
    let problems = kind.rules_problems(rules);
    if problems.is_empty() { Ok(kind.rules(rules)) } else { Err(Error::problems("bad_rules", problems)) }
}

/// The rate that was asked for, of a gold batch; `None` when none was.
pub(super) fn checked_gold_rate(kind: BatchKind, asked: Option<u8>) -> Result<Option<u8>> {
    let problem = asked.and_then(|rate| match kind {
        BatchKind::Gold => gold_rate_problem(rate),
        _ => Some(Problem::new("gold_rate", "is of gold batches only")),
    });
    problem.map_or(Ok(asked), |problem| Err(Error::problems("bad_gold_rate", vec![problem])))
}

/// A batch of known answers is small, and waits for them before it is launched.
fn checked_quality(new: &NewBatch, members: &RoaringBitmap) -> Result<()> {
    if !new.kind.is_quality() {
        return Ok(());
    }
    if new.launch {
        let what = format!("a {} batch is launched when its answers are known", new.kind.as_str());
        return Err(Error::invalid("known_answers_missing", what)
            .hint("make it without `launch`, give its known answers, then launch it"));
    }
    if members.len() > TASKS_MAX {
        let what = format!("a quality batch has at most {TASKS_MAX} tasks, not {}", members.len());
        return Err(Error::invalid("too_many_tasks", what).hint("pick some at random"));
    }
    Ok(())
}

/// Groups that are there, and people of the project; or who was named before, and may have left since.
pub(crate) fn checked_open_to(
    tx: &Tx<'_>,
    project: ProjectId,
    open_to: OpenTo,
    before: &OpenTo,
) -> Result<OpenTo> {
    let mut problems = open_to.problems();
    for (at, group) in open_to.groups.iter().enumerate() {
        if tx.group(project, *group)?.is_none() {
            let message = "there is no such group in this project";
            problems.push(Problem::new(format!("open_to.groups[{at}]"), message));
        }
    }
    for (at, person) in open_to.people.iter().enumerate() {
        if !before.people.contains(person) && tx.roles(project, *person)?.is_empty() {
            let message = "is nobody in this project";
            problems.push(Problem::new(format!("open_to.people[{at}]"), message));
        }
    }
    if problems.is_empty() { Ok(open_to.tidy()) } else { Err(Error::problems("bad_open_to", problems)) }
}

/// A time that a batch may be due at: until the year 9999.
pub(crate) fn checked_due(due: Millis) -> Result<Millis> {
    const LAST: Millis = 253_402_300_799_999;
    if (0..=LAST).contains(&due) {
        return Ok(due);
    }
    Err(Error::problems("bad_due", vec![Problem::new("due_at", "must be between the years 1970 and 9999")]))
}

/// A name that may be used: trimmed, not empty, not too long.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let message =
            format!("a batch's name has 1 to {NAME_CHARS_MAX} characters and no control characters");
        return Err(Error::invalid("bad_name", message));
    }
    Ok(name.to_owned())
}

pub(crate) fn name_taken(there: &BatchRow) -> Error {
    Error::conflict("name_taken", format!("there is a batch `{}` already", there.name))
        .hint("choose another name")
        .details(json!({ "batch_id": there.id.to_string() }))
}

fn empty(selection: &Selection) -> Error {
    let (matched, available) = (selection.matched.len(), selection.available.len());
    let error = Error::invalid("empty_batch", "nothing was picked, so there is no batch to make");
    if matched == 0 {
        return error.hint("no asset matches; change the query or upload data first");
    }
    if available == 0 {
        return error
            .hint(format!("all {matched} assets that match were already included; change what is left out"));
    }
    match &selection.recipe.pick {
        _ if selection.recipe.part.is_some() => error.hint("nothing of what was picked is in this part"),
        Pick::Top { by, .. } => {
            error.hint(format!("none of the {available} available assets has the field `{by}`"))
        }
        Pick::Quota { by, .. } => {
            error.hint(format!("none of the {available} available assets has a value of `{by}` with a share"))
        }
        _ => error,
    }
}
