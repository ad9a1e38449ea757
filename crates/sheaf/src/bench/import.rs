//! Import: a manifest of rows at URLs with eight metadata fields, staged and committed through the use cases, as a user's
//! would be. Timed from the commit to the last durable row; the index is written with the rows.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use sheaf_app::uploads::{self, JobState, NewUpload};

use super::world::World;
use super::{Report, Size, data};

/// How often the job's progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Rows that are written to the manifest at once.
const ROWS_AT_ONCE: u32 = 10_000;

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let mut report = Report::new("import", size.assets);
    let project = world.project("import").await?;
    let (app, admin) = (&world.app, &world.admin);
    let name = format!("bench {}", app.now());
    let new = NewUpload { name, source: "cli".into(), batch: None };
    let (upload, _) = uploads::create(app, admin, project, new).await?;

    let started = Instant::now();
    let mut staging = uploads::stage_manifest(app, admin, project, upload.id, "bench.jsonl".into()).await?;
    let mut next = 0;
    while next < size.assets {
        let until = (next + ROWS_AT_ONCE).min(size.assets);
        staging.write(rows(next, until)?.as_bytes()).await?;
        next = until;
    }
    staging.finish().await?;
    report.add("manifest received, read through once, preview", started.elapsed().as_secs_f64(), "s", None);

    let started = Instant::now();
    uploads::commit_manifest(app, admin, project, upload.id, Vec::new()).await?;
    let mut look = tokio::time::interval(LOOK_EVERY);
    let done = loop {
        look.tick().await;
        let now = uploads::get(app, admin, project, upload.id).await?;
        match now.job.as_ref().map(|job| job.state) {
            Some(JobState::Running) => {}
            Some(JobState::Done) | None => break now,
            Some(_) => anyhow::bail!("the import failed: {:?}", now.job),
        }
    };
    let secs = started.elapsed().as_secs_f64();
    anyhow::ensure!(done.counts.added == i64::from(size.assets), "added {} rows", done.counts.added);
    let rate = f64::from(size.assets) / secs;
    report.add("manifest import, rows + index, durable", rate, "rows/s", Some(">= 100,000"));
    let bytes = app.store().bytes()?;
    report.add("database on disk", bytes as f64 / f64::from(size.assets), "B/asset", Some("<= 350"));
    Ok(report)
}

fn rows(from: u32, until: u32) -> anyhow::Result<String> {
    let mut out = String::new();
    for i in from..until {
        let i = u64::from(i);
        let name = data::name(i);
        writeln!(
            out,
            "{{\"name\":\"{name}\",\"url\":\"https://data.example/{name}\",\"width\":1920,\"height\":1080,\"metadata\":{}}}",
            data::metadata(i)
        )?;
    }
    Ok(out)
}
