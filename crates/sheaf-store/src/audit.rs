//! The audit log: who changed what about people, keys, projects and batches. Rows are only ever added.

use serde_json::Value;
use sheaf_model::{Millis, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Tx, to_json};

#[derive(Debug, Clone)]
pub struct AuditRow {
    pub seq: i64,
    pub at: Millis,
    pub actor: Option<UserId>,
    /// The actor's name today.
    pub actor_name: Option<String>,
    pub action: String,
    pub object: String,
    pub details: Value,
}

impl Tx<'_> {
    /// Adds a row, in the transaction that makes the change.
    pub fn audit(
        &self,
        at: Millis,
        actor: Option<UserId>,
        action: &str,
        object: &str,
        details: &Value,
    ) -> Result<()> {
        self.exec_later(
            "INSERT INTO audit (seq, at_ms, actor, action, object, details)
             VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM audit), ?1, ?2, ?3, ?4, ?5)",
            args![at, actor, action, object, &to_json(details)?],
        )?;
        Ok(())
    }

    /// Rows before a number, newest first.
    pub fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>> {
        self.all(
            "SELECT a.seq, a.at_ms, a.actor, u.name, a.action, a.object, a.details
             FROM audit a LEFT JOIN users u ON u.user_id = a.actor
             WHERE a.seq < ?1 ORDER BY a.seq DESC LIMIT ?2",
            args![before.unwrap_or(i64::MAX), limit],
            |row| {
                Ok(AuditRow {
                    seq: row.int(0)?,
                    at: row.int(1)?,
                    actor: row.opt_int(2)?.map(UserId),
                    actor_name: row.opt_text(3)?,
                    action: row.text(4)?,
                    object: row.text(5)?,
                    details: row.json(6)?,
                })
            },
        )
    }

    /// How many rows there are: they are numbered without gaps and never deleted.
    pub fn audit_len(&self) -> Result<i64> {
        self.int("SELECT coalesce(max(seq), 0) FROM audit", args![])
    }
}
