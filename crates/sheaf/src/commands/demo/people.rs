//! The people of the demo: one in every role, and two annotators. They share one password, which is made here and
//! written into the data folder once.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sheaf_app::invitations::{self, Acceptance, NewInvitation};
use sheaf_app::members;
use sheaf_app::setup::{self, FirstAdmin};
use sheaf_app::{Actor, App, ids};
use sheaf_model::{ProjectId, Role, Roles};

use super::LOGIN_FILE;

const PEOPLE: [(&str, &str, &[Role]); 5] = [
    ("ada@demo.sheaf", "Ada Lindgren", &[]),
    ("mia@demo.sheaf", "Mia Okafor", &[Role::Manager]),
    ("rui@demo.sheaf", "Rui Tanaka", &[Role::Reviewer]),
    ("ann@demo.sheaf", "Ann Petrov", &[Role::Annotator]),
    ("ben@demo.sheaf", "Ben Salazar", &[Role::Annotator]),
];

pub(super) struct Team {
    pub(super) admin: Actor,
    pub(super) manager: Actor,
    reviewer: Actor,
    pub(super) annotators: [Actor; 2],
}

impl Team {
    /// Gives everybody their role in a project.
    pub(super) async fn join(&self, app: &App, project: ProjectId) -> Result<()> {
        let [ann, ben] = &self.annotators;
        for (actor, role) in [
            (&self.manager, Role::Manager),
            (&self.reviewer, Role::Reviewer),
            (ann, Role::Annotator),
            (ben, Role::Annotator),
        ] {
            members::set(app, &self.admin, project, actor.user, Roles::of(&[role])).await?;
        }
        Ok(())
    }
}

/// Makes the accounts that are not there yet.
pub(super) async fn make(app: &App, data: &Path) -> Result<Team> {
    let file = data.join(LOGIN_FILE);
    let password = match std::fs::read_to_string(&file) {
        Ok(text) => text
            .lines()
            .find_map(|line| line.strip_prefix("password: ").map(str::to_owned))
            .with_context(|| format!("`{}` holds no password; remove the data folder", file.display()))?,
        Err(_) if !setup::is_needed(app).await? => {
            bail!("`{}` is in use and is no demo; choose another folder with --data", data.display())
        }
        Err(_) => {
            let password = ids::secret()?.get(..20).unwrap_or_default().to_owned();
            write_login(&file, &password)?;
            eprintln!("accounts of the demo (also in `{}`):\n{}", file.display(), accounts(&password));
            password
        }
    };
    let (email, name, _) = PEOPLE[0];
    if let Some(token) = setup::link(app).await? {
        let admin = FirstAdmin { token, email: email.into(), name: name.into(), password: password.clone() };
        setup::complete(app, admin).await?;
    }
    let admin = find(app, email).await?.context("the demo's admin is not there; remove the data folder")?;
    let mut actors = Vec::new();
    for (email, name, _) in &PEOPLE[1..] {
        let actor = match find(app, email).await? {
            Some(actor) => actor,
            None => {
                let new = NewInvitation {
                    email: Some((*email).into()),
                    is_admin: false,
                    project: None,
                    roles: Roles::NONE,
                };
                let token = invitations::create(app, &admin, new).await?.token;
                let acceptance = Acceptance {
                    token,
                    email: Some((*email).into()),
                    name: Some((*name).into()),
                    password: Some(password.clone()),
                };
                invitations::accept(app, None, acceptance).await?;
                find(app, email).await?.context("an account was not made")?
            }
        };
        actors.push(actor);
    }
    let Ok([manager, reviewer, ann, ben]) = <[Actor; 4]>::try_from(actors) else {
        bail!("people are missing")
    };
    Ok(Team { admin, manager, reviewer, annotators: [ann, ben] })
}

async fn find(app: &App, email: &str) -> Result<Option<Actor>> {
    let email = email.to_owned();
    let user = app.store().read(move |tx| tx.user_by_email(&email)).await?;
    Ok(user.map(|user| Actor { user: user.id, is_admin: user.is_admin }))
}

fn accounts(password: &str) -> String {
    let mut out = format!("password: {password}\n");
    for (email, name, roles) in PEOPLE {
        let role = match roles.first() {
            None => "admin",
            Some(Role::Manager) => "manager",
            Some(Role::Reviewer) => "reviewer",
            Some(Role::Annotator) => "annotator",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{email}  {name}, {role}");
    }
    out
}

/// Readable by the owner of the data only.
fn write_login(file: &Path, password: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).with_context(|| format!("cannot write `{}`", file.display()))?;
    out.write_all(accounts(password).as_bytes()).with_context(|| format!("cannot write `{}`", file.display()))
}
