//! The world that the sessions work in.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::projects::{self, NewProject, SettingsChange};
use sheaf_app::{Actor, App, Config, SystemClock};
use sheaf_model::{BatchId, KeyId, Media, ProjectId, Recipe, Role, Roles, TaskRules, UserId};
use sheaf_store::api_keys::KeyRow;
use sheaf_store::users::UserRow;

use super::common::sheaf;
use super::weather::Clock;

pub const PEOPLE: i64 = 25;
pub const RULES: TaskRules = TaskRules { overlap: 2, review_levels: 1 };
const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"a"},{"value":"b"},{"value":"c"}]}]}"#;

/// A project with a launched batch, people with keys, and the server that they work with.
pub struct World {
    pub dir: tempfile::TempDir,
    pub port: u16,
    pub project: ProjectId,
    pub batch: BatchId,
    /// One a person; the last is the administrator's.
    pub keys: Vec<String>,
    pub tasks: u32,
}

pub fn open(dir: &Path) -> App {
    App::open(Config::new(dir), Arc::new(SystemClock::default())).unwrap()
}

fn person(id: i64) -> UserRow {
    UserRow {
        id: UserId(id),
        email: format!("p{id}@example.org"),
        name: format!("Person {id}"),
        password_hash: None,
        is_admin: id == 1,
        disabled: false,
        created: 0,
    }
}

/// Reviewers, annotators, and who is both; each with a key. Last the administrator's key.
fn people(app: &App, project: ProjectId) -> Vec<String> {
    let mut keys = Vec::new();
    for n in 0..=PEOPLE {
        let id = if n == PEOPLE { 1 } else { 100 + n };
        let secret = format!("sheaf_test_{n}_0123456789abcdef");
        let roles = match n % 5 {
            0 => Roles::of(&[Role::Reviewer]),
            1 => Roles::of(&[Role::Annotator, Role::Reviewer]),
            _ => Roles::of(&[Role::Annotator]),
        };
        let key = KeyRow {
            id: KeyId(100 + n),
            user: UserId(id),
            name: "test".into(),
            prefix: format!("sheaf_test_{n}"),
            created: 0,
            last_used: None,
            revoked: None,
        };
        let hash: [u8; 32] = Sha256::digest(&secret).into();
        let write = move |tx: &sheaf_store::Tx<'_>| {
            if n < PEOPLE {
                tx.insert_user(&person(id))?;
                tx.set_roles(project, UserId(id), roles)?;
            }
            tx.insert_key(&key, &hash)
        };
        app.store().write_blocking(write).unwrap();
        keys.push(secret);
    }
    keys
}

impl World {
    pub fn new(tasks: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let admin = Actor { user: UserId(1), is_admin: true };
        let new = NewProject {
            name: "Only".into(),
            media: Media::Text,
            taxonomy: Some(serde_json::from_str(TAXONOMY).unwrap()),
            instructions: String::new(),
            attribution: None,
        };
        let app = open(dir.path());
        app.store().write_blocking(|tx| tx.insert_user(&person(1))).unwrap();
        let project = runtime.block_on(projects::create(&app, &admin, new)).unwrap().project.id;
        let keys = people(&app, project);
        drop(app);
        let mut text = String::from("text,id\n");
        for i in 0..tasks {
            writeln!(text, "text number {i},r{i}").unwrap();
        }
        let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(manifest.path(), text).unwrap();
        let imported =
            sheaf(dir.path()).args(["import", "--name", "all"]).arg(manifest.path()).output().unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        let app = open(dir.path());
        // The shortest leases that there are: a step of the clock is more than one.
        let brief = SettingsChange { lease_minutes: Some(1), ..SettingsChange::default() };
        let brief = projects::Change { settings: Some(brief), ..projects::Change::default() };
        runtime.block_on(projects::change(&app, &admin, project, brief)).unwrap();
        let new = NewBatch { name: "b".into(), rules: RULES, launch: true, ..NewBatch::default() };
        let made = runtime.block_on(batches::create(&app, &admin, project, new, Recipe::default())).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { dir, port, project, batch: made.row.id, keys, tasks }
    }

    /// Starts the server under the clock of `weather`.
    pub fn serve(&self, clock: &Clock) -> Child {
        let mut command = sheaf(self.dir.path());
        clock.rule(&mut command);
        command.args(["serve", "--port", &self.port.to_string()]).stderr(Stdio::null()).spawn().unwrap()
    }
}
