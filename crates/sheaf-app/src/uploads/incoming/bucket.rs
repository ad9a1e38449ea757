//! On its way in, in the object store, under `incoming/<upload>/` beside the blobs: any node can be sent the next part of a
//! file, commit a manifest that another was sent, or go on with it when that one has died.
//!
//! A file in parts is a folder under the hash of its path: `about.json` names the attempt, and each part lies under the attempt
//! and the offset of its first byte. Objects appear whole, so what there is of a file is what is there from its beginning
//! without a gap; and parts of an attempt that was given up are never taken for those of the next.
//! A manifest has a name of its own, too, and `plan.json`, which comes after it, says which is staged.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sheaf_model::UploadId;
use sheaf_store::blobs::Staging;
use sheaf_store::sql::to_json;
use sheaf_store::{Store, StoreError};

use super::{Incoming, OnDisk, Part, PartOf, Temporary, key};
use crate::{Error, Result, ids};

const PLAN: &str = "plan.json";
const ABOUT: &str = "about.json";

#[derive(Clone)]
pub(super) struct Bucket {
    store: Store,
    upload: String,
}

/// Which manifest is staged, and what was said of it.
#[derive(Serialize, Deserialize)]
struct Staged {
    manifest: String,
    plan: String,
}

impl Bucket {
    pub(super) fn of(store: &Store, upload: UploadId) -> Self {
        Self { store: store.clone(), upload: upload.to_string() }
    }

    fn staging(&self) -> Result<Staging<'_>> {
        self.store.blobs().staging().ok_or_else(|| Error::internal("the blobs are in no object store"))
    }

    fn manifests(&self) -> String {
        format!("{}/manifest", self.upload)
    }
    fn parts_folder(&self) -> String {
        format!("{}/parts", self.upload)
    }
    fn part_folder(&self, path: &str) -> String {
        format!("{}/{}", self.parts_folder(), key(path))
    }

    fn staged(&self) -> Result<Option<Staged>> {
        let text = read(self.staging()?, &format!("{}/{PLAN}", self.manifests()))?;
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// An object as a file on this machine.
    fn fetch(&self, name: &str) -> Result<Temporary> {
        let temporary = Temporary::new(self.store.blobs().temporary());
        let mut file = create(temporary.path())?;
        if !append(self.staging()?, name, &mut file, temporary.path())? {
            return Err(no_file(name).into());
        }
        Ok(temporary)
    }
}

impl Incoming for Bucket {
    fn stage(&self, manifest: Temporary, plan: &str) -> Result<()> {
        let (staging, name) = (self.staging()?, token()?);
        staging.put_file(&format!("{}/{name}", self.manifests()), manifest.path())?;
        let staged = Staged { manifest: name, plan: plan.to_owned() };
        Ok(staging.put(&format!("{}/{PLAN}", self.manifests()), to_json(&staged)?)?)
    }

    fn plan(&self) -> Result<Option<String>> {
        Ok(self.staged()?.map(|staged| staged.plan))
    }

    fn manifest(&self) -> Result<OnDisk> {
        let staged = self.staged()?.ok_or_else(|| no_file(&self.manifests()))?;
        let temporary = self.fetch(&format!("{}/{}", self.manifests(), staged.manifest))?;
        Ok(OnDisk { path: temporary.path().to_owned(), _temporary: Some(temporary) })
    }

    fn unstage(&self) -> Result<()> {
        Ok(self.staging()?.remove(&self.manifests())?)
    }

    fn part_state(&self, path: &str) -> Result<Option<PartOf>> {
        let (staging, folder) = (self.staging()?, self.part_folder(path));
        let Some(mut part) = about(staging, &folder)? else { return Ok(None) };
        part.received = without_gap(&staging.list(&format!("{folder}/{}", part.attempt))?);
        Ok(Some(part))
    }

    fn parts(&self) -> Result<Vec<PartOf>> {
        let (staging, folder) = (self.staging()?, self.parts_folder());
        let objects = staging.list(&folder)?;
        let mut out = Vec::new();
        for (name, _) in &objects {
            let Some(file) = name.strip_suffix(&format!("/{ABOUT}")) else { continue };
            let Some(mut part) = about(staging, &format!("{folder}/{file}"))? else { continue };
            let of_it = format!("{file}/{}/", part.attempt);
            let mine = objects
                .iter()
                .filter_map(|(name, size)| Some((name.strip_prefix(&of_it)?.to_owned(), *size)));
            part.received = without_gap(&mine.collect::<Vec<_>>());
            out.push(part);
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(out)
    }

    fn receive(&self, path: &str, size: u64, offset: u64, known: Option<&PartOf>) -> Result<Box<dyn Part>> {
        let (staging, folder) = (self.staging()?, self.part_folder(path));
        let attempt = match known {
            Some(known) if offset > 0 => known.attempt.clone(),
            _ => {
                staging.remove(&folder)?;
                let part = PartOf { path: path.to_owned(), size, attempt: token()?, received: 0 };
                staging.put(&format!("{folder}/{ABOUT}"), to_json(&part)?)?;
                part.attempt
            }
        };
        Ok(Box::new(BucketPart {
            of: self.clone(),
            folder: format!("{folder}/{attempt}"),
            offset,
            bytes: Temporary::new(self.store.blobs().temporary()),
            whole: None,
        }))
    }

    /// To look costs a trip for each file, and parts that stay do no harm: a client that goes on with them sends what is there
    /// already, and an upload that ends removes them.
    fn supersede(&self, _path: &str) {}

    fn end_part(&self, path: &str) {
        if let Err(error) = self.staging().and_then(|staging| Ok(staging.remove(&self.part_folder(path))?)) {
            tracing::warn!(upload = %self.upload, %path, %error, "received parts could not be removed");
        }
    }

    fn remove(&self) -> Result<()> {
        Ok(self.staging()?.remove(&self.upload)?)
    }
}

/// Bytes are gathered on this machine, and become an object when the request ends.
struct BucketPart {
    of: Bucket,
    /// Of the attempt.
    folder: String,
    offset: u64,
    bytes: Temporary,
    whole: Option<Temporary>,
}

impl Part for BucketPart {
    fn open(&self) -> Result<File> {
        create(self.bytes.path())
    }

    fn path(&self) -> &Path {
        self.bytes.path()
    }

    fn keep(&self) -> Result<()> {
        // Names of one length are in the order of their numbers.
        Ok(self.of.staging()?.put_file(&format!("{}/{:020}", self.folder, self.offset), self.bytes.path())?)
    }

    fn whole(&mut self) -> Result<PathBuf> {
        if self.offset == 0 {
            return Ok(self.bytes.path().to_owned());
        }
        let staging = self.of.staging()?;
        let whole = Temporary::new(self.of.store.blobs().temporary());
        let mut out = create(whole.path())?;
        let before = staging.list(&self.folder)?.into_iter().filter(|(name, _)| starts(name) < self.offset);
        for (name, _) in before {
            append(staging, &format!("{}/{name}", self.folder), &mut out, whole.path())?;
        }
        let failed = |error| StoreError::file(whole.path(), error);
        if out.metadata().map_err(failed)?.len() != self.offset {
            return Err(Error::conflict(
                "bad_offset",
                "the parts before this one are not all there any more",
            )
            .hint("ask what was received, and send the bytes from there on"));
        }
        let mut last =
            File::open(self.bytes.path()).map_err(|error| StoreError::file(self.bytes.path(), error))?;
        io::copy(&mut last, &mut out).map_err(failed)?;
        let path = whole.path().to_owned();
        self.whole = Some(whole);
        Ok(path)
    }
}

fn no_file(name: &str) -> StoreError {
    StoreError::file(&Path::new("incoming").join(name), io::ErrorKind::NotFound.into())
}

fn token() -> Result<String> {
    Ok(sheaf_model::id::encode(&ids::random::<10>()?))
}

fn create(path: &Path) -> Result<File> {
    Ok(File::create(path).map_err(|error| StoreError::file(path, error))?)
}

fn about(staging: Staging<'_>, folder: &str) -> Result<Option<PartOf>> {
    let text = read(staging, &format!("{folder}/{ABOUT}"))?;
    Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
}

/// Bytes from the beginning on, of parts in the order of their offsets.
fn without_gap(parts: &[(String, u64)]) -> u64 {
    parts.iter().fold(0, |end, (name, size)| if starts(name) == end { end + size } else { end })
}

/// The offset that a part has in its name.
fn starts(name: &str) -> u64 {
    name.parse().unwrap_or(u64::MAX)
}

fn read(staging: Staging<'_>, name: &str) -> Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    Ok(staging.each_piece(name, |piece| out.extend_from_slice(piece))?.then_some(out))
}

/// Writes an object behind what is in a file; false when it is not there.
fn append(staging: Staging<'_>, name: &str, out: &mut File, path: &Path) -> Result<bool> {
    let mut written = Ok(());
    let is_there = staging.each_piece(name, |piece| {
        if written.is_ok() {
            written = out.write_all(piece);
        }
    })?;
    written.map_err(|error| StoreError::file(path, error))?;
    Ok(is_there)
}
