//! Holds the journals against the data.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_model::{SlotState, SubmissionId, TaskId, UserId};

use super::open::open;
use super::session::{Entry, Told};
use super::world::{RULES, World};

/// Holds the journals against the data.
pub fn judge(world: &World, journal: &[Entry]) {
    let app = open(&world.home);
    let mut found: BTreeMap<SubmissionId, (TaskId, UserId)> = BTreeMap::new();
    let (mut done, mut twice, mut over) = (0, 0, 0);
    for ordinal in 0..world.tasks() {
        let id = TaskId { project: world.project, batch: world.batch, ordinal };
        let (rows, answers, reviews) = app
            .store()
            .read_blocking(|tx| {
                let answers = tx.task_submissions(id.project, id.batch, ordinal)?;
                Ok::<_, sheaf_store::StoreError>((tx.task_rows(id)?, answers, tx.task_reviews(id)?))
            })
            .unwrap();
        let mut labelled: BTreeSet<(i64, UserId)> = BTreeSet::new();
        for answer in &answers {
            if answer.key.stage == 0 {
                found.insert(answer.id, (id, answer.person));
                twice += usize::from(!labelled.insert((answer.round, answer.person)));
            }
        }
        found.extend(reviews.iter().map(|review| (SubmissionId(review.id.0), (id, review.person))));
        let standing =
            rows.0.values().filter(|row| row.key.stage == 0 && row.slot.state == SlotState::Submitted);
        let standing: Vec<UserId> = standing.filter_map(|row| row.slot.holder).collect();
        over += usize::from(standing.len() > usize::from(RULES.overlap));
        twice += standing.len() - standing.iter().collect::<BTreeSet<_>>().len();
        done += usize::from(rows.task(RULES).done());
    }
    let (mut lost, mut refused) = (0, 0);
    for entry in journal {
        let there = found.remove(&entry.id);
        match entry.told {
            Told::Yes => lost += usize::from(there != Some((entry.task, entry.person))),
            // Said no to, and there all the same.
            Told::No => refused += usize::from(there.is_some()),
            Told::Nothing => panic!("{} was never decided", entry.path),
        }
    }
    let unexpected = found.len() + refused;
    let acknowledged = journal.iter().filter(|entry| entry.told == Told::Yes).count();
    eprintln!(
        "{acknowledged} acknowledged of {} sent, {done} tasks done: lost {lost}, unexpected {unexpected}, \
         person twice {twice}, over N {over}",
        journal.len()
    );
    assert_eq!((lost, unexpected, twice, over), (0, 0, 0, 0));
    assert!(acknowledged > 100, "{acknowledged}");
}
