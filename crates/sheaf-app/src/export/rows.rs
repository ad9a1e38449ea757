//! The walk: windows of ordinals, the rows of the assets in them, and the answers of their tasks.

use std::collections::{BTreeMap, HashMap};

use sheaf_model::{Ordinal, TaskId, TaskState, UploadId, UserId};
use sheaf_query::Mode;
use sheaf_store::batches::BatchRow;
use sheaf_store::library::AssetRow;
use sheaf_store::names::PersonName;
use sheaf_store::submissions::SubmissionRow;

use super::Spec;
use crate::Result;
use crate::library::Look;
use crate::library::view::state;
use crate::queue::answers;

/// Ordinals that are read at once.
const WINDOW: u32 = 1_024;

/// One task, or an asset that is in no batch.
pub(super) struct Item<'a> {
    pub(super) asset: &'a AssetRow,
    pub(super) upload: &'a str,
    pub(super) task: Option<TaskId>,
    pub(super) batch: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) answer: Option<&'a SubmissionRow>,
    pub(super) annotator: Option<&'a PersonName>,
}

/// Calls `visit` for every task that the spec asks for, in the order of the library and of the batches.
pub(super) fn each(
    look: &Look<'_>,
    spec: &Spec,
    mut visit: impl FnMut(&Item<'_>) -> Result<()>,
) -> Result<()> {
    let (mut found, _) = look.select(&spec.query, Mode::Strict)?;
    if let Some(batch) = spec.batch {
        found &= look.tx.batch_members(look.project, batch)?;
    }
    let mut batches: Vec<(BatchRow, roaring::RoaringBitmap)> = Vec::new();
    for batch in look.tx.batches(look.project)? {
        if spec.batch.is_none_or(|only| only == batch.id) {
            let members = look.tx.batch_members(look.project, batch.id)?;
            batches.push((batch, members));
        }
    }
    batches.sort_by_key(|(batch, _)| batch.id);
    let (mut people, mut uploads) = (HashMap::new(), HashMap::new());
    let mut next = found.min();
    while let Some(from) = next {
        let until = from.saturating_add(WINDOW);
        let ordinals: Vec<Ordinal> = found.range(from..until).collect();
        let assets = look.tx.assets(look.project, &ordinals)?;
        let tasks = tasks(look, &batches, from, until)?;
        for asset in &assets {
            let upload = upload_name(look, &mut uploads, asset.upload)?;
            let mut in_any = false;
            for (batch, members) in &batches {
                if !members.contains(asset.ordinal) {
                    continue;
                }
                in_any = true;
                let known = tasks.get(&(asset.ordinal, batch.id.0));
                let status = match known {
                    Some((state, _)) => *state,
                    None => TaskState::Pending.within(batch.state),
                };
                let (task, batch) = (
                    Some(TaskId { project: look.project, batch: batch.id, ordinal: asset.ordinal }),
                    &batch.name,
                );
                let answers = known.map_or(&[][..], |(_, answers)| answers);
                for answer in answers {
                    load_person(look, &mut people, answer.person)?;
                }
                // A task that several people judged is as many rows.
                for answer in answers.iter().map(Some).chain((answers.is_empty() && spec.all).then_some(None))
                {
                    visit(&Item {
                        asset,
                        upload: &upload,
                        task,
                        batch: Some(batch),
                        status: status.as_str(),
                        answer,
                        annotator: answer.and_then(|answer| people.get(&answer.person)),
                    })?;
                }
            }
            if !in_any && spec.all {
                let (task, batch, answer, annotator) = (None, None, None, None);
                visit(&Item { asset, upload: &upload, task, batch, status: "none", answer, annotator })?;
            }
        }
        next = found.range(until..).next();
    }
    Ok(())
}

/// State and standing answers of each touched task in a window.
type Tasks = BTreeMap<(Ordinal, i64), (TaskState, Vec<SubmissionRow>)>;

fn tasks(
    look: &Look<'_>,
    batches: &[(BatchRow, roaring::RoaringBitmap)],
    from: Ordinal,
    until: Ordinal,
) -> Result<Tasks> {
    let mut out = Tasks::new();
    for (batch, members) in batches {
        if members.range_cardinality(from..until) == 0 {
            continue;
        }
        let mut answers: HashMap<Ordinal, Vec<SubmissionRow>> = HashMap::new();
        for row in look.tx.submissions_between(look.project, batch.id, from, until)? {
            answers.entry(row.key.task.ordinal).or_default().push(row);
        }
        for (ordinal, rows) in look.tx.task_rows_between(look.project, batch.id, from, until)? {
            let standing = answers::of(answers.remove(&ordinal).unwrap_or_default(), &rows.task(batch.rules));
            out.insert((ordinal, batch.id.0), (state(batch, &rows), standing));
        }
    }
    Ok(out)
}

fn upload_name(look: &Look<'_>, known: &mut HashMap<UploadId, String>, id: UploadId) -> Result<String> {
    if let Some(name) = known.get(&id) {
        return Ok(name.clone());
    }
    let name = look.tx.upload_name(look.project, id)?.unwrap_or_default();
    known.insert(id, name.clone());
    Ok(name)
}

fn load_person(look: &Look<'_>, known: &mut HashMap<UserId, PersonName>, id: UserId) -> Result<()> {
    if !known.contains_key(&id)
        && let Some(name) = look.tx.person_name(id)?
    {
        known.insert(id, name);
    }
    Ok(())
}
