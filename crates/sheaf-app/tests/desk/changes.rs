//! Append, remove, split, revisions, difference: what they do, and what they refuse without leaving anything behind.

use sheaf_app::batches::change::{append, remove};
use sheaf_app::batches::dry_run::dry_run;
use sheaf_app::batches::rerun::{RerunAt, rerun};
use sheaf_app::batches::revisions::revisions;
use sheaf_app::batches::split::{Split, split};
use sheaf_app::batches::{BatchView, create, edit, view};
use sheaf_app::queue::submit::submit;
use sheaf_app::{Error, Result};
use sheaf_model::{
    AssetId, BatchAction, BatchId, BatchState, Exclude, ExcludeScope, FieldValue, Part, Pick, Quota, Recipe,
    RevisionAction,
};

use crate::batches::{Members, named, text};
use crate::queue::answer;
use crate::{Desk, code, tags};

pub fn query(text: &str) -> Recipe {
    Recipe { query: Some(text.into()), ..Recipe::default() }
}

pub fn range(from: u32, until: u32) -> Recipe {
    query(&format!("n>={from} n<{until}"))
}

pub fn parts(parts: u32, seed: Option<u64>) -> Split {
    Split { parts: Some(parts), seed, ..Split::default() }
}

fn by(field: &str) -> Split {
    Split { by: Some(field.into()), ..Split::default() }
}

impl Desk {
    pub async fn append(&self, id: BatchId, recipe: Recipe) -> Result<(u64, u64)> {
        let done = append(&self.app, &self.manager, self.project, id, recipe, false).await?;
        Ok((done.added, done.already))
    }

    pub async fn remove(&self, id: BatchId, recipe: Recipe) -> Result<u64> {
        Ok(remove(&self.app, &self.manager, self.project, id, recipe, false).await?.removed)
    }

    pub async fn split(&self, id: BatchId, how: Split) -> Result<Vec<BatchView>> {
        split(&self.app, &self.manager, self.project, id, how).await
    }

    pub async fn view(&self, id: BatchId) -> BatchView {
        view::get(&self.app, &self.manager, self.project, id).await.unwrap()
    }

    /// Members of the parts by their names.
    async fn parts(&self, id: BatchId, how: Split) -> Vec<(String, Members)> {
        let mut out = Vec::new();
        for part in self.split(id, how).await.unwrap() {
            out.push((part.row.name, self.members(part.row.id).await));
        }
        out
    }
}

fn members(range: std::ops::Range<u32>) -> Members {
    range.collect()
}

/// The first problem's path.
#[track_caller]
fn path<T>(result: Result<T>) -> String {
    match result.map(|_| ()).unwrap_err() {
        Error::Invalid { problems, .. } if !problems.is_empty() => problems[0].path.clone(),
        other => panic!("no problem with a path: {other:?}"),
    }
}

#[track_caller]
fn refused<T>(result: Result<T>) -> &'static str {
    code(&result.map(|_| ()).unwrap_err())
}

#[tokio::test(flavor = "multi_thread")]
async fn appending_and_removing_are_revisions() {
    let desk = Desk::new(60).await;
    let id = desk.make("b", range(0, 10)).await;
    assert_eq!(desk.append(id, range(5, 20)).await.unwrap(), (10, 5));
    assert_eq!(desk.append(id, range(5, 20)).await.unwrap(), (0, 15), "nothing new is no revision");
    assert_eq!(desk.remove(id, range(0, 3)).await.unwrap(), 3);
    assert_eq!(desk.remove(id, range(40, 50)).await.unwrap(), 0);
    // A pick takes of the members, not of the library.
    let last = Recipe { pick: Pick::Last { count: 2 }, ..Recipe::default() };
    assert_eq!(desk.remove(id, last).await.unwrap(), 2);
    assert_eq!(desk.members(id).await, members(3..18));
    assert_eq!(refused(desk.remove(id, Recipe::default()).await), "empty_batch");
    let (rows, total) = revisions(&desk.app, &desk.manager, desk.project, id, None, 50).await.unwrap();
    let told: Vec<_> = rows.iter().map(|it| (it.row.revision, it.row.action, it.row.n)).collect();
    use RevisionAction::{Appended, Created, Removed};
    assert_eq!(told, [(4, Removed, 2), (3, Removed, 3), (2, Appended, 10), (1, Created, 10)]);
    assert_eq!((total, rows[1].by.as_ref().unwrap().name.as_str()), (4, "p1"));
    assert_eq!(rows[1].row.text, "all of assets matching `n>=0 n<3`");
    let (rows, _) = revisions(&desk.app, &desk.manager, desk.project, id, Some(3), 1).await.unwrap();
    assert_eq!(rows.iter().map(|it| it.row.revision).collect::<Vec<_>>(), [2]);
    assert_eq!(desk.view(id).await.row.revision, 4);
    assert_eq!(desk.difference(id).await, (15, 15, 15));

    // The dry runs change nothing.
    let dry = append(&desk.app, &desk.manager, desk.project, id, range(10, 30), true).await.unwrap();
    assert_eq!((dry.added, dry.already, dry.batch.row.revision), (12, 8, 4));
    let dry = remove(&desk.app, &desk.manager, desk.project, id, range(10, 30), true).await.unwrap();
    assert_eq!((dry.removed, dry.batch.row.n_members), (8, 15));
    assert_eq!(desk.members(id).await, members(3..18));

    // Made again, as it is and as it would be now, with all of its steps.
    for (at, name) in [(RerunAt::Then, "then"), (RerunAt::Now, "now")] {
        let again = rerun(&desk.app, &desk.manager, desk.project, id, named(name.into()), at).await.unwrap();
        assert_eq!(desk.members(again.row.id).await, members(3..18), "{name}");
        assert_eq!(again.recipe.steps.len(), 4);
        assert_eq!(desk.difference(again.row.id).await, (15, 15, 15));
        // Its own revisions go on after those.
        desk.append(again.row.id, range(50, 52)).await.unwrap();
        assert_eq!(desk.difference(again.row.id).await, (17, 17, 17));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_difference_tells_what_came_and_went() {
    let desk = Desk::new(30).await;
    let unused = Recipe { exclude: Exclude { batched: ExcludeScope::Any }, ..query("n<10") };
    let id = desk.make("b", unused).await;
    desk.remove(id, range(0, 2)).await.unwrap();
    assert_eq!(desk.difference(id).await, (8, 8, 8));
    desk.make("other", range(5, 7)).await;
    assert_eq!(desk.difference(id).await, (8, 6, 6), "two are in another batch by now");
    let all = desk.make("all", Recipe::default()).await;
    assert_eq!(desk.difference(all).await, (30, 30, 30));
    let assets = vec![sheaf_store::library::NewAsset {
        name: "late.png".into(),
        media_type: "image/png",
        metadata: "{}".into(),
        ..Default::default()
    }];
    let project = desk.project;
    desk.app
        .store()
        .write(move |tx| tx.append_assets(project, sheaf_model::UploadId(1), 0, &assets))
        .await
        .unwrap();
    assert_eq!(desk.difference(all).await, (30, 31, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_parts_take_the_place_of_the_batch() {
    let desk = Desk::new(20).await;
    let id = desk.make("night", Recipe { pick: Pick::First { count: 11 }, ..Recipe::default() }).await;
    let made = desk.split(id, parts(3, None)).await.unwrap();
    let names: Vec<&str> = made.iter().map(|it| it.row.name.as_str()).collect();
    assert_eq!(names, ["night 1", "night 2", "night 3"]);
    assert_eq!(
        made[1].recipe.text,
        "part 2 of 3 in upload order of: the first 11 uploaded of the whole library"
    );
    assert_eq!(made[1].recipe.recipe.part, Some(Part::Equal { n: 2, of: 3, seed: None }));
    let sets = [members(0..4), members(4..8), members(8..11)];
    for (part, want) in made.iter().zip(&sets) {
        assert_eq!(&desk.members(part.row.id).await, want);
        let n = want.len() as u64;
        assert_eq!(desk.difference(part.row.id).await, (n, n, n));
    }
    let gone = view::get(&desk.app, &desk.manager, desk.project, id).await;
    assert_eq!(refused(gone), "not_found");

    // A part of a part, dealt at random; then by a value. Each still knows how it came about.
    let halves = desk.split(made[0].row.id, parts(2, Some(5))).await.unwrap();
    let (a, b) = (desk.members(halves[0].row.id).await, desk.members(halves[1].row.id).await);
    assert_eq!((a.len(), b.len(), &a | &b), (2, 2, members(0..4)));
    for half in &halves {
        assert_eq!(desk.difference(half.row.id).await, (2, 2, 2));
    }
    desk.append(halves[0].row.id, range(12, 16)).await.unwrap();
    for part in desk.split(halves[0].row.id, by("third")).await.unwrap() {
        let n = part.row.n_members as u64;
        assert_eq!(desk.difference(part.row.id).await, (n, n, n), "{}", part.recipe.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_forget_each_other_when_they_are_compared() {
    let desk = Desk::new(30).await;
    let unused = Recipe {
        exclude: Exclude { batched: ExcludeScope::Any },
        pick: Pick::Random { count: 12, seed: Some(1) },
        ..Recipe::default()
    };
    let id = desk.make("b", unused).await;
    for part in desk.split(id, parts(4, Some(9))).await.unwrap() {
        assert_eq!(desk.difference(part.row.id).await, (3, 3, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_by_a_field_has_every_member_once() {
    let desk = Desk::new(25).await;
    let id = desk.make("all", Recipe::default()).await;
    let made = desk.parts(id, by("tags")).await;
    let of =
        |wanted: &[&str]| (0..25).filter(|n| tags(*n).iter().min() == wanted.first()).collect::<Members>();
    let want = [("all blue", of(&["blue"])), ("all green", of(&["green"])), ("all without tags", of(&[]))];
    assert_eq!(made, want.map(|(name, members)| (name.to_owned(), members)), "of several values the least");

    let id = desk.make("by number", query("n<4")).await;
    let named = Split { name: Some("{n}: {batch} = {value}".into()), ..by("third") };
    let names: Vec<String> = desk.parts(id, named).await.into_iter().map(|part| part.0).collect();
    assert_eq!(names, ["1: by number = 0", "2: by number = 1", "3: by number = 2"]);

    // A list of chosen assets is cut like the members.
    let ids = [3, 4, 5, 9].map(|ordinal| AssetId { project: desk.project, ordinal });
    let chosen = Recipe { assets: Some(ids.to_vec()), ..Recipe::default() };
    let id = desk.make("chosen", chosen).await;
    let made = desk.split(id, parts(2, None)).await.unwrap();
    assert_eq!(made[0].recipe.recipe.assets.as_deref(), Some(&ids[..2]));
    assert_eq!(made[0].recipe.text, "all of 2 chosen assets");
    assert_eq!(desk.difference(made[1].row.id).await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_split_is_refused_and_stays() {
    let desk = Desk::new(1100).await;
    let id = desk.make("b", Recipe::default()).await;
    desk.make("b 2", range(0, 1)).await;
    let named = |name: &str| Split { name: Some(name.into()), ..parts(2, None) };
    for (how, at) in [
        (parts(1, None), "parts"),
        (parts(1001, None), "parts"),
        (parts(2, Some(u64::MAX)), "seed"),
        (Split::default(), "parts"),
        (Split { by: Some("n".into()), ..parts(2, None) }, "parts"),
        (Split { seed: Some(1), ..by("third") }, "seed"),
        (by("thirds"), "by"),
        (by(" "), "by"),
        (by("batch"), "by"),
        (by("n"), "by"),
        (by("type"), "by"),
        (named("same"), "name"),
        (named("{value}"), "name"),
        (named("{m}"), "name"),
        (named("{n"), "name"),
        (named(&"x".repeat(201)), "name"),
        (Split { name: Some("{batch}".into()), ..by("third") }, "name"),
    ] {
        let shown = format!("{how:?}");
        assert_eq!(path(desk.split(id, how).await), at, "{shown}");
    }
    assert_eq!(refused(desk.split(id, parts(2, None)).await), "name_taken");
    let small = desk.make("small", range(0, 3)).await;
    assert_eq!(path(desk.split(small, parts(4, None)).await), "parts");
    assert_eq!(desk.members(id).await, members(0..1100), "it is still there, whole");
    desk.act(small, BatchAction::Launch).await;
    assert_eq!(refused(desk.split(small, parts(2, None)).await), "bad_state");
    assert_eq!(refused(desk.remove(small, Recipe::default()).await), "bad_state");
    desk.act(small, BatchAction::Cancel).await;
    assert_eq!(refused(desk.append(small, Recipe::default()).await), "bad_state");
    assert_eq!(desk.members(small).await, members(0..3));
    let suggestion = desk.split(id, by("thirds")).await.unwrap_err();
    assert!(
        matches!(&suggestion, Error::Invalid { hint: Some(hint), code: "unknown_field", .. } if hint.contains("`third`")),
        "{suggestion:?}"
    );
}

/// Each bad recipe is refused by the dry run and by the making, at the same place, and nothing is made.
#[tokio::test(flavor = "multi_thread")]
async fn bad_recipes_name_the_place() {
    let desk = Desk::new(1100).await;
    let pick = |pick| Recipe { pick, ..Recipe::default() };
    let quota = |by: &str, quotas: Option<Vec<Quota>>| {
        pick(Pick::Quota { count: 5, by: by.into(), seed: None, fill: false, quotas })
    };
    let top = |by: &str| pick(Pick::Top { count: 5, by: by.into(), order: Default::default() });
    let value =
        |by: &str| Recipe { part: Some(Part::Value { by: by.into(), value: None }), ..Recipe::default() };
    for (recipe, at) in [
        (top("scores"), "recipe.pick.top.by"),
        (top("label"), "recipe.pick.top.by"),
        (top("a\"b.c"), "recipe.pick.top.by"),
        (quota("tag", None), "recipe.pick.quota.by"),
        (quota("n", None), "recipe.pick.quota.by"),
        (quota("tags", Some(vec![Quota { value: None, share: -1.0 }])), "recipe.pick.quota.quotas[0].share"),
        (value("thirds"), "recipe.part.value.by"),
    ] {
        let run = dry_run(&desk.app, &desk.manager, desk.project, recipe.clone(), Vec::new(), 0).await;
        assert_eq!(path(run), at, "{recipe:?}");
        let made = create(&desk.app, &desk.manager, desk.project, named("b".into()), recipe).await;
        assert_eq!(path(made), at);
    }
    assert_eq!(view::list(&desk.app, &desk.manager, desk.project, false, None, 10).await.unwrap().1, 0);
    // More than there is takes what is there and says so.
    let much = quota("third", Some(vec![Quota { value: Some(FieldValue::Number(1.0)), share: 1.0 }]));
    let Pick::Quota { by, quotas, .. } = much.pick else { panic!() };
    let much = pick(Pick::Quota { count: u64::MAX, by, seed: Some(1), fill: true, quotas });
    let made = create(&desk.app, &desk.manager, desk.project, named("b".into()), much).await.unwrap();
    assert_eq!((made.row.n_members, made.recipe.short_by), (367, u64::MAX - 367));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_also_the_number_that_is_written_so() {
    let desk = Desk::new(9).await;
    let quotas = [text("1"), Some(FieldValue::Number(2.0)), text("1.0"), text("zero")]
        .map(|value| Quota { value, share: 1.0 });
    let pick =
        Pick::Quota { count: 40, by: "third".into(), seed: None, fill: false, quotas: Some(quotas.to_vec()) };
    let recipe = Recipe { pick, ..Recipe::default() };
    let run = dry_run(&desk.app, &desk.manager, desk.project, recipe, vec!["third".into(), "name".into()], 5);
    let run = run.await.unwrap();
    let picked: Vec<u64> = run.fit.unwrap().iter().map(|fit| fit.picked).collect();
    assert_eq!(picked, [3, 3, 0, 0]);
    assert_eq!(run.histograms.len(), 1, "names are neither numbers nor times");
    let histogram = &run.histograms[0];
    assert_eq!((histogram.kind, histogram.min, histogram.max), ("number", 0.0, 2.0));
    let filled: Vec<_> =
        histogram.buckets.iter().filter(|it| it.pool > 0).map(|it| (it.pool, it.picked)).collect();
    assert_eq!(filled, [(3, 0), (3, 3), (3, 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_appended_below_the_cursor_is_served_once() {
    let desk = Desk::new(100).await;
    let ann = desk.annotator(10).await;
    let id = desk.make("b", query("n>=50 n<54")).await;
    desk.act(id, BatchAction::Launch).await;
    let mut served = Vec::new();
    let mut work = async |n: usize| {
        for _ in 0..n {
            let task = desk.claim(&ann, claim_id(&served), 1).await;
            let Some(task) = task.first() else { return served.clone() };
            submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
            served.push(task.task.ordinal);
        }
        served.clone()
    };
    work(2).await;
    assert_eq!(desk.append(id, query("n>=0 n<100 n%10=0")).await.unwrap(), (9, 1), "50 is a member already");
    work(2).await;
    assert_eq!(desk.append(id, range(8, 12)).await.unwrap(), (3, 1), "while 20 to 40 are still waiting");
    assert_eq!(work(100).await, [50, 51, 0, 10, 8, 9, 11, 20, 30, 40, 52, 53, 60, 70, 80, 90]);
    assert_eq!(desk.view(id).await.row.state, BatchState::Completed);
    assert_eq!(desk.append(id, query("n=50")).await.unwrap(), (0, 1));
    assert_eq!(desk.view(id).await.row.state, BatchState::Completed, "nothing new does not open it again");
    desk.append(id, query("n=99")).await.unwrap();
    assert_eq!(desk.view(id).await.row.state, BatchState::InProgress);
    assert_eq!(work(9).await.last(), Some(&99));
    assert_eq!(desk.view(id).await.row.state, BatchState::Completed);
    desk.recount(id).await;
    let deleted = edit::delete(&desk.app, &desk.manager, desk.project, id).await;
    assert_eq!(refused(deleted), "bad_state");
}

/// A claim id that was not used yet.
fn claim_id(served: &[u32]) -> u8 {
    served.len() as u8 + 1
}
