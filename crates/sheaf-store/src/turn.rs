//! What a job may write to, and so whose turn it needs where several nodes write: projects, and what belongs to the instance
//! (people, sessions, keys, the audit log). Nodes write to different projects at the same time; to the same one, or to the
//! instance, one after the other. A job that writes anything else fails, also with SQLite, where turns cost nothing; but one
//! that may be run again and finds that it has to write to the instance (the last answer of a batch is a line in the log) is
//! run again in that turn.

use std::sync::Arc;

use sheaf_model::ProjectId;

use crate::driver::Arg;
use crate::error::{Result, StoreError};
use crate::topics::INSTANCE;

/// Tables that belong to no project.
pub(crate) const OF_INSTANCE: [&str; 7] =
    ["api_keys", "audit", "blob_removals", "instance", "invitations", "sessions", "users"];

/// What a job may write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Ascending; `None`: all there are.
    projects: Option<Arc<[i64]>>,
    instance: bool,
}

impl Turn {
    /// Everything. Nobody else writes meanwhile.
    pub fn all() -> Self {
        Self { projects: None, instance: true }
    }

    /// What belongs to the instance.
    pub fn instance() -> Self {
        Self { projects: Some(Arc::default()), instance: true }
    }

    /// These projects.
    pub fn projects(ids: impl IntoIterator<Item = ProjectId>) -> Self {
        let mut projects: Vec<_> = ids.into_iter().map(|id| id.0).collect();
        projects.sort_unstable();
        projects.dedup();
        Self { projects: Some(projects.into()), instance: false }
    }

    /// A project, and the log of what managers do.
    pub fn audited(project: ProjectId) -> Self {
        Self::from(project).with_instance()
    }

    /// The same and what belongs to the instance.
    pub fn with_instance(&self) -> Self {
        Self { instance: true, ..self.clone() }
    }

    /// Whether a project may be written to.
    pub fn has(&self, project: ProjectId) -> bool {
        self.projects.as_ref().is_none_or(|ids| ids.binary_search(&project.0).is_ok())
    }

    pub(crate) fn has_instance(&self) -> bool {
        self.instance
    }

    /// The projects; none when it is all of them.
    pub(crate) fn of(&self) -> Option<&[i64]> {
        self.projects.as_deref()
    }

    /// Whose numbers move with a commit: whoever has the next turn looks at those of its projects and at the instance's.
    pub(crate) fn moved(&self) -> &[i64] {
        if self.instance { &[INSTANCE] } else { self.of().unwrap_or_default() }
    }

    /// Whether what needs the other turn may be written in this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        (self.instance || !other.instance)
            && match (&self.projects, &other.projects) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(_), Some(others)) => others.iter().all(|id| self.has(ProjectId(*id))),
            }
    }

    /// Errors when a table may not be written to with these arguments. The project is the first argument of every statement that
    /// writes to a project's table.
    pub(crate) fn allows(&self, table: &str, args: &[Arg<'_>]) -> Result<()> {
        let allowed = if OF_INSTANCE.contains(&table) {
            self.instance
        } else {
            self.projects.is_none() || matches!(args.first(), Some(Arg::Int(id)) if self.has(ProjectId(*id)))
        };
        if allowed {
            return Ok(());
        }
        Err(StoreError::Database(format!("`{table}` was to be written to out of turn ({self:?})")))
    }
}

impl From<ProjectId> for Turn {
    fn from(project: ProjectId) -> Self {
        Self { projects: Some(Arc::new([project.0])), instance: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ProjectId = ProjectId(1);
    const TWO: ProjectId = ProjectId(2);

    #[test]
    fn a_turn_covers_what_needs_no_more() {
        let both = Turn::projects([TWO, ONE, TWO]);
        assert!(both.covers(&ONE.into()) && both.covers(&both) && !Turn::from(ONE).covers(&both));
        assert!(!both.covers(&Turn::instance()) && !both.covers(&Turn::audited(ONE)));
        assert!(Turn::audited(ONE).covers(&ONE.into()) && Turn::audited(ONE).covers(&Turn::instance()));
        assert!(Turn::all().covers(&both) && Turn::all().covers(&Turn::all()) && !both.covers(&Turn::all()));
    }

    #[test]
    fn nothing_is_written_out_of_turn() {
        let of_one = Turn::from(ONE);
        assert!(of_one.allows("slots", &[ONE.into(), 5.into()]).is_ok());
        assert!(of_one.allows("slots", &[TWO.into()]).is_err() && of_one.allows("slots", &[]).is_err());
        assert!(of_one.allows("users", &[ONE.into()]).is_err());
        assert!(Turn::instance().allows("users", &[5.into()]).is_ok());
        assert!(Turn::instance().allows("slots", &[ONE.into()]).is_err());
        assert!(Turn::all().allows("slots", &[]).is_ok());
    }
}
