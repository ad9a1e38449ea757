//! How PostgreSQL runs the hot statements when its tables are as large as they get, by its own choice: no large table is read
//! through. (With next to nothing in its tables it would read all of them through; and of SQLite the plans do not depend on it.)

use std::collections::BTreeSet;
use std::fmt::Write as _;

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, KeyId, ReviewId, SlotPlace, SubmissionId, TaskId, UserId};
use sheaf_store::queue::SlotKey;
use sheaf_store::sql::recorded;
use sheaf_store::{StoreError, Tx};
use sheaf_testing::{ask, run};

use crate::batches::insert;
use crate::{PROJECT, append, store};

const ASSETS: u32 = 200_000;
const SLOTS: u32 = 100_000;
const BATCH: BatchId = BatchId(1);
/// Rows from which a table counts as large.
const LARGE: u32 = 5_000;
const ANN: UserId = UserId(101);

/// A batch of which most tasks are done, some are open, held, kept and blocked, a third is reviewed; and what goes with it.
fn work() -> String {
    let tasks = format!("generate_series(0, {}) n", SLOTS - 1);
    format!(
        "INSERT INTO slots (project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until, held_since, round,
             taxonomy_version, kept_for, kept_until)
         SELECT 7, 1, n, 0, 0, state, CASE WHEN state IN (1, 2) THEN 100 + n % 25 END, NULL, 1,
             CASE WHEN state = 1 THEN 1000 + n END, NULL, 0, 1, CASE WHEN n % 100 = 2 THEN 100 + n % 25 END,
             CASE WHEN n % 100 = 2 THEN 1000 + n END
         FROM {tasks}, LATERAL (SELECT CASE n % 100 WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 0 WHEN 3 THEN 3 ELSE 2 END AS state) s;
         INSERT INTO submissions (project_id, submission_id, body_hash, batch_id, ordinal, stage, n, person, round, fence,
             taxonomy_version, response, submitted_ms)
         SELECT 7, decode(md5(n::text), 'hex'), '', 1, n, 0, 0, 100 + n % 25, 0, '', 1, '{{}}', n FROM {tasks} WHERE n % 100 > 3;
         INSERT INTO reviews (project_id, review_id, body_hash, batch_id, ordinal, stage, person, round, fence, verdict, note, slots,
             at_ms)
         SELECT 7, decode(md5(n::text), 'hex'), '', 1, n, 1, 100 + n % 5, 0, '', 'accepted', '', '[]', n FROM {tasks} WHERE n % 3 = 0;
         INSERT INTO events (project_id, ordinal, at_ms, seq, kind, actor, batch_id) SELECT 7, n, n, 0, 1, 101, 1 FROM {tasks};
         INSERT INTO skips (project_id, batch_id, ordinal, stage, person, reason, at_ms)
         SELECT 7, 1, n, 0, 100 + n % 25, '', n FROM {tasks} WHERE n % 10 = 0;
         INSERT INTO drafts (project_id, batch_id, ordinal, stage, person, seq, response, saved_ms)
         SELECT 7, 1, n, 0, 100 + n % 25, 1, '{{}}', n FROM {tasks} WHERE n % 10 = 1;
         INSERT INTO agreements (project_id, batch_id, ordinal, score) SELECT 7, 1, n, n FROM {tasks};
         INSERT INTO users (user_id, email, name, is_admin, created_ms) SELECT n, 'p' || n, '', 0, 0 FROM generate_series(1, 9000) n;
         INSERT INTO sessions (token_hash, user_id, created_ms, seen_ms, expires_ms)
         SELECT sha256(n::text::bytea), n % 9000, 0, 0, 0 FROM generate_series(1, 20000) n;
         INSERT INTO api_keys (key_id, user_id, name, prefix, secret_hash, created_ms)
         SELECT n, n % 9000, '', '', sha256(n::text::bytea), 0 FROM generate_series(1, 20000) n;
         ANALYZE"
    )
}

/// A statement as PostgreSQL wants it, and how many arguments it has.
fn prepared(sql: &str) -> (String, usize) {
    let mut words = sql.split_whitespace().peekable();
    let mut out = Vec::new();
    while let Some(word) = words.next() {
        if word == "INDEXED" {
            words.next();
            words.next();
        } else {
            out.push(word.replace('?', "$"));
        }
    }
    let arguments = (1..100).take_while(|n| sql.contains(&format!("?{n}"))).count();
    (out.join(" "), arguments)
}

/// What a plan reads, and by which index; on a disk without a moving head.
fn reads(url: &str, sql: &str) -> Vec<String> {
    let (sql, arguments) = prepared(sql);
    let nothing = vec!["NULL"; arguments].join(", ");
    let call = if arguments == 0 { "planned".to_owned() } else { format!("planned({nothing})") };
    let ask_it = format!(
        "SET random_page_cost = 1; SET plan_cache_mode = force_generic_plan; PREPARE planned AS {sql}; EXPLAIN (COSTS OFF) EXECUTE {call}"
    );
    let rows = ask(url, &ask_it).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let lines = rows.into_iter().filter_map(|mut row| row.remove("QUERY PLAN"));
    let steps = lines.map(|line| line.trim_start_matches([' ', '-', '>']).to_owned());
    steps
        .filter(|line| line.contains("Scan") || line.starts_with("Update") || line.starts_with("Delete"))
        .collect()
}

#[test]
fn postgres_reads_no_large_table_through() {
    let (home, store) = store();
    let Some(url) = home.database() else { return };
    append(&store, 0, ASSETS);
    insert(&store, 1, "one", &(0..SLOTS).collect::<RoaringBitmap>());
    run(url, &work());

    let task = |ordinal| TaskId { project: PROJECT, batch: BATCH, ordinal };
    let key = SlotKey::at(task(7), SlotPlace { stage: 0, n: 0 });
    type Call = Box<dyn Fn(&Tx<'_>) + Send>;
    let calls: Vec<(&str, Call)> = vec![
        ("claim: what is held", Box::new(|tx| drop(tx.held_in(PROJECT, ANN)))),
        ("claim: what is held anywhere", Box::new(|tx| drop(tx.held_slots(ANN)))),
        ("claim: an open slot", Box::new(|tx| drop(tx.open_slot(PROJECT, BATCH, 0, ANN)))),
        ("claim: a slot that is kept", Box::new(|tx| drop(tx.kept_slot(PROJECT, BATCH, 0, ANN)))),
        ("claim: a slot that was kept", Box::new(|tx| drop(tx.kept_too_long(PROJECT, BATCH, 0, ANN, 9_999)))),
        ("claim: an overdue slot", Box::new(|tx| drop(tx.overdue_slot(PROJECT, BATCH, false, ANN, 9_999)))),
        ("claim: the batches", Box::new(|tx| drop(tx.serving_batches(PROJECT)))),
        ("a step: the task", Box::new(move |tx| drop(tx.task_rows(task(7))))),
        ("a step: the slot", Box::new(move |tx| drop(tx.slot(&key)))),
        ("a step: whose the task was", Box::new(|tx| drop(tx.has_touched(PROJECT, 7, ANN)))),
        (
            "a step: the slot moves",
            Box::new(move |tx| {
                let rows = tx.task_rows(task(104)).unwrap();
                let rules = sheaf_model::TaskRules { overlap: 1, review_levels: 0 };
                let mut moved = rows.task(rules);
                for slot in moved.slots.values_mut() {
                    slot.token += 1;
                }
                drop(tx.move_task(task(104), &rows, &moved, None));
            }),
        ),
        ("submit: the answer", Box::new(|tx| drop(tx.submission(PROJECT, SubmissionId([7; 16]))))),
        ("submit: a task's answers", Box::new(|tx| drop(tx.task_submissions(PROJECT, BATCH, 7)))),
        ("submit: the draft", Box::new(move |tx| drop(tx.draft(&key, ANN)))),
        ("submit: the draft goes", Box::new(move |tx| drop(tx.delete_draft(&key, ANN)))),
        ("submit: who passed", Box::new(move |tx| drop(tx.skips_of_task(task(7))))),
        ("review: the verdict", Box::new(|tx| drop(tx.review(PROJECT, ReviewId([7; 16]))))),
        ("review: a task's verdicts", Box::new(move |tx| drop(tx.task_reviews(task(7))))),
        ("review: agreement", Box::new(move |tx| drop(tx.agreement(task(7))))),
        ("library: a page", Box::new(|tx| drop(tx.assets(PROJECT, &[1, 2, 3])))),
        ("library: an asset", Box::new(|tx| drop(tx.asset(PROJECT, 7)))),
        ("library: by its reference", Box::new(|tx| drop(tx.asset_by_reference(PROJECT, "r7")))),
        ("library: its history", Box::new(|tx| drop(tx.events(PROJECT, 7)))),
        ("library: a part of it", Box::new(|tx| drop(tx.facts(PROJECT, 131_072, ASSETS)))),
        ("caller: a session", Box::new(|tx| drop(tx.session(&[7; 32])))),
        ("caller: a key", Box::new(|tx| drop(tx.key_by_secret(&[7; 32])))),
        ("caller: a key is used", Box::new(|tx| drop(tx.touch_key(KeyId(7), 1)))),
    ];
    let statements: Vec<(&str, Vec<String>)> = store
        .write_blocking(move |tx| {
            Ok::<_, StoreError>(calls.iter().map(|(name, run)| (*name, recorded(|| run(tx)))).collect())
        })
        .unwrap();

    let large = format!("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > {LARGE}");
    let large: BTreeSet<String> =
        ask(url, &large).unwrap().into_iter().filter_map(|mut row| row.remove("relname")).collect();
    assert!(
        large.contains("slots") && large.contains("assets") && large.contains("submissions"),
        "{large:?}"
    );
    let mut told = String::new();
    for (name, statements) in statements {
        assert!(!statements.is_empty(), "{name}");
        writeln!(told, "{name}").unwrap();
        for statement in statements {
            // In what order it asks small things is told by statistics that are drawn.
            let mut steps = reads(url, &statement);
            steps.sort_unstable();
            for step in steps {
                let table = step.strip_prefix("Seq Scan on ").and_then(|rest| rest.split(' ').next());
                assert!(table.is_none_or(|table| !large.contains(table)), "{name}: {step}: {statement}");
                writeln!(told, "    {step}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(told);
}
