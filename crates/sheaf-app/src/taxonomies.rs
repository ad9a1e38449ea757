//! What may be answered in a project, in versions that never change.

use serde_json::json;
use sheaf_model::{Millis, Problem, ProjectId, Taxonomy, UserId};
use sheaf_store::projects::ProjectRow;
use sheaf_store::taxonomies::TaxonomyRow;
use sheaf_store::{Turn, Tx};

use crate::{Access, Actor, App, Error, Result};

/// A version, and the name of who made it.
#[derive(Debug, Clone)]
pub struct Version {
    pub row: TaxonomyRow,
    pub created_by: Option<String>,
}

/// A version of the taxonomy, or the one in force; `None` when there is none yet. Annotators need it too.
pub async fn get(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    version: Option<i64>,
) -> Result<Option<Version>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let access = Access::of(tx, &actor, project)?;
            let wanted = version.unwrap_or(access.project.taxonomy_version);
            match tx.taxonomy(project, wanted)? {
                Some(row) => named(tx, row).map(Some),
                None if version.is_none_or(|version| version == 0) => Ok(None),
                None => Err(Error::not_found("version of the taxonomy")),
            }
        })
        .await
}

/// Puts a new version in force; `base` is the version that was edited. The same taxonomy again makes no new version.
pub async fn put(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    taxonomy: Taxonomy,
    base: i64,
) -> Result<Version> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            let project = Access::manager(tx, &actor, project)?.project;
            let problems = taxonomy.problems(project.media);
            if !problems.is_empty() {
                return Err(Error::problems("invalid", problems));
            }
            let current = project.taxonomy_version;
            if base != current {
                let message =
                    format!("somebody else has saved version {current}; yours began at version {base}");
                return Err(Error::conflict("version_conflict", message)
                    .hint("load the newer version and make the change again")
                    .details(json!({ "version": current })));
            }
            if let Some(row) = tx.taxonomy(project.id, current)?.filter(|row| row.body == taxonomy) {
                return named(tx, row);
            }
            let row = add_version(tx, &project, taxonomy, actor.user, now)?;
            named(tx, row)
        })
        .await
}

/// The next version, in force, with its audit row.
pub(crate) fn add_version(
    tx: &Tx<'_>,
    project: &ProjectRow,
    body: Taxonomy,
    by: UserId,
    now: Millis,
) -> Result<TaxonomyRow> {
    let problems: Vec<Problem> = body.problems(project.media);
    if !problems.is_empty() {
        return Err(Error::problems("invalid", problems));
    }
    let row = TaxonomyRow { version: project.taxonomy_version + 1, body, created: now, created_by: by };
    tx.put_taxonomy(project.id, &row)?;
    let details =
        json!({ "version": row.version, "labels": row.body.labels.len(), "fields": row.body.fields.len() });
    tx.audit(now, Some(by), "taxonomy.changed", &project.id.to_string(), &details)?;
    Ok(row)
}

fn named(tx: &Tx<'_>, row: TaxonomyRow) -> Result<Version> {
    let created_by = tx.user(row.created_by)?.map(|user| user.name);
    Ok(Version { row, created_by })
}
