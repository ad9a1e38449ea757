//! A folder of a bucket that files are read from, to be brought in. It is the operator's keys that read it.

use std::path::{Path as FilePath, PathBuf};

use crossbeam_channel::Receiver;
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;

use super::address::{BlobsAt, Bucket};
use super::names::{self, Names};
use crate::error::{Result, StoreError};

/// Objects that are read at once: enough to hide the way to the store.
const READ_AT_ONCE: usize = 16;
/// Pages that the list may be ahead.
const PAGES_AHEAD: usize = 4;

/// An object below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceObject {
    /// Its name below the folder, with `/` between the parts.
    pub name: String,
    pub size: u64,
    /// When it was stored, by the store's clock, in milliseconds.
    pub stored: i64,
}

/// What the list of a folder has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceEntry {
    Object(SourceObject),
    /// One that cannot be asked for by its name, and why. Nothing else is known of it.
    Unnamed {
        name: String,
        why: String,
    },
}

impl SourceEntry {
    pub fn name(&self) -> &str {
        match self {
            Self::Object(SourceObject { name, .. }) | Self::Unnamed { name, .. } => name,
        }
    }
}

/// What became of an object that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// Its bytes are in the file; so many.
    Whole(u64),
    /// It is not there.
    Gone,
    /// It has more bytes than it was to have; they were not read.
    Grew,
}

/// An object to be read into a file.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub name: String,
    /// Bytes at most.
    pub size: u64,
    pub file: PathBuf,
}

pub struct Source {
    bucket: Bucket,
}

impl Source {
    /// Nothing is asked of the store yet.
    pub fn open(at: &BlobsAt) -> Result<Self> {
        Ok(Self { bucket: Bucket::of(at)? })
    }

    /// The objects after a name, in the order of their names, in pages. The store is asked for those only.
    pub fn list(
        &self,
        after: Option<&str>,
        page: usize,
    ) -> impl Iterator<Item = Result<Vec<SourceEntry>>> + use<> {
        let mut names = Names::new(self.bucket.pages.clone(), &self.bucket.prefix, after);
        let shown = self.bucket.shown.clone();
        let (tell, told) = crossbeam_channel::bounded(PAGES_AHEAD);
        self.bucket.threads.handle().spawn(async move {
            let mut waiting = Vec::new();
            loop {
                let next = names.next().await;
                let is_last = !matches!(next, Ok(Some(_)));
                match next {
                    Ok(more) => waiting.extend(more.into_iter().flatten()),
                    Err(error) => {
                        let error = listing_failed(&shown, error);
                        return drop(tokio::task::spawn_blocking(move || tell.send(Err(error))).await);
                    }
                }
                while waiting.len() >= page || (is_last && !waiting.is_empty()) {
                    let rest = waiting.split_off(page.min(waiting.len()));
                    let (some, tell) = (std::mem::replace(&mut waiting, rest), tell.clone());
                    // Who reads may be slow: not on a thread that moves bytes.
                    let sent = tokio::task::spawn_blocking(move || tell.send(Ok(some)).is_ok()).await;
                    if !sent.unwrap_or(false) {
                        return;
                    }
                }
                if is_last {
                    return;
                }
            }
        });
        told.into_iter()
    }

    /// Reads objects into files, many at a time; each is told by its place in the list.
    pub fn fetch(&self, objects: Vec<Wanted>) -> Receiver<(usize, Result<Fetched>)> {
        let (store, prefix) = (self.bucket.store.clone(), self.bucket.prefix.clone());
        let shown = self.bucket.shown.clone();
        let (tell, told) = crossbeam_channel::unbounded();
        self.bucket.threads.handle().spawn(async move {
            let fetched = objects.into_iter().enumerate().map(|(place, wanted)| {
                let (store, path, shown) = (store.clone(), below(&prefix, &wanted.name), shown.clone());
                async move {
                    let fetched = fetch(&*store, &path, &wanted.file, wanted.size, &shown).await;
                    (place, fetched)
                }
            });
            let mut fetched = futures_util::stream::iter(fetched).buffer_unordered(READ_AT_ONCE);
            while let Some(one) = fetched.next().await {
                if tell.send(one).is_err() {
                    return;
                }
            }
        });
        told
    }
}

fn below(prefix: &Path, name: &str) -> Path {
    // As it was listed: joining would write some characters in another way.
    let listed = Path::parse(format!("{prefix}/{name}"));
    listed.unwrap_or_else(|_| name.split('/').fold(prefix.clone(), |path, part| path.join(part)))
}

async fn fetch(
    store: &dyn ObjectStore,
    path: &Path,
    file: &FilePath,
    size: u64,
    shown: &str,
) -> Result<Fetched> {
    let mut pieces = match store.get(path).await {
        Ok(found) if found.meta.size > size => return Ok(Fetched::Grew),
        Ok(found) => found.into_stream(),
        Err(Error::NotFound { .. }) => return Ok(Fetched::Gone),
        Err(error) => return Err(away(shown, &error)),
    };
    let failed = |error| StoreError::file(file, error);
    let mut out = tokio::fs::File::create(file).await.map_err(failed)?;
    let mut read = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| away(shown, &error))?;
        read += piece.len() as u64;
        // Whatever the store said of its size.
        if read > size {
            return Ok(Fetched::Grew);
        }
        out.write_all(&piece).await.map_err(failed)?;
    }
    out.flush().await.map_err(failed)?;
    Ok(Fetched::Whole(read))
}

fn listing_failed(shown: &str, error: names::Failure) -> StoreError {
    match error {
        names::Failure::Store(error) => away(shown, &error),
        names::Failure::Stuck(name) => StoreError::Source(format!(
            "`{shown}`: there is an object `{name}`, whose name cannot be asked for, and the store does not list from a name on; \
             rename it or remove it"
        )),
    }
}

fn away(shown: &str, error: &Error) -> StoreError {
    let what = match error {
        Error::NotFound { .. } => "there is no such bucket",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "the store refuses to let it be read"
        }
        _ => "the store does not answer as it should",
    };
    tracing::warn!(source = shown, %error, "a bucket cannot be read");
    StoreError::Source(format!("`{shown}`: {what}"))
}
