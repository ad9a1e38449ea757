//! Invitations: a link that lets one person in, once, for a week.

use serde_json::json;
use sheaf_model::{InvitationId, Problem, ProjectId, Role, Roles, UserId};
pub use sheaf_store::invitations::InvitationRow;
use sheaf_store::users::UserRow;
use sheaf_store::{Turn, Tx};

use crate::guard::hash;
use crate::sessions::{self, Identity, Opened};
use crate::{Access, Actor, App, Error, Result, ids, local, passwords, users};

/// How long a link works.
pub const LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

pub struct NewInvitation {
    /// Only this address may accept it.
    pub email: Option<String>,
    pub is_admin: bool,
    pub project: Option<ProjectId>,
    pub roles: Roles,
}

/// A new invitation: its token is here and nowhere else.
#[derive(Debug)]
pub struct Invited {
    pub invitation: InvitationRow,
    pub token: String,
}

/// What the holder of a link is told before accepting.
#[derive(Debug)]
pub struct Preview {
    pub invitation: InvitationRow,
    pub project_name: Option<String>,
    pub inviter_name: Option<String>,
}

pub struct Acceptance {
    pub token: String,
    pub email: Option<String>,
    pub name: Option<String>,
    pub password: Option<String>,
}

/// What accepting led to.
#[derive(Debug)]
pub enum Accepted {
    /// A new account, logged in.
    New(Opened),
    /// The present account was let in.
    Joined(Identity),
}

/// Invites somebody. An admin may invite anybody to anything, a manager into their own project and never as an admin.
pub async fn create(app: &App, actor: &Actor, new: NewInvitation) -> Result<Invited> {
    if new.project.is_none() || new.is_admin {
        // Before the project is looked at: a manager must not make admins, wherever.
        users::need_admin(actor)?;
    }
    let email = new.email.as_deref().map(users::fold_email).filter(|email| !email.is_empty());
    let (now, token) = (app.now(), ids::secret()?);
    let invitation = InvitationRow {
        id: InvitationId(ids::row_id(now)?),
        email,
        project: new.project,
        roles: new.roles,
        is_admin: new.is_admin,
        created_by: actor.user,
        created: now,
        expires: now + LIFE_MS,
        used: None,
        used_by: None,
    };
    let (row, token_hash, actor) = (invitation.clone(), hash(&token), actor.clone());
    app.store()
        .write_in(Turn::instance(), move |tx| {
            if let Some(project) = row.project {
                Access::manager(tx, &actor, project)?;
            }
            let problems = problems(&row);
            if !problems.is_empty() {
                return Err(Error::problems("invalid", problems));
            }
            tx.insert_invitation(&row, &token_hash)?;
            let details = json!({ "email": row.email, "project": row.project, "roles": row.roles, "is_admin": row.is_admin });
            tx.audit(now, Some(actor.user), "invitation.created", &row.id.to_string(), &details)?;
            Ok(())
        })
        .await?;
    Ok(Invited { invitation, token })
}

fn problems(row: &InvitationRow) -> Vec<Problem> {
    let mut out = Vec::new();
    if let Some(email) = &row.email {
        out.extend(users::email_problems("email", email));
    }
    if row.project.is_some() == row.roles.is_empty() {
        let message =
            if row.project.is_some() { "is empty; name at least one role" } else { "needs `project_id`" };
        out.push(Problem::new("roles", message));
    }
    out
}

/// Invitations, newest first: into one project, or all that the caller may see.
pub async fn list(app: &App, actor: &Actor, project: Option<ProjectId>) -> Result<Vec<InvitationRow>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            if let Some(project) = project {
                Access::manager(tx, &actor, project)?;
                return Ok(tx.invitations(Some(project))?);
            }
            if actor.is_admin {
                return Ok(tx.invitations(None)?);
            }
            let mut out = Vec::new();
            let own = tx.memberships(actor.user)?.into_iter().filter(|(_, roles)| roles.has(Role::Manager));
            let mut manages = false;
            for (project, _) in own {
                manages = true;
                out.extend(tx.invitations(Some(project))?);
            }
            if !manages {
                return Err(Error::forbidden("this needs the role manager in a project"));
            }
            out.sort_by_key(|invitation| std::cmp::Reverse(invitation.id));
            Ok(out)
        })
        .await
}

/// Takes an invitation back; its link stops working.
pub async fn withdraw(app: &App, actor: &Actor, id: InvitationId) -> Result<()> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::instance(), move |tx| {
            let row = tx.invitation(id)?.ok_or(Error::not_found("invitation"))?;
            if !actor.is_admin {
                let project = row.project.ok_or(Error::not_found("invitation"))?;
                let roles = tx.roles(project, actor.user)?;
                if roles.is_empty() {
                    return Err(Error::not_found("invitation"));
                }
                Access::manager(tx, &actor, project)?;
            }
            tx.delete_invitation(id)?;
            let details = json!({ "email": row.email, "project": row.project, "used": row.used.is_some() });
            tx.audit(now, Some(actor.user), "invitation.withdrawn", &id.to_string(), &details)?;
            Ok(())
        })
        .await
}

/// What the holder of a link is asked to accept.
pub async fn look_up(app: &App, token: &str) -> Result<Preview> {
    let (now, token_hash) = (app.now(), hash(token));
    app.store()
        .read(move |tx| {
            let invitation = valid(tx, &token_hash, now)?;
            let project_name = match invitation.project {
                Some(project) => tx.project(project)?.map(|project| project.name),
                None => None,
            };
            let inviter_name = tx.user(invitation.created_by)?.map(|user| user.name);
            Ok(Preview { invitation, project_name, inviter_name })
        })
        .await
}

/// Accepts: makes an account, or lets the present one in.
pub async fn accept(app: &App, me: Option<&Identity>, acceptance: Acceptance) -> Result<Accepted> {
    let (now, token_hash) = (app.now(), hash(&acceptance.token));
    let invitation = app.store().read(move |tx| valid(tx, &token_hash, now)).await?;
    if let Some(me) = me {
        let joined = me.clone();
        return app.store().write(move |tx| join(tx, &token_hash, joined, now)).await.map(Accepted::Joined);
    }
    let (email, name, password) = new_account(&invitation, acceptance)?;
    let wanted = email.clone();
    app.store().read(move |tx| email_is_free(tx, &wanted)).await?;
    let password_hash = app.guard().hashing.hash(password).await?;
    let token = ids::secret()?;
    let user = UserRow {
        id: UserId(ids::row_id(now)?),
        email,
        name,
        password_hash: Some(password_hash),
        is_admin: invitation.is_admin,
        disabled: false,
        created: now,
    };
    let (row, session) = (user.clone(), hash(&token));
    app.store()
        .write(move |tx| {
            let invitation = valid(tx, &token_hash, now)?;
            email_is_free(tx, &row.email)?;
            tx.insert_user(&row)?;
            let details = json!({ "email": row.email, "invitation": invitation.id });
            tx.audit(now, Some(row.id), "user.created", &row.id.to_string(), &details)?;
            let_in(tx, &invitation, row.id, now)?;
            sessions::open(tx, row.id, session, now)
        })
        .await?;
    Ok(Accepted::New(sessions::opened(&user, token, now)))
}

/// The checked parts of a new account.
fn new_account(invitation: &InvitationRow, acceptance: Acceptance) -> Result<(String, String, String)> {
    let given = acceptance.email.as_deref().map(users::fold_email);
    let email = invitation.email.clone().or_else(|| given.clone()).unwrap_or_default();
    let name = acceptance.name.as_deref().unwrap_or_default().trim().to_owned();
    let password = acceptance.password.unwrap_or_default();
    let mut problems = users::email_problems("email", &email);
    if given.is_some_and(|given| given != email) {
        problems.push(Problem::new("email", format!("this invitation is for {email}")));
    }
    problems.extend(users::name_problems("name", &name));
    problems.extend(passwords::problems("password", &password, &[&email, &name]));
    if problems.is_empty() { Ok((email, name, password)) } else { Err(Error::problems("invalid", problems)) }
}

fn join(tx: &Tx<'_>, token_hash: &[u8; 32], mut me: Identity, now: i64) -> Result<Identity> {
    let invitation = valid(tx, token_hash, now)?;
    let mut user = tx.user(me.actor.user)?.filter(|user| !user.disabled).ok_or(Error::not_found("user"))?;
    if local::is_operator(&user) {
        return Err(Error::forbidden("the command line cannot accept an invitation"));
    }
    if invitation.email.as_ref().is_some_and(|email| *email != user.email) {
        return Err(Error::Forbidden {
            code: "wrong_account",
            message: "this invitation is for another e-mail address; log out to accept it with that one"
                .into(),
        });
    }
    if invitation.is_admin && !user.is_admin {
        user.is_admin = true;
        tx.update_user(&user)?;
        tx.audit(
            now,
            Some(user.id),
            "user.admin_changed",
            &user.id.to_string(),
            &json!({ "is_admin": true }),
        )?;
        me.actor.is_admin = true;
    }
    let_in(tx, &invitation, user.id, now)?;
    Ok(me)
}

/// Gives what the invitation promises, and uses it up.
fn let_in(tx: &Tx<'_>, invitation: &InvitationRow, user: UserId, now: i64) -> Result<()> {
    if let Some(project) = invitation.project {
        let roles = tx.roles(project, user)?.union(invitation.roles);
        tx.set_roles(project, user, roles)?;
        let details = json!({ "user": user, "roles": roles, "invitation": invitation.id });
        tx.audit(now, Some(user), "member.changed", &project.to_string(), &details)?;
    }
    tx.use_invitation(invitation.id, now, user)?;
    tx.audit(now, Some(user), "invitation.accepted", &invitation.id.to_string(), &json!({}))?;
    Ok(())
}

fn valid(tx: &Tx<'_>, token_hash: &[u8; 32], now: i64) -> Result<InvitationRow> {
    let found = tx.invitation_by_token(token_hash)?.filter(|row| row.used.is_none() && now < row.expires);
    found.ok_or_else(|| Error::Expired {
        code: "bad_token",
        message: "this invitation does not work (any more); ask for a new one".into(),
    })
}

fn email_is_free(tx: &Tx<'_>, email: &str) -> Result<()> {
    if tx.user_by_email(email)?.is_none() {
        return Ok(());
    }
    Err(Error::conflict("email_taken", "there is an account with this e-mail address")
        .hint("log in with it, then open the invitation again"))
}
