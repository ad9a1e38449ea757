//! The assets of an upload, found by what a file of annotations calls them.

use std::collections::{HashMap, HashSet};

use sheaf_formats::rows::Keys;
use sheaf_formats::{Asset, Paths, Spool};
use sheaf_model::{Ordinal, ProjectId, UploadId};

use crate::annotations::fit::Stop;
use crate::{App, Error, Result};

/// Files that are read at once.
const FILES_A_PAGE: u32 = 10_000;
/// Files of an upload that are held in memory.
const FILES_MAX: usize = 5_000_000;
/// Keys that are looked up in one transaction.
const KEYS_AT_ONCE: usize = 1_000;

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
    /// Of assets that are no files, by their numbers in the file.
    elsewhere: HashMap<usize, Ordinal>,
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
            elsewhere: HashMap::new(),
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

    /// Looks for those assets of the file that are no files of the upload: among its addresses, and by their keys in the library.
    /// The file is gone through for it, so that many keys are looked up at once.
    pub(super) fn find_elsewhere(&mut self, spool: &Spool) -> Result<(), Stop> {
        let (mut keys, mut waiting) = (Keys::of(&self.name), Vec::new());
        spool.each(|n, asset| -> Result<(), Stop> {
            let key = keys.key(&asset);
            if self.paths.find(&asset.name).is_some() {
                return Ok(());
            }
            let at_address = match asset.address() {
                Some(url) => self.addresses()?.get(url).copied(),
                None => None,
            };
            if let Some(ordinal) = at_address {
                self.elsewhere.insert(n, ordinal);
                return Ok(());
            }
            // PostgreSQL has no text with a zero in it, so nothing is called that.
            waiting.extend(key.filter(|key| !key.contains('\0')).map(|key| (n, key)));
            if waiting.len() >= KEYS_AT_ONCE {
                self.find_keys(&mut waiting)?;
            }
            Ok(())
        })?;
        Ok(self.find_keys(&mut waiting)?)
    }

    fn find_keys(&mut self, waiting: &mut Vec<(usize, String)>) -> Result<()> {
        let keys: Vec<&str> = waiting.iter().map(|(_, key)| key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let (store, project) = (self.app.store(), self.project);
        let found = store.read_blocking(|tx| tx.ordinals_by_reference(project, &keys))?;
        self.elsewhere.extend(waiting.drain(..).filter_map(|(n, key)| Some((n, *found.get(&key)?))));
        Ok(())
    }

    /// The place of an asset: of the file that is called so, else where it was found elsewhere. `n` is its number in the file.
    pub(super) fn look(&mut self, n: usize, asset: &Asset) -> Looked {
        let file = self.paths.find(&asset.name).and_then(|at| self.files.get(at));
        let file = file.map(|file| (file.ordinal, file.size));
        match file.or_else(|| self.elsewhere.get(&n).map(|ordinal| (*ordinal, None))) {
            Some((ordinal, size)) if self.taken.insert(ordinal) => Looked::Found(ordinal, size),
            Some(_) => Looked::Again,
            None => Looked::Not,
        }
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
