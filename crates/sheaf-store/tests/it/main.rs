//! The store against a real database in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod agreements;
mod batches;
mod blobs;
mod brought_in;
mod distributed;
mod index;
mod managers_day;
mod metadata;
mod migrations;
mod nodes;
mod plans;
mod prelabels;
mod queue;
mod scale;
mod standing_batches;
mod tls;
mod together;
mod transfer;
mod turns;
mod webhooks;
mod writer;

use sheaf_model::project::{Media, ProjectSettings};
use sheaf_model::{ProjectId, UploadId, UserId};
use sheaf_store::library::NewAsset;
use sheaf_store::projects::ProjectRow;
use sheaf_store::sql::recorded;
use sheaf_store::{Store, StoreError, Tx};
use sheaf_testing::Home;

pub const PROJECT: ProjectId = ProjectId(7);
pub const UPLOAD: UploadId = UploadId(3);

/// An open store with one empty project.
pub fn store() -> (Home, Store) {
    let dir = Home::new();
    let store = Store::open(dir.path(), dir.database()).unwrap();
    first_project(&store);
    (dir, store)
}

fn first_project(store: &Store) {
    store.write_blocking(|tx| tx.insert_project(&project())).unwrap();
}

pub fn project() -> ProjectRow {
    ProjectRow {
        id: PROJECT,
        name: "p".into(),
        media: Media::Image,
        instructions: String::new(),
        settings: ProjectSettings::default(),
        attribution: None,
        archived: false,
        taxonomy_version: 0,
        n_assets: 0,
        revision: 0,
        created: 0,
        created_by: UserId(1),
    }
}

/// The writer, held back until jobs are in line, so that they are run as one group.
pub struct HeldBack {
    go: std::sync::mpsc::Sender<()>,
    job: tokio::task::JoinHandle<Result<(), StoreError>>,
}

impl HeldBack {
    pub fn new(store: &Store) -> Self {
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let (tell, running) = std::sync::mpsc::channel();
        let store = store.clone();
        let job = tokio::task::spawn_blocking(move || {
            store.write_blocking(move |_| {
                tell.send(()).unwrap();
                gate.recv().map_err(|_| StoreError::Panicked)
            })
        });
        running.recv().unwrap();
        Self { go, job }
    }

    pub async fn let_go(self) {
        self.go.send(()).unwrap();
        self.job.await.unwrap().unwrap();
    }
}

/// A call whose statements are looked at.
pub type Run<'a> = &'a (dyn Fn(&Tx<'_>) + Sync);

/// The statements that a call runs, as they are.
pub fn statements(store: &Store, run: Run<'_>) -> Vec<String> {
    recorded(|| {
        store
            .read_blocking(|tx| {
                run(tx);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    })
}

/// The one statement that a call runs, and its plan, see [`plan_of`].
pub fn plan(store: &Store, run: Run<'_>) -> Option<(String, Vec<String>)> {
    let mut statements = statements(store, run);
    assert_eq!(statements.len(), 1, "{statements:?}");
    let statement = statements.remove(0);
    plan_of(store, &statement).map(|plan| (statement, plan))
}

/// The plan of a statement in SQLite. PostgreSQL plans by what is in its tables, which here is next to nothing; so of it only
/// this is asked: that there are indexes with which no table has to be read through.
pub fn plan_of(store: &Store, statement: &str) -> Option<Vec<String>> {
    let plan = store.read_blocking(|tx| tx.plan(statement)).unwrap();
    if sheaf_testing::server().is_none() {
        return Some(plan);
    }
    assert!(plan.iter().all(|step| !step.contains("Seq Scan")), "{statement}: {plan:#?}");
    None
}

pub fn asset(i: u32) -> NewAsset {
    NewAsset {
        name: format!("a{i}.png"),
        reference: i.is_multiple_of(1000).then(|| format!("r{i}")),
        media_type: "image/png",
        fingerprint: i64::from(i),
        metadata: format!("{{\"n\":{},\"odd\":{},\"kind\":\"k{}\"}}", i, i % 2 == 1, i % 5),
        ..NewAsset::default()
    }
}

pub fn append(store: &Store, from: u32, n: u32) {
    let assets: Vec<NewAsset> = (from..from + n).map(asset).collect();
    let added = store.write_blocking(move |tx| tx.append_assets(PROJECT, UPLOAD, 1_000, &assets)).unwrap();
    assert_eq!((added.first, added.n), (from, n));
}

#[test]
fn a_second_process_is_kept_out() {
    let dir = Home::sqlite();
    let _store = Store::open(dir.path(), None).unwrap();
    assert!(matches!(Store::open(dir.path(), dir.database()), Err(StoreError::InUse(_))));
}

#[test]
fn data_of_a_newer_sheaf_is_refused() {
    let dir = Home::sqlite();
    drop(Store::open(dir.path(), None).unwrap());
    let conn = rusqlite::Connection::open(dir.path().join("sheaf.db")).unwrap();
    conn.pragma_update(None, "user_version", 999).unwrap();
    drop(conn);
    assert!(matches!(
        Store::open(dir.path(), dir.database()),
        Err(StoreError::SchemaTooNew { found: 999, .. })
    ));
}

/// A database of the first schema with a batch in it: the batch has its first revision afterwards.
#[test]
fn batches_from_before_have_a_first_revision() {
    let dir = Home::sqlite();
    let conn = rusqlite::Connection::open(dir.path().join("sheaf.db")).unwrap();
    conn.execute_batch(include_str!("../../migrations/sqlite/0001_first_schema.sql")).unwrap();
    conn.execute_batch(
        r#"INSERT INTO batches (project_id, batch_id, name, kind, state, recipe, n_members, created_ms, created_by)
           VALUES (7, 1, 'old', 'production', 'staging', '{"pick":"all","text":"all of it"}', 12, 345, 6);
           PRAGMA user_version = 1;"#,
    )
    .unwrap();
    drop(conn);
    let store = Store::open(dir.path(), dir.database()).unwrap();
    let batch = sheaf_model::BatchId(1);
    let rows = store.read_blocking(|tx| tx.batch_revisions(PROJECT, batch)).unwrap();
    let told: Vec<_> =
        rows.iter().map(|it| (it.revision, it.action, it.n, it.text.as_str(), it.at, it.actor)).collect();
    assert_eq!(told, [(1, sheaf_model::RevisionAction::Created, 12, "all of it", 345, UserId(6))]);
    assert!(rows[0].recipe.is_none(), "it is the batch's own");
    let row = store.read_blocking(|tx| tx.batch(PROJECT, batch)).unwrap().unwrap();
    assert_eq!((row.revision, row.progress.late_cursor, row.stamp), (1, 0, 0));
}
