//! Forward-only, numbered migrations, each in one transaction with the number that it leads to: `user_version` in SQLite,
//! `cluster.schema` in PostgreSQL, where one node migrates while the others wait for the row.

use std::ops::ControlFlow;

use crate::driver::{Conn, Row};
use crate::error::{Result, StoreError};

/// One step in both languages.
struct Step {
    sqlite: &'static str,
    /// None: PostgreSQL came later, and began with the schema as it was then.
    postgres: Option<&'static str>,
}

macro_rules! step {
    ($name:literal) => {
        Step { sqlite: include_str!(concat!("../migrations/sqlite/", $name)), postgres: None }
    };
    ($name:literal, $postgres:literal) => {
        Step {
            sqlite: include_str!(concat!("../migrations/sqlite/", $name)),
            postgres: Some(include_str!(concat!("../migrations/postgres/", $postgres))),
        }
    };
}

/// The steps in order; the number of a step is its place, from 1. Never edited after a release.
const STEPS: &[Step] = &[
    step!("0001_first_schema.sql"),
    step!("0002_batch_revisions.sql"),
    step!("0003_saved_queries_and_standing_batches.sql"),
    step!("0004_metadata_updates.sql"),
    step!("0005_queue_stages.sql"),
    step!("0006_webhooks.sql"),
    step!("0007_agreement.sql"),
    step!("0008_open_to_and_order.sql"),
    step!("0009_managers_day.sql"),
    step!("0010_quality.sql"),
    step!("0011_quality_answers_apart.sql", "0011_first_schema.sql"),
    step!("0012_jobs.sql", "0012_jobs.sql"),
    step!("0013_blob_removals.sql", "0013_blob_removals.sql"),
    step!("0014_bucket_syncs.sql", "0014_bucket_syncs.sql"),
    step!("0015_turns.sql", "0015_turns.sql"),
    step!("0016_scale.sql", "0016_scale.sql"),
    step!("0017_prelabels.sql", "0017_prelabels.sql"),
    step!("0018_prelabels_of_clients.sql", "0018_prelabels_of_clients.sql"),
    step!("0019_answers_brought_in.sql", "0019_answers_brought_in.sql"),
    step!("0020_prelabel_scores.sql", "0020_prelabel_scores.sql"),
    step!("0021_lists_of_clients.sql", "0021_lists_of_clients.sql"),
];

/// The row that nodes share: the number of the schema, and one for each topic.
const CLUSTER: &str = include_str!("../migrations/postgres/cluster.sql");

/// The number of the schema that this Sheaf works with.
pub(crate) fn known() -> i64 {
    STEPS.len() as i64
}

/// Brings the database to the schema that this Sheaf works with.
pub(crate) fn run(conn: &Conn) -> Result<()> {
    run_until(conn, known())
}

/// Brings the database to an older schema, or to one that it is beyond already.
pub(crate) fn run_until(conn: &Conn, last: i64) -> Result<()> {
    conn.patiently(|| {
        match conn {
            Conn::Sqlite(_) => while step_of_sqlite(conn, last)? {},
            Conn::Postgres(client) => {
                client.check_server()?;
                make_cluster(conn)?;
                while step_of_postgres(conn, last)? {}
            }
        }
        Ok(())
    })
}

/// The number of the schema that the database has; 0 when it has none.
pub(crate) fn found(conn: &Conn) -> Result<i64> {
    if matches!(conn, Conn::Sqlite(_)) {
        return number(conn, "PRAGMA user_version");
    }
    if number(conn, "SELECT count(to_regclass('cluster'))")? == 0 {
        return Ok(0);
    }
    number(conn, "SELECT schema FROM cluster WHERE id = 1")
}

/// The number that a statement answers.
fn number(conn: &Conn, sql: &str) -> Result<i64> {
    let mut found = 0;
    conn.query(sql, &[], &mut |row: &Row<'_>| {
        found = row.int(0)?;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// The steps after the one that was found, if there are any.
fn steps_after(found: i64, last: i64) -> Result<impl Iterator<Item = (i64, &'static Step)>> {
    let known = known();
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    let until = usize::try_from(last).unwrap_or_default();
    Ok((1..).zip(STEPS).take(until).skip(usize::try_from(found).unwrap_or_default()))
}

fn step_of_sqlite(conn: &Conn, last: i64) -> Result<bool> {
    let Some((number, step)) = steps_after(number(conn, "PRAGMA user_version")?, last)?.next() else {
        return Ok(false);
    };
    conn.batch(&format!("BEGIN IMMEDIATE; {} PRAGMA user_version = {number}; COMMIT", step.sqlite))
        .inspect_err(|_| drop(conn.rollback()))?;
    tracing::info!(number, "migrated the database");
    Ok(true)
}

fn step_of_postgres(conn: &Conn, last: i64) -> Result<bool> {
    conn.batch("BEGIN")?;
    let found = number(conn, "SELECT schema FROM cluster WHERE id = 1 FOR UPDATE")?;
    conn.lock_projects()?;
    let next = steps_after(found, last)?.find_map(|(number, step)| Some((number, step.postgres?)));
    let Some((number, step)) = next else {
        conn.batch("ROLLBACK")?;
        return Ok(false);
    };
    conn.batch(&format!("{step}; UPDATE cluster SET schema = {number} WHERE id = 1; COMMIT"))
        .inspect_err(|_| drop(conn.batch("ROLLBACK")))?;
    tracing::info!(number, "migrated the database");
    Ok(true)
}

/// Makes the row that nodes share. Of several that try it at once PostgreSQL lets one, and the others find it there.
fn make_cluster(conn: &Conn) -> Result<()> {
    let mut tries = 0;
    loop {
        match conn.batch(CLUSTER) {
            Err(StoreError::Constraint(_) | StoreError::Database(_)) if tries < 3 => tries += 1,
            other => return other,
        }
    }
}
