//! `sheaf bench import|select|update|start|queue|scale|machine`: the figures of docs/benchmarks.md, on deterministic data of the prototype's shape.
//!
//! Each prints one row a figure; `--json` prints them as one JSON document. Data goes into a temporary folder that is
//! removed at the end, unless `--dir` names one to keep.

mod data;
mod import;
mod machine;
mod queue;
mod recipes;
mod rows;
mod scale;
mod select;
mod server;
mod start;
mod update;
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{Outcome, commands};

#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Read a manifest into a library: rows and index, durable.
    Import(Size),
    /// Query, count, facet, pick and store batches.
    Select(Size),
    /// Change metadata: one asset, by query, by a file.
    Update(Size),
    /// Start a server on a library: time until it is ready, memory.
    Start(Size),
    /// Measure memory and disk, which bound everything else.
    Machine(Size),
    /// Print the library's rows as CSV, for another engine to be measured on.
    Rows(Size),
    /// Claim and submit: inside the process, then over HTTP.
    Queue(queue::QueueSize),
    /// Scale's API: tasks made one by one, and pages of a list of so many.
    Scale(Size),
}

#[derive(Debug, Clone, Args)]
pub struct Size {
    /// Assets in the library, which are the tasks of `queue` and `scale`.
    #[arg(long, visible_alias = "tasks", default_value_t = 1_000_000)]
    assets: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Keep the data here; a library that is there already is used as it is.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Address of an empty PostgreSQL database, instead of SQLite.
    #[arg(long)]
    database: Option<String>,
}

/// One measured thing.
#[derive(Debug, Serialize)]
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
    /// The figure to reach, when there is one.
    target: Option<&'static str>,
    /// Assets that the query found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Report {
    bench: &'static str,
    assets: u32,
    cores: usize,
    sheaf: &'static str,
    figures: Vec<Figure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    histograms: Vec<Histogram>,
}

/// How often what took how long.
#[derive(Debug, Serialize)]
struct Histogram {
    what: &'static str,
    /// Upper bounds of the buckets in milliseconds, each with its number of times.
    buckets: Vec<(f64, usize)>,
}

/// Buckets of a histogram for a doubling of the time.
const BUCKETS_A_DOUBLING: f64 = 4.0;

impl Histogram {
    /// Of times in milliseconds; buckets grow by a fourth root of 2.
    fn of(what: &'static str, times: &[f64]) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        for time in times {
            let bucket = (time.max(0.01).log2() * BUCKETS_A_DOUBLING).ceil() as i32;
            *counts.entry(bucket).or_insert(0) += 1;
        }
        let bound = |bucket| ((f64::from(bucket) / BUCKETS_A_DOUBLING).exp2() * 1e4).round() / 1e4;
        Self { what, buckets: counts.into_iter().map(|(bucket, n)| (bound(bucket), n)).collect() }
    }
}

impl Report {
    fn new(bench: &'static str, assets: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            bench,
            assets,
            cores,
            sheaf: env!("CARGO_PKG_VERSION"),
            figures: Vec::new(),
            histograms: Vec::new(),
        }
    }

    fn add(&mut self, what: &'static str, value: f64, unit: &'static str, target: Option<&'static str>) {
        self.figures.push(Figure {
            what,
            value: (value * 1000.0).round() / 1000.0,
            unit,
            target,
            found: None,
        });
    }

    /// Says how many assets the last figure's query found.
    fn found(&mut self, n: u64) {
        if let Some(figure) = self.figures.last_mut() {
            figure.found = Some(n);
        }
    }

    /// The median and the 95th percentile of some times in milliseconds.
    fn add_times(&mut self, p50: &'static str, p95: &'static str, mut times: Vec<f64>, target: &'static str) {
        times.sort_by(f64::total_cmp);
        self.add(p50, times[times.len() / 2], "ms", None);
        self.add(p95, times[times.len() * 95 / 100], "ms", Some(target));
    }
}

pub fn run(bench: Bench) -> anyhow::Result<Outcome> {
    if let Bench::Rows(size) = &bench {
        rows::run(size.assets)?;
        return Ok(Outcome::Done);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let (report, json) = runtime.block_on(async {
        anyhow::Ok(match bench {
            Bench::Import(size) => (import::run(&size).await?, size.json),
            Bench::Select(size) => (select::run(&size).await?, size.json),
            Bench::Update(size) => (update::run(&size).await?, size.json),
            Bench::Start(size) => (start::run(&size).await?, size.json),
            Bench::Machine(size) => (machine::run(&size)?, size.json),
            Bench::Queue(queue) => (queue::run(&queue).await?, queue.size.json),
            Bench::Scale(size) => (scale::run(&size).await?, size.json),
            Bench::Rows(_) => unreachable!("printed before"),
        })
    })?;
    let text = if json { serde_json::to_string_pretty(&report)? } else { table(&report) };
    commands::print(&text)?;
    Ok(Outcome::Done)
}

fn table(report: &Report) -> String {
    let mut out = format!("{} bench, {} assets, {} cores", report.bench, report.assets, report.cores);
    for figure in &report.figures {
        let target = figure.target.map_or_else(String::new, |target| format!("   (target {target})"));
        out.push_str(&format!("\n{:<66} {:>14.3} {}{target}", figure.what, figure.value, figure.unit));
    }
    out
}

/// Median time of `n` runs, in milliseconds; the first run is not counted.
fn median_ms<T>(n: usize, mut run: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<f64> {
    run()?;
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let started = Instant::now();
        std::hint::black_box(run()?);
        times.push(started.elapsed());
    }
    times.sort();
    Ok(ms(times[times.len() / 2]))
}

/// Memory that a process has in RAM, in MiB; nothing where the system does not say.
fn resident_mib(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
