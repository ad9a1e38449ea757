//! A server process that is killed (SIGKILL) in the middle of imports, updates of metadata and the making of batches, again
//! and again. After each kill `sheaf check --deep` finds nothing, and everything that was acknowledged, by the client's own
//! journal, is there. `SHEAF_KILLS` says how often each kind is killed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;
#[path = "common/project.rs"]
mod project;
#[path = "common/serving.rs"]
mod serving;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_model::{Media, ProjectId};
use sheaf_testing::Home;
use ureq::Agent;

use open::open;
use project::project;
use serving::serve;

/// Rows of one import: it fills a chunk on the way.
const ROWS: u32 = 70_000;
/// Assets that every library begins with.
const ASSETS: u32 = 66_000;

/// A data folder with one project.
struct Data {
    home: Home,
    project: ProjectId,
}

impl Data {
    fn new() -> Self {
        let home = Home::new();
        let project = project(&open(&home), Media::Text);
        Self { home, project }
    }

    fn sheaf(&self) -> Command {
        common::sheaf(&self.home)
    }

    /// A folder of a client: the manifest of an import whose rows carry these numbers.
    fn manifest(&self, from: u32, n: u32) -> tempfile::NamedTempFile {
        let mut text = String::from("text,id,n,kind\n");
        for i in from..from + n {
            writeln!(text, "text number {i},r{i},{i},k{}", i % 5).unwrap();
        }
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[track_caller]
    fn import(&self, name: &str, manifest: &Path) {
        let done = self.sheaf().args(["import", "--name", name]).arg(manifest).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Nothing is wrong with the data of a server that was killed.
    #[track_caller]
    fn is_sound(&self, when: &str) {
        let checked = self.sheaf().args(["check", "--deep"]).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        assert!(checked.status.success(), "{when}: {said}{}", String::from_utf8_lossy(&checked.stderr));
    }
}

/// A server process.
struct Server {
    child: Child,
    agent: Agent,
    base: String,
    key: String,
}

impl Server {
    fn start(data: &Data) -> Self {
        let (child, url, key) = serve(data.sheaf(), data.home.path());
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
        Self { child, agent, base: format!("{url}/api/projects/{}", data.project), key }
    }

    fn kill(&mut self) {
        // SIGKILL on Unix: nothing of the process runs any more.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn client(&self) -> Client {
        Client {
            agent: self.agent.clone(),
            base: self.base.clone(),
            authorization: format!("Bearer {}", self.key),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[derive(Clone)]
struct Client {
    agent: Agent,
    base: String,
    authorization: String,
}

impl Client {
    /// What the server answered; `None` when it is gone, before the answer or in the middle of it.
    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Value> {
        let url = format!("{}{path}", self.base);
        let builder = ureq::http::Request::builder().method(method).uri(url);
        let builder = builder.header("Authorization", &self.authorization).header("Content-Type", kind);
        let sent = match method {
            "GET" => self.agent.run(builder.body(()).unwrap()),
            _ => self.agent.run(builder.body(body).unwrap()),
        };
        let mut answer = sent.ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {path}: {text}"));
        assert!(answer.status().is_success(), "{method} {path}: {value}");
        Some(value)
    }
    fn get(&self, path: &str) -> Option<Value> {
        self.send("GET", path, "application/json", b"")
    }
    fn json(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        self.send(method, path, "application/json", body.to_string().as_bytes())
    }
    /// How many assets a query finds.
    fn count(&self, query: &str) -> u64 {
        let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.get(&format!("/assets?limit=1&q={query}")).unwrap()["total"].as_u64().unwrap()
    }
}

/// Kills come at times that differ from round to round and are the same in every run.
struct Rounds(u64);

impl Rounds {
    fn number() -> u64 {
        #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
        std::env::var("SHEAF_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(2)
    }
    fn delay(&mut self, max_ms: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((self.0 >> 33) % max_ms)
    }
}

/// Lets a client work until the server has been killed, at some time after the client's first sign of work.
fn kill_during<T: Send>(
    server: &mut Server,
    delay: Duration,
    work: impl FnOnce(Client, mpsc::Sender<()>) -> T + Send,
) -> T {
    let client = server.client();
    std::thread::scope(|scope| {
        let (began, seen) = mpsc::channel();
        let working = scope.spawn(move || work(client, began));
        seen.recv().unwrap();
        // Nobody sends any more: this only lets time pass.
        let (_keep, nothing) = mpsc::channel::<()>();
        nothing.recv_timeout(delay).unwrap_err();
        server.kill();
        working.join().unwrap()
    })
}

/// Looks again and again: a process that writes tells nobody.
fn wait_until(mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not happen");
        std::thread::yield_now();
    }
}

#[test]
fn killed_imports_leave_whole_chunks_and_go_on() {
    let data = Data::new();
    let mut rounds = Rounds(1);
    for round in 0..Rounds::number() {
        let (name, before) = (format!("import {round}"), ROWS * round as u32);
        let manifest = data.manifest(before, ROWS);
        let mut server = Server::start(&data);
        let journal = kill_during(&mut server, rounds.delay(900), |client, began| {
            let importing = data
                .sheaf()
                .args(["import", "--name", &name])
                .arg(manifest.path())
                .stderr(Stdio::null())
                .spawn();
            let mut importing = importing.unwrap();
            let (mut last, mut began) = (0, Some(began));
            // What the server says is durable, until it is gone.
            while let Some(uploads) = client.get("/uploads?limit=1") {
                if uploads["items"][0]["name"] == *name {
                    last = uploads["items"][0]["counts"]["added"].as_u64().unwrap();
                }
                if last > 0 {
                    began.take().into_iter().for_each(|began| began.send(()).unwrap());
                }
            }
            importing.wait().unwrap();
            last
        });
        data.is_sound(&format!("import {round}"));
        let server = Server::start(&data);
        let there = server.client().count("") - u64::from(before);
        assert!(there >= journal && journal > 0, "{journal} rows were acknowledged, {there} are there");
        data.import(&name, manifest.path());
        let client = server.client();
        assert_eq!(client.count(""), u64::from(before + ROWS), "again adds the rest and nothing twice");
        assert_eq!(client.count("kind:k3"), u64::from((before + ROWS) / 5));
        drop(server);
    }
    data.is_sound("at the end");
}

#[test]
fn killed_updates_keep_what_was_acknowledged() {
    let data = Data::new();
    data.import("all", data.manifest(0, ASSETS).path());
    let mut rounds = Rounds(2);
    let mut single = BTreeMap::new();
    for round in 0..Rounds::number() {
        let mut server = Server::start(&data);
        let ids: Vec<String> = {
            let page = server.client().get("/assets?limit=500&sort=-ordinal").unwrap();
            let items = page["items"].as_array().unwrap();
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        // Rows that are scattered over the chunks.
        let mut file = String::new();
        for i in 0..ASSETS {
            let i = (u64::from(i) * 7_919 % u64::from(ASSETS)) as u32;
            writeln!(file, "{{\"ref\":\"r{i}\",\"metadata\":{{\"round\":{round}}}}}").unwrap();
        }
        let (journal, acknowledged) = kill_during(&mut server, rounds.delay(700), |client, began| {
            let begun =
                client.send("POST", "/metadata-updates", "application/jsonl", file.as_bytes()).unwrap();
            let path = format!("/metadata-updates/{}", begun["id"].as_str().unwrap());
            let (mut done, mut began, mut single) = (0, Some(began), BTreeMap::new());
            let mut next = ids.iter().cycle().zip(0..);
            while let Some(update) = client.get(&path) {
                done = update["done"].as_u64().unwrap();
                if done > 0 {
                    began.take().into_iter().for_each(|began| began.send(()).unwrap());
                }
                let (id, n) = next.next().unwrap();
                let value = format!("{round}.{n}");
                let patch = json!({ "metadata": { "single": value } });
                if client.json("PATCH", &format!("/assets/{id}"), &patch).is_none() {
                    break;
                }
                single.insert(id.clone(), value);
            }
            ((path, done), single)
        });
        single.extend(acknowledged.clone());
        data.is_sound(&format!("update {round}"));
        let server = Server::start(&data);
        let client = server.client();
        // Of several nodes the others wait a while before they say so.
        wait_until(|| client.get(&journal.0).unwrap()["state"] != "running");
        let found = client.get(&journal.0).unwrap();
        assert!(matches!(found["state"].as_str(), Some("interrupted" | "done")), "{found}");
        let done = found["done"].as_u64().unwrap();
        assert!(done >= journal.1, "{done} rows are counted, {} were acknowledged", journal.1);
        assert_eq!(client.count(&format!("round:{round}")), done, "rows and counts are written together");
        for (id, value) in &acknowledged {
            let asset = client.get(&format!("/assets/{id}")).unwrap();
            let now = asset["metadata"]["single"].as_str().unwrap();
            // The last one was perhaps written although its answer was lost.
            assert!(
                now == value || !acknowledged.values().any(|known| known == now),
                "{id}: {now}, not {value}"
            );
        }
        let again = client.send("POST", "/metadata-updates", "application/jsonl", file.as_bytes()).unwrap();
        let path = format!("/metadata-updates/{}", again["id"].as_str().unwrap());
        wait_until(|| client.get(&path).unwrap()["state"] == "done");
        let again = client.get(&path).unwrap();
        assert_eq!((&again["unchanged"], &again["refused"]), (&json!(done), &json!(0)), "{again}");
        assert_eq!(client.count(&format!("round:{round}")), u64::from(ASSETS));
    }
    assert!(!single.is_empty());
    data.is_sound("at the end");
}

#[test]
fn killed_batches_are_there_whole_or_not_at_all() {
    let data = Data::new();
    data.import("all", data.manifest(0, ASSETS).path());
    let mut rounds = Rounds(3);
    let mut journal: BTreeMap<String, u64> = BTreeMap::new();
    for round in 0..Rounds::number() {
        let mut server = Server::start(&data);
        let made = kill_during(&mut server, rounds.delay(400), |client, began| {
            let (mut made, mut began) = (BTreeMap::new(), Some(began));
            for n in 0.. {
                let (name, count) = (format!("batch {round}.{n}"), 1 + n * 977 % u64::from(ASSETS));
                let recipe = json!({ "query": "kind:k3", "pick": { "random": { "count": count } } });
                let body = json!({ "name": name, "recipe": recipe });
                let Some(batch) = client.json("POST", "/batches", &body) else { break };
                made.insert(name, batch["counts"]["members"].as_u64().unwrap());
                began.take().into_iter().for_each(|began| began.send(()).unwrap());
            }
            made
        });
        assert!(!made.is_empty());
        data.is_sound(&format!("batches {round}"));
        all_there(&Server::start(&data), &made);
        journal.extend(made);
    }
    all_there(&Server::start(&data), &journal);
}

/// Every batch that was acknowledged has the members that were.
fn all_there(server: &Server, journal: &BTreeMap<String, u64>) {
    let client = server.client();
    for (name, members) in journal {
        assert_eq!(client.count(&format!("batch:\"{name}\"")), *members, "{name}");
    }
}
