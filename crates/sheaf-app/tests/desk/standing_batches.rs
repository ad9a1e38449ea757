//! Standing batches against a model that looks at every minute: uploads, pauses, restarts and downtime, in any order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sheaf_app::batches::rerun::{RerunAt, rerun};
use sheaf_app::batches::{self, NewBatch, edit};
use sheaf_app::standing_batches::{self as standing, NewStandingBatch, StandingBatchEdit};
use sheaf_app::{App, Config};
use sheaf_app::{groups, members};
use sheaf_model::standing_batch::Daily;
use sheaf_model::{
    BatchAction, BatchId, BatchKind, CatchUp, Exclude, ExcludeScope, OpenTo, Pick, Roles, RunCause,
    RunOutcome, StandingBatchId, StandingPlan, TaskOrder, Trigger, UploadId, UserId,
};
use sheaf_store::library::NewAsset;

use crate::{Desk, code};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

type Members = BTreeSet<u32>;

/// What came of a run, as far as the model knows it.
#[derive(Debug, Clone, PartialEq)]
struct Ran {
    cause: RunCause,
    due: i64,
    outcome: RunOutcome,
    members: Members,
}

fn plan(query: &str, trigger: Trigger, pick: Pick, batched: ExcludeScope) -> StandingPlan {
    StandingPlan {
        query: query.into(),
        exclude: Exclude { batched },
        pick,
        trigger,
        name_pattern: "{date}".into(),
        kind: BatchKind::Production,
        priority: 0,
        rules: Default::default(),
        open_to: Default::default(),
        order: Default::default(),
        due_hours: None,
        prelabels: None,
        launch: false,
        catch_up: CatchUp::Once,
    }
}

fn daily(at: &str, utc_offset_minutes: i32) -> Trigger {
    Trigger::Daily(Daily { at: at.parse().unwrap(), utc_offset_minutes })
}

impl Desk {
    /// Assets that come in now; each is of a kind.
    async fn upload(&self, kinds: &[u8]) {
        let (project, now) = (self.project, self.app.now());
        let assets: Vec<NewAsset> = kinds
            .iter()
            .map(|kind| NewAsset {
                name: "a.png".into(),
                media_type: "image/png",
                metadata: format!("{{\"kind\":{kind}}}"),
                ..NewAsset::default()
            })
            .collect();
        self.app.store().write(move |tx| tx.append_assets(project, UploadId(2), now, &assets)).await.unwrap();
    }

    async fn stand(&self, name: &str, plan: StandingPlan) -> StandingBatchId {
        let new = NewStandingBatch { name: name.into(), plan };
        standing::create(&self.app, &self.manager, self.project, new).await.unwrap().row.id
    }

    async fn tick(&self) -> Option<i64> {
        standing::tick(&self.app).await.unwrap()
    }

    /// The history, oldest first, and the batches.
    async fn history(&self, id: StandingBatchId) -> (Vec<Ran>, Vec<BatchId>) {
        let (mut rows, total) =
            standing::runs(&self.app, &self.manager, self.project, id, None, 500).await.unwrap();
        rows.reverse();
        assert!(rows.iter().map(|row| row.n).eq(1..=total), "every run is there once");
        let (mut ran, mut batches) = (Vec::new(), Vec::new());
        for row in rows {
            let project = self.project;
            let members = match row.batch {
                None => Members::new(),
                Some(batch) => {
                    batches.push(batch);
                    let read = self.app.store().read(move |tx| tx.batch_members(project, batch)).await;
                    read.unwrap().iter().collect()
                }
            };
            assert_eq!(members.len() as i64, row.members);
            ran.push(Ran { cause: row.cause, due: row.due, outcome: row.outcome, members });
        }
        (ran, batches)
    }

    async fn last_message(&self, id: StandingBatchId) -> String {
        let view = standing::get(&self.app, &self.manager, self.project, id).await.unwrap();
        view.last_run.and_then(|run| run.message).unwrap_or_default()
    }

    /// The same data in a new process, as far as that goes.
    fn restarted(self) -> Self {
        let Self { app, clock, manager, project, _dir } = self;
        drop(app);
        let app = App::open(Config::new(_dir.path()).on(_dir.database()), clock.clone()).unwrap();
        Self { app, clock, manager, project, _dir }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Upload(Vec<u8>),
    Wait(i64),
    Tick,
    Pause(bool),
    Resume(bool),
    Hand(bool),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(0u8..2, 1..14).prop_map(Step::Upload),
        3 => (1i64..300).prop_map(Step::Wait),
        3 => (300i64..5_000).prop_map(Step::Wait),
        6 => Just(Step::Tick),
        1 => any::<bool>().prop_map(Step::Pause),
        2 => any::<bool>().prop_map(Step::Resume),
        1 => any::<bool>().prop_map(Step::Hand),
        1 => Just(Step::Restart),
    ]
}

/// One standing batch, simply.
struct Model {
    kind: u8,
    catch_up: CatchUp,
    pick: Pick,
    excludes: bool,
    /// New matches of a run; `None` when it is daily.
    every: Option<usize>,
    paused: bool,
    /// Due times up to here are dealt with.
    from: i64,
    batched: Members,
    counted: Members,
    ran: Vec<Ran>,
}

impl Model {
    fn run(&mut self, library: &[(i64, u8)], cause: RunCause, due: i64) {
        let available: Vec<u32> = (0u32..)
            .zip(library)
            .filter(|(_, (uploaded, kind))| {
                *kind == self.kind && (cause != RunCause::Time || *uploaded < due)
            })
            .map(|(ordinal, _)| ordinal)
            .filter(|ordinal| !(self.excludes && self.batched.contains(ordinal)))
            .collect();
        let n = self.pick.count().map_or(available.len(), |n| available.len().min(n as usize));
        let members: Members = match self.pick {
            Pick::Last { .. } => available[available.len() - n..].iter().copied().collect(),
            _ => available[..n].iter().copied().collect(),
        };
        let fresh: Vec<u32> = available.iter().copied().filter(|n| !self.counted.contains(n)).collect();
        self.counted.extend(fresh.iter().take(self.every.unwrap_or(0)).chain(&members));
        self.batched.extend(&members);
        let outcome = if members.is_empty() { RunOutcome::Empty } else { RunOutcome::Made };
        self.ran.push(Ran { cause, due, outcome, members });
    }

    fn skip(&mut self, due: i64) {
        let members = Members::new();
        self.ran.push(Ran { cause: RunCause::Time, due, outcome: RunOutcome::Skipped, members });
    }

    /// 06:30 at +01:00 is 05:30 UTC.
    fn due_times(&self, now: i64) -> Vec<i64> {
        let first = self.from.div_euclid(MINUTE) + 1;
        (first..=now.div_euclid(MINUTE))
            .filter(|minute| minute % (24 * 60) == 5 * 60 + 30)
            .map(|m| m * MINUTE)
            .collect()
    }

    fn tick(&mut self, library: &[(i64, u8)], now: i64) {
        if self.paused {
            return;
        }
        if let Some(every) = self.every {
            loop {
                let fresh = (0u32..).zip(library).filter(|(ordinal, (_, kind))| {
                    let excluded = self.excludes && self.batched.contains(ordinal);
                    *kind == self.kind && !excluded && !self.counted.contains(ordinal)
                });
                if fresh.count() < every {
                    return;
                }
                self.run(library, RunCause::Matches, now);
            }
        }
        let due = self.due_times(now);
        let Some((last, earlier)) = due.split_last() else { return };
        self.from = *last;
        match self.catch_up {
            CatchUp::Each => due.iter().for_each(|due| self.run(library, RunCause::Time, *due)),
            CatchUp::Once => self.run(library, RunCause::Time, *last),
            CatchUp::Skip if now - last > 10 * MINUTE => self.skip(*last),
            CatchUp::Skip => {
                if let Some(skipped) = earlier.last() {
                    self.skip(*skipped);
                }
                self.run(library, RunCause::Time, *last);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn runs_are_what_the_model_says(
        steps in prop::collection::vec(step(), 1..40),
        catch_up in prop::sample::select(vec![CatchUp::Each, CatchUp::Once, CatchUp::Skip]),
        excludes in any::<(bool, bool)>(),
        every in 1u64..12,
        pick in prop_oneof![
            Just(Pick::All),
            (1u64..15).prop_map(|count| Pick::First { count }),
            (1u64..15).prop_map(|count| Pick::Last { count }),
        ],
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let mut desk = Desk::new(0).await;
            // The field must be there before it is asked for.
            let mut library: Vec<(i64, u8)> = vec![(desk.app.now(), 2)];
            desk.upload(&[2]).await;
            let scope = |excludes| if excludes { ExcludeScope::Any } else { ExcludeScope::None };
            let by_day = StandingPlan { catch_up, ..plan("kind:0", daily("06:30", 60), pick.clone(), scope(excludes.0)) };
            let by_count = plan("kind:1", Trigger::Matches { every }, pick.clone(), scope(excludes.1));
            let ids = [desk.stand("by day", by_day).await, desk.stand("by count", by_count).await];
            let model = |kind, every, excludes| Model {
                kind, catch_up, pick: pick.clone(), excludes, every, paused: false, from: desk.app.now(),
                batched: Members::new(), counted: Members::new(), ran: Vec::new(),
            };
            let mut models = [model(0, None, excludes.0), model(1, Some(every as usize), excludes.1)];
            for step in steps {
                let now = desk.app.now();
                match step {
                    Step::Upload(kinds) => {
                        library.extend(kinds.iter().map(|kind| (now, *kind)));
                        desk.upload(&kinds).await;
                    }
                    Step::Wait(minutes) => desk.clock.advance(minutes * MINUTE),
                    Step::Tick => {
                        let next = desk.tick().await;
                        models.iter_mut().for_each(|model| model.tick(&library, now));
                        let due = (!models[0].paused).then(|| models[0].due_times(now + DAY)[0]);
                        assert_eq!(next, due, "when to look again");
                    }
                    Step::Pause(which) => {
                        standing::pause(&desk.app, &desk.manager, desk.project, ids[usize::from(which)]).await.unwrap();
                        models[usize::from(which)].paused = true;
                    }
                    Step::Resume(which) => {
                        standing::resume(&desk.app, &desk.manager, desk.project, ids[usize::from(which)]).await.unwrap();
                        let model = &mut models[usize::from(which)];
                        if std::mem::replace(&mut model.paused, false) {
                            model.from = now;
                        }
                    }
                    Step::Hand(which) => {
                        standing::run_by_hand(&desk.app, &desk.manager, desk.project, ids[usize::from(which)])
                            .await
                            .unwrap();
                        models[usize::from(which)].run(&library, RunCause::Hand, now);
                    }
                    Step::Restart => desk = desk.restarted(),
                }
            }
            let mut made = Vec::new();
            for (id, model) in ids.into_iter().zip(&models) {
                let (ran, batches) = desk.history(id).await;
                assert_eq!(ran, model.ran);
                made.extend(batches.into_iter().zip(ran.into_iter().filter(|ran| !ran.members.is_empty())));
            }
            // Each batch's recipe makes it again.
            for (batch, ran) in made {
                let new = NewBatch { name: format!("again {batch}"), ..NewBatch::default() };
                let again = rerun(&desk.app, &desk.manager, desk.project, batch, new, RerunAt::Then).await.unwrap();
                let (project, id) = (desk.project, again.row.id);
                let members = desk.app.store().read(move |tx| tx.batch_members(project, id)).await.unwrap();
                assert_eq!(members.iter().collect::<Members>(), ran.members, "{}", again.recipe.text);
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_cut_by_day_although_nothing_is_excluded() {
    let desk = Desk::new(0).await;
    desk.upload(&[0]).await;
    let query = "kind:0 uploaded:>=-1d";
    let plan = StandingPlan {
        catch_up: CatchUp::Each,
        name_pattern: "night {date}, run {n} of {time}".into(),
        ..plan(query, daily("00:00", 0), Pick::All, ExcludeScope::None)
    };
    let id = desk.stand("by day", plan).await;
    // An asset at each half hour of three days, and the server is down for most of it.
    let start = desk.app.now();
    for _ in 0..3 * 48 {
        desk.clock.advance(30 * MINUTE);
        desk.upload(&[0]).await;
    }
    desk.tick().await;
    let (ran, batches) = desk.history(id).await;
    let sizes: Vec<usize> = ran.iter().map(|ran| ran.members.len()).collect();
    let first = (DAY - start - 1) / (30 * MINUTE) + 1;
    assert_eq!(sizes, [first as usize, 48, 48]);
    let disjoint: Members = ran.iter().flat_map(|ran| ran.members.iter().copied()).collect();
    assert_eq!(disjoint.len(), sizes.iter().sum::<usize>());
    let batch =
        sheaf_app::batches::view::get(&desk.app, &desk.manager, desk.project, batches[1]).await.unwrap();
    assert_eq!(batch.row.name, "night 1970-01-02, run 2 of 00:00");
    assert_eq!(batch.standing.unwrap(), (id, "by day".into()));
    let query = batch.recipe.recipe.query.unwrap();
    assert_eq!(query, "kind:0 uploaded>=1970-01-02T00:00:00.000Z uploaded<1970-01-03T00:00:00.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_fails_is_told_and_tried_at_the_next_time() {
    let desk = Desk::new(3).await;
    let new = NewBatch { name: "known".into(), ..NewBatch::default() };
    let recipe = sheaf_model::Recipe { query: Some("n:0".into()), ..sheaf_model::Recipe::default() };
    let known =
        sheaf_app::batches::create(&desk.app, &desk.manager, desk.project, new, recipe).await.unwrap();
    let scope = ExcludeScope::Batches(vec!["known".into()]);
    let by_day = desk.stand("by day", plan("", daily("06:30", 0), Pick::All, scope.clone())).await;
    let by_count = desk.stand("by count", plan("", Trigger::Matches { every: 50 }, Pick::All, scope)).await;
    edit::delete(&desk.app, &desk.manager, desk.project, known.row.id).await.unwrap();
    for _ in 0..2 {
        desk.clock.advance(DAY);
        desk.upload(&[0]).await;
        desk.tick().await;
    }
    let outcomes = |ran: Vec<Ran>| ran.into_iter().map(|ran| ran.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes(desk.history(by_day).await.0), [RunOutcome::Failed, RunOutcome::Failed]);
    assert_eq!(
        outcomes(desk.history(by_count).await.0),
        [RunOutcome::Failed],
        "told once, not at every upload"
    );
    assert_eq!(desk.last_message(by_day).await, "there is no batch `known` to leave out");
    let by_hand = standing::run_by_hand(&desk.app, &desk.manager, desk.project, by_day).await.unwrap_err();
    assert_eq!(code(&by_hand), "unknown_batch");
    for id in [by_day, by_count] {
        let fixed = StandingBatchEdit { exclude: Some(Exclude::default()), ..StandingBatchEdit::default() };
        standing::edit(&desk.app, &desk.manager, desk.project, id, fixed).await.unwrap();
    }
    desk.clock.advance(DAY);
    desk.upload(&[0; 50]).await;
    desk.tick().await;
    assert_eq!(desk.history(by_day).await.0.last().unwrap().outcome, RunOutcome::Made);
    assert_eq!(desk.history(by_count).await.0.last().unwrap().outcome, RunOutcome::Made);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_launched_is_not_made() {
    let mut desk = Desk::new(3).await;
    let new = sheaf_app::projects::NewProject {
        name: "without a taxonomy".into(),
        media: sheaf_model::Media::Image,
        taxonomy: None,
        instructions: String::new(),
        attribution: None,
    };
    desk.project = sheaf_app::projects::create(&desk.app, &desk.manager, new).await.unwrap().project.id;
    let launched = StandingPlan { launch: true, ..plan("", daily("06:30", 0), Pick::All, ExcludeScope::Any) };
    let id = desk.stand("by day", launched).await;
    desk.upload(&[0]).await;
    desk.clock.advance(DAY);
    desk.tick().await;
    let (ran, batches) = desk.history(id).await;
    assert_eq!((ran[0].outcome, batches.len()), (RunOutcome::Failed, 0));
    assert!(desk.last_message(id).await.contains("no taxonomy"), "{}", desk.last_message(id).await);
    let (project, app) = (desk.project, desk.app.clone());
    assert!(app.store().read(move |tx| tx.batches(project)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_gets_a_suffix() {
    let desk = Desk::new(0).await;
    let new = NewBatch { name: "same (3)".into(), ..NewBatch::default() };
    desk.upload(&[0]).await;
    sheaf_app::batches::create(&desk.app, &desk.manager, desk.project, new, sheaf_model::Recipe::default())
        .await
        .unwrap();
    let by_count = StandingPlan {
        name_pattern: "same".into(),
        ..plan("", Trigger::Matches { every: 1 }, Pick::First { count: 1 }, ExcludeScope::Any)
    };
    let id = desk.stand("by count", by_count).await;
    desk.upload(&[0; 40]).await;
    desk.tick().await;
    let (ran, batches) = desk.history(id).await;
    assert_eq!((ran.len(), batches.len()), (40, 40));
    let project = desk.project;
    let rows = desk.app.store().read(move |tx| tx.batches(project)).await.unwrap();
    let names: BTreeSet<String> = rows.into_iter().map(|row| row.name).collect();
    let wanted = (2..=41).map(|n| format!("same ({n})")).chain(["same".to_owned()]);
    assert_eq!(names, wanted.collect::<BTreeSet<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn very_many_runs_take_turns() {
    let desk = Desk::new(0).await;
    let each = plan("", Trigger::Matches { every: 1 }, Pick::First { count: 1 }, ExcludeScope::Any);
    let id = desk.stand("each", each).await;
    desk.upload(&[0; 130]).await;
    assert_eq!(desk.tick().await, Some(desk.app.now()), "there is more to do at once");
    assert_eq!(desk.tick().await, None);
    let (ran, _) = desk.history(id).await;
    assert!(ran.iter().map(|ran| ran.members.first().copied()).eq((0..130).map(Some)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_fault_of_the_plan_tries_again() {
    let desk = Desk::new(3).await;
    let id = desk.stand("by day", plan("", daily("06:30", 0), Pick::All, ExcludeScope::Any)).await;
    desk.clock.advance(DAY);
    // Members that cannot be read: the server's fault, not the plan's.
    let (project, new) = (desk.project, NewBatch { name: "spoilt".into(), ..NewBatch::default() });
    let recipe = sheaf_model::Recipe { query: Some("n:0".into()), ..sheaf_model::Recipe::default() };
    let spoilt =
        sheaf_app::batches::create(&desk.app, &desk.manager, project, new, recipe).await.unwrap().row.id;
    desk.app
        .store()
        .write(move |tx| {
            let sql = sheaf_testing::with_bytes("UPDATE batch_members SET data = x'00' WHERE batch_id = ?1");
            tx.exec(&sql, sheaf_store::args![spoilt])
        })
        .await
        .unwrap();
    let next = desk.tick().await;
    assert_eq!(next, Some(desk.app.now() + MINUTE), "it rests");
    assert!(desk.history(id).await.0.is_empty(), "the run is not given up");
    edit::delete(&desk.app, &desk.manager, project, spoilt).await.unwrap();
    desk.tick().await;
    assert!(desk.history(id).await.0.is_empty(), "still resting");
    desk.clock.advance(MINUTE);
    desk.tick().await;
    assert_eq!(desk.history(id).await.0[0].outcome, RunOutcome::Made);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_batches_are_served_as_it_says() {
    let desk = Desk::new(9).await;
    let (app, boss, project) = (&desk.app, &desk.manager, desk.project);
    let ann = desk.annotator(10).await;
    let night = groups::create(app, boss, project, "Night".into(), vec![ann.user]).await.unwrap().row.id;
    let by_score = |by: &str| TaskOrder::Field { by: by.into(), descending: false };
    let mut wanted = plan("", daily("06:30", 0), Pick::All, ExcludeScope::Any);
    wanted.open_to = OpenTo { groups: vec![night], people: vec![] };
    (wanted.order, wanted.due_hours, wanted.launch) = (by_score("score"), Some(36), true);
    for (bad, code_of_it) in [
        (StandingPlan { due_hours: Some(0), ..wanted.clone() }, "invalid"),
        (StandingPlan { order: by_score("nothing"), ..wanted.clone() }, "bad_order"),
        (
            StandingPlan { open_to: OpenTo { groups: vec![], people: vec![UserId(99)] }, ..wanted.clone() },
            "bad_open_to",
        ),
    ] {
        let new = NewStandingBatch { name: "bad".into(), plan: bad };
        let refused = standing::create(app, boss, project, new).await.unwrap_err();
        assert_eq!(code(&refused), code_of_it);
    }
    let id = desk.stand("nights", wanted.clone()).await;
    let view = standing::get(app, boss, project, id).await.unwrap();
    assert_eq!(view.open_to.groups, [(night, "Night".to_owned())]);
    standing::run_by_hand(app, boss, project, id).await.unwrap();
    let made = desk.history(id).await.1[0];
    let row = app.store().read(move |tx| tx.batch(project, made)).await.unwrap().unwrap();
    assert_eq!((&row.open_to, &row.order), (&wanted.open_to, &wanted.order));
    assert_eq!(row.due, Some(app.now() + 36 * 3_600_000));
    // Who left is named no more; when all of them did, the batch is not opened to everybody.
    let ben = desk.annotator(11).await;
    let only = |people| StandingBatchEdit {
        open_to: Some(OpenTo { groups: vec![], people }),
        exclude: Some(Exclude { batched: ExcludeScope::None }),
        ..StandingBatchEdit::default()
    };
    standing::edit(app, boss, project, id, only(vec![ann.user, ben.user])).await.unwrap();
    members::set(app, boss, project, ben.user, Roles::NONE).await.unwrap();
    standing::run_by_hand(app, boss, project, id).await.unwrap();
    let second = *desk.history(id).await.1.iter().find(|it| **it != made).unwrap();
    let row = app.store().read(move |tx| tx.batch(project, second)).await.unwrap().unwrap();
    assert_eq!(row.open_to.people, [ann.user]);
    members::set(app, boss, project, ann.user, Roles::NONE).await.unwrap();
    let refused = standing::run_by_hand(app, boss, project, id).await.unwrap_err();
    assert_eq!(code(&refused), "bad_open_to");
    let night_again =
        StandingBatchEdit { open_to: Some(wanted.open_to.clone()), ..StandingBatchEdit::default() };
    standing::edit(app, boss, project, id, night_again).await.unwrap();
    // A group that batches are to be open to stays, until it is named no more.
    edit::delete(app, boss, project, made).await.unwrap_err();
    batches::act::act(app, boss, project, made, BatchAction::Cancel).await.unwrap();
    assert_eq!(code(&groups::delete(app, boss, project, night).await.unwrap_err()), "group_in_use");
    let everybody = StandingBatchEdit {
        open_to: Some(OpenTo::default()),
        due_hours: Some(None),
        ..StandingBatchEdit::default()
    };
    let edited = standing::edit(app, boss, project, id, everybody).await.unwrap().row.plan;
    assert_eq!((edited.due_hours, edited.order), (None, by_score("score")));
    groups::delete(app, boss, project, night).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_deleted_leaves_its_run() {
    let desk = Desk::new(3).await;
    let id = desk.stand("by hand", plan("", daily("06:30", 0), Pick::All, ExcludeScope::Any)).await;
    standing::run_by_hand(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    let (_, batches) = desk.history(id).await;
    edit::delete(&desk.app, &desk.manager, desk.project, batches[0]).await.unwrap();
    let view = standing::get(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    let last = view.last_run.unwrap();
    assert_eq!((last.outcome, last.members, last.batch), (RunOutcome::Made, 3, None));
    standing::run_by_hand(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    standing::delete(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    let gone = standing::get(&desk.app, &desk.manager, desk.project, id).await.unwrap_err();
    assert_eq!(code(&gone), "not_found");
    let project = desk.project;
    let left = desk.app.store().read(move |tx| tx.batches(project)).await.unwrap();
    assert_eq!(left.len(), 1, "the batch that it made stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_makes_no_day_twice() {
    let desk = Desk::new(3).await;
    let id = desk.stand("by day", plan("", daily("06:30", 0), Pick::All, ExcludeScope::None)).await;
    desk.clock.advance(DAY);
    desk.tick().await;
    desk.clock.advance(-DAY);
    let (app, who, project) = (&desk.app, &desk.manager, desk.project);
    standing::pause(app, who, project, id).await.unwrap();
    let resumed = standing::resume(app, who, project, id).await.unwrap();
    let (ran, _) = desk.history(id).await;
    assert_eq!(resumed.row.next_due, Some(ran[0].due + DAY));
}
