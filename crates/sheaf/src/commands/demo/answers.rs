//! Answers of the demo: made by its annotators with real claims and submissions.

use anyhow::Result;
use serde_json::{Map, Value};
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, TaskView, claim};
use sheaf_app::{App, ids};
use sheaf_model::response::{Annotation, Response, Shape};
use sheaf_model::{ProjectId, SubmissionId};

use super::people::Team;

/// What an annotator has before them.
pub(super) struct Seen<'a> {
    pub(super) task: &'a TaskView,
    pub(super) metadata: Map<String, Value>,
    pub(super) text: Option<&'a str>,
    /// Which of the annotators answers, from 0.
    pub(super) person: usize,
}

/// Has the annotators hand in answers in turn, until `n` tasks have one. The first `already` have one.
pub(super) async fn hand_in(
    app: &App,
    team: &Team,
    project: ProjectId,
    already: i64,
    n: i64,
    answer: impl Fn(&Seen<'_>) -> Response,
) -> Result<()> {
    for done in already..n {
        let which = (done % 2) as usize;
        let person = &team.annotators[which];
        let wanted = Claim { claim_id: ids::random()?, project: Some(project), work: None, count: 1 };
        let claimed = claim(app, person, wanted).await?;
        let Some(task) = claimed.tasks.first() else { break };
        let ordinal = task.task.ordinal;
        let text = app.store().read(move |tx| tx.text(project, ordinal)).await?;
        let metadata = serde_json::from_str(&task.asset.row.metadata)?;
        let answer = Submit {
            id: SubmissionId(ids::random()?),
            response: answer(&Seen { task, metadata, text: text.as_deref(), person: which }),
            // Nobody's time was measured; this much is plausible.
            seconds: Some(4.0 + (ordinal % 17) as f64),
        };
        submit(app, person, task.lease, answer).await?;
    }
    Ok(())
}

/// An annotation without attributes; `n` tells those of one answer apart.
pub(super) fn annotation(n: usize, label: &str, shape: Shape) -> Annotation {
    Annotation {
        uuid: format!("demo-{n}"),
        label: label.to_owned(),
        shape,
        attributes: std::collections::BTreeMap::new(),
    }
}
