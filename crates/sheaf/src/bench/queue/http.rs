//! The queue over HTTP: a server process, and in this one people who claim and submit, each on a connection of their own. First as
//! fast as they are served, then at a pace: there a request's time counts from when it was due, so that a server that
//! stops for a moment is not measured only by those who were being served.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use sheaf_app::sessions::{Credential, Identity};
use sheaf_app::{ids, keys};
use sheaf_model::{ProjectId, SubmissionId};

use super::super::server::Server;
use super::super::world::World;
use super::super::{Report, ms};
use super::{ANSWER, QueueSize, Times, add_times, submission_id};
use crate::client::Client;

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
        let (server, operator, _) = Server::start(&dir)?;
        let people: Vec<_> = keys.iter().map(|key| operator.with_key(key)).collect();
        let free = |_: u32| None;
        let (times, secs) = all(&people, &project, queue.pairs.min(queue.size.assets / 4), &free)?;
        report.plot("claim, as fast as they are served", &times.claims);
        report.plot("submit, as fast as they are served", &times.submits);
        let rate = times.submits.len() as f64 / secs;
        report.add("claim + submit over HTTP", rate, "pairs/s", Some(">= 2,500"));
        add_times(report, ["claim over HTTP p50", "claim over HTTP p99"], times.claims, None);
        add_times(report, ["submit over HTTP p50", "submit over HTTP p99"], times.submits, None);

        let pairs = (queue.pace * PACED_SECS).min(queue.size.assets / 4);
        let due = |pair: u32| Some(Duration::from_secs_f64(f64::from(pair) / f64::from(queue.pace)));
        let (times, secs) = all(&people, &project, pairs, &due)?;
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

/// Has everybody work until `pairs` were taken; when the n-th is due, counted from the start, says `due`.
fn all(
    people: &[Client],
    project: &ProjectId,
    pairs: u32,
    due: &(dyn Fn(u32) -> Option<Duration> + Sync),
) -> anyhow::Result<(Times, f64)> {
    let (taken, started) = (AtomicU32::new(0), Instant::now());
    let mut times = Times::default();
    std::thread::scope(|scope| {
        let work = |client| one(client, project, pairs, due, &taken, started);
        let threads: Vec<_> = people.iter().map(|client| scope.spawn(move || work(client))).collect();
        for thread in threads {
            times.extend(thread.join().map_err(|_| anyhow::anyhow!("a person's thread panicked"))??);
        }
        anyhow::Ok(())
    })?;
    Ok((times, started.elapsed().as_secs_f64()))
}

fn one(
    client: &Client,
    project: &ProjectId,
    pairs: u32,
    due: &(dyn Fn(u32) -> Option<Duration> + Sync),
    taken: &AtomicU32,
    started: Instant,
) -> anyhow::Result<Times> {
    let response: Value = serde_json::from_str(ANSWER)?;
    let mut out = Times::default();
    loop {
        let pair = taken.fetch_add(1, Ordering::Relaxed);
        if pair >= pairs {
            return Ok(out);
        }
        let mut began = Instant::now();
        if let Some(due) = due(pair) {
            began = started + due;
            std::thread::sleep(began.saturating_duration_since(Instant::now()));
        }
        let asked = json!({ "claim_id": SubmissionId(ids::random()?), "project_id": project.to_string(), "count": 1 });
        let claimed: Value = client.post("/api/queue/claim", &asked)?;
        out.claims.push(ms(began.elapsed()));
        let lease = claimed["tasks"][0]["lease_id"].as_str().context("nothing was granted")?;
        let began = Instant::now();
        let id = submission_id(jiff::Timestamp::now().as_millisecond())?;
        let answer = json!({ "submission_id": id, "response": response, "seconds": 1.0 });
        let _: Value = client.post(&format!("/api/queue/leases/{lease}/submit"), &answer)?;
        out.submits.push(ms(began.elapsed()));
    }
}
