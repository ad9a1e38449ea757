//! A server in a process of its own, for what is measured from outside.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::resident_mib;
use crate::client::Client;
use crate::running::announced;

/// How long a start may take.
const WITHIN: Duration = Duration::from_secs(120);

/// A server process; killed at the end.
pub(super) struct Server(Child);

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub(super) fn start(dir: &Path, database: Option<&str>) -> anyhow::Result<(Self, Client, Duration)> {
        let address = dir.join("server.json");
        if address.exists() {
            std::fs::remove_file(&address)?;
        }
        let started = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        if let Some(url) = database {
            command.env("SHEAF_DATABASE", url);
        }
        let child = command
            .args(["serve", "--port", "0", "--data"])
            .arg(dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start a server")?;
        let server = Self(child);
        loop {
            if let Some((url, key)) = announced(dir) {
                let client = Client::new(&url, &key);
                if client.check().is_ok() {
                    return Ok((server, client, started.elapsed()));
                }
            }
            anyhow::ensure!(started.elapsed() < WITHIN, "the server was not ready within {WITHIN:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Memory that it has in RAM, in MiB; nothing where the system does not say.
    pub(super) fn memory_mib(&self) -> Option<f64> {
        resident_mib(&self.0.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is being thrown away; one that has ended by itself needs no killing.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
