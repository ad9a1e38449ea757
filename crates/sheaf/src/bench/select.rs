//! Selection: queries warm and from the database, facets, picks and batches, updates, size on disk, start.

use std::time::Instant;

use sheaf_app::batches::{self, NewBatch};
use sheaf_app::library::{facets, list};
use sheaf_app::{Actor, App};
use sheaf_model::{Exclude, ExcludeScope, Pick, ProjectId, Recipe};

use super::world::World;
use super::{Figure, Report, Size, median_ms, ms};

/// Queries and what is asked of them.
const QUERIES: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "query + count, two predicates, warm",
        "query + count, two predicates, from the database",
        "weather:rain hour<6",
        Some("10 ms warm, 60 ms from the database, at 10 M"),
    ),
    ("number comparison, warm", "number comparison, from the database", "confidence<0.1", None),
    ("rare text value, warm", "rare text value, from the database", "city:city-999", None),
    (
        "substring of the name, warm",
        "substring of the name, from the database",
        "name~abc1",
        Some("100 ms warm, at 10 M"),
    ),
    ("not in a batch, warm", "not in a batch, from the database", "weather:rain is:unbatched", None),
];

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let mut report = Report::new("select", size.assets);
    let project = world.project("bench").await?;
    let started = Instant::now();
    let there = world.fill(project, size.assets)?;
    if there < size.assets {
        let rate = f64::from(size.assets - there) / started.elapsed().as_secs_f64();
        report.add("rows appended with their index, in process", rate, "assets/s", None);
    }
    earlier_batches(&world, project, size.assets).await?;
    queries(&world, project, &mut report)?;
    preview(&world, project, &mut report)?;
    makes(&world, project, size.assets, &mut report)?;
    super::recipes::run(&world, project, size.assets, &mut report).await?;
    updates(&world, project, size.assets, &mut report)?;
    let bytes = std::fs::metadata(world.app.config().dir.join("sheaf.db"))?.len();
    report.add("database on disk", bytes as f64 / f64::from(size.assets), "B/asset", Some("<= 350"));
    report.figures.push(Figure {
        what: "index blocks in memory",
        value: world.app.cache().used_bytes() as f64 / f64::from(1 << 20),
        unit: "MiB",
        target: None,
    });
    Ok(report)
}

/// Eight batches that hold 40 % of the library, as in the prototype.
async fn earlier_batches(world: &World, project: ProjectId, n: u32) -> anyhow::Result<()> {
    for i in 0..8u64 {
        let count = u64::from(n) / 20;
        let pick = if i % 2 == 0 { Pick::First { count } } else { Pick::Random { count, seed: Some(i) } };
        let recipe = Recipe { exclude: Exclude { batched: ExcludeScope::Any }, pick, ..Recipe::default() };
        let new = NewBatch { name: format!("earlier {i}"), ..NewBatch::default() };
        match batches::create(&world.app, &world.admin, project, new, recipe).await {
            Ok(_) | Err(sheaf_app::Error::Conflict { code: "name_taken", .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn queries(world: &World, project: ProjectId, report: &mut Report) -> anyhow::Result<()> {
    for (warm, cold, text, target) in QUERIES {
        let mut found = 0;
        let time = median_ms(9, || {
            found = count(&world.app, &world.admin, project, text)?;
            Ok(())
        })?;
        report.add(warm, time, "ms", *target);
        anyhow::ensure!(found > 0, "`{text}` found nothing");
        let time = median_ms(3, || {
            world.app.cache().forget(project.0);
            count(&world.app, &world.admin, project, text)
        })?;
        report.add(cold, time, "ms", None);
    }
    Ok(())
}

/// A query as the library page asks it: permission, snapshot, selection, one row of the page.
fn count(app: &App, actor: &Actor, project: ProjectId, text: &str) -> anyhow::Result<u64> {
    let page = list::Page { query: text.to_owned(), sort: None, offset: 0, limit: 1 };
    Ok(wait(list::list(app, actor, project, page))?.total)
}

fn preview(world: &World, project: ProjectId, report: &mut Report) -> anyhow::Result<()> {
    let fields = ["weather", "hour", "city", "night", "confidence"].map(str::to_owned).to_vec();
    let time = median_ms(5, || {
        let query = "weather:rain".to_owned();
        Ok(wait(facets::facets(&world.app, &world.admin, project, query, fields.clone(), 10))?)
    })?;
    report.add(
        "facets of 5 fields with histograms, a quarter of the library",
        time,
        "ms",
        Some("200 ms at 10 M"),
    );
    let recipe = Recipe {
        query: Some("weather:rain".into()),
        exclude: Exclude { batched: ExcludeScope::Any },
        pick: Pick::Random { count: 1_000, seed: Some(42) },
        ..Recipe::default()
    };
    let time = median_ms(5, || {
        let run =
            batches::dry_run::dry_run(&world.app, &world.admin, project, recipe.clone(), fields.clone(), 24);
        Ok(wait(run)?)
    })?;
    report.add("dry run: funnel, 5 facets twice, sample", time, "ms", Some("200 ms at 10 M"));
    Ok(())
}

fn makes(world: &World, project: ProjectId, n: u32, report: &mut Report) -> anyhow::Result<()> {
    let mut made = 0u32;
    let mut make = |recipe: &Recipe| -> anyhow::Result<()> {
        made += 1;
        let name = format!("made {made} {}", world.app.now());
        let new = NewBatch { name, ..NewBatch::default() };
        let batch = wait(batches::create(&world.app, &world.admin, project, new, recipe.clone()))?;
        wait(batches::edit::delete(&world.app, &world.admin, project, batch.row.id))?;
        Ok(())
    };
    let time = median_ms(5, || make(&Recipe::default()))?;
    report.add("batch of the whole library, made and deleted again", time, "ms", Some("20 ms at 10 M"));
    let random = Recipe {
        query: Some("weather:rain is:unbatched".into()),
        pick: Pick::Random { count: u64::from(n) / 10, seed: Some(42) },
        ..Recipe::default()
    };
    let time = median_ms(5, || make(&random))?;
    report.add(
        "a tenth of the library at random, out of 15 %, made and deleted",
        time,
        "ms",
        Some("80 ms at 10 M"),
    );
    Ok(())
}

fn updates(world: &World, project: ProjectId, n: u32, report: &mut Report) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for i in 0..40u32 {
        let ordinal = (super::data::mix(u64::from(i)) % u64::from(n)) as u32;
        let mut asset = super::data::asset(u64::from(ordinal));
        asset.metadata = asset.metadata.replacen("\"weather\":\"", "\"weather\":\"un", 1);
        let started = Instant::now();
        world.app.store().write_blocking(move |tx| tx.replace_asset(project, ordinal, &asset))?;
        times.push(ms(started.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    report.add("one metadata update, index included, p50", times[times.len() / 2], "ms", None);
    report.add(
        "one metadata update, index included, p95",
        times[times.len() * 95 / 100],
        "ms",
        Some("10 ms"),
    );
    Ok(())
}

/// Runs a use case to its end on this thread.
fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(task))
}
