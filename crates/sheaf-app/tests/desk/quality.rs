//! Quality tasks on a real store: known answers before a launch, gold at its rate and not told from the rest, nobody the
//! same one twice, scores that follow both answers, training first and explained.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_app::batches::rehearse::{self, Assume};
use sheaf_app::batches::{self, NewBatch, act, edit};
use sheaf_app::export::{Format, Spec};
use sheaf_app::quality::known::{self, NewKnownAnswer};
use sheaf_app::quality::results;
use sheaf_app::queue::claim::Empty;
use sheaf_app::queue::submit::{amend, submit};
use sheaf_app::queue::{Claim, TaskView, Work, claim, explain, held, history, overview, skips};
use sheaf_app::{Actor, ids};
use sheaf_model::{AssetId, BatchAction, BatchId, BatchKind, Recipe};

use crate::queue::{answer, response};
use crate::{Desk, code};

struct World {
    desk: Desk,
    real: BatchId,
}

const N: u32 = 400;
const GOLD: u32 = 12;

impl World {
    /// `N` assets: the first `GOLD` are for quality batches, the rest is labelled.
    async fn new() -> Self {
        let desk = Desk::new(N).await;
        let recipe = Recipe { query: Some(format!("n>={GOLD}")), ..Recipe::default() };
        let new = NewBatch { name: "real".into(), launch: true, ..NewBatch::default() };
        let real = batches::create(&desk.app, &desk.manager, desk.project, new, recipe).await.unwrap();
        Self { real: real.row.id, desk }
    }

    /// A quality batch of the first assets, in staging.
    async fn quality(&self, kind: BatchKind, rate: Option<u8>) -> BatchId {
        let recipe = Recipe { query: Some(format!("n<{GOLD}")), ..Recipe::default() };
        let new = NewBatch { name: kind.as_str().into(), kind, gold_rate: rate, ..NewBatch::default() };
        let desk = &self.desk;
        batches::create(&desk.app, &desk.manager, desk.project, new, recipe).await.unwrap().row.id
    }

    fn known(&self, ordinal: u32, kind: &str) -> NewKnownAnswer {
        let asset = AssetId { project: self.desk.project, ordinal };
        NewKnownAnswer { asset, response: response(kind), note: format!("it is {kind}") }
    }

    async fn launch(&self, batch: BatchId) -> sheaf_app::Result<()> {
        let desk = &self.desk;
        act::act(&desk.app, &desk.manager, desk.project, batch, BatchAction::Launch).await.map(|_| ())
    }

    /// A launched quality batch whose answers are all `a`.
    async fn launched(&self, kind: BatchKind, rate: Option<u8>) -> BatchId {
        let (desk, batch) = (&self.desk, self.quality(kind, rate).await);
        let all = (0..GOLD).map(|ordinal| self.known(ordinal, "a")).collect();
        known::put(&desk.app, &desk.manager, desk.project, batch, all).await.unwrap();
        self.launch(batch).await.unwrap();
        batch
    }

    async fn claim(&self, who: &Actor) -> Option<TaskView> {
        let asked = Claim {
            claim_id: ids::random().unwrap(),
            project: Some(self.desk.project),
            work: None,
            count: 1,
        };
        claim(&self.desk.app, who, asked).await.unwrap().tasks.pop()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_known_answers_there_is_no_launch() {
    let world = World::new().await;
    let (app, manager, project) = (&world.desk.app, &world.desk.manager, world.desk.project);
    let batch = world.quality(BatchKind::Gold, None).await;
    assert_eq!(code(&world.launch(batch).await.unwrap_err()), "known_answers_missing");
    let new = NewBatch { name: "x".into(), kind: BatchKind::Gold, launch: true, ..NewBatch::default() };
    let refused = batches::create(app, manager, project, new, Recipe::default()).await.unwrap_err();
    assert_eq!(code(&refused), "known_answers_missing");

    let half = (0..GOLD / 2).map(|ordinal| world.known(ordinal, "a")).collect();
    let written = known::put(app, manager, project, batch, half).await.unwrap();
    assert_eq!((written.written, written.missing), (6, 6));
    assert_eq!(code(&world.launch(batch).await.unwrap_err()), "known_answers_missing");
    // All or none, and the place of what is wrong.
    let bad = vec![world.known(7, "a"), world.known(8, "nonsense"), world.known(GOLD + 1, "a")];
    let refused = known::put(app, manager, project, batch, bad).await.unwrap_err();
    let sheaf_app::Error::Invalid { problems, .. } = &refused else { panic!("{refused:?}") };
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["items[1].response.fields.kind", "items[2].asset_id"]);
    let listed = known::list(app, manager, project, batch, 0, 4).await.unwrap();
    assert_eq!((listed.items.len(), listed.total, listed.missing, listed.next), (4, 6, 6, Some(4)));

    let rest = (GOLD / 2..GOLD).map(|ordinal| world.known(ordinal, "a")).collect();
    known::put(app, manager, project, batch, rest).await.unwrap();
    world.launch(batch).await.unwrap();
    let refused = known::put(app, manager, project, world.real, vec![world.known(20, "a")]).await;
    assert_eq!(code(&refused.unwrap_err()), "not_quality");
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn gold_comes_at_its_rate_once_each_and_looks_like_the_rest() {
    let world = World::new().await;
    let gold = world.launched(BatchKind::Gold, Some(50)).await;
    let (app, project) = (&world.desk.app, world.desk.project);
    let real = tx_name(&world, world.real).await;
    for (n, person) in [world.desk.annotator(10).await, world.desk.annotator(11).await].iter().enumerate() {
        let (mut mine, mut all) = (BTreeSet::new(), 0);
        for _ in 0..60 {
            let task = world.claim(person).await.unwrap();
            all += 1;
            assert_eq!((task.batch.0, &task.batch.1), (world.real, &real));
            assert_eq!((task.batch.2, task.rules.overlap), (BatchKind::Production, 1));
            assert_eq!(task.asset.batches, [(world.real, real.clone())]);
            if task.task.batch == gold {
                assert!(mine.insert(task.task.ordinal), "the same gold task twice");
            } else {
                assert!(task.task.ordinal >= GOLD);
            }
            // The first one is always right, the second is right in every other gold task.
            let wrong = n == 1 && task.task.batch == gold && mine.len() % 2 == 0;
            let receipt =
                submit(app, person, task.lease, answer(if wrong { "b" } else { "a" })).await.unwrap();
            assert_eq!(receipt.feedback, None, "gold is not told");
        }
        // Half of the claims fall on gold until it runs dry; that 60 hold fewer than 12 has a chance below 1e-6.
        assert_eq!((mine.len(), all), (GOLD as usize, 60));
        let (handed, total) = history::history(app, person, Some(project), None, 100).await.unwrap();
        assert_eq!(total, 60);
        assert!(handed.iter().all(|one| one.batch == (world.real, real.clone())));
        let own = explain::own(app, person, project).await.unwrap();
        assert!(own.steps.iter().all(|step| step.batch.id != gold), "gold is told of");
        // What is left is counted without what nobody is to know of.
        let left = overview::overview(app, person).await.unwrap().pop().unwrap().available;
        assert_eq!(left, i64::from(N - GOLD) - (n as i64 + 1) * i64::from(60 - GOLD));
    }
    let all = results(app, &world.desk.manager, project).await.unwrap();
    let scores: Vec<_> = all.iter().map(|(_, one)| one.gold).collect();
    assert_eq!(scores, [(12, Some(1_000_000)), (12, Some(500_000))]);
    world.desk.is_sound();
}

async fn tx_name(world: &World, batch: BatchId) -> String {
    let project = world.desk.project;
    world
        .desk
        .app
        .store()
        .read(move |tx| Ok::<_, sheaf_app::Error>(tx.batch(project, batch)?))
        .await
        .unwrap()
        .unwrap()
        .name
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_gold_batch_and_another_rate_act_on_the_next_claim() {
    let world = World::new().await;
    let gold = world.launched(BatchKind::Gold, Some(50)).await;
    let (app, manager, project) = (&world.desk.app, &world.desk.manager, world.desk.project);
    let person = world.desk.annotator(10).await;
    act::act(app, manager, project, gold, BatchAction::Pause).await.unwrap();
    for _ in 0..30 {
        let task = world.claim(&person).await.unwrap();
        assert_eq!(task.task.batch, world.real);
        submit(app, &person, task.lease, answer("a")).await.unwrap();
    }
    let rate = |gold_rate| edit::BatchEdit { gold_rate: Some(gold_rate), ..edit::BatchEdit::default() };
    let refused = edit::edit(app, manager, project, world.real, rate(10)).await.unwrap_err();
    assert_eq!(code(&refused), "bad_gold_rate");
    assert_eq!(code(&edit::edit(app, manager, project, gold, rate(0)).await.unwrap_err()), "bad_gold_rate");
    let edited = edit::edit(app, manager, project, gold, rate(33)).await.unwrap();
    assert_eq!(edited.row.gold_rate, 33);
    assert!(edited.warnings.is_empty(), "one annotator is enough: {:?}", edited.warnings);
}

#[tokio::test(flavor = "multi_thread")]
async fn training_comes_first_and_is_explained_and_scores_follow_the_answers() {
    let world = World::new().await;
    let training = world.launched(BatchKind::Training, None).await;
    let (app, manager, project) = (&world.desk.app, &world.desk.manager, world.desk.project);
    let person = world.desk.annotator(10).await;
    let mut last = None;
    for ordinal in 0..GOLD {
        let task = world.claim(&person).await.unwrap();
        assert_eq!((task.task.batch, task.task.ordinal), (training, ordinal));
        assert_eq!(task.batch.2, BatchKind::Training);
        let given = answer("b");
        let again = given.clone();
        let receipt = submit(app, &person, task.lease, given).await.unwrap();
        let feedback = receipt.feedback.clone().unwrap();
        assert_eq!((feedback.score, feedback.note.as_str()), (0, "it is a"));
        assert_eq!(feedback.response, response("a"));
        // What is sent again is told again.
        let repeated = submit(app, &person, task.lease, again).await.unwrap();
        assert!(repeated.replayed && repeated.feedback == receipt.feedback);
        last = Some(task);
    }
    assert_eq!(world.claim(&person).await.unwrap().task.batch, world.real);

    let score = async || results(app, manager, project).await.unwrap().pop().unwrap().1.training;
    assert_eq!(score().await, (12, Some(0)));
    let task = last.unwrap().task;
    // What was explained is not better known afterwards.
    let refused = amend(app, &person, task, answer("a")).await.unwrap_err();
    assert_eq!((code(&refused), score().await), ("explained", (12, Some(0))));
    let (handed, _) = history::history(app, &person, Some(project), None, 100).await.unwrap();
    assert!(handed.iter().all(|one| !one.amendable));
    // The known answer was wrong: everybody who did it is scored anew.
    let put = vec![world.known(0, "b"), world.known(task.ordinal, "b")];
    known::put(app, manager, project, training, put).await.unwrap();
    assert_eq!(score().await, (12, Some(2_000_000 / 12)));
    known::put(app, manager, project, training, vec![world.known(task.ordinal, "a")]).await.unwrap();
    assert_eq!(score().await, (12, Some(1_000_000 / 12)));
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn known_answers_are_taken_from_what_was_labelled() {
    let world = World::new().await;
    let (app, manager, project) = (&world.desk.app, &world.desk.manager, world.desk.project);
    let person = world.desk.annotator(10).await;
    let mut said = BTreeMap::new();
    for n in 0..5 {
        let task = world.claim(&person).await.unwrap();
        let kind = if n % 2 == 0 { "a" } else { "b" };
        submit(app, &person, task.lease, answer(kind)).await.unwrap();
        said.insert(task.task.ordinal, kind);
    }
    let recipe = Recipe { query: Some(format!("n>={GOLD} n<{}", GOLD + 8)), ..Recipe::default() };
    let new = NewBatch { name: "g".into(), kind: BatchKind::Gold, ..NewBatch::default() };
    let batch = batches::create(app, manager, project, new, recipe).await.unwrap().row.id;
    let by_hand = *said.keys().next().unwrap();
    known::put(app, manager, project, batch, vec![world.known(by_hand, "b")]).await.unwrap();
    let written = known::copy(app, manager, project, batch, world.real).await.unwrap();
    assert_eq!((written.written, written.missing), (4, 3));
    said.insert(by_hand, "b");
    let listed = known::list(app, manager, project, batch, 0, 100).await.unwrap();
    let copied: Vec<_> =
        listed.items.iter().map(|one| (one.asset.id.ordinal, one.response.clone())).collect();
    let wanted: Vec<_> = said.iter().map(|(ordinal, kind)| (*ordinal, response(kind))).collect();
    assert_eq!(copied, wanted);
    edit::delete(app, manager, project, batch).await.unwrap();
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gold_task_that_is_passed_on_looks_like_the_rest_and_waits_for_no_manager() {
    let world = World::new().await;
    let gold = world.launched(BatchKind::Gold, Some(50)).await;
    let (app, project) = (&world.desk.app, world.desk.project);
    let person = world.desk.annotator(10).await;
    let mut passed = 0;
    while passed < 3 {
        let task = world.claim(&person).await.unwrap();
        if task.task.batch == gold {
            held::skip(app, &person, task.lease, "unclear".into()).await.unwrap();
            passed += 1;
        } else {
            submit(app, &person, task.lease, answer("a")).await.unwrap();
        }
    }
    let (name, listed) = (tx_name(&world, world.real).await, skips::list(app, &person, None).await.unwrap());
    assert_eq!(listed.len(), 3);
    for one in listed {
        assert_eq!((one.row.task.batch, &one.batch), (gold, &name));
        assert_eq!(one.asset.batches, [(world.real, name.clone())]);
    }
    let blocked = move |tx: &sheaf_store::Tx<'_>| Ok::<_, sheaf_app::Error>(tx.progress(project, gold)?);
    assert_eq!(app.store().read(blocked).await.unwrap().counts.blocked, 0);
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn quality_tasks_that_others_could_still_do_are_not_work_that_is_left() {
    let world = World::new().await;
    world.launched(BatchKind::Training, None).await;
    world.launched(BatchKind::Gold, Some(50)).await;
    let (app, project) = (&world.desk.app, world.desk.project);
    let person = world.desk.annotator(10).await;
    while let Some(task) = world.claim(&person).await {
        submit(app, &person, task.lease, answer("a")).await.unwrap();
    }
    let asked =
        Claim { claim_id: ids::random().unwrap(), project: Some(project), work: Some(Work::Label), count: 1 };
    assert_eq!(claim(app, &person, asked).await.unwrap().reason, Some(Empty::AllDone));
    assert_eq!(overview::overview(app, &person).await.unwrap().pop().unwrap().available, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_quality_tasks_is_not_found_and_goes_out_only_when_asked_for() {
    let world = World::new().await;
    let training = world.launched(BatchKind::Training, None).await;
    let (desk, person) = (&world.desk, world.desk.annotator(10).await);
    for _ in 0..GOLD {
        let task = world.claim(&person).await.unwrap();
        submit(&desk.app, &person, task.lease, answer("b")).await.unwrap();
    }
    let ours = ["label:b", "label.a=0", "status:submitted", "annotator:p10", "labeled:*"];
    for query in ours {
        assert_eq!(desk.found(query).await, BTreeSet::new(), "{query}");
    }
    let whole = |batch| Spec {
        format: Format::Jsonl,
        query: String::new(),
        batch,
        all: false,
        merged: None,
        prelabels: false,
    };
    assert_eq!(desk.export(whole(None)).await, "");
    assert_eq!(desk.export(whole(Some(training))).await.lines().count(), GOLD as usize);
    let task = world.claim(&person).await.unwrap();
    submit(&desk.app, &person, task.lease, answer("b")).await.unwrap();
    for query in ours {
        assert_eq!(desk.found(query).await, BTreeSet::from([task.task.ordinal]), "{query}");
    }
    assert_eq!(desk.export(whole(None)).await.lines().count(), 1);
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn gold_that_runs_dry_is_told_before_and_when_it_does() {
    let world = World::new().await;
    let (desk, person) = (&world.desk, world.desk.annotator(10).await);
    let gold = world.launched(BatchKind::Gold, Some(10)).await;
    let codes = |of: &rehearse::Rehearsal| of.warnings.iter().map(|it| it.code).collect::<Vec<_>>();
    let go = async |gold_rate| {
        let assume = Assume { seconds: Some(9.0), gold_rate, ..Assume::default() };
        rehearse::rehearse(&desk.app, &desk.manager, desk.project, world.real, assume).await.unwrap()
    };
    // 388 tasks by one person: 10 percent are 44 more, and there are 12.
    let of = go(None).await;
    assert_eq!((of.people[0].gold, of.people[0].gold_left, of.assumed.gold_rate), (44, 12, 10));
    assert_eq!((codes(&of), of.outcome.ends), (vec!["gold_runs_dry"], 388.0 * 10.0));
    let of = go(Some(3)).await;
    assert_eq!((of.people[0].gold, codes(&of)), (12, vec![]));
    assert_eq!(go(Some(0)).await.outcome.ends, 388.0 * 9.0);
    let view = async || batches::view::get(&desk.app, &desk.manager, desk.project, gold).await.unwrap();
    assert!(view().await.warnings.is_empty());
    for _ in 0..250 {
        let task = world.claim(&person).await.unwrap();
        submit(&desk.app, &person, task.lease, answer("a")).await.unwrap();
    }
    // That 250 claims hold fewer than 12 gold ones has a chance below 1e-3; the rest of the batch makes it certain.
    while let Some(task) = world.claim(&person).await {
        submit(&desk.app, &person, task.lease, answer("a")).await.unwrap();
    }
    let warnings = view().await.warnings;
    assert_eq!(warnings.iter().map(|it| it.code).collect::<Vec<_>>(), ["gold_runs_dry"]);
}
