//! Queries kept under a name: a person's own, or shared with everybody who sees the library.
//!
//! Relative times stay relative. The name is unique among a person's own queries, and among the shared ones.

use sheaf_model::{Problem, ProjectId, Role, SavedQueryId};
use sheaf_query::Mode;
use sheaf_store::Tx;
use sheaf_store::names::PersonName;
use sheaf_store::saved_queries::SavedQueryRow;

use crate::library::Look;
use crate::library::list::sort;
use crate::{Access, Actor, App, Error, Result, ids};

const NAME_CHARS_MAX: usize = 200;
/// Queries of one person in one project.
const OWN_MAX: usize = 1_000;

#[derive(Debug)]
pub struct SavedQueryView {
    pub row: SavedQueryRow,
    pub owner: Option<PersonName>,
    /// Whether it is the asker's.
    pub mine: bool,
}

/// A query to be kept.
#[derive(Debug, Clone, Default)]
pub struct NewSavedQuery {
    pub name: String,
    pub query: String,
    pub sort: Option<String>,
    pub shared: bool,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct SavedQueryEdit {
    pub name: Option<String>,
    pub query: Option<String>,
    /// `Some(None)`: no order of its own.
    pub sort: Option<Option<String>>,
    pub shared: Option<bool>,
}

/// A person's own queries and the shared ones of the others, by name.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<SavedQueryView>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let mut rows = tx.own_saved_queries(project, actor.user)?;
            let others = tx.shared_saved_queries(project)?.into_iter();
            rows.extend(others.filter(|row| row.owner != actor.user));
            rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
            let owners = tx.person_names(rows.iter().map(|row| row.owner))?;
            let views = rows.into_iter().map(|row| SavedQueryView {
                owner: owners.get(&row.owner).cloned(),
                mine: row.owner == actor.user,
                row,
            });
            Ok(views.collect())
        })
        .await
}

pub async fn create(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: NewSavedQuery,
) -> Result<SavedQueryView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(project, move |tx| {
            Access::viewer(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            let row = SavedQueryRow {
                project,
                id: SavedQueryId(ids::row_id(look.now)?),
                name: new.name.trim().to_owned(),
                query: new.query.trim().to_owned(),
                sort: new.sort,
                shared: new.shared,
                owner: actor.user,
                created: look.now,
                updated: look.now,
            };
            check(&look, &row)?;
            if tx.own_saved_queries(project, actor.user)?.len() >= OWN_MAX {
                return Err(Error::conflict("too_many", format!("a person keeps at most {OWN_MAX} queries"))
                    .hint("delete one that is not needed any more"));
            }
            name_is_free(tx, &row)?;
            tx.insert_saved_query(&row)?;
            view(tx, &actor, row)
        })
        .await
}

/// For the owner; and of a shared one for managers too.
pub async fn edit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: SavedQueryId,
    edit: SavedQueryEdit,
) -> Result<SavedQueryView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(project, move |tx| {
            let old = may_change(tx, &actor, project, id)?;
            let look = Look::at(&inner, tx, project)?;
            let row = SavedQueryRow {
                name: edit.name.map_or_else(|| old.name.clone(), |name| name.trim().to_owned()),
                query: edit.query.map_or_else(|| old.query.clone(), |query| query.trim().to_owned()),
                sort: edit.sort.unwrap_or_else(|| old.sort.clone()),
                shared: edit.shared.unwrap_or(old.shared),
                updated: look.now,
                ..old
            };
            check(&look, &row)?;
            name_is_free(tx, &row)?;
            tx.update_saved_query(&row)?;
            view(tx, &actor, row)
        })
        .await
}

/// For the owner; and of a shared one for managers too.
pub async fn delete(app: &App, actor: &Actor, project: ProjectId, id: SavedQueryId) -> Result<()> {
    let actor = actor.clone();
    app.store()
        .write_in(project, move |tx| {
            may_change(tx, &actor, project, id)?;
            Ok(tx.delete_saved_query(project, id)?)
        })
        .await
}

fn may_change(tx: &Tx<'_>, actor: &Actor, project: ProjectId, id: SavedQueryId) -> Result<SavedQueryRow> {
    let access = Access::viewer(tx, actor, project)?;
    let mine = |row: &SavedQueryRow| row.owner == actor.user;
    let row = tx.saved_query(project, id)?.filter(|row| row.shared || mine(row));
    let row = row.ok_or(Error::not_found("saved query"))?;
    if mine(&row) || access.roles.has(Role::Manager) {
        return Ok(row);
    }
    Err(Error::forbidden("only its owner or a manager may change a shared query"))
}

fn check(look: &Look<'_>, row: &SavedQueryRow) -> Result<()> {
    let chars = row.name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || row.name.chars().any(char::is_control) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters, none of them a control character");
        return Err(Error::problems("invalid", vec![Problem::new("name", message)]));
    }
    let read = look.read(&row.query, Mode::Strict)?;
    if read.has_errors() {
        return Err(Error::BadQuery { query: row.query.clone(), diagnostics: read.diagnostics });
    }
    sort(look, row.sort.as_deref())?;
    Ok(())
}

fn name_is_free(tx: &Tx<'_>, row: &SavedQueryRow) -> Result<()> {
    let taken = |other: &SavedQueryRow| other.name == row.name && other.id != row.id;
    let own = tx.own_saved_queries(row.project, row.owner)?.iter().any(taken);
    if own || (row.shared && tx.shared_saved_queries(row.project)?.iter().any(taken)) {
        return Err(Error::conflict("name_taken", format!("there is a saved query `{}` already", row.name))
            .hint("choose another name"));
    }
    Ok(())
}

fn view(tx: &Tx<'_>, actor: &Actor, row: SavedQueryRow) -> Result<SavedQueryView> {
    Ok(SavedQueryView { owner: tx.person_name(row.owner)?, mine: row.owner == actor.user, row })
}
