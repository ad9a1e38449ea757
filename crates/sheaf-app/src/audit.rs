//! The audit log, for admins. Rows are written by the use cases, in the transaction that makes the change.

pub use sheaf_store::audit::AuditRow;

use crate::users::need_admin;
use crate::{Actor, App, Result};

/// One page of the log, newest first, and how many rows there are.
#[derive(Debug)]
pub struct Page {
    pub rows: Vec<AuditRow>,
    pub total: i64,
}

/// Rows before a number.
pub async fn list(app: &App, actor: &Actor, before: Option<i64>, limit: u32) -> Result<Page> {
    need_admin(actor)?;
    app.store().read(move |tx| Ok(Page { rows: tx.audit_log(before, limit)?, total: tx.audit_len()? })).await
}
