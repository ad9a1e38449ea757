//! Quality batches: launched ones know every answer; deep: scores are what they are.

use sheaf_model::TaskId;
use sheaf_model::agreement::compare;
use sheaf_store::batches::BatchRow;

use super::{Check, REPORT_IT, RESTORE};
use crate::Result;
use crate::quality::serve::newest;
use crate::queue::answers::read;

/// Known answers that are read at once.
const WINDOW: u32 = 500;

pub(super) fn check(check: &mut Check<'_>, batch: &BatchRow) -> Result<()> {
    if !batch.kind.is_quality() {
        return Ok(());
    }
    let (project, id) = (batch.project, batch.id);
    let known = check.tx.count_known_answers(project, id)?;
    if batch.state.launched() && batch.launched.is_some() && known < batch.n_members {
        let what = format!("{known} of {} answers are known, and it was launched", batch.n_members);
        check.find("known_answers", id, what, REPORT_IT);
    }
    let mut from = 0;
    while check.deep {
        let rows = check.tx.known_answers(project, id, from, WINDOW)?;
        let Some(last) = rows.last() else { break };
        from = last.task.ordinal + 1;
        for row in rows {
            match read(&row.response) {
                Ok(right) => scores(check, row.task, &right)?,
                Err(error) => check.find("known_answers", row.task, error.to_string(), RESTORE),
            }
        }
    }
    Ok(())
}

fn scores(check: &mut Check<'_>, task: TaskId, right: &sheaf_model::Response) -> Result<()> {
    let handed = newest(check.tx, task)?;
    for row in check.tx.quality_of(task)? {
        let wanted = handed.get(&row.person).map(|response| compare(&[response, right]).score);
        if row.score != wanted {
            let what = format!("{}: score {:?}, and the answers give {wanted:?}", row.person, row.score);
            check.find("quality", task, what, REPORT_IT);
        }
    }
    Ok(())
}
