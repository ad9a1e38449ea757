//! Where the data of a test is. The same tests run on SQLite and, when `SHEAF_TEST_POSTGRES` has the address of a server, on
//! PostgreSQL, each in a database of its own.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// Whether statements may be sent that nobody waits for: on a server, when no pooler stands before it.
pub fn sends_ahead() -> bool {
    server().is_some_and(|url| !url.contains("pooled=yes"))
}

impl Home {
    /// On the database that the run is for.
    #[expect(clippy::new_without_default, reason = "it makes a folder and a database")]
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), database: server().map(OwnDatabase::new) }
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

    /// Whether a process has it open.
    pub fn is_open(&self) -> bool {
        let Some(database) = &self.database else {
            return std::fs::File::open(self.path().join("sheaf.lock"))
                .is_ok_and(|lock| lock.try_lock().is_err());
        };
        let name = &database.name;
        let sql = format!("SELECT 1 / (SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}')");
        try_run(&database.server, &sql).is_ok()
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
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        let (path, query) =
            server.split_once('?').map_or((server.as_str(), ""), |(path, query)| (path, query));
        let (head, _) = path.rsplit_once('/').unwrap();
        let url = format!("{head}/{name}?{query}");
        Self { server, name, url }
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
    try_run(url, sql).unwrap();
}

fn try_run(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // `pooled=yes` is Sheaf's.
            let url = url.split('?').next().unwrap_or_default();
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(&sql).await
        })
    });
    done.join().unwrap()
}
