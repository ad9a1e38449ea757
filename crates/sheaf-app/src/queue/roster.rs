//! What every claim and every answer reads and that rarely changes: projects, people's roles, the batches that are
//! served. Kept in memory for as long as the store's roster number stands, which changes with every write to any of it.
//! For transactions of the writer, which see each other's changes in order.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sheaf_model::{BatchId, ProjectId, Roles, UserId};
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::{Progress, Tx};

use crate::Result;

#[derive(Default)]
pub(crate) struct Roster(Mutex<Known>);

#[derive(Default)]
struct Known {
    number: u64,
    projects: HashMap<ProjectId, Option<Arc<ProjectRow>>>,
    people: HashMap<UserId, Memberships>,
    serving: HashMap<ProjectId, Batches>,
    batches: HashMap<(ProjectId, BatchId), Option<Arc<BatchRow>>>,
}

/// Each with whether the person is handed nothing new there.
type Memberships = Arc<Vec<(ProjectId, Roles, bool)>>;
/// How far they are is not in them: ask the transaction.
type Batches = Arc<Vec<Arc<BatchRow>>>;

/// Entries above which everything is read anew.
const KNOWN_MAX: usize = 100_000;

impl Roster {
    fn get<T: Clone>(
        &self,
        tx: &Tx<'_>,
        find: impl Fn(&Known) -> Option<T>,
        read: impl FnOnce() -> Result<T>,
        keep: impl FnOnce(&mut Known, T),
    ) -> Result<T> {
        let number = tx.roster();
        {
            let mut known = self.0.lock();
            let size = known.projects.len() + known.people.len() + known.batches.len();
            if known.number != number || size > KNOWN_MAX {
                *known = Known { number, ..Known::default() };
            }
            if let Some(found) = find(&known) {
                return Ok(found);
            }
        }
        let read = read()?;
        keep(&mut self.0.lock(), read.clone());
        Ok(read)
    }

    pub(crate) fn project(&self, tx: &Tx<'_>, id: ProjectId) -> Result<Option<Arc<ProjectRow>>> {
        self.get(
            tx,
            |known| known.projects.get(&id).cloned(),
            || Ok(tx.project(id)?.map(Arc::new)),
            |known, read| drop(known.projects.insert(id, read)),
        )
    }

    /// A person's roles in every project that they are in, and whether they are paused there.
    fn memberships(&self, tx: &Tx<'_>, person: UserId) -> Result<Memberships> {
        self.get(
            tx,
            |known| known.people.get(&person).cloned(),
            || {
                let paused = tx.paused_in(person)?;
                let of = |(id, roles)| (id, roles, paused.contains(&id));
                Ok(Arc::new(tx.memberships(person)?.into_iter().map(of).collect()))
            },
            |known, read| drop(known.people.insert(person, read)),
        )
    }

    pub(crate) fn roles(&self, tx: &Tx<'_>, project: ProjectId, person: UserId) -> Result<Roles> {
        let all = self.memberships(tx, person)?;
        Ok(all.iter().find(|(id, ..)| *id == project).map_or(Roles::NONE, |(_, roles, _)| *roles))
    }

    /// Whether a person is handed nothing new in a project.
    pub(crate) fn paused(&self, tx: &Tx<'_>, project: ProjectId, person: UserId) -> Result<bool> {
        Ok(self.memberships(tx, person)?.iter().any(|(id, _, paused)| *id == project && *paused))
    }

    /// The batches of a project that grant claims, in the queue's order.
    pub(crate) fn serving(&self, tx: &Tx<'_>, project: ProjectId) -> Result<Batches> {
        self.get(
            tx,
            |known| known.serving.get(&project).cloned(),
            || Ok(Arc::new(tx.serving_batches(project)?.into_iter().map(cold).collect())),
            |known, read| drop(known.serving.insert(project, read)),
        )
    }

    pub(crate) fn batch(
        &self,
        tx: &Tx<'_>,
        project: ProjectId,
        id: BatchId,
    ) -> Result<Option<Arc<BatchRow>>> {
        self.get(
            tx,
            |known| known.batches.get(&(project, id)).cloned(),
            || Ok(tx.batch(project, id)?.map(cold)),
            |known, read| drop(known.batches.insert((project, id), read)),
        )
    }

    /// The projects that a person is in, with their roles there: each role is handed tasks of some kind.
    pub(crate) fn eligible(
        &self,
        tx: &Tx<'_>,
        person: UserId,
        only: Option<ProjectId>,
    ) -> Result<Vec<(Arc<ProjectRow>, Roles)>> {
        let mut out = Vec::new();
        for (id, roles, _) in self.memberships(tx, person)?.iter() {
            if only.is_none_or(|only| only == *id) {
                let project = self.project(tx, *id)?.filter(|project| !project.archived);
                out.extend(project.map(|project| (project, *roles)));
            }
        }
        Ok(out)
    }
}

/// A batch without what moves.
fn cold(batch: BatchRow) -> Arc<BatchRow> {
    Arc::new(BatchRow { progress: Progress::default(), ..batch })
}
