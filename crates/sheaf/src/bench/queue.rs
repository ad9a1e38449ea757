//! The queue inside the process: claimers that claim and submit as fast as they are served, through the use cases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use sheaf_app::batches::{self, NewBatch};
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, claim};
use sheaf_app::webhooks::outbox::{self, Event};
use sheaf_app::{Actor, App, ids};
use sheaf_model::{BatchId, ProjectId, Recipe, Response, SubmissionId};

use super::world::World;
use super::{QueueSize, Report, ms};

pub(super) async fn run(queue: &QueueSize) -> anyhow::Result<Report> {
    let world = World::open(&queue.size).await?;
    let mut report = Report::new("queue", queue.size.assets);
    let project = world.project("bench").await?;
    world.fill(project, queue.size.assets)?;
    let new = NewBatch { name: format!("queue {}", world.app.now()), launch: true, ..NewBatch::default() };
    let started = Instant::now();
    batches::create(&world.app, &world.admin, project, new, Recipe::default()).await?;
    report.add(
        "batch of the whole library, made and launched",
        ms(started.elapsed()),
        "ms",
        Some("20 ms at 10 M"),
    );

    let pairs = queue.pairs.min(queue.size.assets);
    let left = Arc::new(AtomicU32::new(pairs));
    let started = Instant::now();
    let mut claimers = tokio::task::JoinSet::new();
    for n in 0..queue.claimers {
        let actor = world.annotator(project, n).await?;
        claimers.spawn(work(world.app.clone(), actor, project, left.clone()));
    }
    let (mut claims, mut submits) = (Vec::new(), Vec::new());
    while let Some(done) = claimers.join_next().await {
        let (c, s) = done??;
        claims.extend(c);
        submits.extend(s);
    }
    let secs = started.elapsed().as_secs_f64();
    report.add("claim + submit, durable", submits.len() as f64 / secs, "pairs/s", Some(">= 15,000"));
    for (what50, what99, mut times) in
        [("claim p50", "claim p99", claims), ("submit p50", "submit p99", submits)]
    {
        times.sort_by(f64::total_cmp);
        report.add(what50, times[times.len() / 2], "ms", None);
        report.add(what99, times[times.len() * 99 / 100], "ms", None);
    }
    report.add("an event that no webhook wants", unheard(&world.app, project).await?, "us", Some("<= 5"));
    Ok(report)
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

type Times = (Vec<f64>, Vec<f64>);

async fn work(app: App, actor: Actor, project: ProjectId, left: Arc<AtomicU32>) -> anyhow::Result<Times> {
    let response: Response = serde_json::from_str(r#"{"fields":{"kind":"car"}}"#)?;
    let mut out: Times = Default::default();
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
        let started = Instant::now();
        let asked = Claim { claim_id: ids::random()?, project: Some(project), work: None, count: 1 };
        let claimed = claim(&app, &actor, asked).await?;
        out.0.push(ms(started.elapsed()));
        let Some(task) = claimed.tasks.first() else { break };
        let started = Instant::now();
        let answer =
            Submit { id: SubmissionId(ids::random()?), response: response.clone(), seconds: Some(1.0) };
        submit(&app, &actor, task.lease, answer).await?;
        out.1.push(ms(started.elapsed()));
    }
    Ok(out)
}
