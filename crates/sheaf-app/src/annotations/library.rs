//! The assets of an upload, found by what a file of annotations calls them.

use std::collections::{HashMap, HashSet};

use sheaf_formats::rows::Named;
use sheaf_formats::{Asset, Paths};
use sheaf_model::{Ordinal, ProjectId, UploadId};

use crate::{App, Error, Result};

/// Files that are read at once.
const FILES_A_PAGE: u32 = 10_000;
/// Files of an upload that are held in memory.
const FILES_MAX: usize = 5_000_000;

/// The assets that there are.
pub(super) struct Library {
    app: App,
    project: ProjectId,
    upload: UploadId,
    /// Name of the upload.
    pub(super) name: String,
    first: Option<Ordinal>,
    paths: Paths,
    /// Of each path.
    files: Vec<FileOf>,
    /// Of assets that are no files; looked at when the first one is asked for.
    addresses: Option<HashMap<String, Ordinal>>,
    /// Those that were found already.
    taken: HashSet<Ordinal>,
}

struct FileOf {
    ordinal: Ordinal,
    size: Option<(u32, u32)>,
}

/// What became of looking for an asset.
pub(super) enum Looked {
    /// With its size in the library.
    Found(Ordinal, Option<(u32, u32)>),
    /// It is that of another one of the file.
    Again,
    Not,
}

impl Library {
    pub(super) fn of(app: &App, project: ProjectId, upload: UploadId) -> Result<Self> {
        let row =
            app.store().read_blocking(|tx| tx.upload(project, upload))?.ok_or(Error::not_found("upload"))?;
        let (mut paths, mut files) = (Vec::<String>::new(), Vec::new());
        loop {
            let after = paths.last().cloned().unwrap_or_default();
            let page = app
                .store()
                .read_blocking(|tx| tx.upload_asset_files(project, upload, &after, FILES_A_PAGE))?;
            let n_files = page.len();
            for file in page {
                files.push(FileOf { ordinal: file.ordinal, size: file.width.zip(file.height) });
                paths.push(file.path);
            }
            if n_files < FILES_A_PAGE as usize {
                break;
            }
            if paths.len() > FILES_MAX {
                let message = format!("the upload has more than {FILES_MAX} files");
                return Err(Error::conflict("too_many_files", message)
                    .hint("bring the annotations in on the command line: sheaf import --format"));
            }
        }
        Ok(Self {
            app: app.clone(),
            project,
            upload,
            name: row.name,
            first: row.first_ordinal,
            paths: Paths::new(paths),
            files,
            addresses: None,
            taken: HashSet::new(),
        })
    }

    /// The size of the image that is called so.
    pub(super) fn size(&self, path: &str) -> Option<(u32, u32)> {
        self.files.get(self.paths.find(path)?)?.size
    }

    /// The path of the image whose labels these are.
    pub(super) fn of_stem(&self, stem: &str) -> Option<String> {
        Some(self.paths.path(self.paths.find_stem(stem)?).to_owned())
    }

    /// Looks for an asset: among the files of the upload, among its addresses, by its key in the library. `n` is its number in the
    /// file.
    pub(super) fn look(&mut self, n: usize, asset: &Asset) -> Result<Looked> {
        let file = self.paths.find(&asset.name).and_then(|at| self.files.get(at));
        let found = match file.map(|file| (file.ordinal, file.size)) {
            Some(found) => Some(found),
            None => self.elsewhere(n, asset)?.map(|ordinal| (ordinal, None)),
        };
        Ok(match found {
            Some((ordinal, size)) if self.taken.insert(ordinal) => Looked::Found(ordinal, size),
            Some(_) => Looked::Again,
            None => Looked::Not,
        })
    }

    fn elsewhere(&mut self, n: usize, asset: &Asset) -> Result<Option<Ordinal>> {
        if let Some(url) = asset.address()
            && let Some(ordinal) = self.addresses()?.get(url)
        {
            return Ok(Some(*ordinal));
        }
        // PostgreSQL has no text with a zero in it, so nothing is called that.
        let key = Named::by_key(asset, n, &self.name).filter(|key| !key.contains('\0'));
        let Some(key) = key else { return Ok(None) };
        let (store, project) = (self.app.store(), self.project);
        Ok(store.read_blocking(|tx| tx.ordinal_by_reference(project, &key))?)
    }

    fn addresses(&mut self) -> Result<&HashMap<String, Ordinal>> {
        let addresses = match self.addresses.take() {
            Some(known) => known,
            None => self.read_addresses()?,
        };
        Ok(self.addresses.insert(addresses))
    }

    fn read_addresses(&self) -> Result<HashMap<String, Ordinal>> {
        let mut out = HashMap::new();
        let Some(first) = self.first else { return Ok(out) };
        let (project, upload, all) = (self.project, self.upload, &mut out);
        self.app.store().read_blocking(|tx| {
            tx.each_upload_address(project, upload, first, |url, ordinal| {
                all.insert(url, ordinal);
            })
        })?;
        Ok(out)
    }
}
