//! The upload that assets are in already, for `--onto`: its files, found by what annotations call them.

use anyhow::{Result, bail};
use serde::Deserialize;
use sheaf_formats::Paths;

use super::super::super::project::Project;
use crate::client::Client;

/// An upload and its files.
pub(super) struct Onto {
    pub(super) id: String,
    pub(super) name: String,
    paths: Paths,
}

#[derive(Deserialize)]
struct Upload {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct There {
    path: String,
    state: String,
}

impl Onto {
    /// The upload of this id or name.
    pub(super) fn find(client: &Client, project: &Project, wanted: &str) -> Result<Self> {
        let base = format!("/api/projects/{}/uploads", project.id);
        let uploads: Vec<Upload> = client.all(&format!("{base}?limit=500"))?;
        let found = uploads.iter().find(|upload| upload.id == wanted);
        let Some(Upload { id, name }) = found.or_else(|| uploads.iter().find(|it| it.name == wanted)) else {
            bail!("there is no upload `{wanted}` in the project `{}`; name one with --onto", project.name)
        };
        // A duplicate is done, too; `?state=done` would leave it out.
        let there: Vec<There> = client.all(&format!("{base}/{id}/files?limit=10000"))?;
        let done = there.into_iter().filter(|file| file.state == "done").map(|file| file.path);
        Ok(Self::of(id.clone(), name.clone(), done.collect()))
    }

    pub(super) fn of(id: String, name: String, paths: Vec<String>) -> Self {
        Self { id, name, paths: Paths::new(paths) }
    }

    /// The path in the upload of the file that is called so.
    pub(super) fn path(&self, called: &str) -> Option<String> {
        Some(self.paths.path(self.paths.find(called)?).to_owned())
    }
}
