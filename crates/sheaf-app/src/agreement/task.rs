//! One task: who answered what, how far they agree, and what they say together.

use sheaf_model::agreement::{Comparison, DISPUTED_BELOW, MergeRule, Millionths, compare};
use sheaf_model::{ProjectId, Response, TaskId, TaskState};
use sheaf_store::Tx;
use sheaf_store::submissions::SubmissionRow;

use super::merged::{Origin, merged};
use crate::queue::answers::{Answers, responses};
use crate::queue::task::{Answer, batch_of};
use crate::{Access, Actor, App, Result};

/// What a task's judgements say of each other.
#[derive(Debug)]
pub struct Compared {
    pub found: Comparison,
    /// Annotations that not all marked: the answer's place, and the annotation's id.
    pub apart: Vec<(usize, String)>,
    /// What they say together; a reviewer's version where there is one.
    pub merged: Option<(Response, Origin)>,
}

impl Compared {
    pub fn disputed(&self) -> bool {
        disputed(self.found.score)
    }
}

pub fn disputed(score: Millionths) -> bool {
    score < DISPUTED_BELOW
}

/// `None` while not all judgements are there, and of a task that needs only one.
pub(crate) fn compared(answers: &Answers, overlap: u8, rule: MergeRule) -> Result<Option<Compared>> {
    if answers.judged.is_empty() {
        return Ok(None);
    }
    let responses = responses(&answers.judged)?;
    let found = compare(&responses.iter().collect::<Vec<_>>());
    let mut apart = Vec::new();
    for (i, (response, partners)) in responses.iter().zip(&found.partners).enumerate() {
        let marks = response.annotations.iter().zip(partners);
        let alone = marks.filter(|(_, n)| **n + 1 < responses.len());
        apart.extend(alone.map(|(annotation, _)| (i, annotation.uuid.clone())));
    }
    Ok(Some(Compared { found, apart, merged: merged(answers, overlap, rule)? }))
}

#[derive(Debug)]
pub struct TaskAgreement {
    pub task: TaskId,
    pub state: TaskState,
    pub overlap: u8,
    /// The annotators' answers that stand, then the reviewer's where there is one.
    pub answers: Vec<Answer>,
    pub compared: Option<Compared>,
}

pub async fn task(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    rule: MergeRule,
) -> Result<TaskAgreement> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let batch = batch_of(tx, project, id)?;
            let task = tx.task_rows(id)?.task(batch.rules);
            let answers = Answers::at(tx, id, &task)?;
            let overlap = task.rules.overlap;
            let compared = compared(&answers, overlap, rule)?;
            let fixed = answers.fixed();
            let shown = match answers.judged {
                judged if judged.is_empty() || !fixed => answers.standing,
                judged => judged.into_iter().chain(answers.standing).collect(),
            };
            Ok(TaskAgreement {
                task: id,
                state: task.state().within(batch.state),
                overlap,
                answers: named(tx, project, shown)?,
                compared,
            })
        })
        .await
}

fn named(tx: &Tx<'_>, project: ProjectId, rows: Vec<SubmissionRow>) -> Result<Vec<Answer>> {
    rows.into_iter().map(|row| Ok(Answer { by: tx.author_name(project, row.person)?, row })).collect()
}
