//! The application: what every use case needs, in one place that is cheap to clone.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sheaf_model::{Millis, ProjectId, Taxonomy};
use sheaf_select::BlockCache;
use sheaf_store::queue::Feeds;
use sheaf_store::{BlobsAt, Store};

use crate::clock::{self, Clock};
use crate::credentials::Credentials;
use crate::guard::Guard;
use crate::library::known::Known;
use crate::queue::roster::Roster;
use crate::queue::shown::Shown;
use crate::{agreement, batches, metadata_updates, standing_batches, uploads};

/// Settings that do not change while the process lives.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the data.
    pub dir: PathBuf,
    /// The address of the PostgreSQL that has the data; none: SQLite in the folder.
    pub database: Option<String>,
    /// The object store that has the blobs; none: the folder.
    pub blobs: Option<BlobsAt>,
    /// Folders of buckets that people may bring files in from.
    pub sources: Vec<BlobsAt>,
    /// Bytes of decoded index blocks kept in memory.
    pub cache_bytes: usize,
}

impl Config {
    /// Enough for ten million assets of eight fields to be answered from memory.
    pub const CACHE_BYTES: usize = 1 << 30;

    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            database: None,
            blobs: None,
            sources: Vec::new(),
            cache_bytes: Self::CACHE_BYTES,
        }
    }

    pub fn on(self, database: Option<impl Into<String>>) -> Self {
        Self { database: database.map(Into::into), ..self }
    }

    pub fn blobs_in(self, blobs: Option<impl Into<BlobsAt>>) -> Self {
        Self { blobs: blobs.map(Into::into), ..self }
    }
}

#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    uploads: uploads::Desk,
    metadata_updates: metadata_updates::Desk,
    store: Store,
    cache: BlockCache,
    clock: Arc<dyn Clock>,
    config: Config,
    feeds: Feeds,
    taxonomies: Taxonomies,
    libraries: Mutex<HashMap<ProjectId, Arc<Known>>>,
    roster: Roster,
    shown: Shown,
    guard: Guard,
    credentials: Credentials,
    standing_batches: standing_batches::Desk,
    live: batches::live::Desk,
    draining: AtomicBool,
}

/// Parsed taxonomies by project and version.
type Taxonomies = Mutex<HashMap<(ProjectId, i64), Arc<Taxonomy>>>;

impl App {
    /// Opens the data and everything around it.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> crate::Result<Self> {
        let store = Store::open_with(&config.dir, config.database.as_deref(), config.blobs.as_ref())?;
        let clock = clock::of(clock, &store);
        let uploads = uploads::Desk::start(&store, clock.clone())?;
        let cache = BlockCache::new(config.cache_bytes);
        let app = Self {
            inner: Arc::new(Inner {
                uploads,
                metadata_updates: metadata_updates::Desk::default(),
                store,
                cache,
                clock,
                config,
                feeds: Feeds::default(),
                taxonomies: Taxonomies::default(),
                libraries: Mutex::default(),
                roster: Roster::default(),
                shown: Shown::default(),
                guard: Guard::default(),
                credentials: Credentials::default(),
                standing_batches: standing_batches::Desk::default(),
                live: batches::live::Desk::default(),
                draining: AtomicBool::new(false),
            }),
        };
        agreement::fill::missing(&app)?;
        Ok(app)
    }

    pub fn store(&self) -> &Store {
        &self.inner.store
    }
    pub fn uploads(&self) -> &uploads::Desk {
        &self.inner.uploads
    }
    pub fn metadata_updates(&self) -> &metadata_updates::Desk {
        &self.inner.metadata_updates
    }
    /// From now on this process is not ready for anything new: it is going to be stopped.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::Relaxed);
    }
    pub fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::Relaxed)
    }
    /// Asks those who watch to go.
    pub fn stop_watching(&self) {
        self.inner.live.stop();
    }
    /// Asks the jobs of this process to stop where they are. Other nodes go on with those that are gone on with.
    pub fn stop_jobs(&self) {
        self.inner.uploads.stop_jobs();
        self.inner.metadata_updates.stop_all();
    }
    pub fn standing_batches(&self) -> &standing_batches::Desk {
        &self.inner.standing_batches
    }
    /// Those who watch batches live.
    pub fn live(&self) -> &batches::live::Desk {
        &self.inner.live
    }
    pub fn cache(&self) -> &BlockCache {
        &self.inner.cache
    }
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
    /// Members of the batches that are being served.
    pub(crate) fn feeds(&self) -> &Feeds {
        &self.inner.feeds
    }
    pub(crate) fn roster(&self) -> &Roster {
        &self.inner.roster
    }
    pub(crate) fn shown(&self) -> &Shown {
        &self.inner.shown
    }
    pub(crate) fn taxonomies(&self) -> &Taxonomies {
        &self.inner.taxonomies
    }
    /// What is worked out of a library at this revision, shared by all who look at it.
    pub(crate) fn known(&self, project: ProjectId, revision: u64) -> Arc<Known> {
        let mut libraries = self.inner.libraries.lock();
        match libraries.get(&project) {
            Some(known) if known.revision == revision => known.clone(),
            // A look that began before the last change keeps its own.
            Some(newer) if newer.revision > revision => Arc::new(Known::new(revision)),
            _ => {
                let known = Arc::new(Known::new(revision));
                libraries.insert(project, known.clone());
                known
            }
        }
    }
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }
    pub(crate) fn guard(&self) -> &Guard {
        &self.inner.guard
    }
    pub fn now(&self) -> Millis {
        self.inner.clock.now()
    }
}
