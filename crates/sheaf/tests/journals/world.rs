//! The world that the sessions work in.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::projects::{self, NewProject, SettingsChange};
use sheaf_app::{Actor, App};
use sheaf_model::{BatchId, KeyId, Media, ProjectId, Recipe, Role, Roles, TaskRules, UserId};
use sheaf_store::api_keys::KeyRow;
use sheaf_store::users::UserRow;
use sheaf_testing::{Home, PrivateServer};

use super::common::sheaf;
use super::open::open;
use super::pulse::Pulse;
use super::session::Session;
use super::size::Size;
use super::weather::Clock;
use sheaf_testing::Link;

pub const RULES: TaskRules = TaskRules { overlap: 2, review_levels: 1 };
const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"a"},{"value":"b"},{"value":"c"}]}]}"#;

/// A project with a launched batch, people with keys, and the nodes that they work with: one on SQLite, four on PostgreSQL.
pub struct World {
    pub home: Home,
    /// The database's own server, which may be killed.
    pub server: Option<PrivateServer>,
    pub nodes: Vec<Node>,
    pub pulse: Pulse,
    pub project: ProjectId,
    pub batch: BatchId,
    /// One a person; the last is the administrator's.
    pub keys: Vec<String>,
    size: Size,
    /// Parts of the library that are in the batch.
    parts: AtomicU32,
}

/// One server: where it listens, its folder, and its way to the database.
pub struct Node {
    pub port: u16,
    folder: PathBuf,
    pub link: Option<Link>,
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
fn people(app: &App, project: ProjectId, people: i64) -> Vec<String> {
    let mut keys = Vec::new();
    for n in 0..=people {
        let id = if n == people { 1 } else { 100 + n };
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
            if n < people {
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
    pub fn new(size: Size) -> Self {
        // Through a pooler there is no killing of what it pools for.
        let server = sheaf_testing::sends_ahead().then(PrivateServer::new);
        let home = server.as_ref().map_or_else(Home::new, Home::on);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let admin = Actor { user: UserId(1), is_admin: true };
        let new = NewProject {
            name: "Only".into(),
            media: Media::Text,
            taxonomy: Some(serde_json::from_str(TAXONOMY).unwrap()),
            instructions: String::new(),
            attribution: None,
        };
        let app = open(&home);
        app.store().write_blocking(|tx| tx.insert_user(&person(1))).unwrap();
        let project = runtime.block_on(projects::create(&app, &admin, new)).unwrap().project.id;
        let keys = people(&app, project, size.people as i64);
        drop(app);
        let mut text = String::from("text,id,part\n");
        for i in 0..size.parts * size.part {
            writeln!(text, "text number {i},r{i},{}", i / size.part).unwrap();
        }
        let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(manifest.path(), text).unwrap();
        let imported = sheaf(&home).args(["import", "--name", "all"]).arg(manifest.path()).output().unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        let app = open(&home);
        // The shortest leases that there are: a step of the clock is more than one.
        let brief = SettingsChange { lease_minutes: Some(1), ..SettingsChange::default() };
        let brief = projects::Change { settings: Some(brief), ..projects::Change::default() };
        runtime.block_on(projects::change(&app, &admin, project, brief)).unwrap();
        let new = NewBatch { name: "b".into(), rules: RULES, launch: true, ..NewBatch::default() };
        let first = Recipe { query: Some("part:0".into()), ..Recipe::default() };
        let made = runtime.block_on(batches::create(&app, &admin, project, new, first)).unwrap();
        drop(app);
        let nodes = (0..size.nodes).map(|n| Node::new(&home, n)).collect();
        let (pulse, parts) = (Pulse::new(), AtomicU32::new(1));
        Self { home, server, nodes, pulse, project, batch: made.row.id, keys, size, parts }
    }

    /// Adds to the batch when little of it is left, so that there is work for as long as the storm lasts.
    pub fn feed(&self, manager: &mut Session<'_>) {
        let next = self.parts.load(Ordering::Relaxed);
        let pending = manager.counts()["pending"].as_u64().unwrap();
        if next < self.size.parts && pending < u64::from(self.size.part) {
            manager.append(next);
            self.parts.store(next + 1, Ordering::Relaxed);
        }
    }

    /// The tasks of the batch are the first ones of the library.
    pub fn tasks(&self) -> u32 {
        self.parts.load(Ordering::Relaxed) * self.size.part
    }

    /// Starts a node under the clock of `weather`.
    pub fn serve(&self, node: usize, clock: &Clock) -> Child {
        let node = &self.nodes[node];
        let mut command = sheaf(&self.home);
        command.env("SHEAF_DATA", &node.folder);
        if let (Some(link), Some(url)) = (&node.link, self.home.database()) {
            command.env("SHEAF_DATABASE", through(url, link.port));
        }
        clock.rule(&mut command);
        command.args(["serve", "--port", &node.port.to_string()]).stderr(Stdio::null()).spawn().unwrap()
    }
}

impl Node {
    fn new(home: &Home, n: usize) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let link = home.database().map(|url| {
            let (_, host) = authority(url);
            Link::to(host.parse().expect("an address of this machine with a port"))
        });
        let folder =
            if link.is_some() { home.path().join(format!("node-{n}")) } else { home.path().to_owned() };
        Self { port, folder, link }
    }
}

/// What stands before the host in an address of a database, and host and port.
fn authority(url: &str) -> (&str, &str) {
    let host = url.find('@').unwrap() + 1;
    let (host, _) = url[host..].split_once('/').unwrap();
    let (before, _) = url.split_once(host).unwrap();
    (before, host)
}

/// The address of a database by another way.
fn through(url: &str, port: u16) -> String {
    let (before, host) = authority(url);
    let (_, after) = url.split_once(host).unwrap();
    format!("{before}127.0.0.1:{port}{after}")
}
