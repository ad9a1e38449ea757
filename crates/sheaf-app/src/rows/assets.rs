//! The assets that rows name: by id, by the user's own key, or by a file of an upload. Those of a part are looked up together, a
//! statement for each way of naming them.

use std::collections::{BTreeSet, HashMap};

use sheaf_model::{AssetId, Ordinal, Problem, ProjectId, UploadId};
use sheaf_store::Tx;
use sheaf_store::library::AssetRow;

use super::row::{Key, shown};
use crate::Result;

/// What some rows name in one project's library.
pub(crate) struct Assets {
    project: ProjectId,
    rows: HashMap<Ordinal, AssetRow>,
    references: HashMap<String, Ordinal>,
    /// By the upload's id or name, as it was given.
    uploads: HashMap<String, UploadId>,
    files: HashMap<(UploadId, String), Ordinal>,
}

impl Assets {
    /// Looks up what the keys name.
    pub(crate) fn of<'k>(
        tx: &Tx<'_>,
        project: ProjectId,
        keys: impl IntoIterator<Item = &'k Key>,
    ) -> Result<Self> {
        let (mut ordinals, mut references) = (BTreeSet::new(), BTreeSet::new());
        let mut paths: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        // PostgreSQL has no text with a zero in it, so nothing is called that.
        let stored = |text: &str| !text.contains('\0');
        for key in keys {
            match key {
                Key::Id(text) => ordinals.extend(ordinal(project, text)),
                Key::Reference(text) if stored(text) => {
                    references.insert(text.as_str());
                }
                Key::File(upload, path) if stored(upload) && stored(path) => {
                    paths.entry(upload).or_default().insert(path);
                }
                Key::Reference(_) | Key::File(..) => {}
            }
        }
        let references: Vec<_> = references.into_iter().collect();
        let references = tx.ordinals_by_reference(project, &references)?;
        let (mut uploads, mut files) = (HashMap::new(), HashMap::new());
        for (called, paths) in paths {
            let Some(upload) = upload(tx, project, called)? else { continue };
            uploads.insert(called.to_owned(), upload);
            let paths: Vec<_> = paths.into_iter().collect();
            let found = tx.upload_files_at(project, upload, &paths)?;
            files.extend(found.into_iter().filter_map(|it| Some(((upload, it.path), it.ordinal?))));
        }
        ordinals.extend(references.values().chain(files.values()));
        let ordinals: Vec<_> = ordinals.into_iter().collect();
        let rows = tx.assets(project, &ordinals)?.into_iter().map(|row| (row.ordinal, row)).collect();
        Ok(Self { project, rows, references, uploads, files })
    }

    /// The asset of a row whose key was among them, or why there is none.
    pub(crate) fn get(&self, key: &Key) -> Result<&AssetRow, Problem> {
        let (ordinal, problem) = match key {
            Key::Id(text) => {
                let what = format!(
                    "`{}` is no asset of this project; ids look like ast_..., and your own keys are `reference_id`",
                    shown(text)
                );
                (ordinal(self.project, text), Problem::new("asset_id", what))
            }
            Key::Reference(text) => {
                let what = format!(
                    "no asset of this project has the reference id `{}`; upload it first",
                    shown(text)
                );
                (self.references.get(text).copied(), Problem::new("reference_id", what))
            }
            Key::File(called, path) => {
                let Some(upload) = self.uploads.get(called) else {
                    let what = format!("there is no upload `{}` in this project", shown(called));
                    return Err(Problem::new("upload", what));
                };
                let what = format!("the upload has no asset of the file `{}`", shown(path));
                (self.files.get(&(*upload, path.clone())).copied(), Problem::new("path", what))
            }
        };
        ordinal.and_then(|ordinal| self.rows.get(&ordinal)).ok_or(problem)
    }
}

fn ordinal(project: ProjectId, id: &str) -> Option<Ordinal> {
    id.parse::<AssetId>().ok().filter(|id| id.project == project).map(|id| id.ordinal)
}

fn upload(tx: &Tx<'_>, project: ProjectId, called: &str) -> Result<Option<UploadId>> {
    if let Ok(id) = called.parse::<UploadId>()
        && tx.upload(project, id)?.is_some()
    {
        return Ok(Some(id));
    }
    Ok(tx.upload_by_name(project, called)?.map(|row| row.id))
}
