//! A PostgreSQL of one test alone, which the test may kill: `scripts/postgres.sh`.

use std::path::Path;
use std::process::Command;

use crate::{Authority, Signed};

/// A server in a folder of its own; gone when it is dropped. What it acknowledges is flushed to the disk.
pub struct PrivateServer {
    dir: tempfile::TempDir,
    url: String,
}

impl PrivateServer {
    #[expect(clippy::new_without_default, reason = "it starts a server")]
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = script("start", dir.path());
        Self { dir, url }
    }

    /// One that speaks TLS too, and asks people as the lines say that come first in its `pg_hba.conf`.
    pub fn with_tls(authority: &Authority, server: &Signed, lines: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (file, name) in
            [(&authority.file(), "ca.crt"), (&server.certificate, "server.crt"), (&server.key, "server.key")]
        {
            std::fs::copy(file, dir.path().join(name)).unwrap();
        }
        std::fs::write(dir.path().join("pg_hba.conf"), lines).unwrap();
        let url = script("start", dir.path());
        Self { dir, url }
    }

    /// The address of a database that is always there.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// SIGKILL, to the server and all its processes.
    pub fn kill(&self) {
        script("kill", self.dir.path());
    }

    /// Ends without finishing anything, as when the machine is shut down in a hurry.
    pub fn stop_at_once(&self) {
        script("immediate", self.dir.path());
    }

    /// Starts again, on the same data and at the same address; it takes connections when this returns.
    pub fn start_again(&self) {
        script("again", self.dir.path());
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        script("stop", self.dir.path());
    }
}

fn script(action: &str, dir: &Path) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
    let done = Command::new(path).arg(action).arg(dir).output().unwrap();
    assert!(done.status.success(), "{action}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}
