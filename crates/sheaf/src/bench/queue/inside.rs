//! The queue inside the process: claimers that claim and submit as fast as they are served, through the use cases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, claim};
use sheaf_app::webhooks::outbox::{self, Event};
use sheaf_app::{Actor, App, ids};
use sheaf_model::{BatchId, ProjectId, Response};

use super::super::world::World;
use super::super::{Report, ms};
use super::{QueueSize, Times, add_times, submission_id};

pub(super) async fn run(
    world: &World,
    project: ProjectId,
    queue: &QueueSize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let left = Arc::new(AtomicU32::new(queue.pairs.min(queue.size.assets / 2)));
    let started = Instant::now();
    let mut claimers = tokio::task::JoinSet::new();
    for n in 0..queue.claimers {
        let actor = world.annotator(project, n).await?;
        claimers.spawn(work(world.app.clone(), actor, project, left.clone()));
    }
    let mut times = Times::default();
    while let Some(done) = claimers.join_next().await {
        times.extend(done??);
    }
    let secs = started.elapsed().as_secs_f64();
    report.add("claim + submit, durable", times.submits.len() as f64 / secs, "pairs/s", Some(">= 15,000"));
    add_times(report, ["claim p50", "claim p99"], times.claims, None);
    add_times(report, ["submit p50", "submit p99"], times.submits, None);
    report.add("an event that no webhook wants", unheard(&world.app, project).await?, "us", Some("<= 5"));
    Ok(())
}

/// What telling of an event costs a transaction when nobody listens, in microseconds.
async fn unheard(app: &App, project: ProjectId) -> anyhow::Result<f64> {
    const EVENTS: u32 = 100_000;
    let now = app.now();
    let took = app
        .store()
        .write(move |tx| {
            let started = Instant::now();
            for _ in 0..EVENTS {
                outbox::put(tx, project, &Event::BatchCompleted { batch: BatchId(1) }, now)?;
            }
            Ok::<_, sheaf_app::Error>(started.elapsed())
        })
        .await?;
    Ok(ms(took) * 1_000.0 / f64::from(EVENTS))
}

async fn work(app: App, actor: Actor, project: ProjectId, left: Arc<AtomicU32>) -> anyhow::Result<Times> {
    let response: Response = serde_json::from_str(super::ANSWER)?;
    let mut out = Times::default();
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
        let started = Instant::now();
        let asked = Claim { claim_id: ids::random()?, project: Some(project), work: None, count: 1 };
        let claimed = claim(&app, &actor, asked).await?;
        out.claims.push(ms(started.elapsed()));
        let Some(task) = claimed.tasks.first() else { break };
        let started = Instant::now();
        let answer = Submit { id: submission_id(app.now())?, response: response.clone(), seconds: Some(1.0) };
        submit(&app, &actor, task.lease, answer).await?;
        out.submits.push(ms(started.elapsed()));
    }
    Ok(out)
}
