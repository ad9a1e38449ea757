//! Beginning an update: what it is about is settled and its row is durable before the answer.

use std::fs::File;
use std::io::Write;

use roaring::RoaringBitmap;
use serde_json::{Map, Value, json};
use sheaf_intake::manifest::{Format, patch_plan};
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::{
    MetadataUpdateCounts, MetadataUpdateId, MetadataUpdateSource, MetadataUpdateState, ProjectId,
};
use sheaf_query::Mode;
use sheaf_store::metadata_updates::MetadataUpdateRow;
use sheaf_store::{StoreError, Turn};

use crate::library::Look;
use crate::metadata_updates::MetadataUpdate;
use crate::metadata_updates::job::{self, Work};
use crate::metadata_updates::resolve::by_id;
use crate::uploads::{Temporary, blocking};
use crate::{Access, Actor, App, Error, Result, ids};

/// Objects and lists within each other in a patch. Stored JSON is read with a bound on its depth.
const DEPTH_MAX: usize = 64;
const BUFFER_BYTES: usize = 1 << 20;

/// Which assets get the patch: one of the two.
#[derive(Debug, Clone, Default)]
pub struct Selected {
    /// All that it finds now.
    pub query: Option<String>,
    /// Ids.
    pub assets: Option<Vec<String>>,
}

/// The forms of a file with a patch a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Jsonl,
    Csv,
}

/// Begins to put one patch into the metadata of many assets.
pub async fn update_selected(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    selected: Selected,
    patch: Map<String, Value>,
) -> Result<MetadataUpdate> {
    let (inner, by) = (app.clone(), actor.clone());
    let (settled, patch) = app
        .store()
        .read(move |tx| {
            Access::manager(tx, &by, project)?;
            if patch.is_empty() {
                return Err(Error::invalid("invalid", "`metadata` names no field, so nothing would change"));
            }
            checked_patch(&patch).map_err(|problem| Error::invalid("invalid", problem.message))?;
            let look = Look::at(&inner, tx, project)?;
            Ok((settle(&look, &selected)?, patch))
        })
        .await?;
    let total = settled.set.len() + settled.refused.len() as u64;
    let new = new_row(app, actor, settled.source, settled.query, total)?;
    begin(app, actor, project, new, Work::Set(settled.set, patch, settled.refused)).await
}

struct Settled {
    source: MetadataUpdateSource,
    query: Option<String>,
    set: RoaringBitmap,
    refused: Vec<Problem>,
}

fn settle(look: &Look<'_>, selected: &Selected) -> Result<Settled> {
    match (&selected.query, &selected.assets) {
        (Some(text), None) => {
            let read = look.read(text, Mode::Strict)?;
            if read.has_errors() {
                return Err(Error::BadQuery { query: text.clone(), diagnostics: read.diagnostics });
            }
            let set = look.library().evaluate(&read.expr)?;
            let query = sheaf_query::print(&sheaf_query::fix_times(&read.tree, look.now));
            Ok(Settled { source: MetadataUpdateSource::Query, query: Some(query), set, refused: Vec::new() })
        }
        (None, Some(ids)) => {
            let (mut set, mut refused) = (RoaringBitmap::new(), Vec::new());
            for (row, text) in (1..).zip(ids) {
                match by_id(look.project, look.snapshot.n_assets, text) {
                    Ok(ordinal) => {
                        set.insert(ordinal);
                    }
                    Err(problem) => refused.push(problem.at_row(row)),
                }
            }
            Ok(Settled { source: MetadataUpdateSource::Assets, query: None, set, refused })
        }
        _ => {
            Err(Error::invalid("invalid", "exactly one of `query` and `assets` says which assets to change")
                .hint("for every asset of the project, send an empty query"))
        }
    }
}

/// A file of patches that is being received.
pub struct Staging {
    app: App,
    actor: Actor,
    project: ProjectId,
    format: FileFormat,
    file: File,
    temporary: Temporary,
    buffer: Vec<u8>,
}

/// Begins to receive a file of patches.
pub async fn stage(app: &App, actor: &Actor, project: ProjectId, format: FileFormat) -> Result<Staging> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        app.store().read_blocking(|tx| Access::manager(tx, &actor, project))?;
        let temporary = Temporary::new(app.store().blobs().temporary());
        let file =
            File::create(temporary.path()).map_err(|error| StoreError::file(temporary.path(), error))?;
        Ok(Staging { app, actor, project, format, file, temporary, buffer: Vec::new() })
    })
    .await
}

impl Staging {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.buffer);
        let lost = |error| StoreError::file(self.temporary.path(), error);
        let mut file = self.file.try_clone().map_err(lost)?;
        let wrote = blocking(move || Ok(file.write_all(&bytes))).await?;
        Ok(wrote.map_err(lost)?)
    }

    /// Reads the file through once and begins to work on it. What is no such file is an error and nothing is kept.
    pub async fn finish(mut self) -> Result<MetadataUpdate> {
        self.flush().await?;
        let Self { app, actor, project, format, file, temporary, .. } = self;
        drop(file);
        let (format, source) = match format {
            FileFormat::Jsonl => (Format::Jsonl, MetadataUpdateSource::Jsonl),
            FileFormat::Csv => (Format::Csv, MetadataUpdateSource::Csv),
        };
        let limits = app.uploads().limits.clone();
        let (temporary, plan) = blocking(move || {
            let lost = |error| StoreError::file(temporary.path(), error);
            let plan = match patch_plan(File::open(temporary.path()).map_err(lost)?, format, &limits) {
                Ok(plan) => plan,
                Err(sheaf_intake::Error::Io(error)) => return Err(lost(error).into()),
                Err(sheaf_intake::Error::Refused(problem)) => {
                    let error = Error::invalid("bad_update", problem.message);
                    return Err(match problem.hint {
                        Some(hint) => error.hint(hint),
                        None => error,
                    });
                }
            };
            Ok((temporary, plan))
        })
        .await?;
        let new = new_row(&app, &actor, source, None, plan.rows)?;
        begin(&app, &actor, project, new, Work::File(temporary, plan)).await
    }
}

/// A patch that may be stored: not too deep.
pub(crate) fn checked_patch(patch: &Map<String, Value>) -> Result<(), Problem> {
    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }
    if patch.values().map(depth).max().unwrap_or(0) < DEPTH_MAX {
        return Ok(());
    }
    let message = format!("the metadata is nested deeper than {DEPTH_MAX} levels");
    Err(Problem::new(ProblemCode::BadJson, message).hint("flatten it"))
}

fn new_row(
    app: &App,
    actor: &Actor,
    source: MetadataUpdateSource,
    query: Option<String>,
    total: u64,
) -> Result<MetadataUpdateRow> {
    let now = app.now();
    Ok(MetadataUpdateRow {
        id: MetadataUpdateId(ids::row_id(now)?),
        source,
        query,
        state: MetadataUpdateState::Running,
        total: i64::try_from(total).ok(),
        counts: MetadataUpdateCounts::default(),
        message: None,
        created: now,
        created_by: actor.user,
        creator: String::new(),
        finished: None,
    })
}

async fn begin(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: MetadataUpdateRow,
    work: Work,
) -> Result<MetadataUpdate> {
    let running = app.metadata_updates().begin(new.id)?;
    let actor = actor.clone();
    let view = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            tx.insert_metadata_update(project, &new)?;
            tx.take_job(project, new.id.0)?;
            let details = json!({ "source": new.source.as_str(), "query": new.query, "total": new.total });
            tx.audit(new.created, Some(actor.user), "metadata.update", &new.id.to_string(), &details)?;
            let row = tx.metadata_update(project, new.id)?.ok_or(Error::not_found("metadata update"))?;
            Ok::<_, Error>(MetadataUpdate::of(&tx.jobs_at_work(project)?, row))
        })
        .await?;
    job::start(app, project, running, work)?;
    Ok(view)
}
