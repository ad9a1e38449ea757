//! Recipes beyond the simple picks: top, quota, split, append, the difference. Each through its use case, durable.

use sheaf_app::batches::change::append;
use sheaf_app::batches::diff::diff;
use sheaf_app::batches::split::{Split, split};
use sheaf_app::batches::{self, NewBatch};
use sheaf_model::{BatchId, FieldValue, Pick, ProjectId, Quota, Recipe, TopOrder};

use super::world::World;
use super::{Report, median_ms};

/// Assets of a pick, where the library has so many.
const PICKED: u64 = 100_000;

pub(super) async fn run(
    world: &World,
    project: ProjectId,
    n: u32,
    report: &mut Report,
) -> anyhow::Result<()> {
    let bench = Bench { world, project };
    let top = |by: &str| Pick::Top { count: PICKED, by: by.into(), order: TopOrder::Desc };
    let quotas = (0..6u32)
        .map(|hour| Quota { value: Some(FieldValue::Number(f64::from(hour))), share: f64::from(hour + 1) });
    let quota = Pick::Quota {
        count: PICKED,
        by: "hour".into(),
        seed: Some(42),
        fill: true,
        quotas: Some(quotas.collect()),
    };
    for (what, pick) in [
        ("top 100,000 by a number, made and deleted", top("confidence")),
        ("top 100,000 by a text of many values, made and deleted", top("scene")),
        ("top 100,000 by the name, made and deleted", top("name")),
        ("quota of 100,000 over 6 values, made and deleted", quota),
    ] {
        let recipe = Recipe { pick, ..Recipe::default() };
        let time = median_ms(5, || bench.delete(bench.make(&recipe)?))?;
        report.add(what, time, "ms", None);
    }
    for (what, how) in [
        (
            "batch of the whole library made, split in 10 in order, deleted",
            Split { parts: Some(10), ..Split::default() },
        ),
        ("the same, dealt at random", Split { parts: Some(10), seed: Some(42), ..Split::default() }),
        ("the same, by the values of `weather`", Split { by: Some("weather".into()), ..Split::default() }),
    ] {
        let time = median_ms(3, || {
            let id = bench.make(&Recipe::default())?;
            let parts = wait(split(&world.app, &world.admin, project, id, how.clone()))?;
            parts.into_iter().try_for_each(|part| bench.delete(part.row.id))
        })?;
        report.add(what, time, "ms", None);
    }
    let half = Recipe { pick: Pick::First { count: u64::from(n) / 2 }, ..Recipe::default() };
    let more = Recipe { pick: Pick::Random { count: u64::from(n) / 10, seed: Some(7) }, ..Recipe::default() };
    let time = median_ms(5, || {
        let id = bench.make(&half)?;
        wait(append(&world.app, &world.admin, project, id, more.clone(), false))?;
        bench.delete(id)
    })?;
    report.add("batch of half the library made, a tenth at random appended, deleted", time, "ms", None);
    let id = bench.make(&more)?;
    let time = median_ms(5, || Ok(wait(diff(&world.app, &world.admin, project, id))?))?;
    report.add("difference of a batch against today, a tenth of the library at random", time, "ms", None);
    bench.delete(id)
}

struct Bench<'a> {
    world: &'a World,
    project: ProjectId,
}

impl Bench<'_> {
    fn make(&self, recipe: &Recipe) -> anyhow::Result<BatchId> {
        let (app, admin) = (&self.world.app, &self.world.admin);
        let new = NewBatch { name: "made by a recipe".into(), ..NewBatch::default() };
        Ok(wait(batches::create(app, admin, self.project, new, recipe.clone()))?.row.id)
    }

    fn delete(&self, id: BatchId) -> anyhow::Result<()> {
        Ok(wait(batches::edit::delete(&self.world.app, &self.world.admin, self.project, id))?)
    }
}

/// Runs a use case to its end on this thread.
fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(task))
}
