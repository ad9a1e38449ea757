//! A folder of a bucket that files are read from, to be brought in. It is the operator's keys that read it.

use std::path::{Path as FilePath, PathBuf};

use crossbeam_channel::Receiver;
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;

use super::address::{BlobsAt, Bucket};
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

pub struct Source {
    bucket: Bucket,
}

impl Source {
    /// Nothing is asked of the store yet.
    pub fn open(at: &BlobsAt) -> Result<Self> {
        Ok(Self { bucket: Bucket::of(at)? })
    }

    /// The objects after a name, in the order of their names, in pages. The store is asked for those only, where it can list
    /// from a point (S3 and GCS do).
    pub fn list(
        &self,
        after: Option<&str>,
        page: usize,
    ) -> impl Iterator<Item = Result<Vec<SourceObject>>> + use<> {
        let (store, prefix) = (self.bucket.store.clone(), self.bucket.prefix.clone());
        let after = after.map(|name| below(&prefix, name));
        let shown = self.bucket.shown.clone();
        let (tell, told) = crossbeam_channel::bounded(PAGES_AHEAD);
        self.bucket.threads.handle().spawn(async move {
            let objects = match &after {
                Some(after) => store.list_with_offset(Some(&prefix), after),
                None => store.list(Some(&prefix)),
            };
            let mut pages = objects.chunks(page);
            while let Some(some) = pages.next().await {
                let objects: object_store::Result<Vec<_>> = some.into_iter().collect();
                let objects = objects.map(|objects| {
                    let of = |object: &object_store::ObjectMeta| {
                        let name: Vec<_> = object.location.prefix_match(&prefix)?.collect();
                        let name = name.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
                        let stored = object.last_modified.timestamp_millis();
                        Some(SourceObject { name, size: object.size, stored })
                    };
                    objects.iter().filter_map(of).collect()
                });
                let objects = objects.map_err(|error| away(&shown, &error));
                let (tell, is_last) = (tell.clone(), objects.is_err());
                // Who reads may be slow: not on a thread that moves bytes.
                let sent = tokio::task::spawn_blocking(move || tell.send(objects).is_ok()).await;
                if is_last || !sent.unwrap_or(false) {
                    return;
                }
            }
        });
        told.into_iter()
    }

    /// Reads objects into files, many at a time; each is told by its place in the list, with whether it was still there.
    pub fn fetch(&self, objects: Vec<(String, PathBuf)>) -> Receiver<(usize, Result<bool>)> {
        let (store, prefix) = (self.bucket.store.clone(), self.bucket.prefix.clone());
        let shown = self.bucket.shown.clone();
        let (tell, told) = crossbeam_channel::unbounded();
        self.bucket.threads.handle().spawn(async move {
            let fetched = objects.into_iter().enumerate().map(|(place, (name, file))| {
                let (store, path, shown) = (store.clone(), below(&prefix, &name), shown.clone());
                async move {
                    let fetched = fetch(&*store, &path, &file, &shown).await;
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

async fn fetch(store: &dyn ObjectStore, path: &Path, file: &FilePath, shown: &str) -> Result<bool> {
    let mut pieces = match store.get(path).await {
        Ok(found) => found.into_stream(),
        Err(Error::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(away(shown, &error)),
    };
    let failed = |error| StoreError::file(file, error);
    let mut out = tokio::fs::File::create(file).await.map_err(failed)?;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| away(shown, &error))?;
        out.write_all(&piece).await.map_err(failed)?;
    }
    out.flush().await.map_err(failed)?;
    Ok(true)
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
