//! Batches through all of their lives beside a simple model of sets: made, appended to, removed from, split, launched,
//! paused, claimed, handed in, given back. What is served is a member that nobody had; in the end everybody was served
//! once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sheaf_app::Actor;
use sheaf_app::queue::submit::submit;
use sheaf_app::queue::{Claim, TaskView, claim, held};
use sheaf_model::{BatchAction, BatchId, BatchState, LeaseId};

use crate::batches::Members;
use crate::changes::{parts, range};
use crate::queue::answer;
use crate::{Desk, code};

const N: u32 = 60;
const PEOPLE: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    Create(u32, u32),
    Append(usize, u32, u32),
    Remove(usize, u32, u32),
    Split(usize, u32, Option<u64>),
    Act(usize, BatchAction),
    Claim(usize, u32),
    Submit(usize),
    Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let some = || (0u32..N, 1u32..20);
    let act = prop::sample::select(vec![BatchAction::Launch, BatchAction::Pause, BatchAction::Resume]);
    prop_oneof![
        2 => some().prop_map(|(from, n)| Step::Create(from, from + n)),
        4 => (0usize..6, some()).prop_map(|(i, (from, n))| Step::Append(i, from, from + n)),
        1 => (0usize..6, some()).prop_map(|(i, (from, n))| Step::Remove(i, from, from + n)),
        1 => (0usize..6, 2u32..5, proptest::option::of(0u64..9)).prop_map(|(i, n, seed)| Step::Split(i, n, seed)),
        3 => (0usize..6, act).prop_map(|(i, action)| Step::Act(i, action)),
        5 => (0usize..PEOPLE, 1u32..4).prop_map(|(who, n)| Step::Claim(who, n)),
        5 => (0usize..PEOPLE).prop_map(Step::Submit),
        1 => (0usize..PEOPLE).prop_map(Step::Release),
    ]
}

struct Batch {
    members: Members,
    state: BatchState,
    submitted: Members,
}

/// The model: every batch as sets, and what each person holds.
#[derive(Default)]
struct Model {
    batches: BTreeMap<BatchId, Batch>,
    held: [Vec<(BatchId, u32, LeaseId)>; PEOPLE],
}

impl Model {
    fn pick(&self, i: usize) -> Option<BatchId> {
        self.batches.keys().nth(i % self.batches.len().max(1)).copied()
    }

    /// Takes a claim's answer: what the person held, and new tasks that were free.
    fn claimed(&mut self, who: usize, asked: u32, tasks: &[TaskView]) {
        let mine: Vec<_> = tasks.iter().map(|it| (it.task.batch, it.task.ordinal, it.lease)).collect();
        for old in &self.held[who] {
            assert!(mine.contains(old), "what is held stays: {old:?}");
        }
        for new in mine.iter().filter(|it| !self.held[who].contains(it)) {
            let batch = &self.batches[&new.0];
            assert_eq!(batch.state, BatchState::InProgress, "{new:?}");
            assert!(batch.members.contains(&new.1) && !batch.submitted.contains(&new.1), "{new:?}");
            let in_hands = self.held.iter().flatten().any(|it| (it.0, it.1) == (new.0, new.1));
            assert!(!in_hands, "in two pairs of hands: {new:?}");
        }
        let held: usize = self.held.iter().map(Vec::len).sum();
        let serving = self.batches.values().filter(|it| it.state == BatchState::InProgress);
        let left: usize = serving.map(|it| it.members.len() - it.submitted.len()).sum();
        let mine_held = self.held[who].len();
        if mine_held < asked as usize {
            // Leases in paused batches are held too, so that some of them are not among what is left.
            let free = left.saturating_sub(held);
            assert!(mine.len() >= (mine_held + free).min(asked as usize), "{} of {free} free", mine.len());
        }
        self.held[who] = mine;
    }

    fn submitted(&mut self, batch: BatchId, ordinal: u32) {
        if let Some(batch) = self.batches.get_mut(&batch) {
            assert!(batch.submitted.insert(ordinal), "{ordinal} twice");
            if batch.submitted == batch.members {
                batch.state = BatchState::Completed;
            }
        }
    }
}

struct Lives {
    desk: Desk,
    people: [Actor; PEOPLE],
    model: Model,
    n: u32,
}

impl Lives {
    async fn claim(&mut self, who: usize, count: u32) -> usize {
        self.n += 1;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&self.n.to_be_bytes());
        let asked = Claim { claim_id: id, project: Some(self.desk.project), work: None, count };
        let tasks = claim(&self.desk.app, &self.people[who], asked).await.unwrap().tasks;
        self.model.claimed(who, count, &tasks);
        tasks.len()
    }

    async fn submit(&mut self, who: usize) {
        let Some((batch, ordinal, lease)) = self.model.held[who].pop() else { return };
        submit(&self.desk.app, &self.people[who], lease, answer("a")).await.unwrap();
        self.model.submitted(batch, ordinal);
    }

    async fn step(&mut self, step: Step) {
        let desk = &self.desk;
        match step {
            Step::Create(from, until) => {
                self.n += 1;
                let id = desk.make(&format!("b{}", self.n), range(from, until)).await;
                let members = (from..until.min(N)).collect();
                let batch = Batch { members, state: BatchState::Staging, submitted: Members::new() };
                self.model.batches.insert(id, batch);
            }
            Step::Append(i, from, until) => {
                let Some(id) = self.model.pick(i) else { return };
                let Some(batch) = self.model.batches.get_mut(&id) else { return };
                let some: Members = (from..until.min(N)).collect();
                let added = some.difference(&batch.members).count() as u64;
                let done = desk.append(id, range(from, until)).await.unwrap();
                assert_eq!(done, (added, some.len() as u64 - added));
                batch.members.extend(some);
                if added > 0 && batch.state == BatchState::Completed {
                    batch.state = BatchState::InProgress;
                }
            }
            Step::Remove(i, from, until) => {
                let Some(id) = self.model.pick(i) else { return };
                let Some(batch) = self.model.batches.get_mut(&id) else { return };
                let rest: Members =
                    batch.members.iter().copied().filter(|n| !(from..until).contains(n)).collect();
                match desk.remove(id, range(from, until)).await {
                    Ok(n) => {
                        assert_eq!(
                            (batch.state, n),
                            (BatchState::Staging, (batch.members.len() - rest.len()) as u64)
                        );
                        batch.members = rest;
                    }
                    Err(error) if code(&error) == "bad_state" => assert_ne!(batch.state, BatchState::Staging),
                    Err(error) => assert_eq!((code(&error), rest.len()), ("empty_batch", 0)),
                }
            }
            Step::Split(i, n, seed) => {
                let Some(id) = self.model.pick(i) else { return };
                let Some(batch) = self.model.batches.get(&id) else { return };
                match desk.split(id, parts(n, seed)).await {
                    Ok(made) => {
                        assert_eq!((batch.state, made.len()), (BatchState::Staging, n as usize));
                        let mut all = Members::new();
                        let whole = batch.members.clone();
                        for part in made {
                            let members = desk.members(part.row.id).await;
                            assert!(all.is_disjoint(&members), "the parts do not overlap");
                            assert!(members.len().abs_diff(whole.len() / n as usize) <= 1);
                            all.extend(&members);
                            let batch =
                                Batch { members, state: BatchState::Staging, submitted: Members::new() };
                            self.model.batches.insert(part.row.id, batch);
                        }
                        assert_eq!(all, whole);
                        self.model.batches.remove(&id);
                    }
                    Err(error) if code(&error) == "bad_state" => assert_ne!(batch.state, BatchState::Staging),
                    Err(error) => {
                        assert_eq!(code(&error), "invalid_split");
                        assert!(batch.members.len() < n as usize);
                    }
                }
            }
            Step::Act(i, action) => {
                let Some(id) = self.model.pick(i) else { return };
                let Some(batch) = self.model.batches.get_mut(&id) else { return };
                if let Some(next) = batch.state.after(action) {
                    desk.act(id, action).await;
                    batch.state = next;
                }
            }
            Step::Claim(who, count) => {
                self.claim(who, count).await;
            }
            Step::Submit(who) => self.submit(who).await,
            Step::Release(who) => {
                let Some((_, _, lease)) = self.model.held[who].pop() else { return };
                held::release(&desk.app, &self.people[who], lease).await.unwrap();
            }
        }
    }

    /// Every batch of the model is as the store has it.
    async fn compare(&self) {
        for (id, batch) in &self.model.batches {
            assert_eq!(self.desk.members(*id).await, batch.members);
            let row = self.desk.view(*id).await.row;
            assert_eq!((row.state, row.n_members), (batch.state, batch.members.len() as i64));
            assert_eq!(row.progress.counts.submitted, batch.submitted.len() as i64);
            self.desk.recount(*id).await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_task_is_served_once(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new(N).await;
            let people = [desk.annotator(10).await, desk.annotator(11).await];
            let mut lives = Lives { desk, people, model: Model::default(), n: 0 };
            for step in steps {
                lives.step(step).await;
            }
            lives.compare().await;
            // Everything is launched and worked off.
            for (id, batch) in &mut lives.model.batches {
                for action in [BatchAction::Launch, BatchAction::Resume] {
                    if let Some(next) = batch.state.after(action) {
                        lives.desk.act(*id, action).await;
                        batch.state = next;
                    }
                }
            }
            for who in 0..PEOPLE {
                while !lives.model.held[who].is_empty() {
                    lives.submit(who).await;
                }
            }
            while lives.claim(0, 3).await > 0 {
                lives.submit(0).await;
            }
            for batch in lives.model.batches.values() {
                assert_eq!((batch.state, &batch.submitted), (BatchState::Completed, &batch.members));
            }
            lives.compare().await;
        });
    }
}
