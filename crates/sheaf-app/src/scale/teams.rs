//! The people of an instance as Scale's clients see a team. A role in Sheaf is one of a project; a team's role is made of all
//! of them.

use serde_json::{Value, json};
use sheaf_model::{Role, Roles};
use sheaf_store::Tx;
use sheaf_store::users::UserRow;

use super::params::{Params, bad, missing};
use super::{Client, find, time};
use crate::invitations::{self, NewInvitation};
use crate::{Actor, App, Error, Result, local, users};

/// What the clients may give somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TeamRole {
    Labeler,
    Member,
    Manager,
}

impl TeamRole {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "labeler" => Ok(Self::Labeler),
            "member" => Ok(Self::Member),
            "manager" => Ok(Self::Manager),
            other => Err(bad(format!("`team_role` is labeler, member or manager, not `{other}`"))),
        }
    }

    /// In each project.
    fn roles(self) -> Roles {
        match self {
            Self::Labeler => Roles::of(&[Role::Annotator]),
            Self::Member => Roles::of(&[Role::Annotator, Role::Reviewer]),
            Self::Manager => Roles::ALL,
        }
    }
}

/// The people who are asked about, as addresses.
pub(super) fn emails(body: &mut Params, name: &str) -> Result<Vec<String>> {
    let list = body.take(name).ok_or_else(|| missing(name))?;
    let list = match list {
        Value::Array(list) => list,
        one => vec![one],
    };
    let read = |it: &Value| {
        it.as_str().map(users::fold_email).ok_or_else(|| bad(format!("`{name}` must be a list of addresses")))
    };
    list.iter().map(read).collect()
}

pub(super) fn somebody(tx: &Tx<'_>, email: &str) -> Result<UserRow> {
    let found = tx.user_by_email(email)?.filter(|user| !local::is_operator(user) && !user.disabled);
    found.ok_or_else(|| bad(format!("`{email}` is nobody here; invite them first")))
}

/// `GET teams`: those who share a project with the caller; for an admin everybody, and who was invited.
pub async fn list(app: &App, client: &Client) -> Result<Vec<Value>> {
    let actor = client.actor.clone();
    app.store().read(move |tx| everybody(tx, &actor)).await
}

fn everybody(tx: &Tx<'_>, actor: &Actor) -> Result<Vec<Value>> {
    let projects: Vec<_> = find::projects(tx, actor)?.into_iter().map(|project| project.id).collect();
    let mut out = Vec::new();
    for user in tx.users()?.into_iter().filter(|user| !local::is_operator(user) && !user.disabled) {
        let roles = tx.memberships(user.id)?;
        let shares = roles.iter().any(|(id, _)| projects.contains(id));
        if actor.is_admin || shares || user.id == actor.user {
            let all = roles.iter().fold(Roles::NONE, |all, (_, roles)| all.union(*roles));
            out.push(teammate(&user, all));
        }
    }
    if actor.is_admin {
        for invitation in tx.invitations(None)? {
            let Some(email) = invitation.email.filter(|_| invitation.used.is_none()) else { continue };
            out.push(json!({
                "email": email,
                "role": "invited",
                "isStudioLabeler": true,
                "disableRapidEmails": true,
                "expiry": time::iso(invitation.expires),
            }));
        }
    }
    Ok(out)
}

fn teammate(user: &UserRow, roles: Roles) -> Value {
    let role = if user.is_admin {
        "admin"
    } else if roles.has(Role::Manager) {
        "manager"
    } else if roles.has(Role::Reviewer) {
        "member"
    } else {
        "labeler"
    };
    let (first, last) = user.name.split_once(' ').unwrap_or((user.name.as_str(), ""));
    json!({
        "email": user.email,
        "role": role,
        "firstName": first,
        "lastName": last,
        "company": "",
        "isStudioLabeler": role == "labeler",
        "disableRapidEmails": true,
        "expiry": null,
    })
}

/// `POST teams/invite`: for admins. Nothing is mailed: the answer has the token of each invitation, once.
pub async fn invite(app: &App, client: &Client, body: Value) -> Result<Vec<Value>> {
    let mut body = Params::of(body)?;
    let role = TeamRole::parse(&body.take_text("team_role")?.ok_or_else(|| missing("team_role"))?)?;
    users::need_admin(&client.actor)?;
    let emails = emails(&mut body, "emails")?;
    let mut tokens = Vec::new();
    for email in emails {
        let there = email.clone();
        let known = app.store().read(move |tx| Ok::<_, Error>(tx.user_by_email(&there)?)).await?;
        if known.is_some() {
            continue;
        }
        let new =
            NewInvitation { email: Some(email.clone()), is_admin: false, project: None, roles: Roles::NONE };
        let invited = invitations::create(app, &client.actor, new).await?;
        tokens.push((email, invited.token));
    }
    let mut all = list(app, client).await?;
    let wanted = match role {
        TeamRole::Labeler => "labeler",
        TeamRole::Member => "member",
        TeamRole::Manager => "manager",
    };
    for one in &mut all {
        if let Some((_, token)) = tokens.iter().find(|(email, _)| one["email"] == *email) {
            one["role"] = wanted.into();
            one["invitation_token"] = token.clone().into();
        }
    }
    Ok(all)
}

/// `POST teams/set_role`: the role in every project that they are in. For admins.
pub async fn set_role(app: &App, client: &Client, body: Value) -> Result<Vec<Value>> {
    let mut body = Params::of(body)?;
    let role = TeamRole::parse(&body.take_text("team_role")?.ok_or_else(|| missing("team_role"))?)?;
    users::need_admin(&client.actor)?;
    let emails = emails(&mut body, "emails")?;
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            for email in &emails {
                let user = somebody(tx, email)?;
                if user.is_admin {
                    return Err(bad(format!("`{email}` is an admin, whose role is not changed here")));
                }
                let before = tx.memberships(user.id)?;
                if before.is_empty() {
                    let what = format!("`{email}` is in no project, and a role is one of a project");
                    return Err(bad(format!("{what}; assign them to one first")));
                }
                for (project, roles) in before {
                    tx.set_roles(project, user.id, role.roles())?;
                    let details = json!({ "user": user.id, "from": roles, "to": role.roles() });
                    tx.audit(now, Some(actor.user), "member.changed", &project.to_string(), &details)?;
                }
            }
            everybody(tx, &actor)
        })
        .await
}
