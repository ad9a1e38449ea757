//! Updates of metadata: one asset at a time, everything that a query finds, a file with a patch a row; and how long another
//! write waits meanwhile.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use sheaf_app::library::edit;
use sheaf_app::metadata_updates::{self, FileFormat, MetadataUpdate, Selected};
use sheaf_model::{AssetId, MetadataUpdateState, ProjectId};

use super::world::World;
use super::{Report, Size, data, ms};

/// Single updates that are timed.
const SINGLES: u32 = 400;
/// Rows of the file.
const FILE_ROWS_MAX: u32 = 1_000_000;
/// How often an update's progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let mut report = Report::new("update", size.assets);
    let project = world.project("bench").await?;
    world.fill(project, size.assets)?;
    let times = singles(&world, project, size.assets).await?;
    report.add_times(
        "one metadata update, index included, p50",
        "one metadata update, index included, p95",
        times,
        "<= 10 ms",
    );

    let waits = Waits::start(&world);
    let started = Instant::now();
    let selected = Selected { query: Some(String::new()), assets: None };
    let patch = object(json!({ "reviewed": true, "weather": "dry" }));
    let begun = metadata_updates::update_selected(&world.app, &world.admin, project, selected, patch).await?;
    let done = end(&world, project, begun).await?;
    let rate = done.counts.updated as f64 / started.elapsed().as_secs_f64();
    report.add("by query, two fields of every asset, one new", rate, "assets/s", None);
    let waits = waits.stop()?;
    report.add("another write meanwhile, p50", waits[waits.len() / 2], "ms", None);
    report.add("another write meanwhile, p99", waits[waits.len() * 99 / 100], "ms", None);
    report.add("another write meanwhile, the longest", waits[waits.len() - 1], "ms", Some("about 100 ms"));

    for (what, scattered) in [
        ("JSONL by id, in upload order, one field", false),
        ("JSONL by id, in random order, one field", true),
    ] {
        let started = Instant::now();
        let begun = send(&world, project, size.assets, scattered).await?;
        let done = end(&world, project, begun).await?;
        let rate = done.counts.updated as f64 / started.elapsed().as_secs_f64();
        report.add(what, rate, "rows/s", None);
    }
    Ok(report)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

async fn singles(world: &World, project: ProjectId, n: u32) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::new();
    for i in 0..SINGLES {
        let ordinal = (data::mix(u64::from(i)) % u64::from(n)) as u32;
        let patch = match i % 3 {
            0 => json!({ "weather": "hail" }),
            1 => json!({ "confidence": f64::from(i) / 1000.0 }),
            _ => json!({ "city": "nowhere" }),
        };
        let asset = AssetId { project, ordinal };
        let started = Instant::now();
        edit::patch_metadata(&world.app, &world.admin, project, asset, object(patch)).await?;
        times.push(ms(started.elapsed()));
    }
    Ok(times)
}

async fn end(world: &World, project: ProjectId, begun: MetadataUpdate) -> anyhow::Result<MetadataUpdate> {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        look.tick().await;
        let now = metadata_updates::get(&world.app, &world.admin, project, begun.id).await?;
        match now.state {
            MetadataUpdateState::Running => {}
            MetadataUpdateState::Done if now.counts.refused == 0 => return Ok(now),
            _ => anyhow::bail!("the update went wrong: {now:?}"),
        }
    }
}

/// A row for each asset (at most a million of them), with a value that no asset has.
async fn send(world: &World, project: ProjectId, n: u32, scattered: bool) -> anyhow::Result<MetadataUpdate> {
    let rows = n.min(FILE_ROWS_MAX);
    // Steps that meet every asset once: the step has no divisor in common with any power of two, and is a prime.
    let step: u64 = if scattered { 2_654_435_761 } else { 1 };
    let mut staging = metadata_updates::stage(&world.app, &world.admin, project, FileFormat::Jsonl).await?;
    let mut text = String::new();
    for i in 0..u64::from(rows) {
        let ordinal = (i * step % u64::from(n)) as u32;
        let asset = AssetId { project, ordinal };
        writeln!(
            text,
            "{{\"id\":\"{asset}\",\"metadata\":{{\"score\":{}}}}}",
            f64::from(ordinal) + step as f64
        )?;
        if text.len() > 1 << 20 {
            staging.write(text.as_bytes()).await?;
            text.clear();
        }
    }
    staging.write(text.as_bytes()).await?;
    Ok(staging.finish().await?)
}

/// Somebody who writes a little, again and again, as claims do; and how long each write took.
struct Waits {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<anyhow::Result<Vec<f64>>>,
}

impl Waits {
    fn start(world: &World) -> Self {
        let (app, stop) = (world.app.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let (now, started) = (app.now(), Instant::now());
                app.store().write_blocking(move |tx| tx.audit(now, None, "bench", "", &Value::Null))?;
                times.push(ms(started.elapsed()));
            }
            times.sort_by(f64::total_cmp);
            anyhow::ensure!(!times.is_empty(), "the update was over at once");
            Ok(times)
        });
        Self { stop, thread }
    }

    fn stop(self) -> anyhow::Result<Vec<f64>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("the other writer failed"))?
    }
}
