//! A server that is asked to stop: it says that it is not ready, lets what has begun come to its end, sends those who watch to
//! another one, and leaves its jobs so that another node goes on with them at once.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_model::Media;
use sheaf_testing::Home;

use crate::project::project;
use crate::serving::serve;
use crate::{is_sound, open, sheaf};

const WITHIN: Duration = Duration::from_secs(60);
/// Long enough to be interrupted.
const ROWS: u32 = 200_000;

fn terminate(child: &Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

/// Waits for something that comes soon.
#[track_caller]
fn soon(what: &str, mut there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < WITHIN, "{what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

struct Server {
    child: Child,
    host: String,
    key: String,
}

impl Server {
    fn start(home: &Home, delay: &str) -> Self {
        let mut command = sheaf(home);
        command.env("SHEAF_DRAIN_DELAY", delay).env("SHEAF_STOP_WITHIN", "30");
        command.env("SHEAF_METRICS_KEY", "0123456789abcdef");
        let (child, url, key) = serve(command, home.path());
        Self { child, host: url.trim_start_matches("http://").to_owned(), key }
    }

    /// Sends the beginning of a request, or all of it.
    fn send(&self, head: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(WITHIN)).unwrap();
        let (host, key) = (&self.host, &self.key);
        let head = format!("{head} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut answer = String::new();
        self.send(&format!("GET {path}"), "connection: close\r\n\r\n").read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_server_that_is_stopped_lets_what_has_begun_end() {
    let home = Home::new();
    let id = project(&open(&home), Media::Text);
    let mut server = Server::start(&home, "3");
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));

    let mut events = server.send(&format!("GET /api/projects/{id}/events"), "\r\n");
    let watched = std::thread::spawn(move || {
        let mut all = String::new();
        events.read_to_string(&mut all).unwrap();
        all
    });
    soon("nobody watches", || {
        let mut answer = String::new();
        let mut asked = TcpStream::connect(&server.host).unwrap();
        let head = format!(
            "GET /metrics HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer 0123456789abcdef\r\n",
            server.host
        );
        asked.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).unwrap();
        asked.read_to_string(&mut answer).unwrap();
        answer.contains("\nsheaf_live_streams 1\n")
    });
    // The half of a request.
    let body = r#"{"name":"late","media":"text"}"#;
    let head = format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut late = server.send("POST /api/projects", &format!("{head}{}", &body[..10]));

    terminate(&server.child);
    soon("it is still ready", || server.get("/readyz").starts_with("HTTP/1.1 503"));
    // Whoever has not noticed yet is answered, and told to go elsewhere.
    // (It would keep this connection, and this would wait for more.)
    let mut answer = String::new();
    server.send("GET /api/projects", "\r\n").read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    soon("it still listens", || TcpStream::connect(&server.host).is_err());
    let seen = watched.join().unwrap();
    assert!(seen.contains("retry: 500\n"), "{seen}");

    assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request");
    late.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    late.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(server.child.wait().unwrap().success());
    assert!(crate::projects(&home).contains(&"late".to_owned()), "what was acknowledged is there");
}

#[test]
fn a_request_that_never_ends_does_not_keep_the_server() {
    let home = Home::new();
    project(&open(&home), Media::Text);
    let mut command = sheaf(&home);
    command.env("SHEAF_STOP_WITHIN", "1");
    let (child, url, key) = serve(command, home.path());
    let mut server = Server { child, host: url.trim_start_matches("http://").to_owned(), key };
    let _open =
        server.send("POST /api/projects", "content-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    // It was begun when an answer to a later one has come.
    server.get("/healthz");
    terminate(&server.child);
    soon("it does not stop", || server.child.try_wait().unwrap().is_some());
}

#[test]
fn a_manifest_is_left_to_whoever_takes_it_next() {
    let home = Home::new();
    let (first_app, id) = {
        let app = open(&home);
        let id = project(&app, Media::Text);
        (home.database().is_some().then_some(app), id)
    };
    let mut text = String::from("text,n\n");
    for i in 0..ROWS {
        writeln!(text, "text number {i},{i}").unwrap();
    }
    let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(manifest.path(), text).unwrap();
    let mut server = Server::start(&home, "0");
    let n_assets = |server: &Server| {
        let answer = server.get(&format!("/api/projects/{id}"));
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let project: Value = serde_json::from_str(body).unwrap_or_default();
        project["n_assets"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    };
    let mut import = sheaf(&home)
        .args([
            "import",
            "--project",
            "Only",
            "--server",
            &format!("http://{}", server.host),
            "--key",
            &server.key,
        ])
        .arg(manifest.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    soon("it does not begin", || n_assets(&server) > 0);
    terminate(&server.child);
    assert!(server.child.wait().unwrap().success());
    import.wait().unwrap();
    if let Some(app) = &first_app {
        let there = app.store().read_blocking(|tx| tx.project(id)).unwrap().unwrap().n_assets;
        assert!(there < ROWS, "it was stopped in the middle");
        // Nobody has to wait until its node counts as gone.
        let left = app.store().read_blocking(|tx| tx.jobs_left()).unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
    }
    let mut next = Server::start(&home, "0");
    soon("nobody goes on", || n_assets(&next) == u64::from(ROWS));
    terminate(&next.child);
    assert!(next.child.wait().unwrap().success());
    drop(first_app);
    is_sound(&home);
}
