//! Batches of answers that were given elsewhere: they grow by chunks, have no untouched task, and name people without accounts.

use roaring::RoaringBitmap;
use sheaf_model::{
    BatchId, BatchState, SlotPlace, SubmissionId, TaskCounts, TaskId, TaskRules, TaskState, UserId,
};
use sheaf_store::queue::{Feeds, SlotKey};
use sheaf_store::submissions::SubmissionRow;
use sheaf_store::{Store, StoreError};

use crate::batches::insert;
use crate::{PROJECT, store};

const BATCH: BatchId = BatchId(1);

fn answer(ordinal: u32, n: u8, person: i64) -> SubmissionRow {
    let task = TaskId { project: PROJECT, batch: BATCH, ordinal };
    let mut id = [n; 16];
    id[..4].copy_from_slice(&ordinal.to_be_bytes());
    SubmissionRow {
        id: SubmissionId(id),
        key: SlotKey::at(task, SlotPlace::label(n)),
        body_hash: [n; 32],
        person: UserId(person),
        round: 1,
        revision: 1,
        fence: id,
        taxonomy_version: 1,
        response: "{}".into(),
        seconds: None,
        at: 1_000,
        prelabel: None,
    }
}

/// A batch of some assets, each answered by -1, the first by -2, too.
fn made(store: &Store, members: &[u32]) {
    insert(store, BATCH.0, "old", &members.iter().collect());
    let members = members.to_vec();
    store
        .write_blocking(move |tx| {
            tx.begin_brought_in(PROJECT, BATCH, 2_000)?;
            tx.put_person_elsewhere(PROJECT, UserId(-1), "kim@x.org")?;
            tx.put_person_elsewhere(PROJECT, UserId(-1), "somebody else")?;
            for ordinal in &members {
                tx.insert_brought_in(&answer(*ordinal, 0, -1))?;
            }
            tx.insert_brought_in(&answer(members[0], 1, -2))?;
            let n = members.len() as i64;
            let counts = TaskCounts { submitted: n + 1, done: n, ..TaskCounts::default() };
            tx.move_progress(PROJECT, BATCH, counts, None)
        })
        .unwrap();
}

#[test]
fn a_batch_is_done_from_the_first_answer_on() {
    let (_dir, store) = store();
    made(&store, &[5, 9, 70_000]);
    let feeds = Feeds::default();
    store
        .read_blocking(|tx| {
            let row = tx.batch(PROJECT, BATCH)?.unwrap();
            assert!(row.brought_in && row.state == BatchState::Completed);
            assert_eq!((row.launched, row.ended, row.rules), (Some(2_000), Some(2_000), TaskRules::AS_GIVEN));
            assert_eq!((row.n_judgements(), row.n_pending(), row.progress.counts.done), (4, 0, 3));
            assert!(feeds.untouched(tx, &row)?.is_empty() && feeds.left(tx, &row)? == 0);
            assert!(tx.serving_batches(PROJECT)?.is_empty());
            for (ordinal, n) in [(5, 2), (9, 1)] {
                let task = tx.task_rows(TaskId { project: PROJECT, batch: BATCH, ordinal })?.task(row.rules);
                assert_eq!((task.state(), task.rules.overlap), (TaskState::Done, n));
                assert!(task.done() && task.problems().is_empty(), "{:?}", task.problems());
            }
            let mut states = Vec::new();
            tx.each_task_facts(PROJECT, BATCH, |ordinal, facts| {
                states.push((ordinal, facts.state(row.rules)))
            })?;
            assert_eq!(states, [5, 9, 70_000].map(|ordinal| (ordinal, TaskState::Done)));
            let (done, next) = tx.done_tasks(PROJECT, BATCH, row.rules, None, 10, 5)?;
            assert_eq!((done, next), (vec![5, 9, 70_000], None));
            let answers = tx.answers_of(PROJECT, BATCH, &[5, 9, 10].into_iter().collect())?;
            assert_eq!(
                answers.into_iter().map(|(at, it)| (at, it.len())).collect::<Vec<_>>(),
                [(5, 2), (9, 1)]
            );
            let name = |id| tx.author_name(PROJECT, UserId(id));
            assert_eq!(
                name(-1)?.map(|it| (it.name, it.email)),
                Some(("kim@x.org".into(), "kim@x.org".into()))
            );
            assert_eq!(name(-3)?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn it_grows_by_the_chunks_that_assets_are_in() {
    let (_dir, store) = store();
    made(&store, &[5, 9, 70_000]);
    let among: RoaringBitmap = [5, 6, 70_000, 200_000].into_iter().collect();
    let there = store.read_blocking(|tx| tx.members_among(PROJECT, BATCH, &among)).unwrap();
    assert_eq!(there.iter().collect::<Vec<_>>(), [5, 70_000]);
    // Of the second chunk nothing is read or written.
    store
        .write_blocking(|tx| {
            let row = tx.batch(PROJECT, BATCH)?.unwrap();
            tx.add_brought_in(&row, &[6, 200_000].into_iter().collect(), 77)?;
            tx.add_brought_in(&row, &[200_001].into_iter().collect(), 78)?;
            tx.count_revision(PROJECT, BATCH)
        })
        .unwrap();
    let (members, row) = store
        .read_blocking(|tx| {
            Ok::<_, StoreError>((tx.batch_members(PROJECT, BATCH)?, tx.batch(PROJECT, BATCH)?.unwrap()))
        })
        .unwrap();
    assert_eq!(members.iter().collect::<Vec<_>>(), [5, 6, 9, 70_000, 200_000, 200_001]);
    assert_eq!((row.n_members, row.stamp, row.revision), (6, 78, 2));
}
