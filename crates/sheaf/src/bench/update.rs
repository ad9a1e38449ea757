//! Single metadata updates, each durable on its own: a value of few, a number, a text of many, in sealed chunks and in the
//! tail.

use std::time::Instant;

use sheaf_model::ProjectId;

use super::world::World;
use super::{Report, Size, data, ms};

/// Updates of each kind.
const UPDATES: u32 = 40;

/// What is changed, and the figures' names.
const KINDS: &[(&str, &str, &str)] = &[
    ("weather", "one metadata update, index included, p50", "one metadata update, index included, p95"),
    ("confidence", "update of a number of many values, p50", "update of a number of many values, p95"),
    ("scene", "update of a text of many values, p50", "update of a text of many values, p95"),
    ("note", "update of a rare text, p50", "update of a rare text, p95"),
];

pub(super) async fn run(size: &Size) -> anyhow::Result<Report> {
    let world = World::open(size).await?;
    let mut report = Report::new("update", size.assets);
    let project = world.project("bench").await?;
    world.fill(project, size.assets)?;
    for (salt, (field, p50, p95)) in (0..).zip(KINDS) {
        let times =
            updates(&world, project, |i| (data::mix(salt << 32 | i) % u64::from(size.assets)) as u32, field)?;
        report.add_times(p50, p95, times, "10 ms");
    }
    let tail = size.assets - size.assets % sheaf_select::CHUNK;
    if tail < size.assets {
        let place = |i| tail + (data::mix(i) % u64::from(size.assets - tail)) as u32;
        let times = updates(&world, project, place, "weather")?;
        report.add_times(
            "update of an unsealed asset, p50",
            "update of an unsealed asset, p95",
            times,
            "10 ms",
        );
    }
    Ok(report)
}

fn updates(
    world: &World,
    project: ProjectId,
    place: impl Fn(u64) -> u32,
    field: &str,
) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::new();
    for i in 0..UPDATES {
        let ordinal = place(u64::from(i));
        let original = data::asset(u64::from(ordinal));
        let mut asset = original.clone();
        let mut metadata: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&asset.metadata)?;
        let new = world.app.now() % 1_000_000;
        metadata.insert(
            field.to_owned(),
            match field {
                "weather" => format!("weather-{}", new % 7).into(),
                "confidence" => (new as f64 / 1_000_000.0).into(),
                other => format!("{other}-{new}").into(),
            },
        );
        asset.metadata = serde_json::Value::Object(metadata).to_string();
        let started = Instant::now();
        world.app.store().write_blocking(move |tx| tx.replace_asset(project, ordinal, &asset))?;
        times.push(ms(started.elapsed()));
        // The library stays the one that the other benchmarks ask.
        world.app.store().write_blocking(move |tx| tx.replace_asset(project, ordinal, &original))?;
    }
    Ok(times)
}
