//! People: the list that admins see, what admins change about others, what everybody changes about themselves.

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::json;
use sheaf_model::{Problem, UserId};
use sheaf_store::members::Membership;
use sheaf_store::users::UserRow;
use sheaf_store::{Turn, Tx};

use crate::guard::password_is;
use crate::queue::manage::revoke_person;
use crate::sessions::Identity;
use crate::{Actor, App, Error, Result, local, passwords};

/// RFC 5321's limit.
const EMAIL_CHARS_MAX: usize = 254;
const NAME_CHARS_MAX: usize = 100;

/// A person and the projects they are in.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: UserRow,
    pub projects: Vec<Membership>,
}

/// What an admin may change about a person.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change {
    pub is_admin: Option<bool>,
    pub disabled: Option<bool>,
}

/// What a person may change about themselves.
#[derive(Default)]
pub struct OwnChange {
    pub name: Option<String>,
    pub password: Option<NewPassword>,
}

pub struct NewPassword {
    pub current: String,
    pub new: String,
}

/// Everybody, by name; for admins.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<Person>> {
    need_admin(actor)?;
    app.store()
        .read(|tx| {
            let mut projects: HashMap<UserId, Vec<Membership>> = HashMap::new();
            for (user, membership) in tx.all_memberships()? {
                projects.entry(user).or_default().push(membership);
            }
            let users = tx.users()?.into_iter().filter(|user| !local::is_operator(user));
            Ok(users
                .map(|user| Person { projects: projects.remove(&user.id).unwrap_or_default(), user })
                .collect())
        })
        .await
}

/// Makes somebody admin or not, or shuts them out: their sessions and keys end with the commit.
pub async fn change(app: &App, actor: &Actor, id: UserId, change: Change) -> Result<Person> {
    need_admin(actor)?;
    let (now, by) = (app.now(), actor.user);
    app.store()
        .write(move |tx| {
            let before =
                tx.user(id)?.filter(|user| !local::is_operator(user)).ok_or(Error::not_found("user"))?;
            let mut user = before.clone();
            user.is_admin = change.is_admin.unwrap_or(user.is_admin);
            user.disabled = change.disabled.unwrap_or(user.disabled);
            let was_in_charge = before.is_admin && !before.disabled;
            if was_in_charge && (user.disabled || !user.is_admin) && admins(tx)? <= 1 {
                return Err(Error::conflict(
                    "last_admin",
                    "this is the last admin; without one nobody could run Sheaf",
                )
                .hint("make somebody else an admin first"));
            }
            tx.update_user(&user)?;
            let object = id.to_string();
            if user.disabled && !before.disabled {
                tx.delete_sessions_of(id, None)?;
                tx.revoke_keys_of(id, now)?;
                revoke_person(tx, Some(by), id, None, now)?;
            }
            if user.disabled != before.disabled {
                let action = if user.disabled { "user.disabled" } else { "user.enabled" };
                tx.audit(now, Some(by), action, &object, &json!({}))?;
            }
            if user.is_admin != before.is_admin {
                tx.audit(
                    now,
                    Some(by),
                    "user.admin_changed",
                    &object,
                    &json!({ "is_admin": user.is_admin }),
                )?;
            }
            let projects = tx.named_memberships(id)?;
            Ok(Person { user, projects })
        })
        .await
}

/// Changes the caller's own name or password. A new password ends their other sessions.
pub async fn change_own(app: &App, me: &Identity, change: OwnChange, from: IpAddr) -> Result<Identity> {
    let id = me.actor.user;
    let known = app.store().read(move |tx| Ok::<_, Error>(tx.user(id)?)).await?;
    let known = known.filter(|user| !local::is_operator(user)).ok_or_else(|| {
        Error::forbidden("the command line's own account has no name or password to change")
    })?;
    let mut problems = Vec::new();
    let name = change.name.map(|name| name.trim().to_owned());
    if let Some(name) = &name {
        problems.extend(name_problems("name", name));
    }
    if let Some(password) = &change.password {
        let context = [known.email.as_str(), name.as_deref().unwrap_or(&known.name)];
        problems.extend(passwords::problems("password.new", &password.new, &context));
    }
    if !problems.is_empty() {
        return Err(Error::problems("invalid", problems));
    }
    let password_hash = match change.password {
        None => None,
        Some(password) => {
            let stored = known.password_hash.clone();
            if !password_is(app, &known.email, &password.current, stored, from).await? {
                return Err(Error::problems(
                    "invalid",
                    vec![Problem::new("password.current", "is not your password")],
                ));
            }
            Some(app.guard().hashing.hash(password.new).await?)
        }
    };
    let (now, keep) = (app.now(), me.session());
    let name = app
        .store()
        .write_in(Turn::instance(), move |tx| {
            let mut user = tx.user(id)?.filter(|user| !user.disabled).ok_or(Error::not_found("user"))?;
            let object = id.to_string();
            if let Some(name) = name.filter(|name| *name != user.name) {
                tx.audit(now, Some(id), "user.renamed", &object, &json!({ "from": user.name, "to": name }))?;
                user.name = name;
            }
            if password_hash.is_some() {
                // Somebody else may have changed it while this one was hashed: the first one counts.
                if user.password_hash != known.password_hash {
                    return Err(Error::conflict("conflict", "the password was changed meanwhile"));
                }
                user.password_hash = password_hash;
                tx.delete_sessions_of(id, keep.as_ref())?;
                tx.audit(now, Some(id), "user.password_changed", &object, &json!({}))?;
            }
            tx.update_user(&user)?;
            Ok(user.name)
        })
        .await?;
    Ok(Identity { name, ..me.clone() })
}

pub(crate) fn need_admin(actor: &Actor) -> Result<()> {
    if actor.is_admin { Ok(()) } else { Err(Error::forbidden("this needs an admin of the instance")) }
}

/// People who can run the instance.
fn admins(tx: &Tx<'_>) -> Result<usize> {
    let users = tx.users()?;
    Ok(users.iter().filter(|user| user.is_admin && !user.disabled && !local::is_operator(user)).count())
}

/// Addresses are compared and stored in this form.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with a folded address.
pub(crate) fn email_problems(path: &str, email: &str) -> Vec<Problem> {
    let shape = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !domain.starts_with('.')
    });
    let signs =
        !email.chars().any(|sign| sign.is_control() || sign.is_whitespace() || ",;<>\"".contains(sign));
    if !shape || !signs || email.chars().count() > EMAIL_CHARS_MAX || email == local::EMAIL {
        return vec![Problem::new(path, "is not an e-mail address of the form name@example.org")];
    }
    Vec::new()
}

/// What is wrong with a trimmed name of a person.
pub(crate) fn name_problems(path: &str, name: &str) -> Vec<Problem> {
    let message = if name.is_empty() {
        "is empty".to_owned()
    } else if name.chars().count() > NAME_CHARS_MAX {
        format!("is longer than {NAME_CHARS_MAX} characters")
    } else if name.chars().any(char::is_control) {
        "has a control character".to_owned()
    } else {
        return Vec::new();
    };
    vec![Problem::new(path, message)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b", "mary.lamb+x@example.org", "jürgen@example.de", "a@[127.0.0.1]"] {
            assert_eq!(email_problems("email", good), vec![], "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@.b", "a\n@b", "<a@b>", "a@b,c@d", local::EMAIL]
        {
            assert_eq!(email_problems("email", bad).len(), 1, "{bad}");
        }
        assert_eq!(fold_email(" Mary@Example.ORG "), "mary@example.org");
    }
}
