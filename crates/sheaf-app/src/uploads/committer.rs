//! One thread that makes received files durable, in groups: contents are flushed once and rows are written in one
//! transaction for all files of a group, and only then each sender is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use sheaf_store::blobs::BlobHash;
use sheaf_store::{Store, StoreError, Turn};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::uploads::receive::FileOutcome;
use crate::uploads::settle::{Item, settle};
use crate::{Error, Result, removed};

/// Files of one group.
const GROUP_MAX: usize = 256;
/// How long a group waits for files that are still being read.
const GATHER: Duration = Duration::from_millis(20);
/// Files that may wait before their readers are held back.
const WAITING_MAX: usize = 1024;

pub(super) struct Committer {
    files: Option<SyncSender<Sent>>,
    /// Files that are being read at this moment: a group waits a little for them.
    being_read: Arc<AtomicUsize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Sent {
    item: Item,
    reply: oneshot::Sender<Result<FileOutcome>>,
}

impl Committer {
    pub(super) fn start(store: Store, clock: Arc<dyn Clock>) -> Result<Self> {
        let (files, queue) = sync_channel(WAITING_MAX);
        let being_read = Arc::new(AtomicUsize::new(0));
        let reading = being_read.clone();
        let thread = std::thread::Builder::new()
            .name("sheaf-uploads".into())
            .spawn(move || run(&store, &clock, &queue, &reading))
            .map_err(|error| Error::internal(format!("cannot start the uploads' committer: {error}")))?;
        Ok(Self { files: Some(files), being_read, thread: Some(thread) })
    }

    /// Notes that a file is being read, until the guard is dropped.
    pub(super) fn reading(&self) -> BeingRead {
        self.being_read.fetch_add(1, Ordering::Relaxed);
        BeingRead(self.being_read.clone())
    }

    /// Puts a file in line; blocks while too many wait. The outcome comes when it is durable.
    pub(super) fn send(&self, item: Item) -> Result<oneshot::Receiver<Result<FileOutcome>>> {
        let (reply, outcome) = oneshot::channel();
        let sent = self.files.as_ref().is_some_and(|files| files.send(Sent { item, reply }).is_ok());
        if sent { Ok(outcome) } else { Err(StoreError::Closed.into()) }
    }
}

pub(super) struct BeingRead(Arc<AtomicUsize>);

impl Drop for BeingRead {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.files = None;
        if let Some(thread) = self.thread.take() {
            // Nothing was acknowledged that a panic of the thread could have lost.
            drop(thread.join());
        }
    }
}

fn run(store: &Store, clock: &Arc<dyn Clock>, queue: &Receiver<Sent>, reading: &AtomicUsize) {
    while let Ok(first) = queue.recv() {
        let (mut items, mut replies) = (Vec::new(), Vec::new());
        for sent in gather(first, queue, reading) {
            items.push(sent.item);
            replies.push(sent.reply);
        }
        for (reply, outcome) in replies.into_iter().zip(commit(store, clock, items)) {
            // A sender that went away learns it when it asks again.
            drop(reply.send(outcome));
        }
    }
}

fn gather(first: Sent, queue: &Receiver<Sent>, reading: &AtomicUsize) -> Vec<Sent> {
    let until = Instant::now() + GATHER;
    let mut group = vec![first];
    while group.len() < GROUP_MAX {
        let wait = if reading.load(Ordering::Relaxed) == 0 {
            Duration::ZERO
        } else {
            until.saturating_duration_since(Instant::now()).min(Duration::from_millis(1))
        };
        match queue.recv_timeout(wait) {
            Ok(sent) => group.push(sent),
            Err(RecvTimeoutError::Timeout) if wait.is_zero() => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    group
}

fn commit(store: &Store, clock: &Arc<dyn Clock>, items: Vec<Item>) -> Vec<Result<FileOutcome>> {
    let n = items.len();
    let blobs: Vec<BlobHash> = items.iter().flat_map(Item::blobs).collect();
    if !blobs.is_empty()
        && let Err(error) = store.blobs().flush(&blobs)
    {
        return same_failure(&error.into(), n);
    }
    let items = Arc::new(items);
    let (group, time) = (items.clone(), clock.clone());
    let turn = Turn::projects(items.iter().map(|item| item.project));
    match store.write_blocking_repeatable(turn, move |tx| settle(tx, time.now(), &group, &[])) {
        Ok(outcomes) => outcomes,
        Err(error) if is_away(&error) || matches!(error, Error::DiskFull) => same_failure(&error, n),
        Err(error) if n == 1 && !matches!(error, Error::FileRemoved) => vec![Err(error)],
        // One file that cannot be written must not take the others with it.
        Err(error) => {
            tracing::warn!(%error, n, "a group of files could not be written; trying them one by one");
            let mut outcomes = Vec::with_capacity(n);
            for i in 0..n {
                match alone(store, clock.clone(), items.clone(), i) {
                    Err(error) if is_away(&error) => {
                        outcomes.extend(same_failure(&error, n - i));
                        break;
                    }
                    outcome => outcomes.push(outcome),
                }
            }
            outcomes
        }
    }
}

/// Whether nothing can be written at all: who tries it file by file waits for as many connections.
fn is_away(error: &Error) -> bool {
    matches!(error, Error::Unavailable | Error::Outdated(_))
}

/// Once more, having looked for files of which it is known that they were removed: one may have been put again since.
fn alone(store: &Store, clock: Arc<dyn Clock>, items: Arc<Vec<Item>>, i: usize) -> Result<FileOutcome> {
    let blobs: Vec<BlobHash> = items[i].blobs().collect();
    let there = removed::but_there(store, &blobs)?;
    let mut outcome = store.write_blocking_repeatable(items[i].project, move |tx| {
        settle(tx, clock.now(), &items[i..=i], &there)
    })?;
    outcome.pop().unwrap_or_else(|| Err(Error::internal("a file was not settled")))
}

fn same_failure(error: &Error, n: usize) -> Vec<Result<FileOutcome>> {
    (0..n)
        .map(|_| match error {
            Error::DiskFull => Err(Error::DiskFull),
            Error::Unavailable => Err(Error::Unavailable),
            Error::Outdated(why) => Err(Error::Outdated(why.clone())),
            other => Err(Error::internal(other.to_string())),
        })
        .collect()
}
