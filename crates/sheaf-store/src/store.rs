//! The front door of the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::Blobs;
use crate::error::{Result, StoreError};
use crate::library::index::SharedIndexes;
use crate::queue::Shared;
use crate::sql::Tx;
use crate::sqlite::{CommitFailure, Job, Sqlite};

/// The data of one instance. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    sqlite: Sqlite,
    blobs: Blobs,
    dir: PathBuf,
    indexes: Arc<SharedIndexes>,
}

impl Store {
    /// Opens or makes the data in `dir`. Errors when another process has it open or a newer Sheaf wrote it.
    pub fn open(dir: &Path) -> Result<Self> {
        let indexes = Arc::new(SharedIndexes::default());
        let sqlite = Sqlite::open(dir, indexes.clone(), Arc::new(Shared::default()))?;
        let blobs = Blobs::open(&dir.join("blobs"))?;
        Ok(Self { inner: Arc::new(Inner { sqlite, blobs, dir: dir.to_owned(), indexes }) })
    }

    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Changes with every commit that may have changed a library. What changed is in `projects.revision`.
    pub fn library_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.indexes.changes()
    }

    /// Changes with every commit that wrote to people, sessions or keys, before anybody is told of it: what was read after
    /// the same number is still so.
    pub fn credentials(&self) -> u64 {
        self.inner.indexes.credentials()
    }

    /// Changes with every commit that may have put something into the outbox of webhooks.
    pub fn outbox_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.indexes.outbox_changes()
    }

    /// Changes with every commit that may have moved the counts or the state of a batch, or changed who may look at them.
    pub fn queue_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.inner.indexes.queue_changes()
    }

    /// Jobs that wait for the writer.
    pub fn waiting(&self) -> usize {
        self.inner.sqlite.writer.waiting()
    }

    /// A consistent copy of the database into a new file, while it is in use.
    pub fn backup(&self, to: &Path) -> Result<()> {
        self.inner.sqlite.backup(to)
    }

    /// Runs `f` on one snapshot, on the calling thread.
    pub fn read_blocking<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.inner.sqlite.readers.read(f)
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
        match tokio::task::spawn_blocking(move || store.read_blocking(f)).await {
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
        self.put_and_wait(false, once(f)).await
    }

    /// [`Store::write`] of what is written often: it shares a savepoint with others, which is cheaper. `f` is run once more
    /// when one of them failed, after all that it wrote was undone; what it came to before is dropped.
    pub async fn write_repeatable<T, E>(
        &self,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.put_and_wait(true, f).await
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
        let (tell, told) = crossbeam_channel::bounded(1);
        self.put(false, once(f), move |out| drop(tell.send(out)))?;
        told.recv().unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    async fn put_and_wait<T, E>(
        &self,
        repeatable: bool,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.put(repeatable, f, move |out| drop(tell.send(out)))?;
        told.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    fn put<T, E>(
        &self,
        repeatable: bool,
        f: impl FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        tell: impl FnOnce(std::result::Result<T, E>) + Send + 'static,
    ) -> Result<()>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.sqlite.writer.put(Box::new(Work { repeatable, f, out: None, tell }))
    }
}

/// `f`, which is run at most once, in the form of what may be run again.
fn once<T, E: From<StoreError>>(
    f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
) -> impl FnMut(&Tx<'_>) -> std::result::Result<T, E> {
    let mut f = Some(f);
    move |tx| f.take().map_or_else(|| Err(StoreError::Panicked.into()), |f| f(tx))
}

struct Work<T, E, F, Tell> {
    repeatable: bool,
    f: F,
    /// None before it has run, and when it panicked.
    out: Option<std::result::Result<T, E>>,
    tell: Tell,
}

impl<T, E, F, Tell> Job for Work<T, E, F, Tell>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&Tx<'_>) -> std::result::Result<T, E> + Send,
    Tell: FnOnce(std::result::Result<T, E>) + Send,
{
    fn repeatable(&self) -> bool {
        self.repeatable
    }

    fn run(&mut self, tx: &Tx<'_>) -> bool {
        self.out = None;
        self.out.insert((self.f)(tx)).is_ok()
    }

    fn reply(self: Box<Self>, outcome: std::result::Result<(), CommitFailure>) {
        let Self { out, tell, .. } = *self;
        match (out, outcome) {
            (Some(Err(error)), _) => tell(Err(error)),
            (Some(Ok(value)), Ok(())) => tell(Ok(value)),
            (Some(Ok(_)) | None, Err(failure)) => tell(Err(StoreError::from(failure).into())),
            (None, Ok(())) => {}
        }
    }
}
