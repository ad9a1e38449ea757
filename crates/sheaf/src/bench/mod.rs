//! `sheaf bench import|select|update|queue`: the figures of docs/benchmarks.md, on deterministic data of the prototype's shape.
//!
//! Each prints one row a figure; `--json` prints them as one JSON document. Data goes into a temporary folder that is
//! removed at the end, unless `--dir` names one to keep.

mod data;
mod import;
mod queue;
mod select;
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
    /// Claim and submit inside the process.
    Queue(QueueSize),
}

#[derive(Debug, Clone, Args)]
pub struct Size {
    /// Assets in the library.
    #[arg(long, default_value_t = 1_000_000)]
    assets: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Keep the data here; a library that is there already is used as it is.
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct QueueSize {
    #[command(flatten)]
    size: Size,
    /// Claimers at once.
    #[arg(long, default_value_t = 16)]
    claimers: u32,
    /// Pairs of claim and submit in all.
    #[arg(long, default_value_t = 50_000)]
    pairs: u32,
}

/// One measured thing.
#[derive(Debug, Serialize)]
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
    /// The figure to reach, when there is one.
    target: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Report {
    bench: &'static str,
    assets: u32,
    cores: usize,
    sheaf: &'static str,
    figures: Vec<Figure>,
}

impl Report {
    fn new(bench: &'static str, assets: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { bench, assets, cores, sheaf: env!("CARGO_PKG_VERSION"), figures: Vec::new() }
    }

    fn add(&mut self, what: &'static str, value: f64, unit: &'static str, target: Option<&'static str>) {
        self.figures.push(Figure { what, value: (value * 1000.0).round() / 1000.0, unit, target });
    }
}

pub fn run(bench: Bench) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (report, json) = runtime.block_on(async {
        anyhow::Ok(match bench {
            Bench::Import(size) => (import::run(&size).await?, size.json),
            Bench::Select(size) => (select::run(&size).await?, size.json),
            Bench::Update(size) => (update::run(&size).await?, size.json),
            Bench::Queue(queue) => (queue::run(&queue).await?, queue.size.json),
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

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
