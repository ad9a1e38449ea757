//! Starting: a server process of its own on an empty folder and on the library, from the start of the process until it
//! is ready, with the memory that it then has and the first answers that it gives.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::world::World;
use super::{Report, Size, ms, resident_mib};
use crate::client::{Client, escaped};
use crate::commands::project::find;
use crate::running::announced;

/// How long a start may take.
const WITHIN: Duration = Duration::from_secs(120);

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let project = world.project("bench").await?;
    world.fill(project, size.assets)?;
    let dir = world.app.config().dir.clone();
    // Keeps a temporary folder and lets go of the data, which one process at a time may have.
    let _folder = world.close();
    let mut report = Report::new("start", size.assets);
    tokio::task::block_in_place(|| {
        let empty = tempfile::tempdir()?;
        let (server, _, time) = Server::start(empty.path())?;
        report.add("start to ready, empty", ms(time), "ms", None);
        if let Some(mib) = resident_mib(&server.0.id().to_string()) {
            report.add("memory when ready, empty", mib, "MiB", Some("<= 100"));
        }
        drop(server);

        let (server, client, time) = Server::start(&dir)?;
        let memory = || resident_mib(&server.0.id().to_string());
        report.add("start to ready, with the library", ms(time), "ms", Some("<= 2,000"));
        if let Some(mib) = memory() {
            report.add("memory when ready, with the library", mib, "MiB", None);
        }
        let project = find(&client, Some("bench"))?;
        let ask = |query: &str| -> anyhow::Result<f64> {
            let started = Instant::now();
            let path = format!("/api/projects/{}/assets?q={}&limit=1", project.id, escaped(query));
            let _: serde_json::Value = client.get(&path)?;
            Ok(ms(started.elapsed()))
        };
        report.add(
            "first answer over HTTP: two predicates, all cold",
            ask("weather:rain hour<6")?,
            "ms",
            None,
        );
        report.add("the same once more", ask("weather:rain hour<6")?, "ms", None);
        if let Some(mib) = memory() {
            report.add("memory after them", mib, "MiB", None);
        }
        anyhow::Ok(())
    })?;
    Ok(report)
}

/// A server process; killed at the end.
struct Server(Child);

impl Server {
    /// Starts it and waits until it says that it is ready.
    fn start(dir: &Path) -> anyhow::Result<(Self, Client, Duration)> {
        let address = dir.join("server.json");
        if address.exists() {
            std::fs::remove_file(&address)?;
        }
        let started = Instant::now();
        let child = Command::new(std::env::current_exe()?)
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
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is being thrown away; one that has ended by itself needs no killing.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
