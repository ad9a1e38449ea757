//! The queue as a black box: 25 people in two sessions each work on one batch through a real server that is killed and
//! stopped meanwhile. Every session keeps its own journal of what it sent and what it was told; in the end the journals are
//! held against the data: lost 0, duplicated 0, unexpected 0, nobody twice on a task, no task with more answers than were
//! asked for. `SHEAF_JOURNALS` says for how many seconds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::projects::{self, NewProject};
use sheaf_app::{Actor, App, Config, SystemClock};
use sheaf_model::{
    BatchId, KeyId, Media, ProjectId, Recipe, Role, Roles, SlotState, SubmissionId, TaskId, TaskRules, UserId,
};
use sheaf_store::api_keys::KeyRow;
use sheaf_store::users::UserRow;
use ureq::Agent;

use common::sheaf;

const PEOPLE: i64 = 25;
const SESSIONS: usize = 2;
const TASKS: u32 = 20_000;
const RULES: TaskRules = TaskRules { overlap: 2, review_levels: 1 };
const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"a"},{"value":"b"},{"value":"c"}]}]}"#;

struct World {
    dir: tempfile::TempDir,
    port: u16,
    project: ProjectId,
    batch: BatchId,
    keys: Vec<String>,
}

fn open(dir: &Path) -> App {
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

impl World {
    fn new() -> Self {
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
        let mut keys = Vec::new();
        for n in 0..PEOPLE {
            let (id, secret) = (100 + n, format!("sheaf_test_{n}_0123456789abcdef"));
            let roles = match n % 5 {
                0 => Roles::of(&[Role::Reviewer]),
                1 => Roles::of(&[Role::Annotator, Role::Reviewer]),
                _ => Roles::of(&[Role::Annotator]),
            };
            let key = KeyRow {
                id: KeyId(id),
                user: UserId(id),
                name: "test".into(),
                prefix: format!("sheaf_test_{n}"),
                created: 0,
                last_used: None,
                revoked: None,
            };
            let hash: [u8; 32] = Sha256::digest(&secret).into();
            app.store()
                .write_blocking(move |tx| {
                    tx.insert_user(&person(id))?;
                    tx.set_roles(project, UserId(id), roles)?;
                    tx.insert_key(&key, &hash)
                })
                .unwrap();
            keys.push(secret);
        }
        drop(app);
        let mut text = String::from("text,id\n");
        for i in 0..TASKS {
            writeln!(text, "text number {i},r{i}").unwrap();
        }
        let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(manifest.path(), text).unwrap();
        let imported =
            sheaf(dir.path()).args(["import", "--name", "all"]).arg(manifest.path()).output().unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        let app = open(dir.path());
        let new = NewBatch { name: "b".into(), rules: RULES, launch: true, ..NewBatch::default() };
        let made = runtime.block_on(batches::create(&app, &admin, project, new, Recipe::default())).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { dir, port, project, batch: made.row.id, keys }
    }

    fn serve(&self) -> Child {
        let mut command = sheaf(self.dir.path());
        command.args(["serve", "--port", &self.port.to_string()]).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn uuid(&mut self) -> SubmissionId {
        let mut out = [0; 16];
        out.iter_mut().for_each(|byte| *byte = self.below(256) as u8);
        SubmissionId(out)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// No answer came, or none that decides: it is sent again.
    Nothing,
    Yes,
    No,
}

/// One thing that a session sent.
struct Entry {
    id: SubmissionId,
    task: TaskId,
    person: UserId,
    path: String,
    body: Value,
    told: Told,
}

struct Session<'a> {
    world: &'a World,
    person: usize,
    agent: Agent,
    random: Random,
    journal: Vec<Entry>,
}

impl Session<'_> {
    /// The status and what was said; none when the server is gone.
    fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let url = format!("http://127.0.0.1:{}/api/queue/{path}", self.world.port);
        let request = ureq::http::Request::builder().method("POST").uri(url);
        let request = request.header("Authorization", format!("Bearer {}", self.world.keys[self.person]));
        let request = request.header("Content-Type", "application/json").body(body.to_string()).unwrap();
        let mut answer = self.agent.run(request).ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }

    fn send(&mut self, at: usize) {
        let entry = &self.journal[at];
        let told = match self.post(&entry.path, &entry.body) {
            Some((200, _)) => Told::Yes,
            Some((409 | 404, _)) => Told::No,
            Some((429 | 500.., _)) | None => Told::Nothing,
            Some((status, said)) => panic!("{} {}: {status} {said}", entry.path, entry.body),
        };
        self.journal[at].told = told;
    }

    /// Sends a thing, after writing it down.
    fn write(&mut self, task: TaskId, path: String, body: Value, id: SubmissionId) {
        let person = UserId(100 + self.person as i64);
        self.journal.push(Entry { id, task, person, path, body, told: Told::Nothing });
        self.send(self.journal.len() - 1);
    }

    fn work(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            for at in 0..self.journal.len() {
                if self.journal[at].told == Told::Nothing {
                    self.send(at);
                }
            }
            let count = 1 + self.random.below(3);
            let claim = json!({ "claim_id": self.random.uuid().to_string(), "count": count });
            let Some((200, claimed)) = self.post("claim", &claim) else {
                std::thread::yield_now();
                continue;
            };
            for task in claimed["tasks"].as_array().unwrap() {
                self.one(task);
            }
        }
        // What was not decided is sent until it is.
        for at in 0..self.journal.len() {
            while self.journal[at].told == Told::Nothing {
                self.send(at);
            }
        }
    }

    fn one(&mut self, task: &Value) {
        let (id, lease) =
            (task["task_id"].as_str().unwrap().parse().unwrap(), task["lease_id"].as_str().unwrap());
        let uuid = self.random.uuid();
        let kind = ["a", "b", "c"][self.random.below(3) as usize];
        let response = json!({ "annotations": [], "fields": { "kind": kind } });
        let at = |what: &str| format!("leases/{lease}/{what}");
        match (task["stage"] == "label", self.random.below(100)) {
            (true, 0..85) => {
                let body = json!({ "submission_id": uuid.to_string(), "response": response, "seconds": 1.0 });
                self.write(id, at("submit"), body, uuid);
            }
            (true, 85..90) | (false, 85..90) => drop(self.post(&at("release"), &json!({}))),
            (true, 90) => drop(self.post(&at("skip"), &json!({ "reason": "unclear" }))),
            (false, 0..60) => self.write(id, at("accept"), json!({ "review_id": uuid.to_string() }), uuid),
            (false, 60..70) => {
                let body = json!({ "review_id": uuid.to_string(), "response": response });
                self.write(id, at("fix"), body, uuid);
            }
            (false, 70..85) => {
                let body = json!({ "review_id": uuid.to_string(), "note": "again" });
                self.write(id, at("reject"), body, uuid);
            }
            // Left lying: it comes again with the next claim.
            _ => {}
        }
    }
}

fn seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
    std::env::var("SHEAF_JOURNALS").ok().and_then(|n| n.parse().ok()).unwrap_or(15)
}

/// Lets time pass.
fn pass(time: Duration) {
    let (_keep, nothing) = mpsc::channel::<()>();
    nothing.recv_timeout(time).unwrap_err();
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn nothing_is_lost_and_nothing_doubled() {
    let world = World::new();
    let stop = AtomicBool::new(false);
    let mut server = world.serve();
    let mut journal: Vec<Entry> = Vec::new();
    std::thread::scope(|scope| {
        let sessions: Vec<_> = (0..PEOPLE as usize * SESSIONS)
            .map(|n| {
                let agent = Agent::config_builder()
                    .http_status_as_error(false)
                    .proxy(None)
                    .timeout_global(Some(Duration::from_secs(20)))
                    .build()
                    .new_agent();
                let (person, random) = (n / SESSIONS, Random(n as u64 + 1));
                let mut session = Session { world: &world, person, agent, random, journal: Vec::new() };
                let stop = &stop;
                scope.spawn(move || {
                    session.work(stop);
                    session.journal
                })
            })
            .collect();
        let (began, mut random) = (Instant::now(), Random(7));
        while began.elapsed() < Duration::from_secs(seconds()) {
            pass(Duration::from_millis(1_500 + random.below(2_000)));
            if random.below(3) == 0 {
                signal(&server, "-STOP");
                pass(Duration::from_millis(300 + random.below(700)));
                signal(&server, "-CONT");
            } else {
                // SIGKILL: nothing of the process runs any more.
                server.kill().unwrap();
                server.wait().unwrap();
                server = world.serve();
            }
        }
        stop.store(true, Ordering::Relaxed);
        for session in sessions {
            journal.extend(session.join().unwrap());
        }
    });
    server.kill().unwrap();
    server.wait().unwrap();
    let checked = sheaf(world.dir.path()).args(["check", "--deep"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    judge(&world, &journal);
}

/// Holds the journals against the data.
fn judge(world: &World, journal: &[Entry]) {
    let app = open(world.dir.path());
    let mut found: BTreeMap<SubmissionId, (TaskId, UserId)> = BTreeMap::new();
    let (mut done, mut twice, mut over) = (0, 0, 0);
    for ordinal in 0..TASKS {
        let id = TaskId { project: world.project, batch: world.batch, ordinal };
        let (rows, answers, reviews) = app
            .store()
            .read_blocking(|tx| {
                let answers = tx.task_submissions(id.project, id.batch, ordinal)?;
                Ok::<_, sheaf_store::StoreError>((tx.task_rows(id)?, answers, tx.task_reviews(id)?))
            })
            .unwrap();
        let mut labelled: BTreeSet<(i64, UserId)> = BTreeSet::new();
        for answer in &answers {
            if answer.key.stage == 0 {
                found.insert(answer.id, (id, answer.person));
                twice += usize::from(!labelled.insert((answer.round, answer.person)));
            }
        }
        found.extend(reviews.iter().map(|review| (SubmissionId(review.id.0), (id, review.person))));
        let standing =
            rows.0.values().filter(|row| row.key.stage == 0 && row.slot.state == SlotState::Submitted);
        let standing: Vec<UserId> = standing.filter_map(|row| row.slot.holder).collect();
        over += usize::from(standing.len() > usize::from(RULES.overlap));
        twice += standing.len() - standing.iter().collect::<BTreeSet<_>>().len();
        done += usize::from(rows.task(RULES).done());
    }
    let (mut lost, mut refused) = (0, 0);
    for entry in journal {
        let there = found.remove(&entry.id);
        match entry.told {
            Told::Yes => lost += usize::from(there != Some((entry.task, entry.person))),
            // Said no to, and there all the same.
            Told::No => refused += usize::from(there.is_some()),
            Told::Nothing => panic!("{} was never decided", entry.path),
        }
    }
    let unexpected = found.len() + refused;
    let acknowledged = journal.iter().filter(|entry| entry.told == Told::Yes).count();
    eprintln!(
        "{acknowledged} acknowledged of {} sent, {done} tasks done: lost {lost}, unexpected {unexpected}, \
         person twice {twice}, over N {over}",
        journal.len()
    );
    assert_eq!((lost, unexpected, twice, over), (0, 0, 0, 0));
    assert!(acknowledged > 100, "{acknowledged}");
}
