//! The ledger: what happened to an asset's tasks, written in the transaction that did it.

use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::Tx;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Claimed,
    Submitted,
    Released,
    Skipped,
    /// The lease ran out and somebody else took the task.
    Expired,
    /// The asset was uploaded again under its reference id.
    Updated,
    Unblocked,
    /// By its author, after it was handed in.
    Amended,
    Accepted,
    /// Accepted with an answer of the reviewer's.
    Fixed,
    Rejected,
    /// Taken from its holder by a manager.
    Revoked,
    /// A task that was done is to be labelled once more.
    Reopened,
    /// Somebody has not passed on it any more.
    Unskipped,
    /// Given to somebody by a manager, for a while.
    Assigned,
}

impl EventKind {
    pub(crate) const ALL: [Self; 15] = [
        Self::Claimed,
        Self::Submitted,
        Self::Released,
        Self::Skipped,
        Self::Expired,
        Self::Updated,
        Self::Unblocked,
        Self::Amended,
        Self::Accepted,
        Self::Fixed,
        Self::Rejected,
        Self::Revoked,
        Self::Reopened,
        Self::Unskipped,
        Self::Assigned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Submitted => "submitted",
            Self::Released => "released",
            Self::Skipped => "skipped",
            Self::Expired => "expired",
            Self::Updated => "updated",
            Self::Unblocked => "unblocked",
            Self::Amended => "amended",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Reopened => "reopened",
            Self::Unskipped => "unskipped",
            Self::Assigned => "assigned",
        }
    }
    fn code(self) -> i64 {
        self as i64 + 1
    }
    fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[derive(Debug, Clone)]
pub struct EventRow {
    pub at: Millis,
    pub kind: EventKind,
    pub actor: Option<UserId>,
    pub batch: Option<BatchId>,
    pub details: Option<String>,
}

/// Events of one asset that are read at once.
const EVENTS_MAX: u32 = 1_000;

impl Tx<'_> {
    pub fn put_event(&self, project: ProjectId, ordinal: Ordinal, event: &EventRow) -> Result<()> {
        self.tally.event(event.kind);
        self.gather(
            "INSERT INTO events (project_id, ordinal, at_ms, seq, kind, actor, batch_id, details)
             VALUES (?1, ?2, ?3,
                     (SELECT coalesce(max(seq), -1) + 1 FROM events
                      WHERE project_id = ?1 AND ordinal = ?2 AND at_ms = ?3),
                     ?4, ?5, ?6, ?7)",
            (project, ordinal),
            args![
                project,
                ordinal,
                event.at,
                event.kind.code(),
                event.actor,
                event.batch,
                event.details.as_ref(),
            ],
        )
    }

    /// What happened to an asset, oldest first, the newest thousand.
    pub fn events(&self, project: ProjectId, ordinal: Ordinal) -> Result<Vec<EventRow>> {
        let mut out = self.all(
            "SELECT at_ms, kind, actor, batch_id, details FROM events WHERE project_id = ?1 AND ordinal = ?2
             ORDER BY at_ms DESC, seq DESC LIMIT ?3",
            args![project, ordinal, EVENTS_MAX],
            |row| {
                let code = row.int(1)?;
                let kind = EventKind::from_code(code)
                    .ok_or_else(|| StoreError::inconsistent("events", ordinal, format!("kind {code}")))?;
                Ok(EventRow {
                    at: row.int(0)?,
                    kind,
                    actor: row.opt_int(2)?.map(UserId),
                    batch: row.opt_int(3)?.map(BatchId),
                    details: row.opt_text(4)?,
                })
            },
        )?;
        out.reverse();
        Ok(out)
    }
}
