//! What the process remembers of the queue between transactions. It is never needed for an answer to be right: it says
//! where to begin to look, and whether what the app keeps in memory is still so.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, UserId};

use crate::error::Result;

/// Hints that are kept.
const HINTS_MAX: usize = 100_000;

#[derive(Default)]
pub(crate) struct Shared {
    roster: AtomicU64,
    /// By batch and stage: for each person the ordinal below which no open slot is theirs to take.
    hints: Mutex<HashMap<Place, HashMap<UserId, Ordinal>>>,
    /// By batch: the time before which no lease runs out.
    quiet: Mutex<HashMap<(ProjectId, BatchId), Millis>>,
    /// By project: what its webhooks listen to, at a roster number.
    listening: Mutex<(u64, HashMap<ProjectId, i64>)>,
}

type Place = (ProjectId, BatchId, u8);

impl Shared {
    /// Changes with every write to people, memberships, projects or batches, and when one was rolled back.
    pub(crate) fn roster(&self) -> u64 {
        self.roster.load(Ordering::Acquire)
    }

    pub(crate) fn roster_changed(&self) {
        self.roster.fetch_add(1, Ordering::AcqRel);
    }

    /// Something was rolled back, so that what was concluded from it may be wrong.
    pub(crate) fn forget(&self) {
        self.roster_changed();
        self.hints.lock().clear();
        self.quiet.lock().clear();
    }

    /// Whether no lease of a batch has run out by now, as far as is known.
    pub(super) fn is_quiet(&self, project: ProjectId, batch: BatchId, now: Millis) -> bool {
        self.quiet.lock().get(&(project, batch)).is_some_and(|until| now < *until)
    }

    /// No lease of a batch runs out before `until`.
    pub(super) fn quiet(&self, project: ProjectId, batch: BatchId, until: Millis) {
        let mut quiet = self.quiet.lock();
        if quiet.len() >= HINTS_MAX {
            quiet.clear();
        }
        quiet.insert((project, batch), until);
    }

    /// What the webhooks of a project listen to, or what `read` says.
    pub(crate) fn listening(&self, project: ProjectId, read: impl FnOnce() -> Result<i64>) -> Result<i64> {
        let number = self.roster();
        {
            let mut known = self.listening.lock();
            if known.0 != number {
                *known = (number, HashMap::new());
            }
            if let Some(events) = known.1.get(&project) {
                return Ok(*events);
            }
        }
        let events = read()?;
        let mut known = self.listening.lock();
        if known.0 == number {
            known.1.insert(project, events);
        }
        Ok(events)
    }

    pub(crate) fn hint(&self, place: Place, person: UserId) -> Ordinal {
        self.hints.lock().get(&place).and_then(|people| people.get(&person)).copied().unwrap_or(0)
    }

    /// Nothing below `ordinal` is open to this person.
    pub(super) fn raise(&self, place: Place, person: UserId, ordinal: Ordinal) {
        let mut hints = self.hints.lock();
        if hints.len() >= HINTS_MAX {
            hints.clear();
        }
        hints.entry(place).or_default().insert(person, ordinal);
    }

    /// A slot at this ordinal may be open to people to whom it was not, but for those who have a part in its task.
    pub(crate) fn lower(
        &self,
        project: ProjectId,
        batch: BatchId,
        ordinal: Ordinal,
        part: impl Fn(UserId) -> bool,
    ) {
        let mut hints = self.hints.lock();
        for (_, people) in hints.iter_mut().filter(|((p, b, _), _)| (*p, *b) == (project, batch)) {
            for (person, hint) in people.iter_mut().filter(|(_, hint)| **hint > ordinal) {
                if !part(*person) {
                    *hint = ordinal;
                }
            }
        }
    }
}
