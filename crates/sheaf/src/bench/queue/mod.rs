//! The queue: pairs of claim and submit, inside the process and over HTTP, on a batch of the whole library.

mod http;
mod inside;
mod load;

use std::time::Instant;

use clap::Args;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::ids;
use sheaf_model::{Millis, Recipe, SubmissionId, TaskRules};

use super::world::World;
use super::{Histogram, Report, Size, ms};

#[derive(Debug, Clone, Args)]
pub struct QueueSize {
    #[command(flatten)]
    pub(super) size: Size,
    /// Claimers at once inside the process.
    #[arg(long, default_value_t = 16)]
    claimers: u32,
    /// People at once over HTTP; 0 leaves HTTP out.
    #[arg(long, default_value_t = 100)]
    annotators: u32,
    /// Nodes over which people are spread over HTTP; more than one needs `--database`.
    #[arg(long, default_value_t = 1)]
    nodes: u32,
    /// Pairs of claim and submit for each of the two.
    #[arg(long, default_value_t = 50_000)]
    pairs: u32,
    /// Judgements that each task needs.
    #[arg(long, default_value_t = 1)]
    overlap: u8,
    /// Pairs a second of the paced run over HTTP.
    #[arg(long, default_value_t = 500)]
    pace: u32,
}

/// What is answered to every task.
const ANSWER: &str = r#"{"fields":{"kind":"car"}}"#;

/// Milliseconds of each request.
#[derive(Debug, Default)]
struct Times {
    claims: Vec<f64>,
    submits: Vec<f64>,
}

impl Times {
    fn add(&mut self, claim: f64, submit: f64) {
        self.claims.push(claim);
        self.submits.push(submit);
    }

    fn extend(&mut self, more: Self) {
        self.claims.extend(more.claims);
        self.submits.extend(more.submits);
    }
}

pub(super) async fn run(queue: &QueueSize) -> anyhow::Result<Report> {
    anyhow::ensure!(
        queue.nodes <= 1 || queue.size.database.is_some(),
        "several nodes share a PostgreSQL: add --database ADDRESS, or leave out --nodes"
    );
    let world = World::open(&queue.size).await?;
    let mut report = Report::new("queue", queue.size.assets);
    let project = world.project("bench").await?;
    world.fill(project, queue.size.assets)?;
    let rules = TaskRules { overlap: queue.overlap, review_levels: 0 };
    let name = format!("queue {}", world.app.now());
    let new = NewBatch { name, rules, launch: true, ..NewBatch::default() };
    let started = Instant::now();
    batches::create(&world.app, &world.admin, project, new, Recipe::default()).await?;
    let took = ms(started.elapsed());
    report.add("batch of the whole library, made and launched", took, "ms", Some("20 ms at 10 M"));
    inside::run(&world, project, queue, &mut report).await?;
    if queue.annotators > 0 {
        http::run(world, project, queue, &mut report).await?;
    }
    Ok(report)
}

/// The median and the 99th percentile of times in milliseconds, the latter with its target.
fn add_times(
    report: &mut Report,
    what: [&'static str; 2],
    mut times: Vec<f64>,
    target: Option<&'static str>,
) {
    times.sort_by(f64::total_cmp);
    if let Some(last) = times.len().checked_sub(1) {
        report.add(what[0], times[last / 2], "ms", None);
        report.add(what[1], times[last * 99 / 100], "ms", target);
    }
}

/// A UUIDv7, as browsers make them: the time in milliseconds, then random bits.
fn submission_id(now: Millis) -> anyhow::Result<SubmissionId> {
    let mut id: [u8; 16] = ids::random()?;
    id[..6].copy_from_slice(&now.to_be_bytes()[2..]);
    id[6] = 0x70 | id[6] & 0x0f;
    id[8] = 0x80 | id[8] & 0x3f;
    Ok(SubmissionId(id))
}

impl Report {
    fn plot(&mut self, what: &'static str, times: &[f64]) {
        self.histograms.push(Histogram::of(what, times));
    }
}
