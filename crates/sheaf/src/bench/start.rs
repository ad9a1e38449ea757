//! Starting: a server process of its own on an empty folder and on the library, from the start of the process until it
//! is ready, with the memory that it then has and the first answers that it gives.

use std::time::Instant;

use super::server::Server;
use super::world::World;
use super::{Report, Size, ms};
use crate::client::escaped;
use crate::commands::project::find;

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
        let (server, _, time) = Server::start(empty.path(), None)?;
        report.add("start to ready, empty", ms(time), "ms", None);
        if let Some(mib) = server.memory_mib() {
            report.add("memory when ready, empty", mib, "MiB", Some("<= 100"));
        }
        drop(server);

        let (server, client, time) = Server::start(&dir, size.database.as_deref())?;
        let memory = || server.memory_mib();
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
