//! Agreement on a real store: written with the last judgement, found by the next query, gone when a judgement is taken
//! back, one answer out of several in the export, and what was there before it was kept.

use std::collections::BTreeSet;

use sheaf_app::agreement::{batch, task};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::export::{Format, Spec};
use sheaf_app::queue::claim;
use sheaf_app::queue::manage::{Manage, manage};
use sheaf_app::queue::review::{Review, Said, review};
use sheaf_app::queue::submit::{amend, submit};
use sheaf_app::queue::{Claim, TaskView};
use sheaf_app::{Actor, App, Config, ids};
use sheaf_model::agreement::{DISPUTED_BELOW, MergeRule, share};
use sheaf_model::{BatchId, Recipe, ReviewId, Role, Roles, TaskId, TaskRules};
use sheaf_query::expr::{Expr, Field, Order, Scalar, Test};

use crate::Desk;
use crate::queue::{answer, response};

struct World {
    desk: Desk,
    batch: BatchId,
    people: Vec<Actor>,
    reviewer: Actor,
}

impl World {
    /// Four tasks that `overlap` people judge and one reviews.
    async fn new(overlap: u8) -> Self {
        let desk = Desk::new(6).await;
        let mut people = Vec::new();
        for i in 0..i64::from(overlap) {
            people.push(desk.annotator(10 + i).await);
        }
        let reviewer = desk.annotator(30).await;
        let (project, user) = (desk.project, reviewer.user);
        let roles = Roles::of(&[Role::Reviewer]);
        desk.app.store().write(move |tx| tx.set_roles(project, user, roles)).await.unwrap();
        let rules = TaskRules { overlap, review_levels: 1 };
        let new = NewBatch { name: "b".into(), rules, launch: true, ..NewBatch::default() };
        let recipe = Recipe { query: Some("n<4".into()), ..Recipe::default() };
        let made = batches::create(&desk.app, &desk.manager, project, new, recipe).await.unwrap();
        Self { batch: made.row.id, desk, people, reviewer }
    }

    async fn claim(&self, who: &Actor) -> TaskView {
        let claim_id = ids::random().unwrap();
        let asked = Claim { claim_id, project: Some(self.desk.project), work: None, count: 1 };
        claim(&self.desk.app, who, asked).await.unwrap().tasks.pop().unwrap()
    }

    /// The next answer of a person.
    async fn say(&self, who: usize, kind: &str) {
        let lease = self.claim(&self.people[who]).await.lease;
        submit(&self.desk.app, &self.people[who], lease, answer(kind)).await.unwrap();
    }

    fn id(&self, ordinal: u32) -> TaskId {
        TaskId { project: self.desk.project, batch: self.batch, ordinal }
    }

    async fn batch(&self) -> batch::BatchAgreement {
        batch::batch(&self.desk.app, &self.desk.manager, self.desk.project, self.batch).await.unwrap()
    }

    async fn task(&self, ordinal: u32, rule: MergeRule) -> task::TaskAgreement {
        task::task(&self.desk.app, &self.desk.manager, self.desk.project, self.id(ordinal), rule)
            .await
            .unwrap()
    }

    async fn review(&self, lease: sheaf_model::LeaseId, said: Said) {
        let id = ReviewId(ids::random().unwrap());
        let said = Review { id, said, note: "see".into(), seconds: None };
        review(&self.desk.app, &self.reviewer, lease, said).await.unwrap();
    }

    async fn export(&self, format: Format, merged: Option<MergeRule>) -> String {
        let spec = Spec {
            format,
            query: String::new(),
            batch: Some(self.batch),
            all: false,
            merged,
            prelabels: false,
        };
        self.desk.export(spec).await
    }
}

/// Rows of an export in lines of JSON.
fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_language_and_the_model_mean_the_same_by_disputed() {
    let none: [&str; 0] = [];
    let read = sheaf_query::read("is:disputed", &none, 0, sheaf_query::Mode::Strict);
    let Expr::Test(Field::Agreement, Test::Compare(Order::Less, Scalar::Number { value, .. })) = read.expr
    else {
        panic!("{:?}", read.expr)
    };
    assert_eq!(value, share(DISPUTED_BELOW));
    assert!(task::disputed(DISPUTED_BELOW - 1) && !task::disputed(DISPUTED_BELOW));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_finds_what_the_last_judgement_made_of_it() {
    let world = World::new(2).await;
    world.say(0, "a").await;
    world.say(0, "a").await;
    assert!(world.desk.found("agreement:*").await.is_empty(), "one judgement of two says nothing");
    world.say(1, "a").await;
    world.say(1, "b").await;
    assert_eq!(world.desk.found("is:disputed").await, BTreeSet::from([1]));
    assert_eq!(world.desk.found("agreement:1").await, BTreeSet::from([0]));
    assert_eq!(world.desk.found("agreement>=0 -is:disputed").await, BTreeSet::from([0]));
    assert_eq!(world.desk.found("agreement:0..0.5").await, BTreeSet::from([1]));
    assert_eq!(world.desk.found("agreement<1 OR agreement>=1").await, BTreeSet::from([0, 1]));
    world.desk.is_sound();

    // An answer that its author changes.
    amend(&world.desk.app, &world.people[1], world.id(1), answer("a")).await.unwrap();
    assert!(world.desk.found("is:disputed").await.is_empty());
    amend(&world.desk.app, &world.people[0], world.id(0), answer("b")).await.unwrap();
    assert_eq!(world.desk.found("is:disputed").await, BTreeSet::from([0]));
    world.desk.is_sound();

    // A rejection takes a judgement away, and a fix changes none of them.
    let view = world.claim(&world.reviewer).await;
    assert_eq!(view.task, world.id(0));
    let shown = view.agreement.unwrap();
    assert_eq!((shown.found.score, shown.disputed()), (0, true));
    world.review(view.lease, Said::Reject(BTreeSet::from([0]))).await;
    assert!(world.desk.found("agreement<1").await.is_empty());
    world.desk.is_sound();
    world.say(0, "b").await;
    assert_eq!(world.desk.found("is:disputed").await, BTreeSet::from([0]));
    let view = world.claim(&world.reviewer).await;
    world.review(view.lease, Said::Fix(response("b"))).await;
    assert_eq!(world.desk.found("is:disputed").await, BTreeSet::from([0]));
    assert_eq!(world.desk.found("is:disputed status:in_review").await, BTreeSet::new());
    world.desk.is_sound();

    // To have it done once more takes all away.
    let (app, manager) = (&world.desk.app, &world.desk.manager);
    manage(app, manager, world.desk.project, world.id(0), Manage::Reopen, None, None).await.unwrap();
    assert!(world.desk.found("is:disputed").await.is_empty());
    assert_eq!(world.batch().await.compared, 1);
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_summed_up() {
    let world = World::new(3).await;
    assert_eq!((world.batch().await.compared, world.batch().await.mean), (0, None));
    for (who, kinds) in ["aaab", "aabb", "abbb"].into_iter().enumerate() {
        for kind in kinds.chars() {
            world.say(who, &kind.to_string()).await;
        }
    }
    let found = world.batch().await;
    assert_eq!((found.overlap, found.members, found.compared, found.disputed), (3, 4, 4, 2));
    // Two of four tasks have one pair of three that agrees.
    assert!((found.mean.unwrap() - (1.0 + 1.0 + 2.0 / 3.0) / 4.0).abs() < 1e-6, "{found:?}");
    assert_eq!((found.distribution[6], found.distribution[20]), (2, 2));
    assert_eq!(found.questions.len(), 1);
    // By hand: n = 12, six of each; 2 units with one pair of values alike and two not.
    let (observed, expected) = (2.0 * 4.0 / 2.0 / 12.0, 2.0 * 36.0 / (12.0 * 11.0));
    assert!((found.questions[0].alpha.unwrap() - (1.0 - observed / expected)).abs() < 1e-9, "{found:?}");
    assert_eq!((found.pairs.len(), found.n_pairs), (3, 3));
    let (pair, kappa) = (&found.pairs[0], &found.pairs[0].kappa[0]);
    assert_eq!((pair.n, kappa.0.as_str(), kappa.1), (4, "kind", 4));
    // aaab and aabb: three of four alike, by chance 3/4*1/2 + 1/4*1/2.
    assert!((kappa.2.unwrap() - 0.5).abs() < 1e-9, "{kappa:?}");
    let people: Vec<(i64, f64)> = found.people.iter().map(|it| (it.n, it.mean)).collect();
    // The one in the middle agrees with both others more.
    assert_eq!(people, [(8, 0.625), (8, 0.625), (8, 0.75)]);
    let worst: Vec<u32> = found.tasks.iter().map(|it| it.task.ordinal).collect();
    assert_eq!(worst, [1, 2]);
    world.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_a_task_goes_out() {
    let world = World::new(3).await;
    for (who, kinds) in ["aaa", "aba", "bba"].into_iter().enumerate() {
        for kind in kinds.chars() {
            world.say(who, &kind.to_string()).await;
        }
    }
    // A reviewer's version is the answer under every rule.
    for _ in 0..3 {
        let view = world.claim(&world.reviewer).await;
        let said = if view.task.ordinal == 0 { Said::Fix(response("b")) } else { Said::Accept };
        world.review(view.lease, said).await;
    }
    world.say(0, "a").await;
    let kinds = |text: &str| -> Vec<(u64, String, String)> {
        lines(text)
            .into_iter()
            .map(|it| {
                let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                let ordinal = it["asset"]["ordinal"].as_u64().unwrap();
                (ordinal, text(&it["response"]["fields"]["kind"]), text(&it["merged"]["by"]))
            })
            .collect()
    };
    let row = |n: u64, kind: &str, by: &str| (n, kind.to_owned(), by.to_owned());
    let majority = world.export(Format::Jsonl, Some(MergeRule::Majority)).await;
    assert_eq!(kinds(&majority), [row(0, "b", "reviewer"), row(1, "b", "majority"), row(2, "a", "majority")]);
    let second = &lines(&majority)[1];
    assert_eq!(second["merged"]["annotators"].as_array().unwrap().len(), 3);
    assert_eq!((second["agreement"].as_f64(), second["annotator"].is_null()), (Some(0.333_333), true));
    let reviewer = world.export(Format::Jsonl, Some(MergeRule::Reviewer)).await;
    assert_eq!(kinds(&reviewer), [row(0, "b", "reviewer")]);
    // The raw rows are as they were: the fix alone, three and three answers, and one that waits for two others.
    let raw = world.export(Format::Jsonl, None).await;
    let ordinals: Vec<u64> = kinds(&raw).into_iter().map(|it| it.0).collect();
    assert_eq!(ordinals, [0, 1, 1, 1, 2, 2, 2, 3]);
    let csv = world.export(Format::Csv, Some(MergeRule::Majority)).await;
    assert!(csv.contains(",0.333333,majority,[],b,"), "{csv}");
    assert_eq!(csv.lines().count(), 4);
    let coco: serde_json::Value =
        serde_json::from_str(&world.export(Format::Coco, Some(MergeRule::Majority)).await).unwrap();
    assert_eq!(coco["images"].as_array().unwrap().len(), 3);
    // A merged answer is nobody's own.
    let studio: serde_json::Value =
        serde_json::from_str(&world.export(Format::LabelStudio, Some(MergeRule::Majority)).await).unwrap();
    let by = |n: usize| studio[n]["annotations"][0]["completed_by"]["email"].clone();
    assert!(by(0).is_string() && by(1).is_null(), "{studio}");

    let shown = world.task(0, MergeRule::Majority).await;
    assert_eq!(shown.answers.len(), 4, "three judgements and the fix");
    assert_eq!(shown.compared.unwrap().merged.unwrap().0, response("b"));
    let shown = world.task(3, MergeRule::Majority).await;
    assert!(shown.compared.is_none() && shown.answers.len() == 1);
}

/// Data of a version that did not keep agreement is compared when it is opened, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_judged_before_is_compared_when_it_is_opened() {
    let mut world = World::new(2).await;
    for (who, kinds) in ["aa", "ab"].into_iter().enumerate() {
        for kind in kinds.chars() {
            world.say(who, &kind.to_string()).await;
        }
    }
    let wanted = format!("{:?}", world.batch().await);
    let old = |app: &App| {
        app.store()
            .write_blocking(|tx| {
                tx.exec("DELETE FROM agreements", &[])?;
                tx.exec("DELETE FROM agreement_sums", &[])?;
                Ok::<_, sheaf_app::Error>(tx.set_instance_value("agreement_missing", Some("yes"))?)
            })
            .unwrap();
    };
    old(&world.desk.app);
    let Desk { app, clock, manager, project, _dir } = world.desk;
    drop(app);
    let app = App::open(Config::new(_dir.path()).on(_dir.database()), clock.clone()).unwrap();
    world.desk = Desk { app, clock, manager, project, _dir };
    assert_eq!(format!("{:?}", world.batch().await), wanted);
    assert_eq!(world.desk.found("is:disputed").await, BTreeSet::from([1]));
    world.desk.is_sound();
    let mark = world.desk.app.store().read_blocking(|tx| tx.instance_value("agreement_missing")).unwrap();
    assert_eq!(mark, None);
}
