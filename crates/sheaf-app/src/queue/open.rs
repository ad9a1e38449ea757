//! Who may work on a batch: those with the role that its kind asks for, of those to whom it is open.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sheaf_model::{BatchKind, GroupId, OpenTo, ProjectId, Role, Roles, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::Work;
use crate::Result;

/// Who is in which group of a project.
#[derive(Debug, Default)]
pub(crate) struct Groups(HashMap<GroupId, HashSet<UserId>>);

impl Groups {
    pub(crate) fn read(tx: &Tx<'_>, project: ProjectId) -> Result<Self> {
        let mut out = Self::default();
        for (group, person) in tx.group_people(project)? {
            out.0.entry(group).or_default().insert(person);
        }
        Ok(out)
    }

    fn open(&self, to: &OpenTo) -> Open {
        if to.everybody() {
            return Open::Everybody;
        }
        let groups = to.groups.iter().filter_map(|group| self.0.get(group)).flatten();
        Open::To(Arc::new(groups.chain(&to.people).copied().collect()))
    }
}

/// To whom a batch is open, groups resolved.
#[derive(Debug, Clone)]
enum Open {
    Everybody,
    To(Arc<HashSet<UserId>>),
}

/// A batch as the queue sees it.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) row: Arc<BatchRow>,
    open: Open,
}

/// Why somebody is not handed a batch's labels or reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// A manager paused them in the project.
    Paused,
    /// The role that they would need.
    Role(Role),
    /// It is their own labels that are asked for: a batch for managers.
    ManagersOnly,
    /// It is open to others only.
    NotOpen,
    /// Nothing of it is reviewed.
    NoReviews,
}

impl Served {
    pub(crate) fn new(row: Arc<BatchRow>, groups: &Groups) -> Self {
        let open = groups.open(&row.open_to);
        Self { row, open }
    }

    pub(crate) fn open_to(&self, person: UserId) -> bool {
        match &self.open {
            Open::Everybody => true,
            Open::To(people) => people.contains(&person),
        }
    }

    /// What keeps somebody with these roles from a batch's labels or reviews.
    pub(crate) fn bar(&self, person: UserId, roles: Roles, work: Work) -> Option<Bar> {
        let needed = match work {
            Work::Review if self.row.rules.review_levels == 0 => return Some(Bar::NoReviews),
            _ if self.row.kind == BatchKind::SelfLabel => Role::Manager,
            Work::Label => Role::Annotator,
            Work::Review => Role::Reviewer,
        };
        if !roles.has(needed) {
            return Some(if needed == Role::Manager { Bar::ManagersOnly } else { Bar::Role(needed) });
        }
        (!self.open_to(person)).then_some(Bar::NotOpen)
    }

    /// Those of the people who may work on it.
    pub(crate) fn workers<'a>(
        &'a self,
        people: &'a [(UserId, Roles)],
        work: Work,
    ) -> impl Iterator<Item = UserId> + 'a {
        people.iter().filter(move |(id, roles)| self.bar(*id, *roles, work).is_none()).map(|(id, _)| *id)
    }
}

/// These batches of one project, for transactions that only read.
pub(crate) fn served(tx: &Tx<'_>, project: ProjectId, rows: Vec<BatchRow>) -> Result<Vec<Served>> {
    let restricted = rows.iter().any(|row| !row.open_to.everybody());
    let groups = if restricted { Groups::read(tx, project)? } else { Groups::default() };
    Ok(rows.into_iter().map(|row| Served::new(Arc::new(row), &groups)).collect())
}
