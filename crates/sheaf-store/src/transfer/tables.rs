//! Which tables move, and which are made anew. Whoever adds a table decides it here; a test holds the list against the schema
//! of both databases.

use std::path::Path;

use crate::driver::{Conn, Database, Purpose};
use crate::error::Result;

/// What becomes of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Moves,
    /// It is about processes or about the database itself.
    MadeAnew,
}

/// Every table, by name.
const TABLES: &[(&str, Fate)] = &[
    ("agreement_sums", Fate::Moves),
    ("agreements", Fate::Moves),
    ("answer_labels", Fate::Moves),
    ("api_keys", Fate::Moves),
    ("assets", Fate::Moves),
    ("audit", Fate::Moves),
    ("batch_hours", Fate::Moves),
    ("batch_late", Fate::Moves),
    ("batch_members", Fate::Moves),
    ("batch_progress", Fate::Moves),
    ("batch_revisions", Fate::Moves),
    ("batch_sequence", Fate::Moves),
    ("batches", Fate::Moves),
    // What is being removed from one place of blobs.
    ("blob_removals", Fate::MadeAnew),
    ("blocks", Fate::Moves),
    ("bucket_syncs", Fate::Moves),
    ("chunks", Fate::Moves),
    // The number of the schema, and numbers that only processes that run compare.
    ("cluster", Fate::MadeAnew),
    ("drafts", Fate::Moves),
    ("events", Fate::Moves),
    ("fields", Fate::Moves),
    ("instance", Fate::Moves),
    ("invitations", Fate::Moves),
    // The nodes that are at jobs, which stay behind. The uploads say themselves what is to be gone on with.
    ("jobs", Fate::MadeAnew),
    ("known_answers", Fate::Moves),
    ("members", Fate::Moves),
    ("metadata_update_assets", Fate::Moves),
    ("metadata_update_problems", Fate::Moves),
    ("metadata_updates", Fate::Moves),
    ("people_elsewhere", Fate::Moves),
    ("person_group_people", Fate::Moves),
    ("person_groups", Fate::Moves),
    ("prelabel_sources", Fate::Moves),
    ("prelabels", Fate::Moves),
    ("projects", Fate::Moves),
    ("quality", Fate::Moves),
    ("reviews", Fate::Moves),
    ("saved_queries", Fate::Moves),
    ("scale_batches", Fate::Moves),
    ("scale_callbacks", Fate::Moves),
    ("scale_params", Fate::Moves),
    ("scale_projects", Fate::Moves),
    ("scale_task_tags", Fate::Moves),
    ("scale_tasks", Fate::Moves),
    ("sessions", Fate::Moves),
    ("skips", Fate::Moves),
    ("slots", Fate::Moves),
    ("standing_batches", Fate::Moves),
    ("standing_counted", Fate::Moves),
    ("standing_runs", Fate::Moves),
    ("submissions", Fate::Moves),
    ("taxonomies", Fate::Moves),
    ("texts", Fate::Moves),
    // Of nodes that write, as `cluster` is.
    ("turns", Fate::MadeAnew),
    ("upload_files", Fate::Moves),
    ("upload_problems", Fate::Moves),
    ("upload_sidecars", Fate::Moves),
    ("uploads", Fate::Moves),
    ("users", Fate::Moves),
    ("webhook_attempts", Fate::Moves),
    ("webhook_outbox", Fate::Moves),
    ("webhooks", Fate::Moves),
];

fn fate(table: &str) -> Option<Fate> {
    TABLES.iter().find(|(name, _)| *name == table).map(|(_, fate)| *fate)
}

/// Whether a table moves. (Others may lie in the same database and are nobody's business here.)
pub(super) fn moves(table: &str) -> bool {
    fate(table) == Some(Fate::Moves)
}

/// The tables of this database that move.
pub(super) fn moving(conn: &Conn) -> Result<Vec<String>> {
    Ok(conn.tables()?.into_iter().filter(|table| moves(table)).collect())
}

/// Tables of a database that nobody has decided about, and those that were decided about and are not there.
pub fn undecided(dir: &Path, database: Option<&str>) -> Result<Vec<String>> {
    let shared = database.is_some();
    let database = match database {
        Some(url) => Database::postgres(url)?,
        None => Database::Sqlite(dir.join(super::DATABASE_FILE)),
    };
    let there = database.waiting(|| database.connect(Purpose::Read)?.tables())?;
    let mut out: Vec<String> = there.iter().filter(|table| fate(table).is_none()).cloned().collect();
    let wanted =
        TABLES.iter().map(|(name, _)| *name).filter(|name| shared || !["cluster", "turns"].contains(name));
    out.extend(wanted.filter(|name| !there.iter().any(|it| it == name)).map(|name| format!("no {name}")));
    Ok(out)
}
