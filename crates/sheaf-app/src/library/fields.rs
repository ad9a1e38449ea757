//! The fields of a library, with what they hold.

use sheaf_model::ProjectId;
use sheaf_select::values::FieldStats;
use sheaf_select::{Builtin, FieldKey};

use super::Look;
use crate::{Access, Actor, App, Result};

/// Fields that are described; a project with more says so.
pub const FIELDS_MAX: usize = 1_000;

#[derive(Debug)]
pub struct FieldInfo {
    /// As it is written in a query.
    pub name: String,
    pub builtin: bool,
    pub stats: FieldStats,
}

/// Built-in columns that occur, then the metadata fields by name; how many fields there are in all.
pub async fn fields(app: &App, actor: &Actor, project: ProjectId) -> Result<(Vec<FieldInfo>, usize)> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            let metadata = look.metadata_fields()?;
            let mut out = Vec::new();
            for builtin in Builtin::ALL {
                let stats = look.library().field_stats(&FieldKey::Builtin(builtin))?;
                if stats.count > 0 {
                    out.push(FieldInfo { name: builtin.name().to_owned(), builtin: true, stats });
                }
            }
            let n = out.len() + metadata.len();
            for name in metadata.into_iter().take(FIELDS_MAX) {
                let stats = look.library().field_stats(&FieldKey::Meta(name.clone()))?;
                out.push(FieldInfo { name: sheaf_query::metadata_field_name(&name), builtin: false, stats });
            }
            Ok((out, n))
        })
        .await
}
