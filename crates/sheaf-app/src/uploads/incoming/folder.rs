//! On its way in, in the folder of the data: `<data>/incoming/<upload>/`, on the same volume as the blobs, so that a finished
//! file is moved and not copied.
//!
//! The length of a `.part` file is how much of it was received; nothing else says so, so nothing can disagree. Beside it
//! lies a small JSON with the path and the whole size.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sheaf_model::UploadId;
use sheaf_store::StoreError;
use sheaf_store::sql::to_json;

use super::{Incoming, OnDisk, Part, PartOf, Temporary, key};
use crate::Result;

#[derive(Clone)]
pub(super) struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(super) fn of(data: &Path, upload: UploadId) -> Self {
        Self { dir: data.join("incoming").join(upload.to_string()) }
    }

    fn manifest_file(&self) -> PathBuf {
        self.dir.join("manifest")
    }
    /// Without it a manifest is not staged.
    fn plan_file(&self) -> PathBuf {
        self.dir.join("manifest.json")
    }
    fn part(&self, path: &str) -> PathBuf {
        self.dir.join(format!("{}.part", key(path)))
    }
    fn part_of(&self, path: &str) -> PathBuf {
        self.dir.join(format!("{}.json", key(path)))
    }

    fn make(&self) -> Result<()> {
        fs::create_dir_all(&self.dir).map_err(|error| StoreError::file(&self.dir, error))?;
        Ok(())
    }
}

impl Incoming for Folder {
    fn stage(&self, manifest: Temporary, plan: &str) -> Result<()> {
        self.make()?;
        let (plan_file, file) = (self.plan_file(), self.manifest_file());
        // The plan of the old one goes first.
        remove_if_there(&plan_file)?;
        fs::rename(manifest.path(), &file).map_err(|error| StoreError::file(&file, error))?;
        fs::write(&plan_file, plan).map_err(|error| StoreError::file(&plan_file, error))?;
        Ok(())
    }

    fn plan(&self) -> Result<Option<String>> {
        let path = self.plan_file();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&path, error).into()),
        }
    }

    fn manifest(&self) -> Result<OnDisk> {
        Ok(OnDisk { path: self.manifest_file(), _temporary: None })
    }

    fn unstage(&self) -> Result<()> {
        remove_if_there(&self.plan_file())?;
        remove_if_there(&self.manifest_file())
    }

    fn part_state(&self, path: &str) -> Result<Option<PartOf>> {
        read_part_of(&self.part_of(path))
    }

    fn parts(&self) -> Result<Vec<PartOf>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::file(&self.dir, error).into()),
        };
        let mut out = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| StoreError::file(&self.dir, error))?.path();
            let is_part =
                file.extension().is_some_and(|extension| extension == "json") && file != self.plan_file();
            if is_part && let Some(part) = read_part_of(&file)? {
                out.push(part);
            }
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(out)
    }

    fn receive(&self, path: &str, size: u64, offset: u64, _known: Option<&PartOf>) -> Result<Box<dyn Part>> {
        self.make()?;
        let about = self.part_of(path);
        let of = PartOf { path: path.to_owned(), size, attempt: String::new(), received: 0 };
        fs::write(&about, to_json(&of)?).map_err(|error| StoreError::file(&about, error))?;
        Ok(Box::new(FolderPart { file: self.part(path), offset }))
    }

    fn supersede(&self, path: &str) {
        self.end_part(path);
    }

    fn end_part(&self, path: &str) {
        for file in [self.part_of(path), self.part(path)] {
            if let Err(error) = fs::remove_file(&file)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(file = %file.display(), %error, "a received part could not be removed");
            }
        }
    }

    fn remove(&self) -> Result<()> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::file(&self.dir, error).into())
            }
            _ => Ok(()),
        }
    }
}

/// Bytes go behind those that are there; what a request brought stays, whatever becomes of it.
struct FolderPart {
    file: PathBuf,
    offset: u64,
}

impl Part for FolderPart {
    fn open(&self) -> Result<File> {
        let open = || -> io::Result<File> {
            let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(&self.file)?;
            file.set_len(self.offset)?;
            file.seek(SeekFrom::Start(self.offset))?;
            Ok(file)
        };
        Ok(open().map_err(|error| StoreError::file(&self.file, error))?)
    }

    fn path(&self) -> &Path {
        &self.file
    }

    fn keep(&self) -> Result<()> {
        Ok(())
    }

    fn whole(&mut self) -> Result<PathBuf> {
        Ok(self.file.clone())
    }
}

fn read_part_of(file: &Path) -> Result<Option<PartOf>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::file(file, error).into()),
    };
    // A process that was killed in the middle left something unreadable: the file begins again.
    let Ok(mut part) = serde_json::from_str::<PartOf>(&text) else { return Ok(None) };
    part.received = fs::metadata(file.with_extension("part")).map_or(0, |meta| meta.len());
    Ok(Some(part))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::file(path, error).into()),
        _ => Ok(()),
    }
}
