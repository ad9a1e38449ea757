//! Who works in a project.

use serde_json::json;
use sheaf_model::{Millis, ProjectId, Roles, UserId};
pub use sheaf_store::users::UserRow;

use sheaf_store::Turn;

use crate::queue::manage::revoke_person;
use crate::{Access, Actor, App, Error, Result, local};

/// Somebody in a project.
#[derive(Debug)]
pub struct Member {
    pub user: UserRow,
    pub roles: Roles,
    /// Since when they are handed nothing new.
    pub paused: Option<Millis>,
}

/// The people of a project, by name; for managers.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<Member>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let paused = tx.paused_members(project)?;
            let of = |(user, roles): (UserRow, Roles)| {
                let paused = paused.get(&user.id).copied();
                Member { user, roles, paused }
            };
            Ok(tx.members(project)?.into_iter().map(of).collect())
        })
        .await
}

/// From now on a person is handed nothing new in a project (what they hold may be finished), or is again.
pub async fn pause(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    user: UserId,
    paused: bool,
) -> Result<Member> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let roles = tx.roles(project, user)?;
            let row = tx.user(user)?.filter(|row| !roles.is_empty() && !local::is_operator(row));
            let row = row.ok_or(Error::not_found("user"))?;
            let before = tx.paused_members(project)?.get(&user).copied();
            let after = if paused { before.or(Some(now)) } else { None };
            if before != after {
                tx.set_paused(project, user, after.map(|at| (at, actor.user)))?;
                let what = if paused { "member.paused" } else { "member.resumed" };
                tx.audit(now, Some(actor.user), what, &project.to_string(), &json!({ "user": user }))?;
            }
            Ok(Member { user: row, roles, paused: after })
        })
        .await
}

/// Gives a person exactly these roles; none of them takes them out of the project. A manager changes the people who are
/// in the project already (others are invited); an admin adds anybody.
pub async fn set(app: &App, actor: &Actor, project: ProjectId, user: UserId, roles: Roles) -> Result<Member> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let before = tx.roles(project, user)?;
            let known = actor.is_admin || !before.is_empty();
            let member = tx.user(user)?.filter(|row| known && !local::is_operator(row));
            let member = member.ok_or(Error::not_found("user"))?;
            if before != roles {
                tx.set_roles(project, user, roles)?;
                if roles.is_empty() {
                    tx.leave_groups(project, user)?;
                    revoke_person(tx, Some(actor.user), user, Some(project), now)?;
                }
                let details = json!({ "user": user, "from": before, "to": roles });
                tx.audit(now, Some(actor.user), "member.changed", &project.to_string(), &details)?;
            }
            let paused = tx.paused_members(project)?.get(&user).copied();
            Ok(Member { user: member, roles, paused })
        })
        .await
}
