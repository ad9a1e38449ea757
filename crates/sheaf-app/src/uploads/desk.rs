//! What the process knows of uploads beyond the database: the committer, the manifests that are being read, the files
//! that are being received. Nothing here needs to survive the process.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sheaf_intake::Limits;
use sheaf_model::UploadId;
use sheaf_store::Store;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::uploads::committer::Committer;
use crate::{Error, Result};

pub struct Desk {
    pub(super) committer: Committer,
    /// Files that may be read (decoded, scaled) at once.
    pub(super) readers: Arc<Semaphore>,
    /// One file of annotations is read at a time: formats that are one document are held in memory meanwhile.
    pub(crate) annotations: Arc<Semaphore>,
    pub(crate) limits: Limits,
    receiving: Arc<Mutex<HashSet<(UploadId, String)>>>,
    jobs: Mutex<HashMap<UploadId, Arc<Job>>>,
}

/// A manifest that is being read by a thread of this process.
#[derive(Default)]
pub(super) struct Job {
    stop: AtomicBool,
    ended: AtomicBool,
    failure: Mutex<Option<String>>,
}

impl Job {
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
    pub(super) fn end(&self, failure: Option<String>) {
        *self.failure.lock() = failure;
        self.ended.store(true, Ordering::Release);
    }
    fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

impl Desk {
    pub(crate) fn start(store: &Store, clock: Arc<dyn Clock>) -> Result<Self> {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            committer: Committer::start(store.clone(), clock)?,
            readers: Arc::new(Semaphore::new(at_once)),
            annotations: Arc::new(Semaphore::new(1)),
            limits: Limits::default(),
            receiving: Arc::default(),
            jobs: Mutex::default(),
        })
    }

    /// Notes that a file is being received; the same file twice at once is refused.
    pub(super) fn receiving(&self, upload: UploadId, path: &str) -> Result<ReceivingGuard> {
        let key = (upload, path.to_owned());
        if !self.receiving.lock().insert(key.clone()) {
            return Err(Error::conflict(
                "file_busy",
                format!("`{path}` is being received by another request"),
            )
            .hint("wait for the other request to end, then send it again"));
        }
        Ok(ReceivingGuard { key, all: self.receiving.clone() })
    }

    /// Begins a job for an upload; `None` while one is running.
    pub(super) fn begin_job(&self, upload: UploadId) -> Option<Arc<Job>> {
        let mut jobs = self.jobs.lock();
        if jobs.get(&upload).is_some_and(|job| !job.ended()) {
            return None;
        }
        let job = Arc::new(Job::default());
        jobs.insert(upload, job.clone());
        Some(job)
    }

    pub(super) fn job_runs(&self, upload: UploadId) -> bool {
        self.jobs.lock().get(&upload).is_some_and(|job| !job.ended())
    }

    /// Asks the job of an upload to stop at the next group of rows.
    pub(super) fn stop_job(&self, upload: UploadId) {
        if let Some(job) = self.jobs.lock().get(&upload) {
            job.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Asks every job to stop; what is interrupted goes on at the next start.
    pub fn stop_jobs(&self) {
        for job in self.jobs.lock().values() {
            job.stop.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn failure(&self, upload: UploadId) -> Option<String> {
        self.jobs.lock().get(&upload).and_then(|job| job.failure.lock().clone())
    }
}

/// Held while a file is received and read.
pub(super) struct ReceivingGuard {
    key: (UploadId, String),
    all: Arc<Mutex<HashSet<(UploadId, String)>>>,
}

impl Drop for ReceivingGuard {
    fn drop(&mut self) {
        self.all.lock().remove(&self.key);
    }
}
