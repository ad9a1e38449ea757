//! The front door of the store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sheaf_model::ProjectId;

use crate::ahead::Ask;
use crate::blobs::{Blobs, BlobsAt};
use crate::cluster::Cluster;
use crate::common_clock::CommonClock;
use crate::driver::{Database, Purpose};
use crate::error::{Result, StoreError};
use crate::instance;
use crate::jobs;
use crate::memory::{AtJob, Memory};
use crate::meters::Meters;
use crate::migrate;
use crate::readers::Readers;
use crate::sql::Tx;
use crate::turn::Turn;
use crate::work::{OneStep, Steps, TwoSteps, Work, once};
use crate::writer::Writer;

/// The database's file in a data folder.
pub(crate) const DATABASE_FILE: &str = "sheaf.db";
/// The folder of the blobs in a data folder.
pub(crate) const BLOBS: &str = "blobs";
/// Connections for reading; a long export holds one.
const READERS_MAX: usize = 8;
/// How long another process may take to end, and how often is looked.
const LOCK_WAIT: Duration = Duration::from_millis(500);
const LOCK_LOOK: Duration = Duration::from_millis(10);
/// Oldest SQLite without the WAL-reset race, which can lose committed writes.
const SQLITE_MIN: i32 = 3_051_003;

/// The data of one instance. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    readers: Readers,
    database: Database,
    blobs: Blobs,
    dir: PathBuf,
    memory: Arc<Memory>,
    /// With PostgreSQL: the look at the other nodes.
    _cluster: Option<Cluster>,
    /// With SQLite: keeps every other process out until it is dropped.
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the data in `dir`: all of it, with SQLite; or the files, when `database` is the address of a PostgreSQL,
    /// of which this process becomes a node. Errors when another process has the folder's database open, the server cannot be
    /// reached or used, or a newer Sheaf wrote the data.
    pub fn open(dir: &Path, database: Option<&str>) -> Result<Self> {
        Self::open_with(dir, database, None)
    }

    /// [`Store::open`] with the blobs in an object store instead of the folder.
    pub fn open_with(dir: &Path, database: Option<&str>, blobs: Option<&BlobsAt>) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, error))?;
        if let Some(url) = database {
            return Self::with(dir, Database::postgres(url)?, None, blobs);
        }
        if rusqlite::version_number() < SQLITE_MIN {
            return Err(StoreError::UnsafeSqlite(rusqlite::version().to_owned()));
        }
        let lock = lock(dir)?;
        Self::with(dir, Database::Sqlite(dir.join(DATABASE_FILE)), Some(lock), blobs)
    }

    fn with(dir: &Path, database: Database, lock: Option<File>, at: Option<&BlobsAt>) -> Result<Self> {
        let memory = Arc::new(Memory::new());
        let (conn, instance) = database.waiting(|| {
            let conn = memory.connect(&database, Purpose::Write)?;
            migrate::run(&conn)?;
            if conn.is_shared() {
                memory.clock.ask(&conn)?;
            } else {
                jobs::forget_all(&conn)?;
            }
            let instance = at.map(|_| instance::name(&conn)).transpose()?;
            Ok::<_, StoreError>((conn, instance))
        })?;
        let writer = Writer::start(database.clone(), conn, memory.clone())?;
        let readers = Readers::new(database.clone(), READERS_MAX, memory.clone());
        let cluster = match &database {
            Database::Sqlite(_) => None,
            Database::Postgres(_) => Some(Cluster::start(database.clone(), memory.clone())?),
        };
        let shared = lock.is_none().then_some(memory.node);
        let blobs = Blobs::open(&dir.join(BLOBS), shared, at.zip(instance.as_deref()))?;
        let dir = dir.to_owned();
        let inner = Inner { writer, readers, database, blobs, dir, memory, _cluster: cluster, _lock: lock };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// To be held by the thread that is at a job, see [`crate::jobs`].
    pub fn at_job(&self, project: ProjectId, job: i64) -> AtJob {
        AtJob::new(self.inner.memory.clone(), (project.0, job))
    }

    /// Whether other nodes may use the same data.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.database, Database::Postgres(_))
    }

    /// The number that tells this process from the other nodes.
    pub fn node(&self) -> i64 {
        self.inner.memory.node
    }

    /// The clock that all nodes share; `None` where there is one process, which has its own.
    pub fn common_clock(&self) -> Option<Arc<CommonClock>> {
        self.is_shared().then(|| self.inner.memory.clock.clone())
    }

    /// What is counted of its work.
    pub fn meters(&self) -> &Meters {
        &self.inner.memory.meters
    }

    /// Waits until no thread of this process is at a job, see [`Store::at_job`]; whether that came before the deadline.
    pub fn wait_for_jobs(&self, deadline: Instant) -> bool {
        self.inner.memory.wait_for_jobs(deadline)
    }

    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Changes with every commit that may have changed a library. What changed is in `projects.revision`.
    pub fn library_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.memory.indexes.changes()
    }

    /// Changes with every commit that wrote to people, sessions or keys, before anybody is told of it: what was read after
    /// the same number is still so.
    pub fn credentials(&self) -> u64 {
        self.inner.memory.indexes.credentials()
    }

    /// Changes with every commit that may have put something into the outbox of webhooks.
    pub fn outbox_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.memory.indexes.outbox_changes()
    }

    /// Changes with every commit that may have moved the counts or the state of a batch, or changed who may look at them.
    pub fn queue_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.memory.indexes.queue_changes()
    }

    /// Changes with every write to people, memberships, projects or batches; never later than with the commit.
    pub fn roster(&self) -> u64 {
        self.inner.memory.queue.roster()
    }

    /// Jobs that wait for the writer.
    pub fn waiting(&self) -> usize {
        self.inner.writer.waiting()
    }

    /// How large the database is on disk, in bytes.
    pub fn bytes(&self) -> Result<u64> {
        match &self.inner.database {
            Database::Sqlite(path) => {
                Ok(std::fs::metadata(path).map_err(|error| StoreError::file(path, error))?.len())
            }
            Database::Postgres(_) => {
                let sql = "SELECT pg_database_size(current_database())";
                let n = self.read_blocking(|tx| tx.int(sql, &[]))?;
                Ok(n.unsigned_abs())
            }
        }
    }

    /// A consistent copy of the database into a new file, while it is in use.
    pub fn backup(&self, to: &Path) -> Result<()> {
        let text =
            to.to_str().ok_or_else(|| StoreError::Database("path of the backup is not UTF-8".into()))?;
        self.inner.database.connect(Purpose::Read)?.backup(text)
    }

    /// Runs `f` on one snapshot, while the calling thread waits.
    pub fn read_blocking<T: Send, E: From<StoreError> + Send>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send,
    ) -> std::result::Result<T, E> {
        self.inner.database.waiting(|| self.inner.readers.read(f))
    }

    /// Runs `f` on one snapshot, on a thread for blocking work.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || store.inner.readers.read(f)).await {
            Ok(out) => out,
            Err(_) => Err(StoreError::Panicked.into()),
        }
    }

    /// Runs `f` in a transaction of the one writer. `Ok` is returned only after the commit is durable; on `Err` nothing
    /// of it is kept.
    pub async fn write<T, E>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_in(Turn::all(), f).await
    }

    /// [`Store::write`] of what needs no more than a turn, so that other nodes may write to the rest meanwhile.
    pub async fn write_in<T, E>(
        &self,
        turn: impl Into<Turn>,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_wait(turn.into(), false, OneStep { asks: Vec::new(), run: once(f) }).await
    }

    /// [`Store::write_in`] of what is written often: it shares a savepoint with others, which is cheaper. `f` is run once more
    /// when one of them failed, after all that it wrote was undone; what it came to before is dropped. `asks`: what it is sure
    /// to read.
    pub async fn write_repeatable<T, E>(
        &self,
        turn: impl Into<Turn>,
        asks: Vec<Ask>,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_wait(turn.into(), true, OneStep { asks, run: f }).await
    }

    /// [`Store::write_repeatable`] in two steps: what `f` came to is finished after others have run, too, which is when all
    /// that they read for their callers is asked for at once.
    pub async fn write_and_finish<G, T, E>(
        &self,
        turn: impl Into<Turn>,
        asks: Vec<Ask>,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<G, E> + Send + 'static,
        asks_to_finish: impl Fn(&G) -> Vec<Ask> + Send + 'static,
        finish: impl FnMut(&Tx<'_>, G) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        G: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_wait(turn.into(), true, TwoSteps { asks, run: f, asks_to_finish, finish }).await
    }

    /// [`Store::write`] for threads that may wait.
    pub fn write_blocking<T, E>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_blocking_in(Turn::all(), f)
    }

    /// [`Store::write_in`] for threads that may wait.
    pub fn write_blocking_in<T, E>(
        &self,
        turn: impl Into<Turn>,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_block(turn.into(), false, OneStep { asks: Vec::new(), run: once(f) })
    }

    /// [`Store::write_repeatable`] for threads that may wait.
    pub fn write_blocking_repeatable<T, E>(
        &self,
        turn: impl Into<Turn>,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_block(turn.into(), true, OneStep { asks: Vec::new(), run: f })
    }

    fn put_and_block<G, T, E>(
        &self,
        turn: Turn,
        repeatable: bool,
        steps: impl Steps<G, T, E>,
    ) -> std::result::Result<T, E>
    where
        G: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tell, told) = crossbeam_channel::bounded(1);
        self.put(turn, repeatable, steps, move |out| drop(tell.send(out)))?;
        told.recv().unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    async fn put_and_wait<G, T, E>(
        &self,
        turn: Turn,
        repeatable: bool,
        steps: impl Steps<G, T, E>,
    ) -> std::result::Result<T, E>
    where
        G: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.put(turn, repeatable, steps, move |out| drop(tell.send(out)))?;
        told.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    fn put<G, T, E>(
        &self,
        turn: Turn,
        repeatable: bool,
        steps: impl Steps<G, T, E>,
        tell: impl FnOnce(std::result::Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        G: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.writer.put(Box::new(Work::new(turn, repeatable, steps, tell)))
    }
}

/// Takes the folder for this process.
pub(crate) fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("sheaf.lock");
    let lock = File::create(&path).map_err(|error| StoreError::file(&path, error))?;
    // A process that is just ending may have it for a moment, or a child between its fork and its exec.
    let began = Instant::now();
    while lock.try_lock().is_err() {
        if began.elapsed() > LOCK_WAIT {
            return Err(StoreError::InUse(dir.display().to_string()));
        }
        std::thread::sleep(LOCK_LOOK);
    }
    Ok(lock)
}
