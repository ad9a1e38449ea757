//! Data from before agreement was kept: compared once, when it is first opened. A page a transaction, so that being
//! killed loses a page.

use sheaf_model::{BatchId, ProjectId, TaskId};
use sheaf_store::{Turn, Tx};

use super::record;
use crate::queue::answers::Answers;
use crate::{App, Result};

const MARK: &str = "agreement_missing";
/// Assets of a page.
const PAGE: u32 = 4_096;

pub(crate) fn missing(app: &App) -> Result<()> {
    if app.store().read_blocking(|tx| tx.instance_value(MARK))?.is_none() {
        return Ok(());
    }
    let mut todo: Vec<(ProjectId, BatchId, u32)> = Vec::new();
    app.store().read_blocking(|tx| {
        for project in tx.project_ids()? {
            let several = tx.batches(project)?.into_iter().filter(|batch| batch.rules.overlap > 1);
            let until = tx.project(project)?.map_or(0, |project| project.n_assets);
            todo.extend(several.map(|batch| (project, batch.id, until)));
        }
        Ok::<_, crate::Error>(())
    })?;
    for (project, batch, until) in todo {
        for from in (0..until).step_by(PAGE as usize) {
            let inner = app.clone();
            app.store().write_blocking_in(project, move |tx| page(&inner, tx, project, batch, from))?;
        }
    }
    app.store()
        .write_blocking_in(Turn::instance(), |tx| Ok::<_, crate::Error>(tx.set_instance_value(MARK, None)?))
}

fn page(app: &App, tx: &Tx<'_>, project: ProjectId, batch: BatchId, from: u32) -> Result<()> {
    let Some(row) = tx.batch(project, batch)? else { return Ok(()) };
    let until = from.saturating_add(PAGE);
    let known = tx.agreements_between(project, batch, from, until)?;
    for (ordinal, rows) in tx.task_rows_between(project, batch, from, until)? {
        let task = rows.task(row.rules);
        if !task.labelled() || known.contains_key(&ordinal) {
            continue;
        }
        let id = TaskId { project, batch, ordinal };
        let answers = Answers::at(tx, id, &task)?;
        record(app, tx, id, &[], &answers.judged)?;
    }
    Ok(())
}
