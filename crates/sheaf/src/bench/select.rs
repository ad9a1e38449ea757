//! Selection: queries warm and from the database, sealed and unsealed, beside an import; facets, picks and batches; size on
//! disk and in memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sheaf_app::batches::{self, NewBatch};
use sheaf_app::library::{facets, list};
use sheaf_app::{Actor, App};
use sheaf_model::{Exclude, ExcludeScope, Pick, ProjectId, Recipe};

use super::world::World;
use super::{Report, Size, median_ms, ms, resident_mib};

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
    // What the first question of a new process costs: the tail is made from its rows.
    let (started, dir) = (Instant::now(), world.close());
    let world = World::open(&Size {
        dir: size.dir.clone().or(dir.as_ref().map(|d| d.path().into())),
        ..size.clone()
    })
    .await?;
    report.add(
        "data opened by a new process",
        ms(started.elapsed()),
        "ms",
        Some("2,000 ms to ready at 10 M"),
    );
    let started = Instant::now();
    count(&world.app, &world.admin, project, "weather:rain hour<6")?;
    report.add(
        "its first query: tail from rows, blocks from the database",
        ms(started.elapsed()),
        "ms",
        None,
    );

    queries(&world, project, &mut report)?;
    preview(&world, project, &mut report)?;
    makes(&world, project, size.assets, &mut report)?;
    super::recipes::run(&world, project, size.assets, &mut report).await?;
    beside_an_import(&world, project, &mut report).await?;
    unsealed(&world, &mut report).await?;
    let bytes = world.app.store().bytes()?;
    report.add("database on disk", bytes as f64 / f64::from(size.assets), "B/asset", Some("<= 350"));
    let cached = world.app.cache().used_bytes() as f64 / f64::from(1 << 20);
    report.add("index blocks in memory", cached, "MiB", Some("bounded: 1,024"));
    if let Some(mib) = resident_mib("self") {
        report.add("memory of the process after all of this", mib, "MiB", None);
    }
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
        report.found(found);
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
    let mut make = |recipe: &Recipe| -> anyhow::Result<f64> {
        let mut times = Vec::new();
        for _ in 0..5 {
            made += 1;
            let name = format!("made {made} {}", world.app.now());
            let new = NewBatch { name, ..NewBatch::default() };
            let started = Instant::now();
            let batch = wait(batches::create(&world.app, &world.admin, project, new, recipe.clone()))?;
            times.push(ms(started.elapsed()));
            wait(batches::edit::delete(&world.app, &world.admin, project, batch.row.id))?;
        }
        times.sort_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    };
    report.add("batch of the whole library", make(&Recipe::default())?, "ms", Some("20 ms at 10 M"));
    let random = Recipe {
        query: Some("weather:rain is:unbatched".into()),
        pick: Pick::Random { count: u64::from(n) / 10, seed: Some(42) },
        ..Recipe::default()
    };
    report.add("a tenth of the library at random, out of 15 %", make(&random)?, "ms", Some("80 ms at 10 M"));
    Ok(())
}

/// The first queries once more, while another project of the instance is being filled as fast as it goes.
async fn beside_an_import(world: &World, project: ProjectId, report: &mut Report) -> anyhow::Result<()> {
    let other = world.project("beside").await?;
    let stop = AtomicBool::new(false);
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let importing = scope.spawn(|| {
                let started = Instant::now();
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    n += world.fill_more(other, 5_000)?;
                }
                anyhow::Ok(f64::from(n) / started.elapsed().as_secs_f64())
            });
            let measured = (|| {
                let ask = |text| median_ms(15, || count(&world.app, &world.admin, project, text));
                report.add("two predicates, warm, beside an import", ask("weather:rain hour<6")?, "ms", None);
                report.add("substring of the name, warm, beside an import", ask("name~abc1")?, "ms", None);
                anyhow::Ok(())
            })();
            stop.store(true, Ordering::Relaxed);
            let rate = importing.join().map_err(|_| anyhow::anyhow!("the import failed"))??;
            measured?;
            report.add("the import beside them", rate, "assets/s", None);
            Ok(())
        })
    })
}

/// Queries over a library that is all tail: one asset less than a chunk.
async fn unsealed(world: &World, report: &mut Report) -> anyhow::Result<()> {
    let project = world.project("unsealed").await?;
    world.fill(project, sheaf_select::CHUNK - 1)?;
    let ask = |text| median_ms(9, || count(&world.app, &world.admin, project, text));
    report.add("two predicates over 65,535 unsealed assets", ask("weather:rain hour<6")?, "ms", None);
    report.add("substring of the name over 65,535 unsealed assets", ask("name~abc1")?, "ms", None);
    Ok(())
}

/// Runs a use case to its end on this thread.
fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(task))
}
