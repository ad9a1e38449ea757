//! Jobs that run in one group come to what they come to one after the other, whatever was read before them and is sent with
//! others: few tasks and few people, so that nearly every job bears on the ones beside it.

use std::collections::BTreeMap;

use sheaf_model::{
    BatchId, BatchState, Ordinal, ProjectId, SlotEvent, SlotPlace, SubmissionId, Task, TaskEvent, TaskId,
    TaskRules, UserId,
};
use sheaf_store::batch_hours::Work;
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::drafts::DraftRow;
use sheaf_store::queue::{SlotKey, TaskRows};
use sheaf_store::sql::Row;
use sheaf_store::submissions::SubmissionRow;
use sheaf_store::{Ask, Store, StoreError, Tx};

use crate::batches::{self, insert};
use crate::{HeldBack, PROJECT, project, store};

/// Jobs are of this project and of another one.
const OTHER: ProjectId = ProjectId(8);
const BATCH: BatchId = BatchId(1);
const RULES: TaskRules = TaskRules { overlap: 2, review_levels: 0 };
const JOBS: u64 = 240;
const NOW: i64 = 1_000;

/// What one job does: numbers from its own.
#[derive(Debug, Clone, Copy)]
struct Step(u64);

impl Step {
    fn draw(self, what: u64, below: u64) -> u64 {
        let mut z = (self.0 * 8 + what).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) % below
    }

    fn project(self) -> ProjectId {
        if self.draw(5, 2) == 0 { PROJECT } else { OTHER }
    }

    fn task(self) -> TaskId {
        TaskId { project: self.project(), batch: BATCH, ordinal: self.draw(0, 6) as Ordinal }
    }

    fn person(self) -> UserId {
        UserId(1 + self.draw(1, 4) as i64)
    }

    fn submission(self) -> SubmissionId {
        SubmissionId([self.draw(2, 40) as u8; 16])
    }

    fn asks(self) -> Vec<Ask> {
        vec![
            Ask::Held(self.project(), self.person()),
            Ask::Task(self.task()),
            Ask::Submission(self.project(), self.submission()),
            Ask::Draft(self.task(), 0, self.person()),
            Ask::Answers(self.task()),
        ]
    }

    /// Takes a step; what was known to the job when it was taken.
    fn run(self, tx: &Tx<'_>) -> Result<String, StoreError> {
        let (id, person) = (self.task(), self.person());
        let told = self.seen(tx)?;
        let rows = tx.task_rows(id)?;
        let task = rows.task(RULES);
        let mine = rows.0.iter().find(|(_, row)| row.slot.holder == Some(person));
        let Some((&place, row)) = mine else {
            let free = task.slots.iter().find(|(_, slot)| slot.holder.is_none()).map(|(place, _)| *place);
            let place = free.unwrap_or(SlotPlace::label(0));
            let fence = [(self.0 % 251) as u8; 16];
            let claim = SlotEvent::Claim { person, fence, lease_ms: 60_000 };
            return self.step(tx, id, &TaskEvent::Slot(place, claim), EventKind::Claimed, told);
        };
        let (key, fence) = (row.key, row.slot.fence.unwrap_or_default());
        match self.draw(3, 7) {
            0 => {
                let release = TaskEvent::Slot(place, SlotEvent::Release { fence });
                self.step(tx, id, &release, EventKind::Released, told)
            }
            1 => {
                let draft = DraftRow { seq: self.0 as i64, response: format!("{}", self.0), saved: NOW };
                tx.put_draft(&key, person, &draft)?;
                Ok(told)
            }
            // It gives up after it has written.
            2 => {
                let beat = TaskEvent::Slot(place, SlotEvent::Heartbeat { fence, lease_ms: 90_000 });
                self.step(tx, id, &beat, EventKind::Expired, told)?;
                Err(StoreError::Database("given up".into()))
            }
            // Lists are read from the rows, which lag behind what the jobs of a group have moved.
            3 => {
                let counts: Vec<_> =
                    tx.batches(self.project())?.iter().map(|batch| batch.progress.counts).collect();
                Ok(format!("{told} {counts:?}"))
            }
            _ if tx.submission(self.project(), self.submission())?.is_some() => Ok(format!("{told} known")),
            _ => {
                let submit = TaskEvent::Slot(place, SlotEvent::Submit { fence });
                let told = self.step(tx, id, &submit, EventKind::Submitted, told)?;
                if !told.ends_with("refused") {
                    self.hand_in(tx, &key)?;
                }
                Ok(told)
            }
        }
    }

    fn step(
        self,
        tx: &Tx<'_>,
        id: TaskId,
        event: &TaskEvent,
        kind: EventKind,
        told: String,
    ) -> Result<String, StoreError> {
        let rows = tx.task_rows(id)?;
        let Ok(next) = rows.task(RULES).after(event, BatchState::InProgress, NOW) else {
            return Ok(format!("{told} refused"));
        };
        let next: Task = next;
        if !tx.move_task(id, &rows, &next, None)? {
            return Err(StoreError::Database("moved on".into()));
        }
        let event = EventRow { at: NOW, kind, actor: Some(self.person()), batch: Some(BATCH), details: None };
        tx.put_event(self.project(), id.ordinal, &event)?;
        Ok(told)
    }

    fn hand_in(self, tx: &Tx<'_>, key: &SlotKey) -> Result<(), StoreError> {
        tx.insert_submission(&SubmissionRow {
            id: self.submission(),
            key: *key,
            body_hash: [0; 32],
            person: self.person(),
            round: 1,
            revision: 1,
            fence: [0; 16],
            taxonomy_version: 0,
            response: "{}".into(),
            seconds: None,
            at: NOW,
            prelabel: None,
        })?;
        tx.add_work(self.project(), BATCH, self.person(), NOW, Work::label(None));
        let labels = BTreeMap::from([(format!("label {}", self.draw(4, 3)), 1)]);
        tx.set_answer_labels(key.task, &BTreeMap::new(), &labels)?;
        tx.delete_draft(key, self.person())
    }

    /// All that may be read ahead, as the job sees it.
    fn seen(self, tx: &Tx<'_>) -> Result<String, StoreError> {
        let held: Vec<_> =
            tx.held_in(self.project(), self.person())?.iter().map(|row| row.key.task.ordinal).collect();
        let rows = tx.task_rows(self.task())?;
        let known = tx.submission(self.project(), self.submission())?.is_some();
        let key = SlotKey::at(self.task(), SlotPlace::label(0));
        let draft = tx.draft(&key, self.person())?.map(|draft| draft.seq);
        let answers = tx.task_submissions(self.project(), BATCH, self.task().ordinal)?.len();
        let slots: Vec<_> = rows.0.values().map(|row| (row.slot.state, row.slot.token)).collect();
        Ok(format!("{} {held:?} {slots:?} {known} {draft:?} {answers}", self.0))
    }
}

const TABLES: [&str; 8] = [
    "SELECT project_id, ordinal, stage, n, state, coalesce(holder, 0), token, round FROM slots ORDER BY 1, 2, 3, 4",
    "SELECT project_id, ordinal, kind, seq, coalesce(actor, 0) FROM events ORDER BY 1, 2, 4",
    "SELECT project_id, ordinal, stage, n, person FROM submissions ORDER BY project_id, submission_id",
    "SELECT project_id, ordinal, stage, person, seq FROM drafts ORDER BY 1, 2, 3, 4",
    "SELECT project_id, ordinal, n FROM answer_labels ORDER BY project_id, label, ordinal",
    "SELECT project_id, cursor, n_open, n_leased, n_submitted, n_done FROM batch_progress ORDER BY 1",
    "SELECT project_id, hour, person, n_labels FROM batch_hours ORDER BY 1, 2, 3",
    "SELECT ordinal, count(*) FROM slots WHERE holder IS NOT NULL GROUP BY project_id, ordinal, holder HAVING count(*) > 1",
];

fn dump(store: &Store) -> Vec<Vec<Vec<i64>>> {
    let columns = |sql: &str| sql.split(" FROM ").next().unwrap().matches(", ").count() + 1;
    let values = |row: &Row<'_>, n: usize| (0..n).map(|at| row.int(at)).collect();
    // `coalesce(a, 0)` has a comma of its own.
    let n = |sql: &str| columns(sql) - sql.matches(", 0)").count();
    store
        .read_blocking(|tx| {
            TABLES
                .iter()
                .map(|sql| tx.all(sql, &[], |row| values(row, n(sql))))
                .collect::<Result<_, StoreError>>()
        })
        .unwrap()
}

fn batch() -> (sheaf_testing::Home, Store) {
    let (home, store) = store();
    insert(&store, 1, "one", &(0..6).collect());
    store
        .write_blocking(|tx| {
            tx.insert_project(&ProjectRow { id: OTHER, name: "other".into(), ..project() })?;
            let members = (0..6).collect();
            tx.insert_batch(&BatchRow { project: OTHER, ..batches::batch(1, "one", &members) }, &members)
        })
        .unwrap();
    (home, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_comes_to_what_its_jobs_come_to_one_by_one() {
    let (_alone, one_by_one) = batch();
    let mut wanted = Vec::new();
    for n in 0..JOBS {
        let out = one_by_one.write(move |tx| Step(n).run(tx)).await;
        wanted.push(out.map_err(|error| error.to_string()));
    }
    let refused = wanted.iter().filter(|out| out.is_err()).count();
    assert!((5..JOBS as usize / 2).contains(&refused), "{refused} of {JOBS} gave up");

    // Groups with jobs that give up among them, and groups without.
    for giving_up in [true, false] {
        let (_together, store) = batch();
        let (_beside, beside) = batch();
        let steps: Vec<u64> = (0..JOBS).filter(|n| giving_up || wanted[*n as usize].is_ok()).collect();
        let held_back = HeldBack::new(&store);
        let mut jobs = Vec::new();
        for (at, &n) in steps.iter().enumerate() {
            let step = Step(n);
            let (own, asks) = (store.clone(), step.asks());
            jobs.push(tokio::spawn(async move {
                let finish = move |tx: &Tx<'_>, told: String| step.seen(tx).map(|_| told);
                own.write_and_finish(
                    step.project(),
                    asks,
                    move |tx| step.run(tx),
                    move |_| step.asks(),
                    finish,
                )
                .await
            }));
            // In line one after the other: their order is that of their numbers.
            while store.waiting() <= at {
                tokio::task::yield_now().await;
            }
        }
        held_back.let_go().await;
        for (job, &n) in jobs.into_iter().zip(&steps) {
            let out = job.await.unwrap().map_err(|error| error.to_string());
            let alone = beside.write(move |tx| Step(n).run(tx)).await.map_err(|error| error.to_string());
            assert_eq!(out, alone, "job {n}");
        }
        assert_eq!(dump(&store), dump(&beside));
        assert_eq!(dump(&store)[7], Vec::<Vec<i64>>::new(), "nobody has two parts");
    }
}

/// A claim of a task's first slot, as a job that was worked out from what was read before; whether it was taken.
fn claim_later(
    jobs: &mut tokio::task::JoinSet<(i64, bool)>,
    store: &Store,
    (id, rows): (TaskId, &TaskRows),
    person: i64,
    now: i64,
) {
    let (store, rows) = (store.clone(), rows.clone());
    let claim = SlotEvent::Claim { person: UserId(person), fence: [person as u8; 16], lease_ms: 60_000 };
    let event = TaskEvent::Slot(SlotPlace::label(0), claim);
    let next = rows.task(RULES).after(&event, BatchState::InProgress, now).unwrap();
    jobs.spawn(async move {
        let step = move |tx: &Tx<'_>| {
            if tx.move_task(id, &rows, &next, None)? {
                return Ok(());
            }
            Err(StoreError::Database("moved on".into()))
        };
        (person, store.write_repeatable(PROJECT, Vec::new(), step).await.is_ok())
    });
}

fn rows(store: &Store, id: TaskId) -> TaskRows {
    store.read_blocking(move |tx| tx.task_rows(id)).unwrap()
}

/// A step that is taken from what was read long before changes nothing of a task that has moved on, also when nobody waited for
/// the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_steps_from_what_was_read_before_one_is_taken() {
    let (_home, store) = batch();
    let id = TaskId { project: PROJECT, batch: BATCH, ordinal: 2 };
    for round in 0..2 {
        // At first nobody has touched it; then a lease of it has run out.
        let rows = rows(&store, id);
        let held_back = HeldBack::new(&store);
        let mut jobs = tokio::task::JoinSet::new();
        for person in 1..=4 {
            claim_later(&mut jobs, &store, (id, &rows), 10 * (round + 1) + person, NOW + round * 100_000);
        }
        while store.waiting() < 4 {
            tokio::task::yield_now().await;
        }
        held_back.let_go().await;
        let taken = jobs.join_all().await.into_iter().filter(|(_, taken)| *taken).count();
        assert_eq!(taken, 1, "round {round}");
    }
}

/// Of several tasks that one statement is about, one has moved on: its job is told so, and no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_tasks_the_one_that_moved_on_is_told() {
    let (_home, store) = batch();
    for round in 0..2 {
        let (now, person) = (NOW + round * 100_000, |ordinal: i64| 10 * (round + 1) + ordinal);
        let tasks = [1, 2, 3].map(|ordinal| TaskId { project: PROJECT, batch: BATCH, ordinal });
        let known = tasks.map(|id| rows(&store, id));
        let mut jobs = tokio::task::JoinSet::new();
        claim_later(&mut jobs, &store, (tasks[1], &known[1]), person(9), now);
        assert_eq!(jobs.join_all().await, [(person(9), true)]);

        let held_back = HeldBack::new(&store);
        let mut jobs = tokio::task::JoinSet::new();
        for (id, rows) in tasks.iter().zip(&known) {
            claim_later(&mut jobs, &store, (*id, rows), person(id.ordinal.into()), now);
        }
        while store.waiting() < 3 {
            tokio::task::yield_now().await;
        }
        held_back.let_go().await;
        let mut told = jobs.join_all().await;
        told.sort_unstable();
        assert_eq!(told, [(person(1), true), (person(2), false), (person(3), true)], "round {round}");
        let holders = tasks.map(|id| rows(&store, id).task(RULES).slots[&SlotPlace::label(0)].holder);
        assert_eq!(holders, [1, 9, 3].map(|n| Some(UserId(person(n)))), "round {round}");
    }
}
