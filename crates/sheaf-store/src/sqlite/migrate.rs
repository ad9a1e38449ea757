//! Forward-only, numbered migrations, all in one transaction each; `user_version` holds the number.

use rusqlite::Connection;

use crate::error::{Result, StoreError};

/// The steps in order; the number of a step is its place, from 1. Never edited after a release.
const STEPS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_first_schema.sql"),
    include_str!("../../migrations/sqlite/0002_batch_revisions.sql"),
    include_str!("../../migrations/sqlite/0003_saved_queries_and_standing_batches.sql"),
    include_str!("../../migrations/sqlite/0004_metadata_updates.sql"),
    include_str!("../../migrations/sqlite/0005_queue_stages.sql"),
    include_str!("../../migrations/sqlite/0006_webhooks.sql"),
    include_str!("../../migrations/sqlite/0007_agreement.sql"),
    include_str!("../../migrations/sqlite/0008_open_to_and_order.sql"),
    include_str!("../../migrations/sqlite/0009_managers_day.sql"),
    include_str!("../../migrations/sqlite/0010_quality.sql"),
    include_str!("../../migrations/sqlite/0011_quality_answers_apart.sql"),
];

pub(super) fn run(conn: &mut Connection) -> Result<()> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = STEPS.len() as i64;
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    for (number, step) in (1..).zip(STEPS).skip(found as usize) {
        let tx = conn.transaction()?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
        tracing::info!(number, "migrated the database");
    }
    Ok(())
}
