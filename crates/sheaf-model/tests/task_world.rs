//! Every history of one task in small worlds: some people, some slots, leases that run out, managers who interfere. In
//! each state that can be reached the invariants hold, and whoever is left can still finish the task.
//!
//! Time is abstract: it is always 0, a live lease ends at 1, and running out is a step of its own.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};

use sheaf_model::slot::Fence;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{
    BatchAction, BatchState, SlotEvent, SlotPlace, SlotRefusal, SlotState, Task, TaskEvent, TaskRules,
    TaskState, UserId,
};

/// What bounds a world.
struct Bounds {
    rules: TaskRules,
    people: i64,
    /// Grants of one slot, and rounds.
    grants: i64,
    rounds: i64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    task: Task,
    batch: BatchState,
    /// The last lease that each person was given of each slot: good or lost long ago.
    leases: BTreeMap<(i64, SlotPlace), Fence>,
    /// What was acknowledged: place and round.
    answers: BTreeSet<(SlotPlace, i64)>,
}

impl World {
    fn new(bounds: &Bounds) -> Self {
        Self {
            task: Task::untouched(bounds.rules),
            batch: BatchState::InProgress,
            leases: BTreeMap::new(),
            answers: BTreeSet::new(),
        }
    }

    /// Calls `visit` with every world that one step leads to.
    fn each_next(&self, bounds: &Bounds, mut visit: impl FnMut(World)) {
        let mut go = |next: Option<World>| {
            if let Some(next) = next {
                visit(next);
            }
        };
        for (&place, slot) in &self.task.slots {
            if slot.token < bounds.grants {
                for person in 0..bounds.people {
                    go(self.claim(place, person));
                }
                go(self.step(TaskEvent::Slot(place, SlotEvent::Revoke)));
                // Always to the same person: to whom is no matter of rules.
                go(self.assign(place, 0));
            }
            if slot.lease_until.is_some_and(|until| until > 0) {
                go(Some(self.with(place, |slot| slot.lease_until = Some(0))));
            }
            if slot.kept_for.is_some_and(|(_, until)| until > 0) {
                go(Some(self.with(place, |slot| slot.kept_for = slot.kept_for.map(|(whom, _)| (whom, 0)))));
            }
            for person in 0..bounds.people {
                if place.stage == STAGE_LABEL {
                    go(self.amend(place, person));
                }
            }
        }
        for (&(_, place), &fence) in &self.leases {
            go(self.step(TaskEvent::Slot(place, SlotEvent::Heartbeat { fence, lease_ms: 1 })));
            go(self.step(TaskEvent::Slot(place, SlotEvent::Release { fence })));
            go(self.step(TaskEvent::Slot(place, SlotEvent::Skip { fence, block: true })));
            go(self.hand_in(place, fence));
            let may_reject = place.stage != STAGE_LABEL && self.round() < bounds.rounds;
            let slots = (0..bounds.rules.overlap).map(|n| BTreeSet::from([n])).chain([BTreeSet::new()]);
            for slots in slots.filter(|_| may_reject) {
                go(self.step(TaskEvent::Reject { level: place.stage, fence, slots }));
            }
        }
        go(self.step(TaskEvent::Unblock));
        if self.round() < bounds.rounds {
            go(self.step(TaskEvent::Reopen));
        }
        for action in [BatchAction::Pause, BatchAction::Resume, BatchAction::Cancel] {
            if let Some(batch) = self.batch.after(action) {
                let mut next = Self { batch, ..self.clone() };
                if action == BatchAction::Cancel {
                    next.task = next.task.after(&TaskEvent::Cancel, batch, 0).unwrap();
                }
                go(Some(next));
            }
        }
    }

    fn round(&self) -> i64 {
        self.task.slots.values().map(|slot| slot.round).max().unwrap_or(1)
    }

    fn with(&self, place: SlotPlace, change: impl FnOnce(&mut sheaf_model::Slot)) -> World {
        let mut next = self.clone();
        change(next.task.slots.get_mut(&place).unwrap());
        next
    }

    fn step(&self, event: TaskEvent) -> Option<World> {
        let task = self.task.after(&event, self.batch, 0).ok()?;
        (task != self.task).then(|| World { task, ..self.clone() })
    }

    fn claim(&self, place: SlotPlace, person: i64) -> Option<World> {
        let before = &self.task.slots[&place];
        let token = before.token + 1;
        let fence = [token as u8 * 16 + place.stage * 4 + place.n; 16];
        let event = SlotEvent::Claim { person: UserId(person), fence, lease_ms: 1 };
        let mut next = self.step(TaskEvent::Slot(place, event))?;
        // I7, I1: nothing is granted but in progress, nor out of hands that hold it.
        assert_eq!(self.batch, BatchState::InProgress);
        assert!(before.state == SlotState::Open || before.overdue(0));
        assert!(!before.kept_from(UserId(person), 0));
        // I8.
        assert!(place.stage == STAGE_LABEL || self.task.authors().all(|author| author != UserId(person)));
        next.leases.insert((person, place), fence);
        Some(next)
    }

    /// A manager keeps a slot for somebody: it leaves the hands that hold it, and nobody gets a second part in the task.
    fn assign(&self, place: SlotPlace, person: i64) -> Option<World> {
        let next = self.step(TaskEvent::Assign { place, person: UserId(person), until: 1 })?;
        let (before, after) = (&self.task.slots[&place], &next.task.slots[&place]);
        assert!(!matches!(before.state, SlotState::Submitted | SlotState::Cancelled | SlotState::Waiting));
        assert_eq!((after.state, after.holder, after.fence), (SlotState::Open, None, None));
        assert!(self.task.slots.values().all(|slot| slot.holder != Some(UserId(person))));
        Some(next)
    }

    fn hand_in(&self, place: SlotPlace, fence: Fence) -> Option<World> {
        let mut next = self.step(TaskEvent::Slot(place, SlotEvent::Submit { fence }))?;
        let before = &self.task.slots[&place];
        // I5, and a second answer in a round would be one too many (I3).
        assert_eq!(before.fence, Some(fence));
        assert!(self.batch.accepts_submissions());
        assert!(next.answers.insert((place, before.round)), "two answers to {place:?} in a round");
        Some(next)
    }

    fn amend(&self, place: SlotPlace, person: i64) -> Option<World> {
        let amended =
            self.task.after(&TaskEvent::Amend { n: place.n, person: UserId(person) }, self.batch, 0);
        let Ok(task) = amended else { return None };
        assert!(self.answers.contains(&(place, task.slots[&place].round)));
        assert_eq!(task, self.task, "the states do not change with what an answer says");
        None
    }

    fn check(&self, before: Option<&World>) {
        let problems = self.task.problems();
        let cancelled = self.batch == BatchState::Cancelled;
        assert!(problems.is_empty() || cancelled, "{problems:?} in {:#?}", self.task);
        // I3, I4, I9: what stands was acknowledged in this round, and nothing acknowledged is taken back but by a new round.
        for (&place, slot) in &self.task.slots {
            let answered = self.answers.contains(&(place, slot.round));
            assert_eq!(slot.state == SlotState::Submitted, answered, "{place:?} of {:#?}", self.task);
            let old = before.and_then(|world| world.task.slots.get(&place));
            assert!(old.is_none_or(|old| old.token <= slot.token && old.round <= slot.round));
        }
        assert_eq!(self.task.counts().done == 1, self.task.done());
        assert!(before.is_none_or(|world| world.answers.is_subset(&self.answers)));
    }

    /// Liveness: the leases run out, what is kept is free, and people keep claiming.
    fn finish(mut self, bounds: &Bounds) {
        if self.batch == BatchState::Cancelled {
            return;
        }
        self.batch = BatchState::InProgress;
        self.task = self.task.after(&TaskEvent::Unblock, self.batch, 0).unwrap();
        for slot in self.task.slots.values_mut() {
            slot.lease_until = slot.lease_until.map(|_| 0);
            slot.kept_for = slot.kept_for.map(|(whom, _)| (whom, 0));
        }
        while !self.task.done() {
            let places: Vec<SlotPlace> = self.task.slots.keys().copied().collect();
            let next = places.into_iter().find_map(|place| {
                let taken = (0..bounds.people).find_map(|person| self.claim(place, person))?;
                let fence = taken.task.slots[&place].fence?;
                taken.hand_in(place, fence)
            });
            self = next.unwrap_or_else(|| panic!("nobody can go on with {:#?}", self.task));
            self.check(None);
        }
    }
}

/// Walks every state of a world; how many there are.
fn explore(bounds: &Bounds) -> usize {
    let hasher = RandomState::new();
    let mut seen: HashSet<u64> = HashSet::new();
    let first = World::new(bounds);
    seen.insert(hasher.hash_one(&first));
    let mut open = vec![first];
    while let Some(world) = open.pop() {
        world.each_next(bounds, |next| {
            if seen.insert(hasher.hash_one(&next)) {
                next.check(Some(&world));
                open.push(next);
            }
        });
        world.finish(bounds);
    }
    seen.len()
}

fn rules(overlap: u8, review_levels: u8) -> TaskRules {
    TaskRules { overlap, review_levels }
}

#[test]
fn one_annotator_and_a_review() {
    let n = explore(&Bounds { rules: rules(1, 1), people: 3, grants: 3, rounds: 3 });
    eprintln!("overlap 1, 1 review: {n} states");
    assert!(n > 10_000, "{n}");
}

#[test]
fn two_judgements_of_two_people() {
    let n = explore(&Bounds { rules: rules(2, 0), people: 3, grants: 3, rounds: 2 });
    eprintln!("overlap 2, no review: {n} states");
    assert!(n > 10_000, "{n}");
}

#[test]
fn two_levels_of_review() {
    let n = explore(&Bounds { rules: rules(1, 2), people: 3, grants: 2, rounds: 2 });
    eprintln!("overlap 1, 2 reviews: {n} states");
    assert!(n > 10_000, "{n}");
}

/// The world of a million states; `SHEAF_WORLD=2` for a larger one.
#[test]
fn overlap_and_review() {
    #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
    let large = std::env::var("SHEAF_WORLD").is_ok_and(|size| size == "2");
    let n = explore(&Bounds { rules: rules(2, 1), people: if large { 4 } else { 3 }, grants: 3, rounds: 2 });
    eprintln!("overlap 2, 1 review: {n} states");
    assert!(n > 1_000_000, "{n}");
}

#[test]
fn what_cannot_happen_says_why() {
    let task = Task::untouched(rules(1, 1));
    let (a, b) = (UserId(1), UserId(2));
    let (label, review) = (SlotPlace::label(0), SlotPlace::review(1));
    let claim = |person, fence: u8| SlotEvent::Claim { person, fence: [fence; 16], lease_ms: 10 };
    let go = |task: &Task, event: TaskEvent| task.after(&event, BatchState::InProgress, 0);
    assert_eq!(go(&task, TaskEvent::Slot(review, claim(b, 1))), Err(SlotRefusal::NoSuchSlot));
    assert_eq!(go(&task, TaskEvent::Amend { n: 0, person: a }), Err(SlotRefusal::NotSubmitted));
    assert_eq!(go(&task, TaskEvent::Reopen), Err(SlotRefusal::NotDone));
    let task = go(&task, TaskEvent::Slot(label, claim(a, 1))).unwrap();
    let task = go(&task, TaskEvent::Slot(label, SlotEvent::Submit { fence: [1; 16] })).unwrap();
    assert_eq!(go(&task, TaskEvent::Slot(review, claim(a, 2))), Err(SlotRefusal::OwnWork));
    assert_eq!(go(&task, TaskEvent::Amend { n: 0, person: b }), Err(SlotRefusal::NotAuthor));
    let task = go(&task, TaskEvent::Slot(review, claim(b, 2))).unwrap();
    assert_eq!(go(&task, TaskEvent::Amend { n: 0, person: a }), Err(SlotRefusal::ReviewBegun));
    let unknown = TaskEvent::Reject { level: 1, fence: [2; 16], slots: BTreeSet::from([7]) };
    assert_eq!(go(&task, unknown), Err(SlotRefusal::NoSuchSlot));
    let task = go(&task, TaskEvent::Reject { level: 1, fence: [2; 16], slots: BTreeSet::new() }).unwrap();
    assert_eq!(
        go(&task, TaskEvent::Slot(label, claim(b, 3))),
        Err(SlotRefusal::Kept),
        "it is the author's first"
    );
    assert!(go(&task, TaskEvent::Slot(label, claim(a, 3))).is_ok());
}

/// What was given elsewhere is a task of its own, as many judgements as there are, and done with them.
#[test]
fn a_task_of_answers_that_were_brought_in_is_done() {
    let given = |n: i64| Task::as_given((1..=n).map(|n| (UserId(-n), [n as u8; 16])));
    for n in 1..=16 {
        let task = given(n);
        assert!(task.done() && task.problems().is_empty(), "{:?}", task.problems());
        assert_eq!((task.counts().submitted, task.counts().done, task.counts().open), (n, 1, 0));
        assert_eq!((task.state(), i64::from(task.rules.overlap)), (TaskState::Done, n));
        let again = task.after(&TaskEvent::Amend { n: 0, person: UserId(1) }, BatchState::Completed, 0);
        assert_eq!(again, Err(SlotRefusal::NotAuthor));
    }
    let none = given(0);
    assert!(!none.done() && none.state() != TaskState::Done && none.counts().done == 0);
    let rules = TaskRules { overlap: 2, review_levels: 1 };
    assert_eq!((rules.of_task(5), TaskRules::AS_GIVEN.of_task(5).overlap), (rules, 5));
}
