//! Where the data of a test is. The same tests run on SQLite and, when `SHEAF_TEST_POSTGRES` has the address of a server, on
//! PostgreSQL, each in a database of its own; with blobs in the folder and, when `SHEAF_TEST_S3` has the address of a server
//! that speaks S3, in a bucket there, each under a prefix of its own.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod authority;
mod link;
mod private;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::SimpleQueryMessage;

pub use authority::{Authority, Signed};
pub use link::{Link, Mode, pass};
pub use private::PrivateServer;

/// The bucket that `scripts/s3.sh` makes.
const BUCKET: &str = "sheaf";

/// A folder for one instance, and its database; both are gone when it is dropped.
pub struct Home {
    dir: tempfile::TempDir,
    database: Option<OwnDatabase>,
}

struct OwnDatabase {
    server: String,
    name: String,
    url: String,
}

/// The server that tests run on; none: they run on SQLite.
#[expect(clippy::disallowed_methods, reason = "how a run says which database it is for")]
pub fn server() -> Option<String> {
    std::env::var("SHEAF_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// The S3 server that blobs lie in; none: they lie in the folder.
#[expect(clippy::disallowed_methods, reason = "how a run says where blobs are")]
pub fn s3() -> Option<String> {
    std::env::var("SHEAF_TEST_S3").ok().filter(|url| !url.is_empty())
}

/// What the environment of a server says to reach the S3 server at `endpoint`.
pub fn s3_settings(endpoint: &str) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Whether statements may be sent that nobody waits for: on a server, when no pooler stands before it.
pub fn sends_ahead() -> bool {
    server().is_some_and(|url| !is_pooled(&url))
}

fn is_pooled(server: &str) -> bool {
    server.contains("pooled=yes")
}

impl Home {
    /// On the database that the run is for.
    #[expect(clippy::new_without_default, reason = "it makes a folder and a database")]
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), database: server().map(OwnDatabase::new) }
    }

    /// On a server of its own.
    pub fn on(server: &PrivateServer) -> Self {
        let database = Some(OwnDatabase::new(server.url().to_owned()));
        Self { dir: tempfile::tempdir().unwrap(), database }
    }

    /// On SQLite, whatever the run is for: for what is about its file.
    pub fn sqlite() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), database: None }
    }

    /// A copy of its database, without the files. Nobody may have it open.
    pub fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = self.database.as_ref().map(|it| OwnDatabase::like(it.server.clone(), &it.name));
        if database.is_none() {
            std::fs::copy(self.path().join("sheaf.db"), dir.path().join("sheaf.db")).unwrap();
        }
        Self { dir, database }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The address of its blobs and the settings of their store; none: they lie in the folder.
    pub fn blobs(&self) -> Option<(String, Vec<(String, String)>)> {
        s3().map(|endpoint| self.blobs_at(&endpoint))
    }

    /// [`Home::blobs`] by another way to the server.
    pub fn blobs_at(&self, endpoint: &str) -> (String, Vec<(String, String)>) {
        let name = self.path().file_name().unwrap_or_default().to_string_lossy();
        (format!("s3://{BUCKET}/{}", name.trim_start_matches('.')), s3_settings(endpoint))
    }

    /// Whether a process has it open.
    pub fn is_open(&self) -> bool {
        let Some(database) = &self.database else {
            return std::fs::File::open(self.path().join("sheaf.lock"))
                .is_ok_and(|lock| lock.try_lock().is_err());
        };
        database.is_open()
    }

    /// The address of its database; none: SQLite in the folder.
    pub fn database(&self) -> Option<&str> {
        self.database.as_ref().map(|it| it.url.as_str())
    }
}

impl OwnDatabase {
    fn new(server: String) -> Self {
        Self::like(server, "template1")
    }

    fn like(server: String, template: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{n}", std::process::id());
        run(&server, &format!("DROP DATABASE IF EXISTS {name}"));
        if is_pooled(&server) {
            // The pooler keeps connections for whoever comes next.
            let of_it = format!("FROM pg_stat_activity WHERE datname = '{template}'");
            run(&server, &format!("SELECT pg_terminate_backend(pid) {of_it}"));
        }
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        let (path, query) =
            server.split_once('?').map_or((server.as_str(), ""), |(path, query)| (path, query));
        let (head, _) = path.rsplit_once('/').unwrap();
        let url = format!("{head}/{name}?{query}");
        Self { server, name, url }
    }

    fn is_open(&self) -> bool {
        if is_pooled(&self.server) {
            let (head, _) = self.server.split_once('?').unwrap();
            let (head, _) = head.rsplit_once('/').unwrap();
            let clients = ask(&format!("{head}/pgbouncer"), "SHOW CLIENTS").unwrap();
            return clients.iter().any(|row| row.get("database") == Some(&self.name));
        }
        let of_it = format!("FROM pg_stat_activity WHERE datname = '{}'", self.name);
        !ask(&self.server, &format!("SELECT pid {of_it}")).unwrap().is_empty()
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        run(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// A statement with the literals of bytes as the database of the run writes them: `x'00'`.
pub fn with_bytes(sql: &str) -> String {
    if server().is_none() {
        return sql.to_owned();
    }
    let mut parts = sql.split("x'");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_once('\'').unwrap();
        out.push_str(&format!("'\\x{hex}'::bytea{rest}"));
    }
    out
}

/// Runs a statement, on a thread of its own: the test may be in a runtime.
pub fn run(url: &str, sql: &str) {
    ask(url, sql).unwrap();
}

/// The rows that a statement answers, on a thread of its own.
pub fn ask(url: &str, sql: &str) -> Result<Vec<Answer>, tokio_postgres::Error> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // `pooled=yes` is Sheaf's.
            let url = url.split('?').next().unwrap_or_default();
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            let said = client.simple_query(&sql).await?;
            Ok(said.iter().filter_map(answer).collect())
        })
    });
    done.join().unwrap()
}

/// Asks for what is at an `http://` address, without any of our own code: status, headers by their small names, body.
pub fn http_get(url: &str) -> (u16, HashMap<String, String>, Vec<u8>) {
    http("GET", url, "", &[])
}

/// Puts something at an `http://` address of the S3 server, as somebody whose signature it does not look at; the status.
pub fn s3_put(url: &str, body: &[u8]) -> u16 {
    let credential = "Credential=test/20260101/us-east-1/s3/aws4_request";
    let header = format!("Authorization: AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0\r\n");
    http("PUT", url, &header, body).0
}

fn http(method: &str, url: &str, header: &str, body: &[u8]) -> (u16, HashMap<String, String>, Vec<u8>) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let plain = |byte: u8| {
        if byte.is_ascii_graphic() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    let path: String = path.bytes().map(plain).collect();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "{method} /{path} HTTP/1.0\r\nHost: {host}\r\n{header}Content-Length: {length}\r\n\r\n")
        .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    (status, headers, answer[end + 4..].to_vec())
}

/// A transaction that is open until this is dropped, and undone then.
pub struct Held {
    _drop: std::sync::mpsc::Sender<()>,
}

/// Runs a statement in a transaction that stays open.
pub fn hold(url: &str, sql: &str) -> Held {
    let (url, sql) = (url.to_owned(), format!("BEGIN; {sql}"));
    let (keep, dropped) = std::sync::mpsc::channel::<()>();
    let (tell, begun) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (client, connection) =
            runtime.block_on(tokio_postgres::connect(&url, tokio_postgres::NoTls)).unwrap();
        runtime.spawn(connection);
        runtime.block_on(client.batch_execute(&sql)).unwrap();
        tell.send(()).unwrap();
        // Ends when the other end is gone; nothing is ever sent.
        dropped.recv().unwrap_err();
    });
    begun.recv().unwrap();
    Held { _drop: keep }
}

/// One row of an answer: its columns by name, as text.
pub type Answer = std::collections::BTreeMap<String, String>;

fn answer(message: &SimpleQueryMessage) -> Option<Answer> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    let column = |(at, column): (usize, &tokio_postgres::SimpleColumn)| {
        (column.name().to_owned(), row.get(at).unwrap_or_default().to_owned())
    };
    Some(row.columns().iter().enumerate().map(column).collect())
}
