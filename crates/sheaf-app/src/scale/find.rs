//! From the names and ids that clients use to projects and batches, with the permission to see or to change them. What the
//! caller may not see is not there.

use sheaf_model::{Millis, ProjectId, Roles};
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::scale::{ClientProject, TaskRow};
use sheaf_store::{Turn, Tx};

use super::id;
use crate::{Access, Actor, App, Error, Result};

/// What a caller is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Look,
    Change,
}

pub(super) fn access(tx: &Tx<'_>, actor: &Actor, project: ProjectId, to: To) -> Result<Access> {
    match to {
        To::Look => Access::viewer(tx, actor, project),
        To::Change => Access::manager(tx, actor, project),
    }
}

pub(super) fn project(tx: &Tx<'_>, actor: &Actor, name: &str, to: To) -> Result<Access> {
    let row = tx.project_by_name(name)?.ok_or(Error::not_found("project"))?;
    access(tx, actor, row.id, to)
}

/// The project of a name, before a turn to write to it is asked for; [`project_again`] is for then.
pub(super) async fn project_ahead(app: &App, actor: &Actor, name: &str) -> Result<ProjectId> {
    let (actor, name) = (actor.clone(), name.to_owned());
    Ok(app.store().read(move |tx| project(tx, &actor, &name, To::Change)).await?.project.id)
}

/// The project that had the name ahead; an error when another one has it now.
pub(super) fn project_again(tx: &Tx<'_>, actor: &Actor, name: &str, ahead: ProjectId) -> Result<Access> {
    let access = project(tx, actor, name, To::Change)?;
    if access.project.id != ahead {
        return Err(super::params::bad("the project was made anew meanwhile; try again"));
    }
    Ok(access)
}

/// A project by its id, or by its name.
pub(super) fn project_by(
    tx: &Tx<'_>,
    actor: &Actor,
    by_id: Option<&str>,
    by_name: Option<&str>,
    to: To,
) -> Result<Access> {
    match (by_id, by_name) {
        (Some(text), _) => access(tx, actor, text.parse().map_err(|_| Error::not_found("project"))?, to),
        (None, Some(name)) => project(tx, actor, name, to),
        (None, None) => Err(super::params::bad("give `project_id` or `project_name`")),
    }
}

/// Every project whose library the caller sees, by name.
pub(super) fn projects(tx: &Tx<'_>, actor: &Actor) -> Result<Vec<ProjectRow>> {
    let all = tx.projects()?;
    if actor.is_admin {
        return Ok(all);
    }
    let roles = tx.memberships(actor.user)?;
    let sees = |project: &ProjectRow| {
        let own: Option<&(ProjectId, Roles)> = roles.iter().find(|(id, _)| *id == project.id);
        own.is_some_and(|(_, roles)| roles.sees_library())
    };
    Ok(all.into_iter().filter(sees).collect())
}

/// A batch by its name, of any project that the caller sees. Of several the one that a client made, then the oldest.
pub(super) fn named_batch(tx: &Tx<'_>, actor: &Actor, name: &str) -> Result<Option<BatchRow>> {
    let mut best: Option<BatchRow> = None;
    for project in projects(tx, actor)? {
        let Some(found) = tx.batch_by_name(project.id, name)? else { continue };
        let better =
            best.as_ref().is_none_or(|best| (!found.of_client, found.id) < (!best.of_client, best.id));
        if better {
            best = Some(found);
        }
    }
    Ok(best)
}

pub(super) fn batch(tx: &Tx<'_>, actor: &Actor, name: &str, to: To) -> Result<(Access, BatchRow)> {
    let found = named_batch(tx, actor, name)?.ok_or(Error::not_found("batch"))?;
    Ok((access(tx, actor, found.project, to)?, found))
}

/// A batch by its id, or by its name.
pub(super) fn batch_by(
    tx: &Tx<'_>,
    actor: &Actor,
    by_id: Option<&str>,
    by_name: Option<&str>,
    to: To,
) -> Result<(Access, BatchRow)> {
    let none = || Error::not_found("batch");
    match (by_id, by_name) {
        (Some(text), _) => {
            let (project, batch) = id::read_batch(text).ok_or_else(none)?;
            let access = access(tx, actor, project, to).map_err(|error| named(error, none()))?;
            Ok((access, tx.batch(project, batch)?.ok_or_else(none)?))
        }
        (None, Some(name)) => batch(tx, actor, name, to),
        (None, None) => Err(super::params::bad("give `batch_id` or `batch_name`")),
    }
}

/// A task of a client.
pub(super) fn task(tx: &Tx<'_>, actor: &Actor, text: &str, to: To) -> Result<(Access, TaskRow)> {
    let none = || Error::not_found("task");
    if let Some(own) = id::read_own_task(text) {
        access(tx, actor, own.project, to).map_err(|error| named(error, none()))?;
        return Err(super::params::bad("the task is of a batch that was made in Sheaf; it is changed there"));
    }
    let (project, number) = id::read_task(text).ok_or_else(none)?;
    let access = access(tx, actor, project, to).map_err(|error| named(error, none()))?;
    Ok((access, tx.client_task(project, number)?.ok_or_else(none)?))
}

/// Who may not know of the project is told that what they asked for is not there.
fn named(error: Error, none: Error) -> Error {
    if matches!(error, Error::NotFound { .. }) { none } else { error }
}

/// Whose turn it is when there is less room than what is due: a walk over the clients' projects that goes on after the one that was
/// served last.
#[derive(Debug, Default)]
pub struct Walk {
    last: Option<ProjectId>,
}

impl Walk {
    /// Takes what is due of these, at most so much in all, project by project. An error is one when nothing was taken: a project of
    /// which nothing can be read keeps no other from its turn, and what was taken already is locked.
    pub(super) async fn take<T, F: Future<Output = Result<Vec<T>>>>(
        &mut self,
        due: Vec<ClientProject>,
        room: u32,
        what: &'static str,
        of: impl Fn(ClientProject, u32) -> F,
    ) -> Result<Vec<T>> {
        let (due, share) = self.of(due, room);
        let (mut out, mut failed) = (Vec::new(), None);
        for client in due {
            let left = room.saturating_sub(u32::try_from(out.len()).unwrap_or(u32::MAX)).min(share);
            if left == 0 {
                break;
            }
            let project = client.project;
            self.served(project);
            match of(client, left).await {
                Ok(taken) => out.extend(taken),
                Err(error) => {
                    tracing::warn!(%error, %project, "{what} of a project have to wait");
                    failed = Some(error);
                }
            }
        }
        failed.filter(|_| out.is_empty()).map_or(Ok(out), Err)
    }

    /// Those that are due in the order of the walk, and how much of the room is for each of them at most.
    fn of(&self, mut due: Vec<ClientProject>, room: u32) -> (Vec<ClientProject>, u32) {
        let after = due.partition_point(|it| self.last.is_some_and(|last| it.project <= last));
        due.rotate_left(after);
        let n = u32::try_from(due.len()).unwrap_or(u32::MAX);
        (due, room.div_ceil(n.max(1)))
    }

    fn served(&mut self, project: ProjectId) {
        self.last = Some(project);
    }
}

/// The clients' projects of which something of a kind is due, by their ids, and when the first is that any of them waits for.
pub(super) fn waiting(
    tx: &Tx<'_>,
    now: Millis,
    due: impl Fn(&Tx<'_>, ProjectId) -> Result<Option<Millis>>,
) -> Result<(Vec<ClientProject>, Option<Millis>)> {
    let (mut ready, mut next) = (Vec::new(), None);
    for client in tx.client_projects()? {
        let at = due(tx, client.project)?;
        next = next.into_iter().chain(at).min();
        if at.is_some_and(|at| at <= now) {
            ready.push(client);
        }
    }
    Ok((ready, next))
}

/// The turn in which a task is changed: its project's, and that of the log of what managers do. What is no task's id is found to
/// be none in any turn.
pub(super) fn turn_of_task(text: &str) -> Turn {
    id::read_task(text).map_or_else(Turn::instance, |(project, _)| Turn::audited(project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_project_has_its_turn() {
        let of = |id: i64| ClientProject {
            project: ProjectId(id),
            kind: "textcollection".to_owned(),
            staged: false,
            n_tasks: 0,
            callback_key: String::new(),
            created: 0,
        };
        let mut walk = Walk::default();
        let mut served = Vec::new();
        for _ in 0..5 {
            let (due, share) = walk.of(vec![of(2), of(5), of(9)], 1);
            assert_eq!((due.len(), share), (3, 1));
            walk.served(due[0].project);
            served.push(due[0].project.0);
        }
        assert_eq!(served, [2, 5, 9, 2, 5]);
        // Whoever was served last may have nothing more.
        assert_eq!(walk.of(vec![of(2), of(7), of(9)], 16).0[0].project.0, 7);
        assert_eq!(walk.of(vec![of(2), of(7), of(9)], 16).1, 6);
        assert!(walk.of(Vec::new(), 16).0.is_empty());
    }
}
