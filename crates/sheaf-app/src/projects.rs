//! Projects: making, finding and changing them.

use std::collections::HashMap;

use serde_json::json;
use sheaf_model::project::Attribution;
use sheaf_model::{Media, Millis, Problem, ProjectId, ProjectSettings, Roles, Taxonomy, UserId};
pub use sheaf_store::projects::{ProjectCounts, ProjectRow};
use sheaf_store::{Turn, Tx};

use crate::{Access, Actor, App, Error, Result, ids, taxonomies, users};

const NAME_CHARS_MAX: usize = 200;
const INSTRUCTIONS_CHARS_MAX: usize = 200_000;

pub struct NewProject {
    pub name: String,
    pub media: Media,
    pub taxonomy: Option<Taxonomy>,
    pub instructions: String,
    pub attribution: Option<Attribution>,
}

/// What a manager may change; what is `None` stays.
#[derive(Default)]
pub struct Change {
    pub name: Option<String>,
    pub instructions: Option<String>,
    pub settings: Option<SettingsChange>,
    pub archived: Option<bool>,
}

#[derive(Default)]
pub struct SettingsChange {
    pub lease_minutes: Option<u32>,
    pub leases_max: Option<u32>,
    pub skip_limit: Option<u32>,
}

/// A project in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub project: ProjectRow,
    /// The caller's; an admin has all.
    pub roles: Roles,
    pub n_batches: u32,
}

/// A project with its counts.
#[derive(Debug, Clone)]
pub struct Detail {
    pub project: ProjectRow,
    pub roles: Roles,
    pub counts: ProjectCounts,
}

/// The projects that the caller may see, by name.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<Listed>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let roles: HashMap<ProjectId, Roles> = tx.memberships(actor.user)?.into_iter().collect();
            let batches = tx.batch_counts()?;
            let all = tx.projects()?.into_iter().map(|project| {
                let own = if actor.is_admin {
                    Roles::ALL
                } else {
                    roles.get(&project.id).copied().unwrap_or_default()
                };
                let n_batches = batches.get(&project.id).copied().unwrap_or(0);
                Listed { project, roles: own, n_batches }
            });
            Ok(all.filter(|listed| !listed.roles.is_empty()).collect())
        })
        .await
}

pub async fn get(app: &App, actor: &Actor, project: ProjectId) -> Result<Detail> {
    let actor = actor.clone();
    app.store().read(move |tx| detail(tx, Access::of(tx, &actor, project)?)).await
}

/// Makes a project; for admins.
pub async fn create(app: &App, actor: &Actor, new: NewProject) -> Result<Detail> {
    users::need_admin(actor)?;
    let (now, actor) = (app.now(), actor.clone());
    let row = prepared(app, actor.user, &new)?;
    app.store()
        .write_in(Turn::audited(row.id), move |tx| {
            insert(tx, &row, new.taxonomy, actor.user, now)?;
            detail(tx, Access::of(tx, &actor, row.id)?)
        })
        .await
}

/// The row of a project that may be made.
pub(crate) fn prepared(app: &App, by: UserId, new: &NewProject) -> Result<ProjectRow> {
    let now = app.now();
    let row = ProjectRow {
        id: ProjectId(ids::row_id(now)?),
        name: new.name.trim().to_owned(),
        media: new.media,
        instructions: new.instructions.clone(),
        settings: ProjectSettings::default(),
        attribution: new.attribution.clone(),
        archived: false,
        taxonomy_version: 0,
        n_assets: 0,
        revision: 0,
        created: now,
        created_by: by,
    };
    let mut problems = problems(&row);
    if let Some(taxonomy) = &new.taxonomy {
        let nested = taxonomy.problems(row.media).into_iter();
        problems.extend(nested.map(|problem| Problem::new(join("taxonomy", &problem.path), problem.message)));
    }
    if problems.is_empty() { Ok(row) } else { Err(Error::problems("invalid", problems)) }
}

/// Writes a new project, if its name is free.
pub(crate) fn insert(
    tx: &Tx<'_>,
    row: &ProjectRow,
    taxonomy: Option<Taxonomy>,
    by: UserId,
    now: Millis,
) -> Result<()> {
    name_is_free(tx, row)?;
    tx.insert_project(row)?;
    let details = json!({ "name": row.name, "media": row.media });
    tx.audit(now, Some(by), "project.created", &row.id.to_string(), &details)?;
    if let Some(taxonomy) = taxonomy {
        taxonomies::add_version(tx, row, taxonomy, by, now)?;
    }
    Ok(())
}

/// Changes a project; for its managers.
pub async fn change(app: &App, actor: &Actor, project: ProjectId, change: Change) -> Result<Detail> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            let before = Access::manager(tx, &actor, project)?.project;
            let mut row = before.clone();
            if let Some(name) = change.name {
                row.name = name.trim().to_owned();
            }
            row.instructions = change.instructions.unwrap_or(row.instructions);
            row.archived = change.archived.unwrap_or(row.archived);
            if let Some(settings) = change.settings {
                let old = &mut row.settings;
                old.lease_minutes = settings.lease_minutes.unwrap_or(old.lease_minutes);
                old.leases_max = settings.leases_max.unwrap_or(old.leases_max);
                old.skip_limit = settings.skip_limit.unwrap_or(old.skip_limit);
            }
            let problems = problems(&row);
            if !problems.is_empty() {
                return Err(Error::problems("invalid", problems));
            }
            name_is_free(tx, &row)?;
            let changes = changes(&before, &row);
            if !changes.is_empty() {
                tx.update_project(&row)?;
                tx.audit(now, Some(actor.user), "project.changed", &project.to_string(), &changes.into())?;
            }
            detail(tx, Access::of(tx, &actor, project)?)
        })
        .await
}

/// What an audit row tells of a change: old and new values of what is short, the fact of what is long.
fn changes(before: &ProjectRow, after: &ProjectRow) -> serde_json::Map<String, serde_json::Value> {
    let mut out = serde_json::Map::new();
    if before.name != after.name {
        out.insert("name".into(), json!({ "from": before.name, "to": after.name }));
    }
    if before.instructions != after.instructions {
        out.insert("instructions".into(), json!({ "chars": after.instructions.chars().count() }));
    }
    if before.settings != after.settings {
        out.insert("settings".into(), json!({ "from": before.settings, "to": after.settings }));
    }
    if before.archived != after.archived {
        out.insert("archived".into(), json!(after.archived));
    }
    out
}

fn detail(tx: &Tx<'_>, access: Access) -> Result<Detail> {
    let counts = tx.project_counts(access.project.id)?;
    Ok(Detail { project: access.project, roles: access.roles, counts })
}

fn problems(row: &ProjectRow) -> Vec<Problem> {
    let mut out = Vec::new();
    let chars = row.name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || row.name.chars().any(char::is_control) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters, none of them a control character");
        out.push(Problem::new("name", message));
    }
    if row.instructions.chars().count() > INSTRUCTIONS_CHARS_MAX {
        out.push(Problem::new(
            "instructions",
            format!("are longer than {INSTRUCTIONS_CHARS_MAX} characters"),
        ));
    }
    out.extend(row.settings.problems());
    out
}

fn name_is_free(tx: &Tx<'_>, row: &ProjectRow) -> Result<()> {
    match tx.project_by_name(&row.name)? {
        Some(other) if other.id != row.id => {
            Err(Error::conflict("name_taken", format!("there is a project named `{}` already", row.name)))
        }
        _ => Ok(()),
    }
}

fn join(base: &str, path: &str) -> String {
    if path.is_empty() { base.to_owned() } else { format!("{base}.{path}") }
}
