//! Who works in a project.

use serde_json::json;
use sheaf_model::{ProjectId, Roles, UserId};
pub use sheaf_store::users::UserRow;

use crate::queue::manage::revoke_person;
use crate::{Access, Actor, App, Error, Result, local};

/// The people of a project, by name; for managers.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<(UserRow, Roles)>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            Ok(tx.members(project)?)
        })
        .await
}

/// Gives a person exactly these roles; none of them takes them out of the project. A manager changes the people who are
/// in the project already (others are invited); an admin adds anybody.
pub async fn set(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    user: UserId,
    roles: Roles,
) -> Result<(UserRow, Roles)> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write(move |tx| {
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
            Ok((member, roles))
        })
        .await
}
