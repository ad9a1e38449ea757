//! Rows are held against the library and the taxonomy.

use std::sync::Arc;

use sheaf_model::response::Canvas;
use sheaf_model::{Ordinal, Problem, ProjectId, Response, Taxonomy};
use sheaf_store::Tx;
use sheaf_store::library::AssetRow;

use super::Refused;
use super::assets::Assets;
use super::row::{Key, at};
use crate::queue::valid::{on_canvas, taxonomy};
use crate::{App, Result};

/// What every row says, whatever is made of it. Its asset is not looked up yet, its response not held against the taxonomy.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) asset: Key,
    pub(crate) response: Response,
    /// The version that the sender believes to be in force.
    pub(crate) taxonomy_version: Option<i64>,
}

/// Rows that fit, each with its number and its asset.
pub(crate) type Fit<R> = Vec<(u64, Ordinal, R)>;

/// What rows are held against, and how.
pub(crate) struct Checking<'a> {
    pub(crate) app: &'a App,
    pub(crate) tx: &'a Tx<'a>,
    pub(crate) project: ProjectId,
    /// Of the taxonomy in force.
    pub(crate) version: i64,
    /// Instead of that one.
    pub(crate) assumed: Option<Arc<Taxonomy>>,
    /// What is wrong with a response.
    pub(crate) look: fn(&Response, &Taxonomy, Canvas<'_>) -> Vec<Problem>,
}

impl Checking<'_> {
    /// The rows of a part that can be read and fit, and the others.
    pub(crate) fn part<R: AsRef<Said>>(
        &self,
        part: &[(u64, String)],
        read: impl Fn(&str) -> std::result::Result<R, Vec<Problem>>,
    ) -> Result<(Fit<R>, Refused)> {
        let (mut found, mut refused) = (Vec::new(), Refused::new());
        for (n, text) in part {
            match read(text) {
                Err(problems) => refused.push((*n, problems)),
                Ok(row) => found.push((*n, row)),
            }
        }
        let assets = Assets::of(self.tx, self.project, found.iter().map(|(_, row)| &row.as_ref().asset))?;
        let mut rows = Vec::with_capacity(found.len());
        for (n, row) in found {
            let problems = match assets.get(&row.as_ref().asset) {
                Err(problem) => vec![problem],
                Ok(asset) => {
                    let problems = self.problems(asset, row.as_ref())?;
                    if problems.is_empty() {
                        rows.push((n, asset.ordinal, row));
                        continue;
                    }
                    problems
                }
            };
            refused.push((n, problems));
        }
        Ok((rows, refused))
    }

    fn problems(&self, asset: &AssetRow, said: &Said) -> Result<Vec<Problem>> {
        if let Some(version) = said.taxonomy_version.filter(|version| *version != self.version) {
            let message = format!(
                "is {version}, and the taxonomy in force is version {}; hold the row against that one, or leave the version out",
                self.version
            );
            return Ok(vec![Problem::new("taxonomy_version", message)]);
        }
        let taxonomy = match &self.assumed {
            Some(taxonomy) => taxonomy.clone(),
            None => taxonomy(self.app, self.tx, self.project, self.version)?,
        };
        let look = |canvas: Canvas<'_>| (self.look)(&said.response, &taxonomy, canvas);
        let found = on_canvas(self.tx, self.project, asset, &said.response, look)?;
        Ok(found.into_iter().map(|it| Problem { path: at("response", &it.path), ..it }).collect())
    }
}
