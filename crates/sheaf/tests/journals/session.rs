//! What one browser tab or script does, and its journal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use sheaf_model::{SubmissionId, TaskId, UserId};
use ureq::Agent;

use super::pause::Gate;
use super::world::World;
use sheaf_testing::pass;

/// How long a client waits before it asks another node.
const RETRY: Duration = Duration::from_millis(20);

/// Random numbers that are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    pub fn uuid(&mut self) -> SubmissionId {
        let mut out = [0; 16];
        out.iter_mut().for_each(|byte| *byte = self.below(256) as u8);
        SubmissionId(out)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// No answer came, or none that decides: it is sent again.
    Nothing,
    Yes,
    No,
}

/// One thing that a session sent.
pub struct Entry {
    pub id: SubmissionId,
    pub task: TaskId,
    pub person: UserId,
    pub path: String,
    body: Value,
    pub told: Told,
}

pub struct Session<'a> {
    world: &'a World,
    gate: &'a Gate,
    person: usize,
    agent: Agent,
    random: Random,
    /// The node that it talks to; another one when that gives no answer.
    node: usize,
    pub journal: Vec<Entry>,
}

impl<'a> Session<'a> {
    pub fn new(world: &'a World, gate: &'a Gate, person: usize, seed: u64) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        let node = seed as usize % world.nodes.len();
        Self { world, gate, person, agent, random: Random(seed), node, journal: Vec::new() }
    }

    /// Where the batch's tasks stand.
    pub fn counts(&mut self) -> Value {
        let World { project, batch, .. } = self.world;
        loop {
            self.move_on();
            pass(RETRY);
            let url = format!("{}/api/projects/{project}/batches/{batch}", self.address());
            let asked = self.agent.get(&url).header("Authorization", self.bearer()).call();
            let text = asked.ok().and_then(|mut answer| answer.body_mut().read_to_string().ok());
            let said: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
            if let Some(counts) = said.and_then(|mut said| said.get_mut("counts").map(Value::take)) {
                return counts;
            }
        }
    }

    /// Has the batch paused or resumed; until it is.
    pub fn act(&mut self, what: &str) {
        let World { project, batch, .. } = self.world;
        loop {
            self.move_on();
            let url = format!("{}/api/projects/{project}/batches/{batch}/{what}", self.address());
            let asked = self.agent.post(&url).header("Authorization", self.bearer()).send_empty();
            match asked.ok().map(|answer| answer.status().as_u16()) {
                // 409: a try whose answer was lost has done it.
                Some(200 | 409) => return,
                Some(429 | 500..) | None => pass(RETRY),
                Some(status) => panic!("{what}: {status}"),
            }
        }
    }

    /// Adds a part of the library to the batch; until it is there.
    pub fn append(&mut self, part: u32) {
        let World { project, batch, .. } = self.world;
        let recipe = json!({ "recipe": { "query": format!("part:{part}") } }).to_string();
        loop {
            self.move_on();
            let url = format!("{}/api/projects/{project}/batches/{batch}/append", self.address());
            let asked = self.agent.post(&url).header("Authorization", self.bearer());
            let asked = asked.header("Content-Type", "application/json").send(&recipe);
            match asked.ok().map(|mut answer| (answer.status().as_u16(), answer.body_mut().read_to_string()))
            {
                Some((200, _)) => return,
                Some((429 | 500.., _)) | None => pass(RETRY),
                Some((status, said)) => panic!("append: {status} {said:?}"),
            }
        }
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.world.nodes[self.node].port)
    }

    /// Goes to another node.
    fn move_on(&mut self) {
        self.node = (self.node + 1) % self.world.nodes.len();
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.world.keys[self.person])
    }

    /// The status and what was said; none when the server is gone.
    fn post(&mut self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let said = self.try_post(path, body);
        if !matches!(said, Some((..500, _))) {
            self.move_on();
            pass(RETRY);
        }
        said
    }

    fn try_post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let url = format!("{}/api/queue/{path}", self.address());
        let request = ureq::http::Request::builder().method("POST").uri(url);
        let request = request.header("Authorization", self.bearer());
        let request = request.header("Content-Type", "application/json").body(body.to_string()).unwrap();
        let mut answer = self.agent.run(request).ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }

    fn send(&mut self, at: usize) {
        let entry = &self.journal[at];
        let (path, body) = (entry.path.clone(), entry.body.clone());
        let told = match self.post(&path, &body) {
            Some((200, _)) => Told::Yes,
            Some((409 | 404, _)) => Told::No,
            Some((429 | 500.., _)) | None => Told::Nothing,
            Some((status, said)) => panic!("{path} {body}: {status} {said}"),
        };
        self.journal[at].told = told;
    }

    /// Sends a thing, after writing it down.
    fn write(&mut self, task: TaskId, path: String, body: Value, id: SubmissionId) {
        let person = UserId(100 + self.person as i64);
        self.journal.push(Entry { id, task, person, path, body, told: Told::Nothing });
        self.send(self.journal.len() - 1);
    }

    /// Works until it is told to stop, and then until all that it sent is decided.
    pub fn work(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            for at in 0..self.journal.len() {
                if self.journal[at].told == Told::Nothing {
                    self.send(at);
                }
            }
            let count = 1 + self.random.below(3);
            let claim = json!({ "claim_id": self.random.uuid().to_string(), "count": count });
            let phase = self.gate.phase();
            let Some((200, claimed)) = self.post("claim", &claim) else {
                std::thread::yield_now();
                continue;
            };
            let tasks = claimed["tasks"].as_array().unwrap();
            let leases = tasks.iter().map(|task| task["lease_id"].as_str().unwrap());
            self.gate.saw(self.person, phase, leases);
            if !tasks.is_empty() {
                self.world.pulse.beat();
            }
            for task in tasks {
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
