//! What every claim and every answer reads and that rarely changes: projects, people's roles, the batches that are
//! served. Kept in memory for as long as the store's roster number stands, which changes with every write to any of it.
//! For transactions of the writer, which see each other's changes in order.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sheaf_model::serving::urgency;
use sheaf_model::{BatchId, ProjectId, Roles, UserId};
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::{Progress, Store, Tx};

use super::Work;
use super::open::{Bar, Groups, Served};
use crate::{Error, Result};

#[derive(Default)]
pub(crate) struct Roster {
    known: Mutex<Known>,
    /// The projects that people are in, at a roster number: for what is to be known before a transaction begins.
    projects: Mutex<(u64, ProjectsOf)>,
}

type ProjectsOf = HashMap<UserId, Vec<ProjectId>>;

#[derive(Default)]
struct Known {
    number: u64,
    projects: HashMap<ProjectId, Option<Arc<ProjectRow>>>,
    people: HashMap<UserId, Memberships>,
    working: HashMap<ProjectId, Working>,
    groups: HashMap<ProjectId, Arc<Groups>>,
    serving: HashMap<ProjectId, Batches>,
    lines: HashMap<UserId, Line>,
    /// In all lines.
    stops: usize,
    batches: HashMap<(ProjectId, BatchId), Option<Arc<BatchRow>>>,
}

/// Each with whether the person is handed nothing new there.
type Memberships = Arc<Vec<(ProjectId, Roles, bool)>>;
type Working = Arc<Vec<(UserId, Roles)>>;
/// How far they are is not in them: ask the transaction.
type Batches = Arc<Vec<Served>>;
/// The batches in progress of all of a person's projects, in the order in which they are served.
pub(crate) type Line = Arc<Vec<Stop>>;

/// One batch on a person's way through the queue.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) project: Arc<ProjectRow>,
    pub(crate) batch: Arc<BatchRow>,
    /// What keeps them from its labels, and from its reviews.
    bars: [Option<Bar>; 2],
}

impl Stop {
    pub(crate) fn bar(&self, work: Work) -> Option<Bar> {
        self.bars[work as usize]
    }
}

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
            let mut known = self.known.lock();
            let size = known.projects.len() + known.people.len() + known.batches.len() + known.stops;
            if known.number != number || size > KNOWN_MAX {
                *known = Known { number, ..Known::default() };
            }
            if let Some(found) = find(&known) {
                return Ok(found);
            }
        }
        let read = read()?;
        keep(&mut self.known.lock(), read.clone());
        Ok(read)
    }

    /// The projects that a person is in, or one of them; as they were a moment ago.
    pub(crate) async fn projects(
        &self,
        store: &Store,
        person: UserId,
        only: Option<ProjectId>,
    ) -> Result<Vec<ProjectId>> {
        if only.is_some() {
            return Ok(only.into_iter().collect());
        }
        let number = store.roster();
        let known = {
            let mut projects = self.projects.lock();
            if projects.0 != number || projects.1.len() > KNOWN_MAX {
                *projects = (number, HashMap::new());
            }
            projects.1.get(&person).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let of = store.read(move |tx| Ok::<_, Error>(tx.memberships(person)?)).await?;
        let of: Vec<_> = of.into_iter().map(|(id, _)| id).collect();
        let mut projects = self.projects.lock();
        if projects.0 == number {
            projects.1.insert(person, of.clone());
        }
        Ok(of)
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

    /// The people of a project who can log in.
    pub(crate) fn working(&self, tx: &Tx<'_>, project: ProjectId) -> Result<Working> {
        self.get(
            tx,
            |known| known.working.get(&project).cloned(),
            || Ok(Arc::new(tx.working_people(project)?)),
            |known, read| drop(known.working.insert(project, read)),
        )
    }

    fn groups(&self, tx: &Tx<'_>, project: ProjectId) -> Result<Arc<Groups>> {
        self.get(
            tx,
            |known| known.groups.get(&project).cloned(),
            || Ok(Arc::new(Groups::read(tx, project)?)),
            |known, read| drop(known.groups.insert(project, read)),
        )
    }

    /// A batch with whom it is open to.
    pub(crate) fn served(&self, tx: &Tx<'_>, batch: Arc<BatchRow>) -> Result<Served> {
        let groups = self.groups(tx, batch.project)?;
        Ok(Served::new(batch, &groups))
    }

    /// The batches of a project that grant claims, in the queue's order.
    fn serving(&self, tx: &Tx<'_>, project: ProjectId) -> Result<Batches> {
        self.get(
            tx,
            |known| known.serving.get(&project).cloned(),
            || {
                let rows = tx.serving_batches(project)?.into_iter().map(cold);
                Ok(Arc::new(rows.map(|row| self.served(tx, row)).collect::<Result<_>>()?))
            },
            |known, read| drop(known.serving.insert(project, read)),
        )
    }

    /// A person's way through the queue: the batches in progress of all their projects. Within a project they are in its
    /// order; between projects the more urgent one goes first.
    pub(crate) fn line(&self, tx: &Tx<'_>, person: UserId) -> Result<Line> {
        self.get(
            tx,
            |known| known.lines.get(&person).cloned(),
            || {
                let mut stops = Vec::new();
                for (project, roles) in self.eligible(tx, person, None)? {
                    let serving = self.serving(tx, project.id)?;
                    let paused = self.paused(tx, project.id, person)?;
                    let places: Vec<_> = serving.iter().map(|batch| batch.row.place()).collect();
                    for (batch, urgent) in serving.iter().zip(urgency(&places)) {
                        let bars = [Work::Label, Work::Review].map(|work| {
                            if paused { Some(Bar::Paused) } else { batch.bar(person, roles, work) }
                        });
                        let (project, batch) = (project.clone(), batch.row.clone());
                        stops.push((urgent, project.id, Stop { project, batch, bars }));
                    }
                }
                // Stable: what is equally urgent in one project stays in its order.
                stops.sort_by_key(|(urgent, project, _)| (*urgent, *project));
                Ok(Arc::new(stops.into_iter().map(|(.., stop)| stop).collect()))
            },
            |known, read| {
                known.stops += read.len();
                drop(known.lines.insert(person, read));
            },
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
