//! The queue over HTTP: a server process, and in this one people who claim and submit, each on a connection of their own. First as
//! fast as they are served, then at a pace: there a request's time counts from when it was due, so that a server that
//! stops for a moment is not measured only by those who were being served.

use std::time::Duration;

use sheaf_app::keys;
use sheaf_app::sessions::{Credential, Identity};
use sheaf_model::ProjectId;

use super::super::Report;
use super::super::server::Server;
use super::super::world::World;
use super::load::Load;
use super::{QueueSize, add_times};

/// Seconds of the paced run.
const PACED_SECS: u32 = 20;

pub(super) async fn run(
    world: World,
    project: ProjectId,
    queue: &QueueSize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut keys = Vec::new();
    for n in 0..queue.annotators {
        keys.push(key(&world, project, n).await?);
    }
    let dir = world.app.config().dir.clone();
    // Lets go of the data, which one process at a time may have.
    let _folder = world.close();
    tokio::task::block_in_place(|| {
        let (server, operator, _) = Server::start(&dir, queue.size.database.as_deref())?;
        let (mut others, mut nodes) = (Vec::new(), vec![operator.base().to_owned()]);
        for _ in 1..queue.nodes {
            let own = tempfile::tempdir()?;
            let (server, operator, _) = Server::start(own.path(), queue.size.database.as_deref())?;
            nodes.push(operator.base().to_owned());
            others.push((server, own));
        }
        let load = Load { nodes: &nodes, keys: &keys, project };
        let (times, secs) = load.run(queue.pairs.min(queue.size.assets / 4), None)?;
        report.plot("claim, as fast as they are served", &times.claims);
        report.plot("submit, as fast as they are served", &times.submits);
        let rate = times.submits.len() as f64 / secs;
        report.add("claim + submit over HTTP", rate, "pairs/s", Some(">= 2,500"));
        add_times(report, ["claim over HTTP p50", "claim over HTTP p99"], times.claims, None);
        add_times(report, ["submit over HTTP p50", "submit over HTTP p99"], times.submits, None);

        let pairs = (queue.pace * PACED_SECS).min(queue.size.assets / 4);
        let (times, secs) = load.run(pairs, Some(Duration::from_secs(1) / queue.pace))?;
        report.plot("claim, paced", &times.claims);
        report.plot("submit, paced", &times.submits);
        report.add("claim + submit over HTTP, paced", times.submits.len() as f64 / secs, "pairs/s", None);
        add_times(report, ["claim paced p50", "claim paced p99"], times.claims, Some("<= 20"));
        add_times(report, ["submit paced p50", "submit paced p99"], times.submits, Some("<= 20"));
        if let Some(mib) = server.memory_mib() {
            report.add("memory of the server after it", mib, "MiB", None);
        }
        anyhow::Ok(())
    })
}

/// A person who may label, and a key of theirs.
async fn key(world: &World, project: ProjectId, n: u32) -> anyhow::Result<String> {
    let actor = world.annotator(project, n).await?;
    let name = format!("annotator-{n}");
    // Keys are made by people who are logged in; of a log-in only its kind is looked at here.
    let me = Identity { actor, email: String::new(), name: name.clone(), credential: Credential::Operator };
    for old in keys::list(&world.app, &me.actor).await? {
        if old.revoked.is_none() {
            keys::revoke(&world.app, &me.actor, old.id).await?;
        }
    }
    Ok(keys::create(&world.app, &me, &name).await?.secret)
}
