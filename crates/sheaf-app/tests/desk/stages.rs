//! Overlap, reviews and everything that managers do, in lock-step with the model of a task: the same random steps on the
//! real store and on `sheaf_model::Task`. What is granted is what the model allows, nothing is granted only when the model
//! has nothing either, and after every step the rows say what the model says. In the end `check` finds nothing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sheaf_app::batches::edit::{BatchEdit, edit};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::check;
use sheaf_app::queue::explain::{self, Verdict};
use sheaf_app::queue::manage::{Manage, manage, revoke_all};
use sheaf_app::queue::review::{Review, Said, review};
use sheaf_app::queue::submit::{amend, submit};
use sheaf_app::queue::{Claim, Work, claim, held, skips};
use sheaf_app::{Actor, Error};
use sheaf_model::task::{KEPT_MS, STAGE_LABEL};
use sheaf_model::{
    BatchAction, BatchId, BatchState, LeaseId, OpenTo, Recipe, ReviewId, Role, Roles, SlotEvent, SlotPlace,
    SlotState, Task, TaskEvent, TaskId, TaskRules, UserId,
};

use crate::queue::{answer, response};
use crate::{Desk, code};

const N: u32 = 3;
const LEASE_MS: i64 = 15 * 60_000;
const ROLES: [&[Role]; 4] =
    [&[Role::Annotator], &[Role::Annotator, Role::Reviewer], &[Role::Annotator], &[Role::Reviewer]];

#[derive(Debug, Clone)]
enum Step {
    Claim(usize, Option<Work>),
    /// Of the person's leases, also of lost ones: the answer's kind, or a verdict.
    Submit(usize, usize),
    Accept(usize, usize),
    Fix(usize, usize),
    Reject(usize, usize, bool),
    Release(usize, usize),
    Skip(usize, usize),
    Amend(usize, u32),
    Manage(u32, Manage),
    Unskip(usize, u32),
    /// Opens the batch to these people only; to nobody in particular: everybody.
    OpenTo(BTreeSet<usize>),
    /// A slot of the task, for a person.
    Assign(u32, usize, usize),
    /// Everything that a person holds.
    RevokeAll(usize),
    Wait(i64),
    Act(BatchAction),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..ROLES.len();
    let which = || 0usize..4;
    let work = prop::sample::select(vec![None, Some(Work::Label), Some(Work::Review)]);
    let what = prop::sample::select(vec![Manage::Revoke, Manage::Reopen, Manage::Unblock]);
    let act = prop::sample::select(vec![BatchAction::Pause, BatchAction::Resume]);
    prop_oneof![
        10 => (who(), work).prop_map(|(who, work)| Step::Claim(who, work)),
        8 => (who(), which()).prop_map(|(who, which)| Step::Submit(who, which)),
        4 => (who(), which()).prop_map(|(who, which)| Step::Accept(who, which)),
        2 => (who(), which()).prop_map(|(who, which)| Step::Fix(who, which)),
        4 => (who(), which(), any::<bool>()).prop_map(|(who, which, one)| Step::Reject(who, which, one)),
        1 => (who(), which()).prop_map(|(who, which)| Step::Release(who, which)),
        1 => (who(), which()).prop_map(|(who, which)| Step::Skip(who, which)),
        2 => (who(), 0..N).prop_map(|(who, ordinal)| Step::Amend(who, ordinal)),
        1 => (0..N, what).prop_map(|(ordinal, what)| Step::Manage(ordinal, what)),
        1 => (who(), 0..N).prop_map(|(who, ordinal)| Step::Unskip(who, ordinal)),
        1 => prop::collection::btree_set(who(), 0..3).prop_map(Step::OpenTo),
        2 => (0..N, which(), who()).prop_map(|(ordinal, which, who)| Step::Assign(ordinal, which, who)),
        1 => who().prop_map(Step::RevokeAll),
        2 => prop::sample::select(vec![60_000, LEASE_MS + 1, KEPT_MS + 1]).prop_map(Step::Wait),
        1 => act.prop_map(Step::Act),
    ]
}

struct World {
    desk: Desk,
    batch: BatchId,
    state: BatchState,
    rules: TaskRules,
    people: Vec<Actor>,
    tasks: BTreeMap<u32, Task>,
    skips: BTreeSet<(u32, u8, UserId)>,
    /// Empty: to everybody.
    open_to: BTreeSet<usize>,
    /// Every lease that each person was given, newest last.
    leases: Vec<Vec<LeaseId>>,
    n: u8,
}

impl World {
    async fn new(rules: TaskRules) -> Self {
        let desk = Desk::new(N).await;
        let mut people = Vec::new();
        for (i, roles) in (10..).zip(ROLES) {
            let actor = desk.annotator(i).await;
            let (project, user, roles) = (desk.project, actor.user, Roles::of(roles));
            desk.app.store().write(move |tx| tx.set_roles(project, user, roles)).await.unwrap();
            people.push(actor);
        }
        let new = NewBatch { name: "b".into(), rules, launch: true, ..NewBatch::default() };
        let made =
            batches::create(&desk.app, &desk.manager, desk.project, new, Recipe::default()).await.unwrap();
        let tasks = (0..N).map(|ordinal| (ordinal, Task::untouched(rules))).collect();
        let leases = vec![Vec::new(); people.len()];
        let (batch, state) = (made.row.id, BatchState::InProgress);
        Self {
            desk,
            batch,
            state,
            rules,
            people,
            tasks,
            skips: BTreeSet::new(),
            open_to: BTreeSet::new(),
            leases,
            n: 0,
        }
    }

    fn now(&self) -> i64 {
        self.desk.app.now()
    }

    fn id(&self, ordinal: u32) -> TaskId {
        TaskId { project: self.desk.project, batch: self.batch, ordinal }
    }

    fn ids(&mut self) -> [u8; 16] {
        self.n += 1;
        [self.n; 16]
    }

    fn apply(&mut self, ordinal: u32, event: &TaskEvent) -> bool {
        let Ok(next) = self.tasks[&ordinal].after(event, self.state, self.desk.app.now()) else {
            return false;
        };
        if next.done() && self.tasks.iter().all(|(at, task)| *at == ordinal || task.done()) {
            self.state = BatchState::Completed;
        }
        self.tasks.insert(ordinal, next);
        true
    }

    /// What a person could be granted now.
    fn claimable(&self, who: usize, work: Option<Work>) -> bool {
        let (person, roles) = (self.people[who].user, Roles::of(ROLES[who]));
        let open = self.open_to.is_empty() || self.open_to.contains(&who);
        open && self.tasks.iter().any(|(ordinal, task)| {
            task.slots.keys().any(|place| {
                let label = place.stage == STAGE_LABEL;
                let fits = work.is_none_or(|work| (work == Work::Label) == label);
                let may = roles.has(if label { Role::Annotator } else { Role::Reviewer });
                let skipped = self.skips.contains(&(*ordinal, place.stage, person));
                let event = SlotEvent::Claim { person, fence: [0; 16], lease_ms: 1 };
                let slot = TaskEvent::Slot(*place, event);
                fits && may && !skipped && task.after(&slot, self.state, self.now()).is_ok()
            })
        })
    }

    async fn claim(&mut self, who: usize, work: Option<Work>) {
        let (claim_id, me) = (self.ids(), self.people[who].clone());
        // What is held is renewed first, then counted.
        let mut held = 0;
        for (ordinal, task) in self.tasks.clone() {
            for (place, slot) in task.slots {
                let mine = slot.state == SlotState::Leased && slot.holder == Some(me.user);
                if let (true, Some(fence)) = (mine, slot.fence) {
                    let beat = SlotEvent::Heartbeat { fence, lease_ms: LEASE_MS };
                    held += usize::from(self.apply(ordinal, &TaskEvent::Slot(place, beat)));
                }
            }
        }
        let more = held < 2 && self.claimable(who, work);
        let asked = Claim { claim_id, project: Some(self.desk.project), work, count: held as u32 + 1 };
        let asked = Claim { count: asked.count.min(2), ..asked };
        let told = explain::own(&self.desk.app, &me, self.desk.project).await.unwrap();
        let got = claim(&self.desk.app, &me, asked).await.unwrap();
        let known = |lease: &LeaseId| self.leases[who].contains(lease);
        let new: Vec<_> = got.tasks.iter().filter(|task| !known(&task.lease)).collect();
        assert_eq!(got.tasks.len(), held + new.len());
        assert_eq!(new.len(), usize::from(more), "{work:?} of {:#?}", self.tasks);
        // What explains the queue walks as the claim does.
        let first = told.steps.iter().find_map(|step| match step.verdict {
            Verdict::Next { task, .. } | Verdict::Later { task, .. }
                if work.is_none_or(|it| it == step.work) =>
            {
                Some(task)
            }
            _ => None,
        });
        if told.held.is_empty() {
            assert_eq!(first, new.first().map(|task| task.task));
        }
        for task in new {
            let (lease, place) = (task.lease, SlotPlace { stage: task.lease.stage, n: task.lease.n });
            let may = ROLES[who].contains(if place.stage == STAGE_LABEL {
                &Role::Annotator
            } else {
                &Role::Reviewer
            });
            assert!(may, "{place:?}");
            assert!(!self.skips.contains(&(lease.task.ordinal, place.stage, me.user)));
            if place.stage != STAGE_LABEL {
                assert_eq!(
                    task.answers.len(),
                    if task.answers[0].row.key.stage == 0 { usize::from(self.rules.overlap) } else { 1 }
                );
            }
            let event = SlotEvent::Claim { person: me.user, fence: lease.fence, lease_ms: LEASE_MS };
            assert!(self.apply(lease.task.ordinal, &TaskEvent::Slot(place, event)), "{place:?}");
            self.leases[who].push(lease);
        }
    }

    /// The outcome of a step on a lease beside the model's.
    fn outcome<T>(&mut self, lease: LeaseId, event: &TaskEvent, done: Result<T, Error>) -> bool {
        let allowed = self.apply(lease.task.ordinal, event);
        assert_eq!(done.is_ok(), allowed, "{event:?}: {:?}", done.err());
        allowed
    }

    fn lease(&self, who: usize, which: usize, label: bool) -> Option<LeaseId> {
        let fitting = self.leases[who].iter().rev().filter(|lease| (lease.stage == STAGE_LABEL) == label);
        fitting.clone().nth(which % fitting.count().max(1)).copied()
    }

    async fn verdict(&mut self, who: usize, which: usize, said: Said) {
        let Some(lease) = self.lease(who, which, false) else { return };
        let fence = lease.fence;
        let event = match &said {
            Said::Reject(slots) => TaskEvent::Reject { level: lease.stage, fence, slots: slots.clone() },
            _ => TaskEvent::Slot(SlotPlace::review(lease.stage), SlotEvent::Submit { fence }),
        };
        let said = Review { id: ReviewId(self.ids()), said, note: "so".into(), seconds: None };
        let me = self.people[who].clone();
        let first = review(&self.desk.app, &me, lease, said.clone()).await;
        if let Ok(receipt) = &first {
            let again = review(&self.desk.app, &me, lease, said).await.unwrap();
            assert!(again.replayed && again.at == receipt.at, "said twice, counted once");
        }
        self.outcome(lease, &event, first);
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Claim(who, work) => self.claim(who, work).await,
            Step::Submit(who, which) => {
                let Some(lease) = self.lease(who, which, true) else { return };
                let event = SlotEvent::Submit { fence: lease.fence };
                let me = self.people[who].clone();
                let kind = if who == 0 { "a" } else { "b" };
                let done = submit(&self.desk.app, &me, lease, answer(kind)).await;
                self.outcome(lease, &TaskEvent::Slot(SlotPlace::label(lease.n), event), done);
            }
            Step::Accept(who, which) => self.verdict(who, which, Said::Accept).await,
            Step::Fix(who, which) => self.verdict(who, which, Said::Fix(response("b"))).await,
            Step::Reject(who, which, one) => {
                let slots = if one { BTreeSet::from([0]) } else { BTreeSet::new() };
                self.verdict(who, which, Said::Reject(slots)).await;
            }
            Step::Release(who, which) => {
                let Some(lease) = self.lease(who, which, which % 2 == 0) else { return };
                let place = SlotPlace { stage: lease.stage, n: lease.n };
                let event = TaskEvent::Slot(place, SlotEvent::Release { fence: lease.fence });
                let done = held::release(&self.desk.app, &self.people[who], lease).await;
                self.outcome(lease, &event, done);
            }
            Step::Skip(who, which) => {
                let Some(lease) = self.lease(who, which, which % 2 == 0) else { return };
                let place = SlotPlace { stage: lease.stage, n: lease.n };
                let done = held::skip(&self.desk.app, &self.people[who], lease, "?".into()).await;
                // Whether it blocks is the app's to count; the model follows the row.
                let block = self.row(lease.task.ordinal, place).await == Some(SlotState::Blocked);
                let event = TaskEvent::Slot(place, SlotEvent::Skip { fence: lease.fence, block });
                if self.outcome(lease, &event, done) {
                    self.skips.insert((lease.task.ordinal, place.stage, self.people[who].user));
                }
            }
            Step::Amend(who, ordinal) => {
                let me = self.people[who].clone();
                let mine = |place: &SlotPlace, slot: &sheaf_model::Slot| {
                    place.stage == STAGE_LABEL && slot.holder == Some(me.user)
                };
                let n = self.tasks[&ordinal]
                    .slots
                    .iter()
                    .find(|(place, slot)| mine(place, slot))
                    .map(|(p, _)| p.n);
                let done = amend(&self.desk.app, &me, self.id(ordinal), answer("b")).await;
                let event = TaskEvent::Amend { n: n.unwrap_or(0), person: me.user };
                let allowed = self.tasks[&ordinal].after(&event, self.state, self.now()).is_ok();
                assert_eq!(done.is_ok(), allowed, "{:?}", done.err());
            }
            Step::Manage(ordinal, what) => {
                let id = self.id(ordinal);
                let (app, manager) = (&self.desk.app, &self.desk.manager);
                let done = manage(app, manager, self.desk.project, id, what, None, None).await;
                self.managed(ordinal, what, done);
            }
            Step::Unskip(who, ordinal) => {
                let (me, project, id) = (self.people[who].clone(), self.desk.project, self.id(ordinal));
                let stages: Vec<u8> = self
                    .skips
                    .iter()
                    .filter(|(at, _, person)| (*at, *person) == (ordinal, me.user))
                    .map(|skip| skip.1)
                    .collect();
                let done = skips::unskip(&self.desk.app, &me, project, id, None).await;
                assert_eq!(done.is_ok(), !stages.is_empty(), "{:?}", done.err());
                if !stages.is_empty() {
                    self.apply(ordinal, &TaskEvent::Unskip { stages });
                    self.skips.retain(|(at, _, person)| (*at, *person) != (ordinal, me.user));
                }
            }
            Step::OpenTo(people) => {
                let users = people.iter().map(|who| self.people[*who].user).collect();
                let open_to = Some(OpenTo { groups: Vec::new(), people: users });
                let change = BatchEdit { open_to, ..BatchEdit::default() };
                edit(&self.desk.app, &self.desk.manager, self.desk.project, self.batch, change)
                    .await
                    .unwrap();
                self.open_to = people;
            }
            Step::Assign(ordinal, which, who) => self.assign(ordinal, which, who).await,
            Step::RevokeAll(who) => {
                let (app, manager, project) = (&self.desk.app, &self.desk.manager, self.desk.project);
                let person = self.people[who].user;
                let n = revoke_all(app, manager, project, person).await.unwrap();
                let mut revoked = 0;
                for (ordinal, task) in self.tasks.clone() {
                    let held = |slot: &sheaf_model::Slot| {
                        slot.state == SlotState::Leased && slot.holder == Some(person)
                    };
                    for (place, _) in task.slots.iter().filter(|(_, slot)| held(slot)) {
                        revoked += 1;
                        assert!(self.apply(ordinal, &TaskEvent::Slot(*place, SlotEvent::Revoke)));
                    }
                }
                assert_eq!(n, revoked);
            }
            Step::Wait(ms) => self.desk.clock.advance(ms),
            Step::Act(action) => {
                let Some(next) = self.state.after(action) else { return };
                self.desk.act(self.batch, action).await;
                self.state = next;
                if action == BatchAction::Resume {
                    let until = self.now() + 5 * 60_000;
                    for slot in self.tasks.values_mut().flat_map(|task| task.slots.values_mut()) {
                        slot.lease_until = slot.lease_until.map(|at| at.max(until));
                    }
                }
            }
        }
    }

    async fn assign(&mut self, ordinal: u32, which: usize, who: usize) {
        let places: Vec<SlotPlace> = self.tasks[&ordinal].slots.keys().copied().collect();
        let (place, person) = (places[which % places.len()], self.people[who].user);
        let what = Manage::Assign { to: person, hours: 2 };
        let (app, manager, id) = (&self.desk.app, &self.desk.manager, self.id(ordinal));
        let touched = app.store().read(move |tx| tx.task_rows(id)).await.unwrap();
        let done = manage(app, manager, self.desk.project, id, what, Some(place), None).await;
        let role = if place.stage == STAGE_LABEL { Role::Annotator } else { Role::Reviewer };
        let open = self.open_to.is_empty() || self.open_to.contains(&who);
        if touched.0.is_empty() || !ROLES[who].contains(&role) || !open {
            assert!(done.is_err(), "nobody has begun it, or this is not theirs to do");
            return;
        }
        let event = TaskEvent::Assign { place, person, until: self.now() + 2 * 60 * 60_000 };
        let allowed = self.apply(ordinal, &event);
        assert_eq!(done.is_ok(), allowed, "{event:?}: {:?}", done.err());
        if allowed {
            self.skips.remove(&(ordinal, place.stage, person));
        }
    }

    fn managed(&mut self, ordinal: u32, what: Manage, done: Result<(), Error>) {
        match what {
            Manage::Revoke => {
                let leased = |task: &Task| {
                    let held = task.slots.iter().filter(|(_, slot)| slot.state == SlotState::Leased);
                    held.map(|(place, _)| *place).collect::<Vec<_>>()
                };
                let places = leased(&self.tasks[&ordinal]);
                assert_eq!(done.is_ok(), !places.is_empty());
                for place in places {
                    assert!(self.apply(ordinal, &TaskEvent::Slot(place, SlotEvent::Revoke)));
                }
            }
            Manage::Reopen => {
                let allowed = self.apply(ordinal, &TaskEvent::Reopen);
                assert_eq!(done.is_ok(), allowed, "{:?}", done.err());
                if allowed && self.state == BatchState::Completed {
                    self.state = BatchState::InProgress;
                }
            }
            Manage::Assign { .. } => panic!("a step of its own"),
            Manage::Unblock => {
                done.unwrap();
                self.apply(ordinal, &TaskEvent::Unblock);
                self.skips.retain(|(at, ..)| *at != ordinal);
            }
        }
    }

    async fn row(&self, ordinal: u32, place: SlotPlace) -> Option<SlotState> {
        let id = self.id(ordinal);
        let rows = self.desk.app.store().read(move |tx| tx.task_rows(id)).await.unwrap();
        rows.0.get(&place).map(|row| row.slot.state)
    }

    /// The rows say what the model says.
    async fn compare(&self) {
        for (ordinal, task) in &self.tasks {
            let (id, rules) = (self.id(*ordinal), self.rules);
            let rows = self.desk.app.store().read(move |tx| tx.task_rows(id)).await.unwrap();
            assert_eq!(rows.task(rules), *task, "task {ordinal}");
        }
        let (project, batch) = (self.desk.project, self.batch);
        let row = self.desk.app.store().read(move |tx| tx.batch(project, batch)).await.unwrap().unwrap();
        assert_eq!(row.state, self.state);
        assert_eq!(row.progress.counts.done, self.tasks.values().filter(|task| task.done()).count() as i64);
    }
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_queue_does_what_the_model_does(
        overlap in 1u8..=3,
        review_levels in 0u8..=2,
        steps in prop::collection::vec(step(), 20..120),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new(TaskRules { overlap, review_levels }).await;
            for step in steps {
                world.step(step).await;
                world.compare().await;
            }
            let report = check::run(&world.desk.app, true).unwrap();
            // The assets of a test desk come from an upload that is not there.
            let wrong: Vec<_> = report.findings.iter().filter(|it| it.table != "uploads").collect();
            assert!(wrong.is_empty(), "{wrong:#?}");
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_comes_back_to_its_author_with_the_note() {
    let mut world = World::new(TaskRules { overlap: 1, review_levels: 1 }).await;
    world.claim(0, None).await;
    let lease = world.leases[0][0];
    submit(&world.desk.app, &world.people[0], lease, answer("a")).await.unwrap();
    let me = world.people[3].clone();
    let asked = |n: u8, work| Claim { claim_id: [n; 16], project: None, work, count: 1 };
    let got = claim(&world.desk.app, &me, asked(1, None)).await.unwrap();
    assert_eq!((got.tasks[0].answers.len(), got.tasks[0].lease.stage), (1, 1));
    let silent = Review {
        id: ReviewId([1; 16]),
        said: Said::Reject(BTreeSet::new()),
        note: "  ".into(),
        seconds: None,
    };
    let none = review(&world.desk.app, &me, got.tasks[0].lease, silent.clone()).await.unwrap_err();
    assert_eq!(code(&none), "note_missing");
    let said = Review { note: "too wide".into(), ..silent };
    review(&world.desk.app, &me, got.tasks[0].lease, said.clone()).await.unwrap();
    let other = Review { note: "something else".into(), ..said };
    let twice = review(&world.desk.app, &me, got.tasks[0].lease, other).await.unwrap_err();
    assert_eq!(code(&twice), "review_conflict");
    let again = claim(&world.desk.app, &world.people[0], asked(2, None)).await.unwrap();
    let task = &again.tasks[0];
    assert_eq!((task.task, task.round), (lease.task, 2));
    assert_eq!(task.reviews[0].row.note, "too wide");
    assert_eq!(task.answers[0].row.response, r#"{"annotations":[],"fields":{"kind":"a"}}"#);
}
