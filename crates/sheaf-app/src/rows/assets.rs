//! The assets that rows name: by id, by the user's own key, or by a file of an upload.

use std::collections::HashMap;

use sheaf_model::{AssetId, Ordinal, Problem, ProjectId, UploadId};
use sheaf_store::Tx;

use super::row::{Key, shown};
use crate::Result;

/// A look into one project's library.
pub(crate) struct Assets<'a> {
    tx: &'a Tx<'a>,
    project: ProjectId,
    uploads: HashMap<String, Option<UploadId>>,
}

impl<'a> Assets<'a> {
    pub(crate) fn new(tx: &'a Tx<'a>, project: ProjectId) -> Self {
        Self { tx, project, uploads: HashMap::new() }
    }

    /// The asset of a row, or why there is none.
    pub(crate) fn ordinal(&mut self, key: &Key) -> Result<Result<Ordinal, Problem>> {
        let (tx, project) = (self.tx, self.project);
        // PostgreSQL has no text with a zero in it, so nothing is called that.
        let stored = |text: &str| !text.contains('\0');
        Ok(match key {
            Key::Id(text) => {
                let id = text.parse::<AssetId>().ok().filter(|id| id.project == project);
                let there = match id {
                    Some(id) => tx.asset(project, id.ordinal)?.map(|asset| asset.ordinal),
                    None => None,
                };
                there.ok_or_else(|| {
                    let what = format!(
                        "`{}` is no asset of this project; ids look like ast_..., and your own keys are `reference_id`",
                        shown(text)
                    );
                    Problem::new("asset_id", what)
                })
            }
            Key::Reference(reference) => {
                let found =
                    if stored(reference) { tx.ordinal_by_reference(project, reference)? } else { None };
                found.ok_or_else(|| {
                    let what = format!(
                        "no asset of this project has the reference id `{}`; upload it first",
                        shown(reference)
                    );
                    Problem::new("reference_id", what)
                })
            }
            Key::File(upload, path) => {
                let id = match self.uploads.get(upload) {
                    Some(known) => *known,
                    None => {
                        let found = if stored(upload) { self.upload(upload)? } else { None };
                        self.uploads.insert(upload.clone(), found);
                        found
                    }
                };
                let Some(id) = id else {
                    let what = format!("there is no upload `{}` in this project", shown(upload));
                    return Ok(Err(Problem::new("upload", what)));
                };
                let file = if stored(path) { tx.upload_file(project, id, path)? } else { None };
                file.and_then(|file| file.ordinal).ok_or_else(|| {
                    let what = format!("the upload has no asset of the file `{}`", shown(path));
                    Problem::new("path", what)
                })
            }
        })
    }

    fn upload(&self, text: &str) -> Result<Option<UploadId>> {
        if let Ok(id) = text.parse::<UploadId>()
            && self.tx.upload(self.project, id)?.is_some()
        {
            return Ok(Some(id));
        }
        Ok(self.tx.upload_by_name(self.project, text)?.map(|row| row.id))
    }
}
