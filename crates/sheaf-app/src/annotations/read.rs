//! Reading a file of annotations, or a zip of them, on temporary files.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use sheaf_formats::folder::Disk;
use sheaf_formats::{Failure, Options, Outcome, Spool};
use sheaf_intake::archive::is_zip;
use sheaf_model::{Media, Problem};
use sheaf_store::StoreError;

use crate::annotations::NAMED_MAX;
use crate::annotations::bring::Bringing;
use crate::annotations::library::Library;
use crate::annotations::receive::BYTES_MAX;
use crate::{App, Error, Result};

/// Reads everything; what is wrong ends it. Of a zip, only what is no image is unpacked.
pub(super) fn read(
    bringing: &Bringing,
    media: Media,
    library: &Library,
    scratch: &Scratch,
    missing: &RefCell<Names>,
) -> Result<(Spool, Outcome)> {
    let Bringing { app, how, file, .. } = bringing;
    let failed = |failure: Failure| match failure {
        Failure::Wrong(error) => wrong(error),
        Failure::Io(error) => StoreError::file(&scratch.0, error).into(),
    };
    let folder = if is_zip(file.path()).map_err(|error| StoreError::file(file.path(), error))? {
        let (into, unpacking) = (scratch.folder("files")?, scratch.folder("unpacking")?);
        let mut limits = app.uploads().limits.clone();
        limits.image_bytes_max = limits.image_bytes_max.max(BYTES_MAX);
        let wanted = &sheaf_formats::is_other;
        sheaf_formats::unpack(file.path(), &into, &unpacking, &limits, BYTES_MAX, wanted).map_err(failed)?;
        // What is wrong with the folder is wrong with the zip.
        Disk::open(&into)
            .map_err(|error| wrong(sheaf_formats::Error { file: how.filename.clone(), ..error }))?
    } else {
        Disk::file(file.path(), &how.filename)
    };
    let sizes = |name: &str| library.size(name);
    let image = |stem: &str| library.of_stem(stem);
    let missing = |name: &str| missing.borrow_mut().add(name);
    let options =
        Options { media, zero_based: how.zero_based, sizes: &sizes, image: &image, missing: Some(&missing) };
    Spool::read(how.format, &folder, options, &scratch.0.join("assets")).map_err(failed)
}

/// What is wrong with the file, at its place.
fn wrong(error: sheaf_formats::Error) -> Error {
    let place = if error.place.is_empty() { error.file } else { format!("{}, {}", error.file, error.place) };
    Error::Invalid {
        code: "bad_annotations",
        message: format!("{place}: {}", error.message),
        hint: Some(error.hint),
        problems: vec![Problem::new(place, error.message)],
    }
}

/// The first names, and how many there are.
#[derive(Default)]
pub(super) struct Names {
    pub(super) n: u64,
    pub(super) first: Vec<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        self.n += 1;
        if self.first.len() < NAMED_MAX {
            self.first.push(name.to_owned());
        }
    }
}

/// A folder that goes away with its holder.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn make(app: &App) -> Result<Self> {
        let out = Self(app.store().blobs().temporary());
        fs::create_dir_all(&out.0).map_err(|error| StoreError::file(&out.0, error))?;
        Ok(out)
    }

    /// A folder in it.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.0.join(name);
        fs::create_dir_all(&path).map_err(|error| StoreError::file(&path, error))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "the scratch of annotations could not be removed");
        }
    }
}
