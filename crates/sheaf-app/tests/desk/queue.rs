//! The queue: nothing before the launch, one pair of hands a task, nothing lost, nothing doubled.

use std::collections::BTreeMap;

use sheaf_app::batches::{self, NewBatch, act};
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, TaskView, claim, draft, held};
use sheaf_app::{Actor, ids};
use sheaf_model::{BatchAction, BatchId, Recipe, Response, SlotPlace, SubmissionId, TaskId};
use sheaf_store::queue::SlotKey;

use crate::{Desk, code};

/// A lease lasts 15 minutes.
const LEASE_MS: i64 = 15 * 60_000;

pub fn response(kind: &str) -> Response {
    serde_json::from_str(&format!(r#"{{"fields":{{"kind":"{kind}"}}}}"#)).unwrap()
}

pub fn answer(kind: &str) -> Submit {
    Submit { id: SubmissionId(ids::random().unwrap()), response: response(kind), seconds: Some(1.0) }
}

impl Desk {
    pub async fn batch(&self, launch: bool) -> BatchId {
        let new = NewBatch { name: "b".into(), launch, ..NewBatch::default() };
        batches::create(&self.app, &self.manager, self.project, new, Recipe::default()).await.unwrap().row.id
    }

    pub async fn claim(&self, who: &Actor, claim_id: u8, count: u32) -> Vec<TaskView> {
        let asked = Claim { claim_id: [claim_id; 16], project: Some(self.project), work: None, count };
        claim(&self.app, who, asked).await.unwrap().tasks
    }

    pub async fn act(&self, id: BatchId, action: BatchAction) {
        act::act(&self.app, &self.manager, self.project, id, action).await.unwrap();
    }

    /// Counts of the batch beside a recount of its rows (I10).
    pub async fn recount(&self, id: BatchId) {
        let project = self.project;
        let (row, slots) = self
            .app
            .store()
            .read(move |tx| {
                let row = tx.batch(project, id)?.unwrap();
                let mut states = BTreeMap::new();
                for ordinal in &tx.batch_members(project, id)? {
                    let task = TaskId { project, batch: id, ordinal };
                    let slot = tx.slot(&SlotKey::at(task, SlotPlace::label(0)))?;
                    let state = slot.map(|row| row.slot.state.code());
                    *states.entry(state).or_insert(0i64) += 1;
                }
                Ok::<_, sheaf_app::Error>((row, states))
            })
            .await
            .unwrap();
        let counts = row.progress.counts;
        let n = |code: i64| slots.get(&Some(code)).copied().unwrap_or(0);
        assert_eq!((counts.open, counts.leased, counts.submitted, counts.blocked), (n(0), n(1), n(2), n(3)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_served_before_the_launch_nor_while_paused() {
    let desk = Desk::new(5).await;
    let ann = desk.annotator(10).await;
    let batch = desk.batch(false).await;
    assert!(desk.claim(&ann, 1, 1).await.is_empty());
    desk.act(batch, BatchAction::Launch).await;
    let held = desk.claim(&ann, 2, 1).await;
    assert_eq!(held.len(), 1);
    desk.act(batch, BatchAction::Pause).await;
    assert_eq!(desk.claim(&ann, 3, 3).await.len(), 1, "what is held stays, nothing new comes");
    submit(&desk.app, &ann, held[0].lease, answer("a")).await.unwrap();
    assert!(desk.claim(&ann, 4, 1).await.is_empty());
    desk.act(batch, BatchAction::Resume).await;
    assert_eq!(desk.claim(&ann, 5, 3).await.len(), 3);
    desk.recount(batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_at_once_get_every_task_once() {
    let desk = Desk::new(300).await;
    let batch = desk.batch(true).await;
    let mut people = tokio::task::JoinSet::new();
    for id in 10..18 {
        let (app, who, project) = (desk.app.clone(), desk.annotator(id).await, desk.project);
        people.spawn(async move {
            let mut done = Vec::new();
            loop {
                let asked =
                    Claim { claim_id: ids::random().unwrap(), project: Some(project), work: None, count: 2 };
                let tasks = claim(&app, &who, asked).await.unwrap().tasks;
                let Some(task) = tasks.first() else { return done };
                submit(&app, &who, task.lease, answer("a")).await.unwrap();
                done.push(task.task.ordinal);
            }
        });
    }
    let mut all: Vec<u32> = people.join_all().await.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (0..300).collect::<Vec<_>>());
    desk.recount(batch).await;
    let state = batches::view::get(&desk.app, &desk.manager, desk.project, batch).await.unwrap().row.state;
    assert_eq!(state, sheaf_model::BatchState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_claim_and_a_repeated_submission_change_nothing() {
    let desk = Desk::new(5).await;
    let ann = desk.annotator(10).await;
    let batch = desk.batch(true).await;
    let first = desk.claim(&ann, 1, 2).await;
    let again = desk.claim(&ann, 1, 3).await;
    assert_eq!(
        first.iter().map(|t| t.lease).collect::<Vec<_>>(),
        again.iter().map(|t| t.lease).collect::<Vec<_>>()
    );
    let handed = answer("a");
    let receipt = submit(&desk.app, &ann, first[0].lease, handed.clone()).await.unwrap();
    let replay = submit(&desk.app, &ann, first[0].lease, handed.clone()).await.unwrap();
    assert!(replay.replayed && replay.at == receipt.at);
    let other = Submit { response: response("b"), ..handed };
    assert_eq!(
        code(&submit(&desk.app, &ann, first[0].lease, other).await.unwrap_err()),
        "submission_conflict"
    );
    let bad = Submit { response: response("c"), ..answer("a") };
    assert_eq!(code(&submit(&desk.app, &ann, first[1].lease, bad).await.unwrap_err()), "invalid_response");
    desk.recount(batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_lease_keeps_the_work_and_a_late_one_still_counts() {
    let desk = Desk::new(2).await;
    let (ann, ben) = (desk.annotator(10).await, desk.annotator(11).await);
    let batch = desk.batch(true).await;
    let [mine, late]: [TaskView; 2] = desk.claim(&ann, 1, 2).await.try_into().unwrap();
    assert!(desk.claim(&ben, 1, 1).await.is_empty(), "both are in her hands");
    assert_eq!(code(&held::heartbeat(&desk.app, &ben, mine.lease).await.unwrap_err()), "not_found");
    desk.clock.advance(LEASE_MS + 1);
    let taken = desk.claim(&ben, 2, 1).await;
    assert_eq!(taken[0].task, mine.task);
    let refused = submit(&desk.app, &ann, mine.lease, answer("a")).await.unwrap_err();
    assert_eq!(code(&refused), "lease_lost");
    assert_eq!(
        code(&draft::save(&desk.app, &ann, mine.lease, "{}".into(), 9).await.unwrap_err()),
        "lease_lost"
    );
    submit(&desk.app, &ann, late.lease, answer("a")).await.unwrap();
    held::release(&desk.app, &ben, taken[0].lease).await.unwrap();
    let back = desk.claim(&ann, 3, 1).await;
    assert_eq!(back[0].task, mine.task);
    assert_eq!(back[0].draft.as_ref().unwrap().response, "{}", "her draft is there again");
    desk.recount(batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn skipping_passes_on_and_blocks_when_everybody_did() {
    let desk = Desk::new(1).await;
    let (ann, ben) = (desk.annotator(10).await, desk.annotator(11).await);
    let batch = desk.batch(true).await;
    for who in [&ann, &ben] {
        let task = desk.claim(who, 1, 1).await;
        held::skip(&desk.app, who, task[0].lease, "unclear".into()).await.unwrap();
        assert!(desk.claim(who, 2, 1).await.is_empty(), "not offered to the one who skipped");
        desk.recount(batch).await;
    }
    let view = batches::view::get(&desk.app, &desk.manager, desk.project, batch).await.unwrap();
    assert_eq!(view.row.progress.counts.blocked, 1);
    act::unblock(&desk.app, &desk.manager, desk.project, batch).await.unwrap();
    assert_eq!(desk.claim(&ann, 3, 1).await.len(), 1);
    desk.recount(batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_voids_leases_and_keeps_answers_and_drafts() {
    let desk = Desk::new(3).await;
    let ann = desk.annotator(10).await;
    let batch = desk.batch(true).await;
    let tasks = desk.claim(&ann, 1, 2).await;
    submit(&desk.app, &ann, tasks[0].lease, answer("a")).await.unwrap();
    draft::save(&desk.app, &ann, tasks[1].lease, r#"{"x":1}"#.into(), 1).await.unwrap();
    desk.act(batch, BatchAction::Cancel).await;
    assert_eq!(
        code(&submit(&desk.app, &ann, tasks[1].lease, answer("a")).await.unwrap_err()),
        "batch_cancelled"
    );
    let project = desk.project;
    let kept = desk.app.store().read(move |tx| tx.answered(project)).await.unwrap();
    assert_eq!(kept.len(), 1);
    desk.recount(batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_nothing_is_told_why() {
    let desk = Desk::new(2).await;
    let ann = desk.annotator(10).await;
    let why = async |who: &Actor, project| {
        let claimed =
            claim(&desk.app, who, Claim { claim_id: [9; 16], project, work: None, count: 1 }).await.unwrap();
        assert!(claimed.tasks.is_empty());
        claimed.reason.unwrap().code()
    };
    assert_eq!(why(&ann, None).await, "no_batches");
    let batch = desk.batch(true).await;
    assert_eq!(why(&desk.manager, None).await, "not_annotator", "open batches are not for managers");
    let stranger = Actor { user: sheaf_model::UserId(999), is_admin: false };
    assert_eq!(why(&stranger, None).await, "not_annotator");
    assert_eq!(why(&stranger, Some(desk.project)).await, "not_member");
    let held = desk.claim(&ann, 1, 1).await;
    submit(&desk.app, &ann, held[0].lease, answer("a")).await.unwrap();
    let held = desk.claim(&ann, 2, 1).await;
    let other = desk.annotator(11).await;
    assert_eq!(why(&other, None).await, "all_held");
    held::release(&desk.app, &ann, held[0].lease).await.unwrap();
    desk.act(batch, BatchAction::Cancel).await;
    assert_eq!(
        why(&ann, None).await,
        "no_batches",
        "a cancelled batch with answers is not the end of the work"
    );
}
