//! Webhooks of a server process that is killed (SIGKILL) between a commit and its delivery, again and again: everything
//! that was acknowledged is delivered. And webhooks on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_app::Actor;
use sheaf_app::projects::{self, NewProject};
use sheaf_model::{Media, ProjectId, UserId};
use sheaf_testing::Home;
use ureq::Agent;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use common::sheaf;
use open::open;

const ROUNDS: u32 = 6;
/// How long anything may take.
const WITHIN: Duration = Duration::from_secs(120);

const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"a"},{"value":"b"}]}]}"#;

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A data folder with one project of one asset.
fn prepare(data: &Home) -> ProjectId {
    let app = open(data);
    let new = NewProject {
        name: "Only".into(),
        media: Media::Text,
        taxonomy: Some(serde_json::from_str(TAXONOMY).unwrap()),
        instructions: String::new(),
        attribution: None,
    };
    let admin = Actor { user: UserId(1), is_admin: true };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let project = runtime.block_on(projects::create(&app, &admin, new)).unwrap().project.id;
    drop(app);
    let csv = data.path().join("one.csv");
    std::fs::write(&csv, "text,n\none thing,1\n").unwrap();
    said(&sheaf(data).arg("import").arg(&csv).output().unwrap());
    project
}

/// A server process that is killed when the test ends.
struct Server {
    child: Child,
    base: String,
    authorization: String,
    agent: Agent,
}

impl Server {
    /// `proxy` is in its environment.
    fn start(data: &Home, proxy: &str, args: &[&str]) -> Self {
        let mut command = sheaf(data);
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
            command.env(name, proxy);
        }
        let started = command.args(["serve", "--port", "0"]).args(args).stderr(Stdio::piped()).spawn();
        let mut child = started.unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(" at http://") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let base = line.rsplit(" at ").next().unwrap().trim().to_owned();
        let key = std::fs::read_to_string(data.path().join("local.key")).unwrap();
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
        Self { child, base, authorization: format!("Bearer {}", key.trim()), agent }
    }

    /// `None` when the server is gone.
    fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let request = self.agent.post(format!("{}{path}", self.base));
        let sent = request.header("Authorization", &self.authorization).send_json(body);
        let mut answer = sent.ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        assert!(answer.status().is_success(), "{path}: {text}");
        serde_json::from_str(&text).ok()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

struct Message {
    id: String,
    headers: HeaderMap,
    body: String,
}

/// Takes messages. Answers only while it is awake.
struct Receiver {
    url: String,
    awake: Arc<AtomicBool>,
    connections: Arc<AtomicU64>,
    messages: mpsc::Receiver<Message>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (awake, connections) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let (tell, messages) = mpsc::channel();
        let (is_awake, counted) = (awake.clone(), connections.clone());
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                if !is_awake.load(Ordering::SeqCst) {
                    // It is never answered: nothing of this attempt was delivered.
                    held.push(stream);
                    continue;
                }
                let Some(message) = read(&stream) else { continue };
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
                drop(tell.send(message));
            }
        });
        Self { url, awake, connections, messages }
    }
}

fn read(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.insert(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let length = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let id = headers.get("webhook-id")?.to_str().ok()?.to_owned();
    Some(Message { id, headers, body: String::from_utf8(body).ok()? })
}

#[test]
fn what_was_acknowledged_is_delivered_after_a_kill() {
    let data = &Home::new();
    let project = prepare(data);
    let (receiver, proxy) = (Receiver::start(), Receiver::start());
    let private = ["--allow-private-webhooks"];
    let mut server = Server::start(data, &proxy.url, &private);
    let hooks = format!("/api/projects/{project}/webhooks");
    let body = json!({ "url": receiver.url, "events": ["batch.launched"] });
    let secret = server.post(&hooks, &body).unwrap()["secret"].as_str().unwrap().to_owned();
    let verifier = standardwebhooks::Webhook::new(&secret).unwrap();

    let (mut owed, mut ids) = (BTreeSet::new(), BTreeMap::<String, String>::new());
    for round in 0..ROUNDS {
        // Nothing comes through until the server has been killed, in the middle of commits or while it is sending.
        receiver.awake.store(false, Ordering::SeqCst);
        let connections = receiver.connections.load(Ordering::SeqCst);
        let (began, wait) = (Instant::now(), Duration::from_millis(u64::from(round * round) * 15));
        let mut n = 0;
        while n < 3 || began.elapsed() < wait {
            let batch = json!({ "name": format!("b {round}.{n}"), "launch": true,
                                "recipe": { "pick": "all", "exclude": { "batched": "none" } } });
            let made = server.post(&format!("/api/projects/{project}/batches"), &batch).unwrap();
            owed.insert(made["id"].as_str().unwrap().to_owned());
            n += 1;
        }
        if round % 2 == 1 {
            while receiver.connections.load(Ordering::SeqCst) == connections {
                assert!(began.elapsed() < WITHIN, "nothing is sent");
                std::thread::yield_now();
            }
        }
        server.kill();
        if let Some(url) = data.database() {
            // Among nodes the lock of one that is gone ends by itself, half a minute later.
            sheaf_testing::run(
                url,
                "UPDATE webhook_outbox SET locked_until_ms = 0 WHERE locked_until_ms > 0",
            );
        }
        receiver.awake.store(true, Ordering::SeqCst);
        server = Server::start(data, &proxy.url, &private);
        while !owed.iter().all(|batch| ids.contains_key(batch)) {
            let message = receiver.messages.recv_timeout(WITHIN).expect("everything is delivered");
            verifier.verify(message.body.as_bytes(), &message.headers).expect("a good signature");
            let body: Value = serde_json::from_str(&message.body).unwrap();
            let batch = body["data"]["batch"]["id"].as_str().unwrap().to_owned();
            assert!(owed.contains(&batch), "round {round}: {body}");
            assert_eq!(ids.entry(batch).or_insert(message.id.clone()), &message.id, "an event has one id");
        }
    }
    assert_eq!(ids.len(), owed.len());
    assert_eq!(proxy.connections.load(Ordering::SeqCst), 0, "a proxy of the environment is not used");
}

#[test]
fn webhooks_on_the_command_line() {
    let data = &Home::new();
    prepare(data);
    let receiver = Receiver::start();
    let run = |args: &[&str]| sheaf(data).arg("webhook").args(args).output().unwrap();
    // Without a server that may call private addresses, there is no webhook to one.
    let refused = run(&["create", &receiver.url]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("--allow-private-webhooks"), "{why}");
    let made = said(&run(&["create", "https://hooks.example/in", "--event", "task.done,batch.launched"]));
    let mut lines = made.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with("whk_"), "{made}");
    assert!(
        first.ends_with("\tactive\t0 waiting\tbatch.launched,task.done\thttps://hooks.example/in"),
        "{made}"
    );
    assert!(lines.next().unwrap().starts_with("whsec_"), "{made}");
    assert_eq!(said(&run(&["list"])).trim(), first);
    said(&run(&["delete", "https://hooks.example/in"]));
    assert_eq!(said(&run(&["list"])), "");

    let server = Server::start(data, "", &["--allow-private-webhooks"]);
    said(&run(&["create", &receiver.url]));
    let pinged = said(&run(&["test", &format!("{}/", receiver.url)]));
    assert!(
        pinged.starts_with("whd_") && pinged.ends_with("\tping\tdelivered\t1 attempts\t200\n"),
        "{pinged}"
    );
    assert_eq!(receiver.messages.recv_timeout(WITHIN).unwrap().id, pinged.split('\t').next().unwrap());
    let unknown = run(&["test", "https://nobody.example/"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no webhook"), "{unknown:?}");
    assert_eq!(said(&run(&["deliveries", &format!("{}/", receiver.url)])), pinged);
    drop(receiver);
    drop(server);
}
