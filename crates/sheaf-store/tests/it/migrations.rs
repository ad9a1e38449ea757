//! A migration that is killed in the middle (its process, or its connection) and run again: the schema is
//! complete, and the data is what it was.

#![expect(clippy::disallowed_methods, reason = "the process that is killed is this program again")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sheaf_store::{Store, StoreError};
use sheaf_testing::{Home, ask, hold, run};

use crate::{PROJECT, append, store};

const FOLDER: &str = "SHEAF_TEST_FOLDER";
const DATABASE: &str = "SHEAF_TEST_DATABASE";
const WITHIN: Duration = Duration::from_secs(60);

/// What the process does that the test below starts and kills; without its folder it is no such process.
#[test]
fn opens_the_store_and_ends() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    if let Err(error) = Store::open(Path::new(&folder), std::env::var(DATABASE).ok().as_deref()) {
        panic!("{error}");
    }
}

/// A process that opens the data.
fn process(home: &Home) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "migrations::opens_the_store_and_ends", "--nocapture"]);
    command.env(FOLDER, home.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(url) = home.database() {
        command.env(DATABASE, url);
    }
    command.spawn().unwrap()
}

/// Waits for something that takes milliseconds.
fn until(what: &str, mut there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < WITHIN, "{what}");
        std::thread::yield_now();
    }
}

/// The schema and the assets of a database of a server.
fn told(url: &str) -> Vec<String> {
    let all = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS it
               FROM information_schema.columns WHERE table_schema = 'public'
               UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
               UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
               FROM pg_constraint WHERE connamespace = 'public'::regnamespace
               UNION ALL SELECT a::text FROM assets a UNION ALL SELECT schema::text FROM cluster ORDER BY 1";
    ask(url, all).unwrap().into_iter().map(|mut row| row.remove("it").unwrap()).collect()
}

fn number(url: &str, sql: &str) -> i64 {
    ask(url, sql).unwrap()[0]["it"].parse().unwrap()
}

/// The steps are made to stand still where a table is to be created, by another transaction that creates one of that name.
#[test]
fn a_migration_of_a_server_is_killed_and_goes_on() {
    if !sheaf_testing::sends_ahead() {
        return;
    }
    let (reference, opened) = store();
    append(&opened, 0, 1_000);
    drop(opened);
    let wanted = told(reference.database().unwrap());
    let schema = "SELECT schema AS it FROM cluster";
    let tables = "SELECT count(*) AS it FROM pg_tables WHERE schemaname = 'public'";
    let standing_still =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    for stop_at in ["instance", "assets", "slots", "standing_batches", "skips", "jobs"] {
        for by_its_process in [true, false] {
            let home = if stop_at == "jobs" { reference.copy() } else { Home::new() };
            let url = home.database().unwrap();
            if stop_at == "jobs" {
                // What later steps made goes with what it makes.
                let later = "jobs, blob_removals, bucket_syncs, turns, scale_projects, scale_params, scale_batches, scale_tasks,
                             scale_task_tags, scale_callbacks, prelabels, prelabel_sources, people_elsewhere";
                let columns = "ALTER TABLE batches DROP COLUMN prelabels, DROP COLUMN brought_in;
                               ALTER TABLE submissions DROP COLUMN prelabel, DROP COLUMN prelabel_unchanged";
                run(url, &format!("DROP TABLE {later}; {columns}; UPDATE cluster SET schema = 11"));
            } else {
                run(url, include_str!("../../migrations/postgres/cluster.sql"));
            }
            let before = (number(url, schema), number(url, tables));
            let held = hold(url, &format!("CREATE TABLE {stop_at} (n BIGINT)"));
            let mut process = process(&home);
            until("it does not stand still", || {
                assert!(process.try_wait().unwrap().is_none(), "{stop_at}: it ended");
                !ask(url, standing_still).unwrap().is_empty()
            });
            if by_its_process {
                process.kill().unwrap();
                process.wait().unwrap();
                // Its connection may still be at the step, which is done then; whoever comes waits for that.
                drop(held);
            } else {
                run(url, &format!("SELECT pg_terminate_backend(pid) FROM ({standing_still}) it"));
                let ended = process.wait_with_output().unwrap();
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                assert!(!ended.status.success() && said.contains("the database cannot be reached"), "{said}");
                drop(held);
                until("the other table is still there", || number(url, tables) == before.1);
                assert_eq!(number(url, schema), before.0, "{stop_at}: half a step");
            }
            let again = Store::open(home.path(), Some(url)).unwrap();
            if stop_at != "jobs" {
                crate::first_project(&again);
                append(&again, 0, 1_000);
            }
            let n = again
                .read_blocking(|tx| Ok::<_, StoreError>(tx.snapshot(PROJECT)?.unwrap().n_assets))
                .unwrap();
            assert_eq!(n, 1_000);
            drop(again);
            assert!(told(url) == wanted, "killed at {stop_at}: not what it is without a kill");
        }
    }
}

/// A database of the first schema with a batch of many slots.
fn first_schema(home: &Home) {
    let conn = rusqlite::Connection::open(home.path().join("sheaf.db")).unwrap();
    conn.pragma_update(None, "journal_mode", "WAL").unwrap();
    conn.execute_batch(include_str!("../../migrations/sqlite/0001_first_schema.sql")).unwrap();
    conn.execute_batch(
        r#"INSERT INTO batches (project_id, batch_id, name, kind, state, recipe, n_members, created_ms, created_by, launched_ms)
           VALUES (7, 1, 'old', 'production', 'in_progress', '{"pick":"all","text":"all of it"}', 50000, 345, 6, 346);
           WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 49999)
           INSERT INTO slots (project_id, batch_id, ordinal, stage, n, state, holder, token, round, taxonomy_version)
           SELECT 7, 1, n, 0, 0, 2 * (n % 2), CASE WHEN n % 2 = 1 THEN n % 50 END, n, 0, 1 FROM n;
           WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 49999)
           INSERT INTO submissions (project_id, submission_id, body_hash, batch_id, ordinal, stage, n, person, round, fence,
               taxonomy_version, response, submitted_ms)
           SELECT 7, CAST('s' || n AS BLOB), x'00', 1, n, 0, 0, n % 50, 0, x'00', 1, '{"n":' || n || '}', n FROM n;
           PRAGMA user_version = 1;"#,
    )
    .unwrap();
}

/// The schema and every row of a database in a file.
fn whole(home: &Home) -> Vec<String> {
    let conn = rusqlite::Connection::open(home.path().join("sheaf.db")).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        let n = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values =
                (0..n).map(|at| row.get::<_, rusqlite::types::Value>(at).map(|it| format!("{it:?}")));
            Ok(values.collect::<Result<Vec<_>, _>>()?.join("|"))
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    let mut out = texts("SELECT type, name, sql FROM sqlite_master ORDER BY type, name");
    for table in texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
        let table = table.trim_start_matches("Text(\"").trim_end_matches("\")").to_owned();
        let mut rows = texts(&format!("SELECT * FROM {table}"));
        rows.sort();
        out.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    out
}

#[test]
fn a_migration_of_a_file_is_killed_and_goes_on() {
    let old = Home::sqlite();
    first_schema(&old);
    let reference = old.copy();
    drop(Store::open(reference.path(), None).unwrap());
    let wanted = whole(&reference);
    assert!(wanted.iter().filter(|line| line.starts_with("slots:")).count() == 50_000);

    let mut reached = Vec::new();
    for kilobytes in [0, 1, 500, 1_000, 2_000, 4_000, 6_000, 8_000] {
        let home = old.copy();
        let log = home.path().join("sheaf.db-wal");
        let mut process = process(&home);
        until("it neither writes nor ends", || {
            let written = std::fs::metadata(&log).is_ok_and(|log| log.len() >= kilobytes * 1_000);
            written || process.try_wait().unwrap().is_some()
        });
        process.kill().unwrap();
        process.wait().unwrap();
        let conn = rusqlite::Connection::open(home.path().join("sheaf.db")).unwrap();
        reached.push(conn.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap());
        drop(conn);
        drop(Store::open(home.path(), None).unwrap());
        assert!(whole(&home) == wanted, "killed at {kilobytes} kB: not what it is without a kill");
    }
    eprintln!("killed at the steps {reached:?}");
    let latest = reached.iter().max().unwrap();
    assert!(reached.iter().any(|step| step < latest), "none was killed in the middle: {reached:?}");
}
