//! The walk: windows of ordinals, the rows of the assets in them, and the answers of their tasks.

use std::collections::{BTreeMap, HashMap};

use sheaf_model::agreement::{MergeRule, share};
use sheaf_model::{Millis, Ordinal, SubmissionId, TaskId, TaskState, UploadId, UserId};
use sheaf_query::Mode;
use sheaf_store::batches::BatchRow;
use sheaf_store::library::AssetRow;
use sheaf_store::names::PersonName;
use sheaf_store::prelabels::PrelabelRow;
use sheaf_store::submissions::{Begun, SubmissionRow};

use super::texts::Texts;
use super::{Spec, failed};
use crate::Result;
use crate::agreement::merged::{Origin, merged};
use crate::library::Look;
use crate::library::view::state;
use crate::queue::answers::Answers;

/// Ordinals that are read at once.
const WINDOW: u32 = 1_024;

/// An answer that goes out: as it was handed in, or merged out of several.
pub(super) struct Given {
    /// Of one that was handed in.
    pub(super) id: Option<SubmissionId>,
    pub(super) people: Vec<UserId>,
    /// Of several the newest.
    pub(super) at: Millis,
    pub(super) seconds: Option<f64>,
    pub(super) taxonomy_version: i64,
    /// JSON.
    pub(super) response: String,
    /// The pre-label that one that was handed in began with.
    pub(super) prelabel: Option<Begun>,
    /// Where a task's one answer is from, when there is one for each task.
    pub(super) origin: Option<Origin>,
}

impl From<SubmissionRow> for Given {
    fn from(row: SubmissionRow) -> Self {
        Self {
            id: Some(row.id),
            people: vec![row.person],
            at: row.at,
            seconds: row.seconds,
            taxonomy_version: row.taxonomy_version,
            response: row.response,
            prelabel: row.prelabel,
            origin: None,
        }
    }
}

/// One answer to a task, a task without one, or an asset that is in no batch.
pub(super) struct Item<'a> {
    pub(super) asset: &'a AssetRow,
    /// Its text, of a format that holds it.
    pub(super) text: Option<&'a str>,
    pub(super) upload: &'a str,
    pub(super) task: Option<TaskId>,
    pub(super) batch: Option<&'a str>,
    pub(super) status: &'static str,
    /// How far the judgements of the task agree, 0 to 1.
    pub(super) agreement: Option<f64>,
    pub(super) answer: Option<&'a Given>,
    pub(super) annotators: Vec<&'a PersonName>,
    /// What was said of the asset beforehand, by source, when it was asked for.
    pub(super) prelabels: &'a [PrelabelRow],
}

/// Calls `visit` for every answer that the spec asks for, in the order of the library and of the batches.
pub(super) fn each(
    look: &Look<'_>,
    spec: &Spec,
    mut visit: impl FnMut(&Item<'_>) -> Result<()>,
) -> Result<()> {
    each_asset(look, spec, |items| items.iter().try_for_each(&mut visit))
}

/// Calls `visit` with everything of one asset, if there is anything, asset by asset.
pub(super) fn each_asset(
    look: &Look<'_>,
    spec: &Spec,
    mut visit: impl FnMut(&[Item<'_>]) -> Result<()>,
) -> Result<()> {
    let (mut found, _) = look.select(&spec.query, Mode::Strict)?;
    if let Some(batch) = spec.batch {
        found &= look.tx.batch_members(look.project, batch)?;
    }
    let mut batches: Vec<(BatchRow, roaring::RoaringBitmap)> = Vec::new();
    for batch in look.tx.batches(look.project)? {
        // How people did on quality tasks is exported when it is asked for.
        if spec.batch.map_or(!batch.kind.is_quality(), |only| only == batch.id) {
            let members = look.tx.batch_members(look.project, batch.id)?;
            batches.push((batch, members));
        }
    }
    batches.sort_by_key(|(batch, _)| batch.id);
    let (mut people, mut uploads) = (HashMap::new(), HashMap::new());
    let sources = match spec.prelabels {
        true => look.tx.prelabel_sources(look.project)?,
        false => Vec::new(),
    };
    let mut next = found.min();
    while let Some(from) = next {
        let until = from.saturating_add(WINDOW);
        let ordinals: Vec<Ordinal> = found.range(from..until).collect();
        let assets = look.tx.assets(look.project, &ordinals)?;
        let tasks = tasks(look, spec, &batches, from, until)?;
        for person in tasks.values().flat_map(|known| &known.given).flat_map(|given| &given.people) {
            load_person(look, &mut people, *person)?;
        }
        let mut said: HashMap<Ordinal, Vec<PrelabelRow>> = HashMap::new();
        for source in &sources {
            for row in look.tx.prelabels_between(look.project, &source.source, from, until)? {
                said.entry(row.ordinal).or_default().push(row);
            }
        }
        // Of most assets of a large library there may be nothing to tell.
        let goes_out = |ordinal: Ordinal| {
            let mut known = tasks.range((ordinal, i64::MIN)..=(ordinal, i64::MAX));
            spec.all || known.any(|(_, known)| !known.given.is_empty())
        };
        let mut texts = match spec.format.holds_texts() {
            true => Texts::of(assets.iter().filter(|asset| goes_out(asset.ordinal))),
            false => Texts::default(),
        };
        for asset in &assets {
            let text = texts.take(look, asset.ordinal)?;
            let text = text.as_deref();
            let prelabels = said.get(&asset.ordinal).map_or(&[][..], Vec::as_slice);
            let upload = upload_name(look, &mut uploads, asset.upload)?;
            let (mut items, mut in_any) = (Vec::new(), false);
            for (batch, members) in &batches {
                if !members.contains(asset.ordinal) {
                    continue;
                }
                in_any = true;
                let known = tasks.get(&(asset.ordinal, batch.id.0));
                let state = known.map_or(TaskState::Pending.within(batch.state), |known| known.state);
                let task = TaskId { project: look.project, batch: batch.id, ordinal: asset.ordinal };
                let given = known.map_or(&[][..], |known| &known.given);
                // A task that several people judged is as many rows.
                for answer in given.iter().map(Some).chain((given.is_empty() && spec.all).then_some(None)) {
                    items.push(Item {
                        asset,
                        text,
                        upload: &upload,
                        task: Some(task),
                        batch: Some(&batch.name),
                        status: state.as_str(),
                        agreement: known.and_then(|known| known.agreement),
                        answer,
                        prelabels,
                        annotators: answer.map_or_else(Vec::new, |answer| {
                            answer.people.iter().filter_map(|id| people.get(id)).collect()
                        }),
                    });
                }
            }
            if !in_any && spec.all {
                let (task, batch, agreement, answer) = (None, None, None, None);
                let (upload, status, annotators) = (upload.as_str(), "none", Vec::new());
                items.push(Item {
                    asset,
                    text,
                    upload,
                    task,
                    batch,
                    status,
                    agreement,
                    answer,
                    annotators,
                    prelabels,
                });
            }
            if !items.is_empty() {
                visit(&items)?;
            }
        }
        next = found.range(until..).next();
    }
    Ok(())
}

/// What is known of a touched task.
struct Known {
    state: TaskState,
    agreement: Option<f64>,
    given: Vec<Given>,
}

/// The touched tasks of a window.
type Tasks = BTreeMap<(Ordinal, i64), Known>;

fn tasks(
    look: &Look<'_>,
    spec: &Spec,
    batches: &[(BatchRow, roaring::RoaringBitmap)],
    from: Ordinal,
    until: Ordinal,
) -> Result<Tasks> {
    let mut out = Tasks::new();
    for (batch, members) in batches {
        if members.range_cardinality(from..until) == 0 {
            continue;
        }
        let mut submissions: HashMap<Ordinal, Vec<SubmissionRow>> = HashMap::new();
        for row in look.tx.submissions_between(look.project, batch.id, from, until)? {
            submissions.entry(row.key.task.ordinal).or_default().push(row);
        }
        let scores = match batch.rules.overlap {
            1 => BTreeMap::new(),
            _ => look.tx.agreements_between(look.project, batch.id, from, until)?,
        };
        for (ordinal, rows) in look.tx.task_rows_between(look.project, batch.id, from, until)? {
            let all = submissions.remove(&ordinal).unwrap_or_default();
            let answers = Answers::of(all, &rows.task(batch.rules));
            let given = match spec.merged {
                None => answers.standing.into_iter().map(Given::from).collect(),
                Some(rule) => one(&answers, batch.rules.overlap, rule)?.into_iter().collect(),
            };
            let agreement = scores.get(&ordinal).map(|score| share(*score));
            out.insert((ordinal, batch.id.0), Known { state: state(batch, &rows), agreement, given });
        }
    }
    Ok(out)
}

/// A task's one answer.
fn one(answers: &Answers, overlap: u8, rule: MergeRule) -> Result<Option<Given>> {
    let Some((response, origin)) = merged(answers, overlap, rule)? else { return Ok(None) };
    if let (Origin::Reviewer | Origin::Only, [row]) = (origin, answers.standing.as_slice()) {
        return Ok(Some(Given { origin: Some(origin), ..row.clone().into() }));
    }
    let newest = answers.judged.iter().map(|row| row.at).max().unwrap_or(0);
    Ok(Some(Given {
        id: None,
        people: answers.judged.iter().map(|row| row.person).collect(),
        at: newest,
        seconds: None,
        taxonomy_version: answers.judged.iter().map(|row| row.taxonomy_version).max().unwrap_or(0),
        response: serde_json::to_string(&response).map_err(failed)?,
        prelabel: None,
        origin: Some(origin),
    }))
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
        && let Some(name) = look.tx.author_name(look.project, id)?
    {
        known.insert(id, name);
    }
    Ok(())
}
