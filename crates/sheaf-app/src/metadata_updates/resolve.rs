//! From what people call assets by (ids, reference ids) to ordinals.

use std::sync::Arc;

use serde_json::{Map, Value};
use sheaf_intake::manifest::{Patch, PatchKey};
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::{AssetId, Ordinal, ProjectId};
use sheaf_store::{StoreError, Tx};

/// One patch for one asset.
pub(super) struct Entry {
    pub(super) ordinal: Ordinal,
    /// Of the file.
    pub(super) row: Option<u64>,
    /// What the asset was found by: when it is written the asset must still have it.
    pub(super) reference: Option<String>,
    pub(super) patch: Arc<Map<String, Value>>,
}

/// Characters of a key that a message shows.
const SHOWN: usize = 80;

/// The asset of an id, when it is one of the project's `n_assets`.
pub(super) fn by_id(project: ProjectId, n_assets: u32, text: &str) -> Result<Ordinal, Problem> {
    let id = text.trim().parse::<AssetId>().ok();
    id.filter(|id| id.project == project && id.ordinal < n_assets).map(|id| id.ordinal).ok_or_else(|| {
        let message = format!("this project has no asset with the id `{}`", shown(text));
        Problem::new(ProblemCode::UnknownId, message)
            .hint("ids look like ast_...; to name assets by your own key, write `ref` instead of `id`")
    })
}

pub(super) fn unknown_reference(reference: &str) -> Problem {
    let message = format!("no asset of this project has the reference id `{}`", shown(reference));
    Problem::new(ProblemCode::UnknownRef, message).hint("upload the asset first")
}

/// Finds the asset of each patch; those without one are problems.
pub(super) fn resolve(
    tx: &Tx<'_>,
    project: ProjectId,
    patches: Vec<Patch>,
) -> Result<(Vec<Entry>, Vec<Problem>), StoreError> {
    let n_assets = tx.project(project)?.map_or(0, |project| project.n_assets);
    let (mut entries, mut problems) = (Vec::with_capacity(patches.len()), Vec::new());
    for Patch { row, key, metadata, .. } in patches {
        let (ordinal, reference) = match key {
            PatchKey::Id(text) => (by_id(project, n_assets, &text), None),
            PatchKey::Ref(reference) => {
                let found = tx.ordinal_by_reference(project, &reference)?;
                (found.ok_or_else(|| unknown_reference(&reference)), Some(reference))
            }
        };
        match ordinal {
            Ok(ordinal) => {
                entries.push(Entry { ordinal, row: Some(row), reference, patch: Arc::new(metadata) });
            }
            Err(problem) => problems.push(problem.at_row(row)),
        }
    }
    // By asset, so that a chunk's blocks are rewritten once; rows of one asset stay in their order.
    entries.sort_by_key(|entry| entry.ordinal);
    Ok((entries, problems))
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
