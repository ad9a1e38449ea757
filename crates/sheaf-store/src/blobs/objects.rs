//! Blobs in an object store. Puts go on behind the back of who puts, many at a time, so that an import is not one round trip
//! after the other; [`Objects::flush`] waits for those that it is asked about. An object has the name that its file would
//! have in the folder, so that a folder can be copied into a bucket and back.
//!
//! Small blobs are sent without asking whether they are there, which costs one trip whether they are or not, and an object is
//! replaced by its very bytes. For larger ones the store is asked first. Either way nobody ever sees half an object.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::signer::SignedUrlOptions;
use object_store::{
    Attribute, Attributes, Error, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, WriteMultipart,
};
use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::{BlobsAt, Bucket};
use super::pending::Pending;
use super::{BlobHash, Body, ByteRange, Listed, OpenBlob, hash_of_hex, hex, too_late};
use crate::error::{Result, StoreError};

/// From this size on the store is asked whether it has a blob before it is sent.
const ASK_FROM: u64 = 64 << 10;
/// From this size on a file is sent in parts.
const PARTS_FROM: u64 = 16 << 20;
const PART_BYTES: usize = 8 << 20;
const PARTS_AT_ONCE: usize = 4;
/// KiB that may be on their way at once, and what each blob counts at least: so at most 64 are.
const ROOM_KIB: u32 = 64 << 10;
const ROOM_KIB_MIN: u32 = 1 << 10;
/// Objects that are removed by one request.
const REMOVED_AT_ONCE: usize = 100;
/// How long the store may take to say that it is there, and how long that is believed.
const REACH_WITHIN: Duration = Duration::from_secs(3);
const REACHED_FOR: Duration = Duration::from_secs(3);
/// An object that says whose the place is, so that no instance takes the files of another one for its own, and for ones that
/// nothing names. Writing it is how a first start finds out whether it may write.
const MARK: &str = "sheaf-blobs";
const MARK_TEXT: &str = "Sheaf keeps files here, each under the SHA-256 of its bytes. Its database says which are in use: the one \
    of instance ";

/// With which headers the store answers to a signed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub content_type: &'static str,
    /// Whether a browser is to save it instead of showing it.
    pub is_download: bool,
}

pub(super) struct Objects {
    pub(super) bucket: Bucket,
    pending: Arc<Pending>,
    room: Arc<Semaphore>,
    /// When it was last asked whether it is there, and what came of it.
    reached: tokio::sync::Mutex<Option<(Instant, Sent)>>,
}

/// How a sending ended; the error is for the operator.
pub(super) type Sent = std::result::Result<(), String>;

/// What is to be sent.
enum From {
    Bytes(Bytes),
    /// Ours, to be removed afterwards.
    File(PathBuf),
}

impl Objects {
    /// Opens the bucket and makes sure that it can be read and written, and is this instance's.
    pub(super) fn open(at: &BlobsAt, instance: &str) -> Result<Self> {
        let bucket = Bucket::of(at)?;
        let room = Arc::new(Semaphore::new(ROOM_KIB as usize));
        let objects = Self { bucket, pending: Arc::default(), room, reached: tokio::sync::Mutex::default() };
        let (store, mark) = (objects.bucket.store.clone(), objects.bucket.prefix.clone().join(MARK));
        let text = format!("{MARK_TEXT}{instance}\n");
        let looked = objects.wait(async move { look(&*store, &mark, text).await })?;
        if looked.map_err(|error| objects.unusable(&error))? {
            return Ok(objects);
        }
        let what = "it has the files of another instance; use a prefix of its own for this one, or, when this is the same \
            instance on another database, remove the object";
        Err(StoreError::Blobs(format!("`{}`: {what} `{MARK}` there", at.address)))
    }

    pub(super) fn put(&self, hash: BlobHash, bytes: Bytes) -> Result<()> {
        let size = bytes.len() as u64;
        self.send(hash, From::Bytes(bytes), size)
    }

    /// Sends a file of ours and removes it.
    pub(super) fn adopt(&self, hash: BlobHash, file: PathBuf) -> Result<()> {
        let size = std::fs::metadata(&file).map_err(|error| StoreError::file(&file, error))?.len();
        self.send(hash, From::File(file), size)
    }

    fn send(&self, hash: BlobHash, from: From, size: u64) -> Result<()> {
        let Some(sending) = self.pending.begin(hash) else {
            // The same bytes are on their way.
            return from.remove();
        };
        let room = self.room(size)?;
        let (store, path) = (self.bucket.store.clone(), self.path(&hash));
        self.bucket.threads.handle().spawn(async move {
            let outcome = send(&*store, &path, &from, size).await;
            // Before anybody is told: afterwards nothing of it is left.
            let removed = from.remove();
            drop(room);
            sending.end(outcome.and(removed.map_err(|error| error.to_string())));
        });
        Ok(())
    }

    /// Waits until a blob of this size may be sent.
    pub(super) fn room(&self, size: u64) -> Result<OwnedSemaphorePermit> {
        let in_memory = if size >= PARTS_FROM { (PART_BYTES * PARTS_AT_ONCE) as u64 } else { size };
        let room = u32::try_from(in_memory >> 10).unwrap_or(ROOM_KIB).clamp(ROOM_KIB_MIN, ROOM_KIB);
        self.wait(self.room.clone().acquire_many_owned(room))?.map_err(|_| StoreError::Closed)
    }

    pub(super) fn flush(&self, blobs: &[BlobHash]) -> Result<()> {
        self.pending.wait(blobs).map_err(|why| self.away(&why))
    }

    pub(super) async fn open_blob(
        &self,
        hash: &BlobHash,
        range: Option<ByteRange>,
    ) -> Result<Option<OpenBlob>> {
        let (store, path) = (self.bucket.store.clone(), self.path(hash));
        let opened = self.bucket.threads.handle().spawn(async move { open(&*store, &path, range).await });
        match opened.await.map_err(|_| StoreError::Panicked)? {
            Ok(opened) => Ok(Some(opened)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.away(&error)),
        }
    }

    pub(super) async fn link(&self, hash: &BlobHash, shown: &Shown, lasts: Duration) -> Result<String> {
        let signer = self.bucket.signer.clone();
        let path = self.path(hash);
        let mut options = SignedUrlOptions::new();
        if self.bucket.signs_headers {
            options = options.with_query([("response-content-type", shown.content_type)]);
            let disposition = if shown.is_download { "attachment" } else { "inline" };
            options = options.with_query([("response-content-disposition", disposition)]);
        }
        let signed = self.bucket.threads.handle().spawn(async move {
            signer.signed_url_opts(object_store::signer::Method::GET, &path, lasts, &options).await
        });
        let url = signed.await.map_err(|_| StoreError::Panicked)?.map_err(|error| self.away(&error))?;
        Ok(url.into())
    }

    pub(super) fn each_piece(&self, hash: &BlobHash, piece: impl FnMut(&[u8])) -> Result<bool> {
        self.pieces_of(self.path(hash), piece)
    }

    /// The bytes of an object, piece by piece; false when it is not there.
    pub(super) fn pieces_of(&self, path: Path, mut piece: impl FnMut(&[u8])) -> Result<bool> {
        let store = self.bucket.store.clone();
        let (tell, told) = crossbeam_channel::bounded(4);
        self.bucket.threads.handle().spawn(async move {
            let mut pieces = match store.get(&path).await {
                Ok(found) => found.into_stream(),
                Err(error) => return drop(tell.send(Err(error))),
            };
            while let Some(next) = pieces.next().await {
                let (is_last, tell) = (next.is_err(), tell.clone());
                // The other side may be slow: not on a thread that moves bytes.
                let sent = tokio::task::spawn_blocking(move || tell.send(next.map(Some)).is_ok()).await;
                if is_last || !sent.unwrap_or(false) {
                    return;
                }
            }
            drop(tell.send(Ok(None)));
        });
        loop {
            match told.recv() {
                Ok(Ok(Some(bytes))) => piece(&bytes),
                Ok(Ok(None)) => return Ok(true),
                Ok(Err(Error::NotFound { .. })) => return Ok(false),
                Ok(Err(error)) => return Err(self.away(&error)),
                Err(_) => return Err(StoreError::Panicked),
            }
        }
    }

    /// The names of all blobs, in order.
    pub(super) fn hashes(&self) -> Result<Vec<BlobHash>> {
        let mut out = Vec::new();
        self.each(|blob| out.push(blob.hash))?;
        out.sort_unstable();
        Ok(out)
    }

    pub(super) fn is_there(&self, hash: &BlobHash) -> Result<bool> {
        let (store, path) = (self.bucket.store.clone(), self.path(hash));
        match self.wait(async move { store.head(&path).await })? {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.away(&error)),
        }
    }

    pub(super) fn each(&self, mut visit: impl FnMut(Listed)) -> Result<()> {
        let (store, prefix) = (self.bucket.store.clone(), self.bucket.prefix.clone());
        let (tell, told) = crossbeam_channel::unbounded();
        self.bucket.threads.handle().spawn(async move {
            let mut all = store.list(Some(&prefix)).ready_chunks(1_000);
            while let Some(some) = all.next().await {
                let blobs: object_store::Result<Vec<_>> =
                    some.into_iter().map(|object| Ok(listed(&prefix, &object?))).collect();
                if tell.send(blobs.map(Some)).is_err() {
                    return;
                }
            }
            drop(tell.send(Ok(None)));
        });
        loop {
            match told.recv() {
                Ok(Ok(Some(blobs))) => blobs.into_iter().flatten().for_each(&mut visit),
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(self.away(&error)),
                Err(_) => return Err(StoreError::Panicked),
            }
        }
    }

    pub(super) fn remove(&self, blobs: &[BlobHash], may: &dyn Fn() -> bool) -> Result<()> {
        for some in blobs.chunks(REMOVED_AT_ONCE) {
            if !may() {
                return Err(too_late());
            }
            self.delete(some.iter().map(|hash| self.path(hash)).collect())?;
        }
        Ok(())
    }

    /// Removes objects; one that is not there is no error.
    pub(super) fn delete(&self, paths: Vec<Path>) -> Result<()> {
        let store = self.bucket.store.clone();
        let removed = self.wait(async move {
            let paths = futures_util::stream::iter(paths.into_iter().map(Ok));
            let mut gone = store.delete_stream(paths.boxed());
            while let Some(one) = gone.next().await {
                match one {
                    Ok(_) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })?;
        removed.map_err(|error| self.away(&error))
    }

    /// Whether the store answers, and has the mark: of those who ask at once one asks it.
    pub(super) async fn reach(&self) -> Result<()> {
        let mut known = self.reached.lock().await;
        if let Some((when, said)) = &*known
            && when.elapsed() < REACHED_FOR
        {
            return said.clone().map_err(|why| self.away(&why));
        }
        let (store, mark) = (self.bucket.store.clone(), self.bucket.prefix.clone().join(MARK));
        let asked = self.bucket.threads.handle().spawn(async move {
            match tokio::time::timeout(REACH_WITHIN, store.head(&mark)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("the store does not answer".to_owned()),
            }
        });
        let said = asked.await.map_err(|_| StoreError::Panicked)?;
        *known = Some((Instant::now(), said.clone()));
        said.map_err(|why| self.away(&why))
    }

    fn path(&self, hash: &BlobHash) -> Path {
        let hex = hex(hash);
        self.bucket.prefix.clone().join(&hex[..2]).join(&hex[2..])
    }

    /// Has the store asked by its own threads while the caller waits, whatever the caller runs on.
    pub(super) fn wait<T: Send + 'static>(&self, f: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let (tell, told) = crossbeam_channel::bounded(1);
        self.bucket.threads.handle().spawn(async move { drop(tell.send(f.await)) });
        told.recv().map_err(|_| StoreError::Panicked)
    }

    pub(super) fn away(&self, error: &dyn std::fmt::Display) -> StoreError {
        StoreError::BlobsUnreachable(format!("{}: {error}", self.bucket.shown))
    }

    /// What is wrong at a start, and what to do.
    fn unusable(&self, error: &Error) -> StoreError {
        let what = match error {
            Error::NotFound { .. } => "there is no such bucket; make it, or correct the address",
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
                "the store refuses to let this bucket be read and written; look at the keys in the environment and at \
                 what they may do"
            }
            _ => "the store does not answer as it should; look at endpoint and region in the environment",
        };
        StoreError::Blobs(format!("`{}`: {what} ({error})", self.bucket.shown))
    }
}

impl From {
    fn remove(&self) -> Result<()> {
        match self {
            Self::Bytes(_) => Ok(()),
            Self::File(file) => std::fs::remove_file(file).map_err(|error| StoreError::file(file, error)),
        }
    }
}

/// Reads the mark, or writes it. Whether it is the one that is expected.
async fn look(store: &dyn ObjectStore, mark: &Path, text: String) -> object_store::Result<bool> {
    match store.get(mark).await {
        Ok(found) => return Ok(found.bytes().await? == text),
        // Who may not list is not told that something is not there.
        Err(Error::NotFound { .. } | Error::PermissionDenied { .. }) => {}
        Err(error) => return Err(error),
    }
    // Of two that come at once one is first.
    match store.put_opts(mark, PutPayload::from(text.clone()), PutMode::Create.into()).await {
        Ok(_) | Err(Error::AlreadyExists { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(store.get(mark).await?.bytes().await? == text)
}

/// Stores a blob. Afterwards the store has acknowledged it.
async fn send(store: &dyn ObjectStore, path: &Path, from: &From, size: u64) -> Sent {
    if size >= ASK_FROM {
        match store.head(path).await {
            Ok(found) if found.size == size => return Ok(()),
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    match from {
        From::Bytes(bytes) => put(store, path, bytes.clone()).await,
        From::File(file) => send_file(store, path, file, size).await,
    }
}

/// Stores a file under this name, whatever had it.
pub(super) async fn send_file(store: &dyn ObjectStore, path: &Path, file: &FilePath, size: u64) -> Sent {
    if size >= PARTS_FROM {
        return send_parts(store, path, file).await;
    }
    let bytes = tokio::fs::read(file).await.map_err(|error| error.to_string())?;
    put(store, path, bytes.into()).await
}

/// Stores bytes under this name, whatever had it.
pub(super) async fn put(store: &dyn ObjectStore, path: &Path, bytes: Bytes) -> Sent {
    let options = PutOptions { attributes: attributes(), ..PutOptions::default() };
    store.put_opts(path, bytes.into(), options).await.map(drop).map_err(|error| error.to_string())
}

async fn send_parts(store: &dyn ObjectStore, path: &Path, file: &FilePath) -> Sent {
    let options = PutMultipartOptions { attributes: attributes(), ..PutMultipartOptions::default() };
    let upload = store.put_multipart_opts(path, options).await.map_err(|error| error.to_string())?;
    let mut upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
    match write_parts(&mut upload, file).await {
        Ok(()) => upload.finish().await.map(drop).map_err(|error| error.to_string()),
        Err(why) => {
            // What was sent of it costs money until it is given up; the error that counts is the first.
            drop(upload.abort().await);
            Err(why)
        }
    }
}

async fn write_parts(upload: &mut WriteMultipart, file: &FilePath) -> Sent {
    let mut file = tokio::fs::File::open(file).await.map_err(|error| error.to_string())?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).await.map_err(|error| error.to_string())?;
        if n == 0 {
            return Ok(());
        }
        upload.wait_for_capacity(PARTS_AT_ONCE).await.map_err(|error| error.to_string())?;
        upload.write(&buffer[..n]);
    }
}

/// What the bucket says of an object by itself: whatever a user sent is never run as a page.
fn attributes() -> Attributes {
    Attributes::from_iter([
        (Attribute::ContentType, "application/octet-stream"),
        (Attribute::ContentDisposition, "attachment"),
    ])
}

async fn open(
    store: &dyn ObjectStore,
    path: &Path,
    range: Option<ByteRange>,
) -> object_store::Result<OpenBlob> {
    let mut options = GetOptions::default();
    if range.is_some() {
        let size = store.head(path).await?.size;
        match ByteRange::of(range, size) {
            Some(range) => options.range = Some(GetRange::Bounded(range)),
            None => return Ok(OpenBlob::outside(size)),
        }
    }
    let found = store.get_opts(path, options).await?;
    let (size, range) = (found.meta.size, found.range.clone());
    let stream = found.into_stream().map_err(std::io::Error::other).boxed();
    Ok(OpenBlob { size, range: Some(range), body: Body::Stream(stream) })
}

/// The blob that an object is, with its size and its age.
fn listed(prefix: &Path, object: &ObjectMeta) -> Option<Listed> {
    let hash = hash_of(prefix, &object.location)?;
    // One that is of the future by this machine's clock is young.
    let age = SystemTime::from(object.last_modified).elapsed().unwrap_or_default();
    Some(Listed { hash, size: object.size, age })
}

/// The blob that an object is; `None` when it is something else.
fn hash_of(prefix: &Path, object: &Path) -> Option<BlobHash> {
    let hex: String = object.prefix_match(prefix)?.map(|part| part.as_ref().to_owned()).collect();
    hash_of_hex(&hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_the_name_of_its_blob() {
        let prefix = Path::from("some/prefix");
        let hash: BlobHash = std::array::from_fn(|n| (n * 7) as u8);
        let hex = hex(&hash);
        let at = |name: &str| prefix.clone().join(&hex[..2]).join(name);
        assert_eq!(hash_of(&prefix, &at(&hex[2..])), Some(hash));
        for other in
            [at(&hex[3..]), at(&hex[2..].to_uppercase()), prefix.clone().join(MARK), Path::from("ab")]
        {
            assert_eq!(hash_of(&prefix, &other), None, "{other}");
        }
    }
}
