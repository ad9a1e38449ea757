//! What the process knows of each project's index: the versions of the sealed chunks and the tail, as an immutable
//! [`Snapshot`], brought up to date from the rows whenever the database says that it is behind.
//!
//! A transaction captures the known indexes *before* it begins, and they are published only *after* a commit, so what is
//! captured is never newer than what the transaction sees. It compares the project's revision, which is never reused,
//! and reads what is new. So an answer is never given from a stale index, whichever process wrote.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use sheaf_model::ProjectId;
use sheaf_select::{AssetFacts, CHUNK, Snapshot, Tail};
use tokio::sync::watch;

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::Tx;

/// Rows of the tail that are read and indexed at once when a tail is built.
const TAIL_ROWS_AT_ONCE: u32 = 8_192;

/// One project's index at one revision.
#[derive(Debug, Clone)]
pub(crate) struct ProjectIndex {
    pub(crate) snapshot: Snapshot,
    /// `projects.tail_revision` that the tail was built from.
    pub(crate) tail_revision: i64,
}

pub(crate) type Indexes = HashMap<i64, Arc<ProjectIndex>>;

/// The newest known indexes, shared by all transactions of the process.
#[derive(Default)]
pub(crate) struct SharedIndexes {
    known: RwLock<Arc<Indexes>>,
    /// Commits that may have changed a library, counted.
    changes: watch::Sender<u64>,
    /// Commits that may have put something into the outbox of webhooks, counted.
    outbox: watch::Sender<u64>,
    /// Commits that may have changed what a look at the queue shows, counted.
    queue: watch::Sender<u64>,
    /// Commits that may have changed people, sessions or keys, counted. Nobody waits for them.
    credentials: AtomicU64,
}

impl SharedIndexes {
    pub(crate) fn known(&self) -> Arc<Indexes> {
        self.known.read().clone()
    }

    /// Makes indexes known that fit what is committed; older ones than the known are dropped.
    pub(crate) fn publish(&self, pending: HashMap<i64, Arc<ProjectIndex>>) {
        if pending.is_empty() {
            return;
        }
        let mut known = self.known.write();
        let mut next = Indexes::clone(&known);
        for (project, index) in pending {
            let newer = next.get(&project).is_none_or(|old| old.snapshot.revision < index.snapshot.revision);
            if newer {
                next.insert(project, index);
            }
        }
        *known = Arc::new(next);
    }

    /// Tells those who wait that a library has changed; after the commit.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|n| *n += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Tells those who wait that there may be something to deliver; after the commit.
    pub(crate) fn outbox_changed(&self) {
        self.outbox.send_modify(|n| *n += 1);
    }

    pub(crate) fn outbox_changes(&self) -> watch::Receiver<u64> {
        self.outbox.subscribe()
    }

    /// Tells those who look at the queue that it may have changed; after the commit.
    pub(crate) fn queue_changed(&self) {
        self.queue.send_modify(|n| *n += 1);
    }

    pub(crate) fn queue_changes(&self) -> watch::Receiver<u64> {
        self.queue.subscribe()
    }

    /// After the commit, before anybody is told of it.
    pub(crate) fn credentials_changed(&self) {
        self.credentials.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn credentials(&self) -> u64 {
        self.credentials.load(Ordering::Acquire)
    }
}

impl Tx<'_> {
    /// The project's library as this transaction sees it; `None` when there is no such project.
    pub fn snapshot(&self, project: ProjectId) -> Result<Option<Snapshot>> {
        Ok(self.index(project)?.map(|index| index.snapshot.clone()))
    }

    pub(crate) fn index(&self, project: ProjectId) -> Result<Option<Arc<ProjectIndex>>> {
        let Some((n_assets, revision, tail_revision)) = self.one(
            "SELECT n_assets, revision, tail_revision FROM projects WHERE project_id = ?1",
            args![project],
            |row| Ok((row.u32(0)?, row.int(1)?, row.int(2)?)),
        )?
        else {
            return Ok(None);
        };
        let pending = self.pending.borrow().get(&project.0).cloned();
        let known = pending.or_else(|| self.indexes.get(&project.0).cloned());
        if let Some(index) = &known
            && index.snapshot.revision == revision as u64
        {
            return Ok(known);
        }
        let index = Arc::new(self.refreshed(project, known.as_deref(), n_assets, revision, tail_revision)?);
        self.pending.borrow_mut().insert(project.0, index.clone());
        Ok(Some(index))
    }

    fn refreshed(
        &self,
        project: ProjectId,
        known: Option<&ProjectIndex>,
        n_assets: u32,
        revision: i64,
        tail_revision: i64,
    ) -> Result<ProjectIndex> {
        let sealed = self.all(
            "SELECT version FROM chunks WHERE project_id = ?1 ORDER BY chunk",
            args![project],
            |row| Ok(row.int(0)? as u64),
        )?;
        let base = sealed.len() as u32 * CHUNK;
        let mut tail = match known {
            Some(index) if index.tail_revision == tail_revision && index.snapshot.tail.base() == base => {
                index.snapshot.tail.clone()
            }
            _ => Tail::new(base),
        };
        while tail.end() < n_assets {
            let until = (tail.end() + TAIL_ROWS_AT_ONCE).min(n_assets);
            let facts = self.facts(project, tail.end(), until)?;
            if facts.len() as u32 != until - tail.end() {
                let key = format!("{project}, {}..{until}", tail.end());
                return Err(StoreError::inconsistent("assets", key, format!("{} rows", facts.len())));
            }
            tail = tail.append(&facts).map_err(|error| StoreError::Database(error.to_string()))?;
        }
        let snapshot = Snapshot::new(project.0, sealed.into(), tail, revision as u64);
        Ok(ProjectIndex { snapshot, tail_revision })
    }

    /// The searchable facts of the assets `from..until`.
    pub fn facts(&self, project: ProjectId, from: u32, until: u32) -> Result<Vec<AssetFacts<'static>>> {
        self.all(
            "SELECT ordinal, name, reference, upload_id, uploaded_ms, media_type, size, width, height, metadata
             FROM assets WHERE project_id = ?1 AND ordinal >= ?2 AND ordinal < ?3 ORDER BY ordinal",
            args![project, from, until],
            |row| {
                Ok(AssetFacts {
                    ordinal: row.u32(0)?,
                    name: row.text(1)?.into(),
                    reference: row.opt_text(2)?.map(Into::into),
                    upload: row.int(3)?,
                    uploaded_ms: row.int(4)?,
                    media_type: row.text(5)?.into(),
                    size: row.opt_int(6)?.map(|n| n as u64),
                    width: row.opt_u32(7)?,
                    height: row.opt_u32(8)?,
                    duration_ms: None,
                    metadata: row.text(9)?.into(),
                })
            },
        )
    }
}
