//! The fields of a library, with what they hold.

use sheaf_model::ProjectId;
use sheaf_select::values::FieldStats;
use sheaf_select::{Builtin, FieldKey, Kind, Value};
use sheaf_store::Tx;

use super::Look;
use super::facets::value_text;
use crate::{Access, Actor, App, Result};

/// Fields that are described; a project with more says so.
pub const FIELDS_MAX: usize = 1_000;

#[derive(Debug)]
pub struct FieldInfo {
    /// As it is written in a query.
    pub name: String,
    pub builtin: bool,
    /// boolean, number, time, text
    pub kinds: Vec<&'static str>,
    /// Assets that have it.
    pub count: u64,
    /// Different values; `None` when there are too many to count.
    pub distinct: Option<u64>,
    pub min: Option<String>,
    pub max: Option<String>,
}

impl FieldInfo {
    fn of(tx: &Tx<'_>, project: ProjectId, key: &FieldKey, name: String, stats: FieldStats) -> Result<Self> {
        let mut kinds: Vec<&'static str> = stats.kinds.iter().map(|kind| kind_name(*kind)).collect();
        if stats.has_text_times && !kinds.contains(&"time") {
            kinds.push("time");
        }
        let text = |value: Option<Value>| value.map(|value| value_text(tx, project, key, &value)).transpose();
        Ok(Self {
            name,
            builtin: matches!(key, FieldKey::Builtin(_)),
            kinds,
            count: stats.count,
            distinct: stats.distinct,
            min: text(stats.min)?,
            max: text(stats.max)?,
        })
    }
}

pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "boolean",
        Kind::Number => "number",
        Kind::Time => "time",
        Kind::Text => "text",
    }
}

/// Built-in columns that occur, then the metadata fields by name, of those with `find` in their name in any case; at most
/// `limit`, and how many there are in all. Each of the listed ones costs a look at its
/// columns, once for each revision of the library; the others nothing.
pub async fn fields(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    find: String,
    limit: usize,
) -> Result<(Vec<FieldInfo>, usize)> {
    let (inner, actor) = (app.clone(), actor.clone());
    let find = find.trim().to_lowercase();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            let metadata = look.metadata_fields()?;
            let mut out = Vec::new();
            let fits = |name: &str| find.is_empty() || name.to_lowercase().contains(&find);
            for builtin in Builtin::ALL.into_iter().filter(|builtin| fits(builtin.name())) {
                let key = FieldKey::Builtin(builtin);
                let stats = look.known.stats(&look.library(), &key)?;
                if stats.count > 0 {
                    out.push(FieldInfo::of(tx, project, &key, builtin.name().to_owned(), stats)?);
                }
            }
            let mut names: Vec<&String> = metadata.iter().filter(|name| fits(name)).collect();
            // The field that was meant is not behind those that only have its name in theirs.
            names.sort_by_key(|name| !find.is_empty() && !name.to_lowercase().starts_with(&find));
            let n = out.len() + names.len();
            for name in names.into_iter().take(limit.clamp(1, FIELDS_MAX)).cloned() {
                let written = sheaf_query::metadata_field_name(&name);
                let key = FieldKey::Meta(name);
                let stats = look.known.stats(&look.library(), &key)?;
                out.push(FieldInfo::of(tx, project, &key, written, stats)?);
            }
            Ok((out, n))
        })
        .await
}
