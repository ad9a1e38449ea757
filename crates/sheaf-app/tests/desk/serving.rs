//! Who is served what, and in which order: groups, kinds, orders of tasks and of batches, and what explains them.

use proptest::prelude::*;
use sheaf_app::batches::edit::{BatchEdit, edit};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::groups::{self, GroupEdit};
use sheaf_app::queue::explain::{self, SlotWhy, Stopped, Verdict};
use sheaf_app::queue::submit::submit;
use sheaf_app::queue::{Bar, Claim, claim, held, order, skips};
use sheaf_app::{Actor, ids, members};
use sheaf_model::{
    BatchAction, BatchId, BatchKind, OpenTo, Pick, Recipe, Roles, TaskId, TaskOrder, TaskRules, TopOrder,
    UserId,
};

use crate::queue::answer;
use crate::{Desk, code, score};

impl Desk {
    async fn batch_of(&self, new: NewBatch, recipe: Recipe) -> BatchId {
        batches::create(&self.app, &self.manager, self.project, new, recipe).await.unwrap().row.id
    }

    async fn launched(&self, name: &str, new: NewBatch) -> BatchId {
        self.batch_of(NewBatch { name: name.into(), launch: true, ..new }, Recipe::default()).await
    }

    /// Claims one task more than what is held, and gives it back; its batch.
    async fn next_of(&self, who: &Actor) -> Option<BatchId> {
        let asked = Claim { claim_id: ids::random().unwrap(), project: None, work: None, count: 1 };
        let task = claim(&self.app, who, asked).await.unwrap().tasks.pop()?;
        held::release(&self.app, who, task.lease).await.unwrap();
        Some(task.task.batch)
    }

    async fn open_to(&self, batch: BatchId, open_to: OpenTo) -> batches::BatchView {
        let change = BatchEdit { open_to: Some(open_to), ..BatchEdit::default() };
        edit(&self.app, &self.manager, self.project, batch, change).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_served_to_those_it_is_open_to() {
    let desk = Desk::new(9).await;
    let (ann, ben, cem) = (desk.annotator(10).await, desk.annotator(11).await, desk.annotator(12).await);
    let (app, boss, project) = (&desk.app, &desk.manager, desk.project);
    let night = groups::create(app, boss, project, " Night ".into(), vec![ann.user]).await.unwrap().row;
    assert_eq!(night.name, "Night");
    let only = |groups: Vec<_>, people: Vec<UserId>| OpenTo { groups, people };
    let new = NewBatch { open_to: only(vec![night.id], vec![ben.user]), ..NewBatch::default() };
    let batch = desk.launched("b", new).await;
    assert_eq!(desk.next_of(&ann).await, Some(batch));
    assert_eq!(desk.next_of(&ben).await, Some(batch));
    assert_eq!(desk.next_of(&cem).await, None);
    // A change acts on the next claim; what is held may be finished.
    let mine = desk.claim(&ann, 1, 1).await;
    let edited = GroupEdit { people: Some(vec![cem.user]), name: Some("Day".into()) };
    groups::edit(app, boss, project, night.id, edited).await.unwrap();
    assert_eq!(desk.claim(&ann, 2, 3).await.len(), 1, "what she holds, and no more");
    submit(app, &ann, mine[0].lease, answer("a")).await.unwrap();
    assert_eq!(desk.next_of(&ann).await, None);
    assert_eq!(desk.next_of(&cem).await, Some(batch));
    // A group that a batch is open to stays.
    let kept = groups::delete(app, boss, project, night.id).await.unwrap_err();
    assert_eq!(code(&kept), "group_in_use");
    // Whoever leaves the project leaves its groups, and the batch is open to nobody rather than to everybody.
    members::set(app, boss, project, cem.user, Roles::NONE).await.unwrap();
    desk.open_to(batch, only(vec![night.id], vec![])).await;
    members::set(app, boss, project, ben.user, Roles::of(&[sheaf_model::Role::Annotator])).await.unwrap();
    assert_eq!((desk.next_of(&ann).await, desk.next_of(&ben).await), (None, None));
    let view = desk.open_to(batch, only(vec![night.id], vec![])).await;
    assert_eq!(view.warnings[0].code, "too_few_to_label");
    let view = desk.open_to(batch, OpenTo::default()).await;
    assert!(view.warnings.is_empty());
    assert_eq!(desk.next_of(&ben).await, Some(batch));
    groups::delete(app, boss, project, night.id).await.unwrap();
    let gone = BatchEdit { open_to: Some(only(vec![night.id], vec![UserId(99)])), ..BatchEdit::default() };
    assert_eq!(code(&edit(app, boss, project, batch, gone).await.unwrap_err()), "bad_open_to");
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_warns_of_too_few_people() {
    let desk = Desk::new(3).await;
    let (ann, ben) = (desk.annotator(10).await, desk.annotator(11).await);
    let rules = TaskRules { overlap: 2, review_levels: 0 };
    let open_to = OpenTo { groups: vec![], people: vec![ann.user] };
    let batch = desk
        .batch_of(NewBatch { name: "b".into(), rules, open_to, ..NewBatch::default() }, Recipe::default())
        .await;
    let view = batches::act::act(&desk.app, &desk.manager, desk.project, batch, BatchAction::Launch);
    let view = view.await.unwrap();
    assert_eq!(view.warnings[0].code, "too_few_to_label");
    assert!(view.row.state.serves(), "a warning and not a refusal");
    let people = vec![ann.user, ben.user];
    assert!(desk.open_to(batch, OpenTo { groups: vec![], people }).await.warnings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_hand_and_priority_make_the_order() {
    let desk = Desk::new(4).await;
    let (ann, project) = (desk.annotator(10).await, desk.project);
    let old = desk.launched("old", NewBatch::default()).await;
    let urgent = desk.launched("urgent", NewBatch { priority: 5, ..NewBatch::default() }).await;
    let own = desk
        .launched("own", NewBatch { kind: BatchKind::SelfLabel, priority: 9, ..NewBatch::default() })
        .await;
    assert_eq!(desk.next_of(&ann).await, Some(urgent));
    let trial = desk
        .launched("trial", NewBatch { kind: BatchKind::Calibration, priority: -5, ..NewBatch::default() })
        .await;
    assert_eq!(desk.next_of(&ann).await, Some(trial), "calibration goes first");
    desk.act(trial, BatchAction::Pause).await;
    let put = |batches: Vec<BatchId>| order::put(&desk.app, &desk.manager, project, batches);
    let placed = put(vec![old, trial]).await.unwrap();
    let ids: Vec<BatchId> = placed.batches.iter().map(|it| it.row.id).collect();
    assert_eq!(ids, [trial, old, own, urgent], "calibration stays before what was put before it");
    let reasons: Vec<&str> = placed.batches.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(reasons, ["calibration", "by_hand", "priority", "last"]);
    assert_eq!(desk.next_of(&ann).await, Some(old));
    assert_eq!(code(&put(vec![old, old]).await.unwrap_err()), "bad_order");
    desk.act(urgent, BatchAction::Cancel).await;
    assert_eq!(code(&put(vec![urgent]).await.unwrap_err()), "bad_order");
    order::reset(&desk.app, &desk.manager, project).await.unwrap();
    // Managers get what is theirs, and nobody else does.
    let user = desk.manager.user;
    desk.app.store().write(move |tx| tx.set_roles(project, user, Roles(1))).await.unwrap();
    assert_eq!(desk.next_of(&desk.manager).await, Some(own));
    assert_eq!(desk.next_of(&ann).await, Some(old));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_says_what_comes_next_and_why() {
    let desk = Desk::new(3).await;
    let (ann, ben, project) = (desk.annotator(10).await, desk.annotator(11).await, desk.project);
    let closed = OpenTo { groups: vec![], people: vec![ben.user] };
    let first =
        desk.launched("first", NewBatch { priority: 3, open_to: closed, ..NewBatch::default() }).await;
    let second = desk.launched("second", NewBatch { priority: 2, ..NewBatch::default() }).await;
    let third = desk.launched("third", NewBatch::default()).await;
    let paused = desk.launched("paused", NewBatch::default()).await;
    desk.act(paused, BatchAction::Pause).await;
    let told = async |who: &Actor| {
        let told = explain::person(&desk.app, &desk.manager, project, who.user).await.unwrap();
        told.steps.iter().map(|step| (step.batch.id, step.verdict)).collect::<Vec<_>>()
    };
    let id = |batch, ordinal| TaskId { project, batch, ordinal };
    let steps = told(&ann).await;
    assert_eq!(steps[0], (first, Verdict::Barred(Bar::NotOpen)));
    assert!(
        matches!(steps[1], (batch, Verdict::Next { task, .. }) if batch == second && task == id(second, 0))
    );
    assert!(
        matches!(steps[2], (batch, Verdict::Later { task, .. }) if batch == third && task == id(third, 0))
    );
    assert_eq!(steps[3], (paused, Verdict::Paused));
    desk.claim(&ann, 1, 3).await;
    assert!(matches!(told(&ann).await[2], (batch, Verdict::HoldsMaximum { .. }) if batch == third));
    assert_eq!(told(&ben).await[1], (second, Verdict::NothingLeft));
    let foreign = explain::person(&desk.app, &ben, project, ann.user).await.unwrap_err();
    assert_eq!(code(&foreign), "forbidden");

    let why = async |batch, ordinal| {
        explain::task(&desk.app, &desk.manager, project, id(batch, ordinal)).await.unwrap()
    };
    let task = why(third, 2).await;
    assert!(task.stopped.is_none() && matches!(task.slots[0].why, SlotWhy::Untouched { ahead: 2 }));
    assert_eq!(task.slots[0].eligible, 2);
    let task = why(second, 0).await;
    assert!(
        matches!(&task.slots[0].why, SlotWhy::Leased { person: Some(who), remaining_ms } if who.id == ann.user && *remaining_ms == 15 * 60_000)
    );
    assert_eq!(why(paused, 0).await.stopped, Some(Stopped::Paused));
    members::set(&desk.app, &desk.manager, project, ben.user, Roles::NONE).await.unwrap();
    assert_eq!(why(first, 0).await.stopped, Some(Stopped::NobodyEligible));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_passed_on_comes_back() {
    let desk = Desk::new(1).await;
    let (ann, ben, project) = (desk.annotator(10).await, desk.annotator(11).await, desk.project);
    let batch = desk.launched("b", NewBatch::default()).await;
    for who in [&ann, &ben] {
        let task = desk.claim(who, 1, 1).await;
        held::skip(&desk.app, who, task[0].lease, "unclear".into()).await.unwrap();
    }
    let id = TaskId { project, batch, ordinal: 0 };
    let task = explain::task(&desk.app, &desk.manager, project, id).await.unwrap();
    assert!(matches!(task.slots[0].why, SlotWhy::Blocked) && task.skips.len() == 2);
    let listed = skips::list(&desk.app, &ann, None).await.unwrap();
    assert_eq!((listed[0].row.reason.as_str(), listed[0].open), ("unclear", true));
    let unskip = |who: &Actor, person| {
        let (app, who) = (desk.app.clone(), who.clone());
        async move { skips::unskip(&app, &who, project, id, person).await }
    };
    assert_eq!(code(&unskip(&ann, Some(ben.user)).await.unwrap_err()), "forbidden");
    unskip(&ann, None).await.unwrap();
    assert_eq!(code(&unskip(&ann, None).await.unwrap_err()), "not_found");
    assert!(desk.claim(&ben, 2, 1).await.is_empty(), "he still passed on it");
    desk.recount(batch).await;
    let task = desk.claim(&ann, 2, 1).await;
    held::release(&desk.app, &ann, task[0].lease).await.unwrap();
    unskip(&desk.manager, Some(ben.user)).await.unwrap();
    assert_eq!(desk.claim(&ben, 3, 1).await.len(), 1);
    desk.recount(batch).await;
    desk.is_sound();
}

/// Members in the order that is said, the slow way. A shuffle is only known to be one.
fn naive(order: &TaskOrder, members: &mut [u32]) {
    if let TaskOrder::Field { descending, .. } = order {
        members.sort_by_key(|ordinal| {
            let key = score(*ordinal).map(i64::from);
            (key.is_none(), key.map(|key| if *descending { -key } else { key }), *ordinal)
        });
    } else {
        members.sort_unstable();
    }
}

fn orders() -> impl Strategy<Value = TaskOrder> {
    let field = |descending| TaskOrder::Field { by: "score".into(), descending };
    prop_oneof![
        Just(TaskOrder::Upload),
        any::<u32>().prop_map(|seed| TaskOrder::Shuffled { seed: Some(u64::from(seed)) }),
        Just(field(false)),
        Just(field(true)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However a batch is appended to while it is worked on: each member is handed out once, and those that wait in the
    /// order that was said.
    #[test]
    fn each_member_comes_once_and_in_order(
        task_order in orders(),
        parts in prop::collection::vec((prop::collection::btree_set(0u32..60, 0..25), 0usize..20), 1..5),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let desk = Desk::new(60).await;
            let ann = desk.annotator(10).await;
            let project = desk.project;
            let recipe = |part: &std::collections::BTreeSet<u32>| Recipe {
                assets: Some(part.iter().map(|ordinal| sheaf_model::AssetId { project, ordinal: *ordinal }).collect()),
                ..Recipe::default()
            };
            let mut waiting: Vec<u32> = (0..60).filter(|ordinal| ordinal % 6 == 0).collect();
            let first = recipe(&waiting.iter().copied().collect());
            let new = NewBatch { name: "b".into(), order: task_order.clone(), launch: true, ..NewBatch::default() };
            let batch = desk.batch_of(new, first).await;
            let mut all: std::collections::BTreeSet<u32> = waiting.iter().copied().collect();
            for (part, n) in parts.iter().chain([&(Default::default(), 100)]) {
                if !part.is_empty() {
                    let done = batches::change::append(&desk.app, &desk.manager, project, batch, recipe(part), false).await.unwrap();
                    let added: Vec<u32> = part.iter().copied().filter(|it| all.insert(*it)).collect();
                    assert_eq!(done.added as usize, added.len());
                    waiting.extend(added);
                }
                naive(&task_order, &mut waiting);
                for _ in 0..*n {
                    let ahead = match waiting.last() {
                        Some(last) => {
                            let id = TaskId { project, batch, ordinal: *last };
                            let told = explain::task(&desk.app, &desk.manager, project, id).await.unwrap();
                            match told.slots[0].why {
                                SlotWhy::Untouched { ahead } => Some(ahead),
                                _ => None,
                            }
                        }
                        None => None,
                    };
                    let asked = Claim { claim_id: ids::random().unwrap(), project: None, work: None, count: 1 };
                    let Some(task) = claim(&desk.app, &ann, asked).await.unwrap().tasks.pop() else { break };
                    submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
                    let ordinal = task.task.ordinal;
                    let at = waiting.iter().position(|it| *it == ordinal);
                    if matches!(task_order, TaskOrder::Shuffled { .. }) {
                        assert!(at.is_some(), "{ordinal} is not among {waiting:?}");
                        assert!(ahead.is_some_and(|ahead| (ahead == 0) == (waiting.last() == Some(&ordinal))));
                    } else {
                        assert_eq!(at, Some(0), "{ordinal} of {waiting:?}");
                        assert_eq!(ahead, Some(waiting.len() as u64 - 1));
                    }
                    waiting.remove(at.unwrap());
                }
            }
            assert!(waiting.is_empty());
            desk.is_sound();
        });
    }
}

/// So many that the order is worked out beside the writer, and appended to while people work.
#[tokio::test(flavor = "multi_thread")]
async fn very_many_are_sorted_beside_the_writer() {
    let desk = Desk::new(70_000).await;
    let ann = desk.annotator(10).await;
    let task_order = TaskOrder::Field { by: "score".into(), descending: true };
    let most = Recipe { pick: Pick::First { count: 69_900 }, ..Recipe::default() };
    let new = NewBatch { name: "b".into(), order: task_order.clone(), launch: true, ..NewBatch::default() };
    let batch = desk.batch_of(new, most).await;
    let mut waiting: Vec<u32> = (0..69_900).collect();
    naive(&task_order, &mut waiting);
    let take = async |n: usize| {
        let mut out = Vec::new();
        for _ in 0..n {
            let asked = Claim { claim_id: ids::random().unwrap(), project: None, work: None, count: 1 };
            let task = claim(&desk.app, &ann, asked).await.unwrap().tasks.remove(0);
            submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
            out.push(task.task.ordinal);
        }
        out
    };
    assert_eq!(take(40).await, waiting.drain(..40).collect::<Vec<_>>());
    let append = {
        let (app, boss, project) = (desk.app.clone(), desk.manager.clone(), desk.project);
        tokio::spawn(async move {
            batches::change::append(&app, &boss, project, batch, Recipe::default(), false)
                .await
                .unwrap()
                .added
        })
    };
    // These come in before, while or after the order is worked out anew.
    let meanwhile = take(40).await;
    assert_eq!(append.await.unwrap(), 100);
    waiting.extend(69_900..70_000);
    waiting.retain(|ordinal| !meanwhile.contains(ordinal));
    naive(&task_order, &mut waiting);
    assert_eq!(take(40).await, waiting[..40]);
    desk.is_sound();
}

/// A pick of the greatest and an order by the same field agree.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_and_a_pick_agree_and_both_name_fields_that_are_there() {
    let desk = Desk::new(30).await;
    let top = Recipe {
        pick: Pick::Top { count: 5, by: "score".into(), order: TopOrder::Desc },
        ..Recipe::default()
    };
    let by = |by: &str| TaskOrder::Field { by: by.into(), descending: true };
    let new = |by| NewBatch { name: "b".into(), order: by, ..NewBatch::default() };
    let wrong = batches::create(&desk.app, &desk.manager, desk.project, new(by("scrore")), top.clone());
    assert_eq!(code(&wrong.await.unwrap_err()), "bad_order");
    let batch = desk.batch_of(new(by("score")), top).await;
    let change = |order| BatchEdit { order: Some(order), ..BatchEdit::default() };
    edit(&desk.app, &desk.manager, desk.project, batch, change(TaskOrder::Upload)).await.unwrap();
    desk.act(batch, BatchAction::Launch).await;
    let late = edit(&desk.app, &desk.manager, desk.project, batch, change(by("n"))).await.unwrap_err();
    assert_eq!(code(&late), "bad_state");
    // One that never began has no order to be wrong.
    let never = NewBatch { name: "never".into(), order: by("n"), ..NewBatch::default() };
    let never = desk.batch_of(never, Recipe::default()).await;
    desk.act(never, BatchAction::Cancel).await;
    desk.is_sound();
}
