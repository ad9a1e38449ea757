//! A task as the one who holds it gets it.

use sheaf_model::agreement::MergeRule;
use std::sync::Arc;

use sheaf_model::project::Media;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchId, BatchKind, LeaseId, Millis, ProjectId, TaskId, TaskRules};
use sheaf_store::batches::BatchRow;
use sheaf_store::events::EventKind;
use sheaf_store::names::PersonName;
use sheaf_store::queue::SlotRow;
use sheaf_store::queue::drafts::DraftRow;
use sheaf_store::reviews::ReviewRow;
use sheaf_store::submissions::SubmissionRow;
use sheaf_store::{Ask, Tx};

use super::answers::Answers;
use super::shown::Seen;
use crate::agreement::task::{Compared, compared};
use crate::library::AssetView;
use crate::library::view::for_task;
use crate::prelabels::Prelabel;
use crate::quality::serve::shown;
use crate::{App, Error, Result, prelabels};

#[derive(Debug)]
pub struct TaskView {
    pub task: TaskId,
    pub lease: LeaseId,
    pub lease_remaining_ms: Millis,
    /// How often the browser should give a sign of life.
    pub heartbeat_ms: Millis,
    pub project: (ProjectId, String, Media),
    pub batch: (BatchId, String, BatchKind),
    pub rules: TaskRules,
    pub asset: AssetView,
    pub taxonomy_version: i64,
    pub draft: Option<DraftRow>,
    /// What the batch's source of pre-labels says of the asset; of a task to be labelled.
    pub prelabel: Option<Prelabel>,
    /// Above 1 when a review sent it back.
    pub round: i64,
    /// To be reviewed: the answers that stand. Sent back: the person's own last one.
    pub answers: Vec<Answer>,
    /// What reviewers said of the task so far, oldest first.
    pub reviews: Vec<Reviewed>,
    /// Why a manager had it done once more, when that was last.
    pub reopened: Option<String>,
    /// To be reviewed, of several annotators: how far their answers agree, and what they say together.
    pub agreement: Option<Compared>,
}

#[derive(Debug)]
pub struct Answer {
    pub row: SubmissionRow,
    pub by: Option<PersonName>,
}

#[derive(Debug)]
pub struct Reviewed {
    pub row: ReviewRow,
    pub by: Option<PersonName>,
}

/// The batch of a task of this project; "no such task" when it is none.
pub(crate) fn batch_of(tx: &Tx<'_>, project: ProjectId, id: TaskId) -> Result<BatchRow> {
    let none = || Error::not_found("task");
    if id.project != project || !tx.is_member(id.project, id.batch, id.ordinal)? {
        return Err(none());
    }
    tx.batch(id.project, id.batch)?.ok_or_else(none)
}

/// A visible tab renews a lease at a fifth of it.
const HEARTBEATS_A_LEASE: Millis = 5;

/// What [`view`] is sure to read.
pub(crate) fn view_asks((row, prelabels): &(SlotRow, Option<String>)) -> Vec<Ask> {
    let task = row.key.task;
    let mut asks = vec![Ask::Asset(task.project, task.ordinal)];
    asks.extend(row.slot.holder.map(|holder| Ask::Draft(task, row.key.stage, holder)));
    let source = prelabels.as_ref().filter(|_| row.key.stage == STAGE_LABEL);
    asks.extend(source.map(|source| Ask::Prelabel(task.project, source.clone(), task.ordinal)));
    if row.key.stage != STAGE_LABEL {
        asks.extend([Ask::Task(task), Ask::Answers(task)]);
    }
    asks
}

/// In a transaction of the writer.
pub(crate) fn view(app: &App, tx: &Tx<'_>, row: &SlotRow) -> Result<TaskView> {
    let task = row.key.task;
    let gone = || Error::internal(format!("{task} has a slot but no asset, batch or project"));
    let project = app.roster().project(tx, task.project)?.ok_or_else(gone)?;
    let batch = app.roster().batch(tx, task.project, task.batch)?.ok_or_else(gone)?;
    let (asset, upload_name) = tx.asset_for_task(task.project, task.ordinal)?.ok_or_else(gone)?;
    let (Some(fence), Some(holder)) = (row.slot.fence, row.slot.holder) else { return Err(gone()) };
    let seen = Seen {
        person: holder,
        taxonomy_version: row.taxonomy_version,
        is_text: asset.media_type.starts_with("text/"),
        size: asset.width.zip(asset.height),
        prelabels: batch.prelabels.clone(),
    };
    app.shown().remember(fence, seen);
    let lease_ms = super::grant::lease_ms(&project);
    let shown = shown(tx, &batch, task, holder)?.map_or_else(|| batch.clone(), Arc::new);
    let (mut answers, mut reviews, mut agreement) = (Vec::new(), Vec::new(), None);
    if row.key.stage != STAGE_LABEL {
        let now = tx.task_rows(task)?.task(batch.rules);
        let stand = Answers::at(tx, task, &now)?;
        if !stand.fixed() {
            agreement = compared(&stand, batch.rules.overlap, MergeRule::Majority)?;
        }
        answers = stand.standing;
    } else if row.slot.round > 1 {
        let all = tx.task_submissions(task.project, task.batch, task.ordinal)?;
        answers.extend(all.into_iter().rfind(|old| old.person == holder && old.key.stage == STAGE_LABEL));
    }
    if row.key.stage != STAGE_LABEL || row.slot.round > 1 {
        reviews = tx.task_reviews(task)?;
    }
    let mut prelabel = match row.key.stage {
        STAGE_LABEL => prelabels::shown::shown(tx, &batch, task, row.taxonomy_version)?,
        _ => None,
    };
    // Of a gold task the name, too, is that of the batch that it is said to be of.
    if let (Some(prelabel), Some(source)) = (&mut prelabel, &shown.prelabels) {
        prelabel.source.clone_from(source);
    }
    let answer = |row: SubmissionRow| Ok(Answer { by: tx.person_name(row.person)?, row });
    let reviewed = |row: ReviewRow| Ok(Reviewed { by: tx.person_name(row.person)?, row });
    Ok(TaskView {
        task,
        lease: row.key.lease(fence),
        lease_remaining_ms: row.slot.lease_until.map_or(0, |until| (until - app.now()).max(0)),
        heartbeat_ms: lease_ms / HEARTBEATS_A_LEASE,
        batch: (shown.id, shown.name.clone(), shown.kind),
        rules: shown.rules,
        project: (project.id, project.name.clone(), project.media),
        asset: for_task(tx, TaskId { batch: shown.id, ..task }, &shown.name, asset, upload_name)?,
        taxonomy_version: row.taxonomy_version,
        draft: tx.draft(&row.key, holder)?,
        prelabel,
        round: row.slot.round,
        answers: answers.into_iter().map(answer).collect::<Result<_>>()?,
        reviews: reviews.into_iter().map(reviewed).collect::<Result<_>>()?,
        reopened: if row.slot.round > 1 { reopened(tx, task)? } else { None },
        agreement,
    })
}

/// What a manager said who had the task done once more, unless a reviewer sent it back since.
fn reopened(tx: &Tx<'_>, task: TaskId) -> Result<Option<String>> {
    let mut events = tx.events(task.project, task.ordinal)?;
    events.retain(|event| {
        event.batch == Some(task.batch) && matches!(event.kind, EventKind::Rejected | EventKind::Reopened)
    });
    let last = events.into_iter().max_by_key(|event| event.at);
    Ok(last.filter(|event| event.kind == EventKind::Reopened).and_then(|event| event.details))
}
