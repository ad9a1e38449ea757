//! Moving an instance: every table there and back again, byte by byte; what was damaged on the way is found, with its place.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sheaf_store::sql::Arg;
use sheaf_store::{Store, StoreError, transfer};
use sheaf_testing::Home;

use crate::append;

/// Rows of each table.
const ROWS: i64 = 3;

fn open(home: &Home) -> Store {
    Store::open(home.path(), home.database()).unwrap()
}

fn export(home: &Home, out: &Path) -> Result<transfer::Exported, StoreError> {
    transfer::export_all(home.path(), home.database(), out, true, 5, &mut |_| {})
}

fn import(from: &Path, home: &Home) -> Result<transfer::Imported, StoreError> {
    transfer::import_all(from, home.path(), home.database(), &mut |_| {})
}

/// A folder for an export.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    (dir, out)
}

#[track_caller]
fn told<T>(out: Result<T, StoreError>) -> String {
    out.err().unwrap().to_string()
}

fn header(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("sheaf-export.json")).unwrap()).unwrap()
}

fn put_header(out: &Path, header: &Value) {
    fs::write(out.join("sheaf-export.json"), header.to_string()).unwrap();
}

/// Table, name and type of the columns of an export.
fn columns(out: &Path) -> Vec<(String, Vec<(String, String)>)> {
    let header = header(out);
    let tables = header["tables"].as_array().unwrap().iter().map(|it| it["table"].as_str().unwrap());
    let read = |table: &str| {
        let text = fs::read_to_string(out.join(format!("tables/{table}.jsonl"))).unwrap();
        let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let columns = head["columns"].as_array().unwrap().iter();
        (table.to_owned(), columns.map(|it| (text(&it["name"]), text(&it["type"]))).collect())
    };
    tables.map(read).collect()
}

/// What is in a column of the `n`-th row: what its table's checks want, and otherwise what is hard to carry.
fn value(table: &str, column: &str, kind: &str, n: i64) -> Owned {
    let text = |text: &str| Owned::Text(text.to_owned());
    match (table, column) {
        ("projects", "media") => text("text"),
        ("uploads", "state") => text("finished"),
        ("upload_files", "state") => text("done"),
        ("batches", "kind") => text("production"),
        ("batches", "state") => text("staging"),
        ("batches", "overlap") | ("batches", "gold_rate") => Owned::Int(7),
        ("batches", "review_levels") | ("slots", "state") => Owned::Int(0),
        ("members", "roles") => Owned::Int(5),
        ("bucket_syncs", "state") => text("done"),
        ("batch_revisions", "action") => text("created"),
        ("batch_revisions", "revision") | ("cluster", "id") => Owned::Int(1),
        ("batch_revisions", "batch_id") => Owned::Int(n),
        ("standing_batches", "trigger_kind") => text("matches"),
        ("standing_batches", "state") => text("paused"),
        ("standing_runs", "cause") => text("hand"),
        ("standing_runs", "outcome") => text("empty"),
        ("metadata_updates", "source") => text("query"),
        ("metadata_updates", "state") => text("done"),
        ("metadata_updates", "done" | "updated" | "unchanged" | "refused") => Owned::Int(0),
        ("reviews", "verdict") => text("accepted"),
        ("webhooks", "state") => text("active"),
        ("webhook_outbox", "state") => text("delivered"),
        ("scale_tasks", "stage") => text("apart"),
        ("scale_tasks", "status") => text("pending"),
        ("agreements", "score") => Owned::Int(999_999),
        ("people_elsewhere", "person") => Owned::Int(-n),
        ("agreement_sums", "kind") => Owned::Int(3),
        ("assets", "content" | "thumbnail")
        | ("batches", "ended_ms" | "launched_ms")
        | ("batch_revisions", "recipe")
        | ("slots", "holder" | "lease_until" | "kept_for" | "kept_until")
        | ("standing_batches", "next_due_ms")
        | ("standing_runs", "batch_id")
        | ("webhooks", "old_secret" | "old_secret_until_ms")
        | ("webhook_outbox", "due_ms")
        | ("scale_tasks", "ordinal" | "completed_ms") => Owned::Null,
        (
            _,
            "is_admin" | "disabled" | "archived" | "brought_in" | "ascending" | "reported" | "shared"
            | "staged" | "named" | "told",
        ) => Owned::Int(n % 2),
        _ => match kind {
            "int" => Owned::Int([i64::MIN + n, i64::MAX - n, -n, n, 1 << 53 | n][n as usize % 5]),
            "real" => Owned::Real([0.1 + 0.2, f64::MIN_POSITIVE, -1e300][n as usize % 3]),
            "text" => text(&format!("{n}: \"'\\ \n\t\u{1} Žluťoučký 🐑 {{}}[] \u{10ffff}")),
            _ => Owned::Blob(
                (0..=255).map(|byte: u8| byte.wrapping_add(n as u8)).take(250 + n as usize).collect(),
            ),
        },
    }
}

#[derive(Clone)]
enum Owned {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Owned {
    fn arg(&self) -> Arg<'_> {
        match self {
            Self::Null => Arg::Null,
            Self::Int(value) => Arg::Int(*value),
            Self::Real(value) => Arg::Real(*value),
            Self::Text(text) => Arg::Text(text),
            Self::Blob(bytes) => Arg::Blob(bytes),
        }
    }
}

/// An instance with rows in every table that moves.
fn full() -> Home {
    let home = Home::new();
    let store = open(&home);
    let (_keep, out) = folder();
    export(&home, &out).unwrap();
    store
        .write_blocking(move |tx| {
            for (table, columns) in columns(&out) {
                let names = columns.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(", ");
                let rows: Vec<Vec<Owned>> = (1..=ROWS)
                    .map(|n| columns.iter().map(|(name, kind)| value(&table, name, kind, n)).collect())
                    .collect();
                tx.insert(
                    &table,
                    &names,
                    rows.iter().map(|row| row.iter().map(Owned::arg).collect::<Vec<_>>()),
                )?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    home
}

#[test]
fn every_table_was_decided_about() {
    for home in [Home::new(), Home::sqlite()] {
        drop(open(&home));
        // Whoever adds a table says in transfer/tables.rs whether it moves.
        assert_eq!(transfer::undecided(home.path(), home.database()).unwrap(), Vec::<String>::new());
        // No number is made by the database, which would have to be moved on.
        if let Some(url) = home.database() {
            sheaf_testing::run(
                url,
                "SELECT 1 / CASE count(*) WHEN 0 THEN 1 ELSE 0 END FROM pg_class WHERE relkind = 'S'",
            );
        }
    }
}

#[test]
fn what_moves_is_the_same_wherever_it_is() {
    let home = full();
    let (_keep, first) = folder();
    let exported = export(&home, &first).unwrap();
    let tables = header(&first)["tables"].clone();
    let all = tables.as_array().unwrap();
    assert!(all.len() > 40 && all.iter().all(|it| it["rows"] == ROWS), "{tables:#}");
    assert_eq!(exported.rows, all.len() as u64 * ROWS as u64);
    // To the other kind, when there is one, and back.
    let mut from = first;
    let mut kept = Vec::new();
    for next in [Home::sqlite(), Home::new(), Home::sqlite()] {
        let imported = import(&from, &next).unwrap();
        assert_eq!((imported.rows, imported.tables), (exported.rows, exported.tables));
        let (dir, out) = folder();
        export(&next, &out).unwrap();
        assert_eq!(header(&out)["tables"], tables, "tables, rows, bytes, checksums");
        // It is open for use, and for one more there is no room.
        drop(open(&next));
        assert!(told(import(&out, &next)).contains(if next.database().is_some() {
            "not empty"
        } else {
            "empty folder"
        }));
        from = out;
        kept.push(dir);
    }
}

#[test]
fn an_export_of_an_older_schema_is_brought_up_to_date() {
    let home = full();
    let (_keep, out) = folder();
    // Steps after it made these columns, ...
    for of in [
        "batches DROP COLUMN prelabels",
        "batches DROP COLUMN brought_in",
        "submissions DROP COLUMN prelabel",
        "submissions DROP COLUMN prelabel_unchanged",
    ] {
        let drop = format!("ALTER TABLE {of}");
        match home.database() {
            Some(url) => sheaf_testing::run(url, &drop),
            None => {
                let conn = rusqlite::Connection::open(home.path().join("sheaf.db")).unwrap();
                conn.execute_batch(&drop).unwrap();
            }
        }
    }
    export(&home, &out).unwrap();
    let mut header = header(&out);
    // ... tables that do not move, and these.
    header["schema"] = 11.into();
    let later = ["bucket_syncs", "scale_", "prelabel", "people_elsewhere"];
    let is_later = |it: &Value| later.iter().any(|name| it["table"].as_str().unwrap().starts_with(name));
    header["tables"].as_array_mut().unwrap().retain(|it| !is_later(it));
    put_header(&out, &header);
    let next = Home::new();
    import(&out, &next).unwrap();
    let store = open(&next);
    assert!(store.write_blocking(|tx| tx.take_job(crate::PROJECT, 1)).unwrap());
    drop(store);
    header["schema"] = 999.into();
    put_header(&out, &header);
    assert!(matches!(import(&out, &Home::new()), Err(StoreError::SchemaTooNew { found: 999, .. })));
}

/// A copy of an export in which something is wrong.
fn damaged(out: &Path, damage: impl FnOnce(&Path)) -> (tempfile::TempDir, PathBuf) {
    let (dir, copy) = folder();
    fs::create_dir_all(copy.join("tables")).unwrap();
    for file in fs::read_dir(out.join("tables")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join("tables").join(file.file_name())).unwrap();
    }
    fs::copy(out.join("sheaf-export.json"), copy.join("sheaf-export.json")).unwrap();
    damage(&copy);
    (dir, copy)
}

#[test]
fn a_changed_or_cut_export_is_refused_with_the_place_and_nothing_is_kept() {
    let (home, store) = crate::store();
    append(&store, 0, 25_000);
    drop(store);
    let (_keep, out) = folder();
    export(&home, &out).unwrap();
    let assets = |dir: &Path| dir.join("tables/assets.jsonl");
    let edit = |find: &'static str, put: &'static str| {
        move |dir: &Path| {
            let text = fs::read_to_string(assets(dir)).unwrap();
            assert!(text.contains(find) && find.len() == put.len());
            fs::write(assets(dir), text.replacen(find, put, 1)).unwrap();
        }
    };
    type Damage<'a> = Box<dyn FnOnce(&Path) + 'a>;
    let cases: Vec<(&str, Damage<'_>, &[&str])> = vec![
        (
            "a value",
            Box::new(edit("a12345.png", "a12346.png")),
            &["assets.jsonl", "row 10000", "changed or cut"],
        ),
        ("the last block", Box::new(edit("a24999.png", "a24998.png")), &["row 20000"]),
        ("a line less", Box::new(edit("\n[7,24999", " [7,24999")), &["row 20000"]),
        (
            "cut",
            Box::new(|dir| {
                let text = fs::read(assets(dir)).unwrap();
                fs::write(assets(dir), &text[..text.len() - 1]).unwrap();
            }),
            &["assets.jsonl", "bytes", "cut"],
        ),
        (
            "a block less, and the length made to fit",
            Box::new(|dir| {
                let text = fs::read_to_string(assets(dir)).unwrap();
                let mut lines: Vec<_> = text.lines().collect();
                // The head, a block of 10,000 and its mark, and the next block.
                lines.drain(10_002..20_003);
                let text = lines.join("\n") + "\n";
                let mut header = header(dir);
                let file =
                    header["tables"].as_array_mut().unwrap().iter_mut().find(|it| it["table"] == "assets");
                file.unwrap()["bytes"] = text.len().into();
                put_header(dir, &header);
                fs::write(assets(dir), text).unwrap();
            }),
            &["assets.jsonl", "row 10000"],
        ),
        (
            "a table less",
            Box::new(|dir| {
                let mut header = header(dir);
                header["tables"].as_array_mut().unwrap().retain(|it| it["table"] != "texts");
                put_header(dir, &header);
            }),
            &["no table texts"],
        ),
        (
            "a newer format",
            Box::new(|dir| {
                let mut header = header(dir);
                header["format"] = 2.into();
                put_header(dir, &header);
            }),
            &["format 2"],
        ),
        ("no header", Box::new(|dir| fs::remove_file(dir.join("sheaf-export.json")).unwrap()), &["cut off"]),
        (
            "other columns",
            Box::new(|dir| {
                let file = dir.join("tables/texts.jsonl");
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, text.replacen("body", "bady", 1)).unwrap();
            }),
            &["texts"],
        ),
    ];
    for (what, damage, words) in cases {
        let (_keep, copy) = damaged(&out, damage);
        let next = Home::new();
        let text = told(import(&copy, &next));
        assert!(words.iter().all(|word| text.contains(word)), "{what}: {text}");
        // Nothing of it is there, and the whole one goes in afterwards.
        import(&out, &next).unwrap_or_else(|error| panic!("after {what}: {error}"));
        let n = open(&next).read_blocking(|tx| tx.int("SELECT count(*) FROM assets", &[])).unwrap();
        assert_eq!(n, 25_000, "{what}");
    }
}

#[test]
fn what_postgresql_cannot_keep_is_named() {
    let home = Home::sqlite();
    let store = open(&home);
    store.write_blocking(|tx| tx.set_instance_value("odd", Some("a\0b"))).unwrap();
    drop(store);
    let (_keep, out) = folder();
    transfer::export_all(home.path(), None, &out, true, 5, &mut |_| {}).unwrap();
    let next = Home::new();
    let imported = import(&out, &next);
    if next.database().is_some() {
        let text = told(imported);
        assert!(text.contains("instance") && text.contains("`value`") && text.contains("row 1"), "{text}");
    } else {
        imported.unwrap();
        assert_eq!(
            open(&next).read_blocking(|tx| tx.instance_value("odd")).unwrap().as_deref(),
            Some("a\0b")
        );
    }
}

/// An instance on SQLite with two assets, and the hashes of their contents.
fn with_contents() -> (Home, [[u8; 32]; 2]) {
    let home = Home::sqlite();
    let store = open(&home);
    let hashes =
        [store.blobs().put(&b"one content"[..]).unwrap(), store.blobs().put(&b"another"[..]).unwrap()];
    store
        .write_blocking(move |tx| {
            let assets: Vec<_> = hashes
                .iter()
                .map(|hash| sheaf_store::library::NewAsset { content: Some(*hash), ..crate::asset(1) })
                .collect();
            tx.insert_project(&crate::project())?;
            tx.append_assets(crate::PROJECT, crate::UPLOAD, 1, &assets).map(drop)
        })
        .unwrap();
    (home, hashes)
}

#[test]
fn contents_move_with_the_rows_and_a_changed_one_is_refused() {
    let (home, hashes) = with_contents();
    let (_keep, out) = folder();
    let exported = export(&home, &out).unwrap();
    assert_eq!(exported.contents.unwrap(), transfer::Contents { files: 2, bytes: 18, missing: 0 });
    let next = Home::new();
    assert_eq!(import(&out, &next).unwrap().contents.files, 2);
    let store = open(&next);
    assert_eq!(store.blobs().read(&hashes[1]).unwrap().unwrap(), b"another");
    assert_eq!(store.blobs().verify(&hashes[0]).unwrap(), Some(true));
    drop(store);

    let hex: String = hashes[0].iter().map(|byte| format!("{byte:02x}")).collect();
    let place = out.join("blobs").join(&hex[..2]).join(&hex[2..]);
    // It may be the very file of the instance.
    fs::remove_file(&place).unwrap();
    fs::write(&place, b"One content").unwrap();
    let other = Home::new();
    assert!(told(import(&out, &other)).contains(&hex[2..]));
    fs::remove_file(&place).unwrap();
    assert!(told(import(&out, &other)).contains("1 contents"));
    // What is there already is not asked for.
    fs::create_dir_all(other.path().join("blobs").join(&hex[..2])).unwrap();
    fs::write(other.path().join("blobs").join(&hex[..2]).join(&hex[2..]), b"one content").unwrap();
    import(&out, &other).unwrap();

    // Without them: they are the business of whoever moves the blobs.
    let (_keep, rows) = folder();
    let without = transfer::export_all(home.path(), None, &rows, false, 5, &mut |_| {}).unwrap();
    assert!(without.contents.is_none() && !rows.join("blobs").exists());
    import(&rows, &Home::new()).unwrap();
    // What is lost already does not keep the rest from moving.
    fs::remove_file(home.path().join("blobs").join(&hex[..2]).join(&hex[2..])).unwrap();
    let (_keep, rest) = folder();
    assert_eq!(export(&home, &rest).unwrap().contents.unwrap().missing, 1);
    assert_eq!(import(&rest, &Home::new()).unwrap().contents.missing, 1);
}

#[test]
fn a_folder_with_something_in_it_is_not_written_to() {
    let (home, _) = with_contents();
    let (_keep, out) = folder();
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("mine"), "").unwrap();
    assert!(told(export(&home, &out)).contains("not empty"));
    assert!(told(transfer::backup(home.path(), &out, true, 5)).contains("not empty"));
    let nothing = Home::sqlite();
    let (_keep, out) = folder();
    assert!(told(export(&nothing, &out)).contains("no data"));
    assert!(!out.exists());
}

#[test]
fn a_backup_is_put_back_as_it_was() {
    let (home, hashes) = with_contents();
    let (_keep, out) = folder();
    // While it is open, and written to before and after.
    let store = open(&home);
    let done = transfer::backup(home.path(), &out, true, 5).unwrap();
    assert_eq!(done.contents.unwrap().files, 2);
    store.write_blocking(|tx| tx.set_instance_value("later", Some("1"))).unwrap();
    let restore = |replace| transfer::restore(&out, home.path(), replace);
    assert!(matches!(restore(true), Err(StoreError::InUse(_))), "a server is at it");
    drop(store);
    assert!(told(restore(false)).contains("--replace"));
    let later = || open(&home).read_blocking(|tx| tx.instance_value("later")).unwrap();
    assert_eq!(later().as_deref(), Some("1"), "nothing was touched");
    assert!(restore(true).unwrap().replaced);
    assert_eq!(later(), None);
    // What was replaced is kept.
    let aside = Home::sqlite();
    fs::copy(home.path().join("sheaf.db.replaced"), aside.path().join("sheaf.db")).unwrap();
    assert_eq!(open(&aside).read_blocking(|tx| tx.instance_value("later")).unwrap().as_deref(), Some("1"));

    let fresh = Home::sqlite();
    fs::write(fresh.path().join("sheaf.db-wal"), "of a database that somebody removed").unwrap();
    let restored = transfer::restore(&out, fresh.path(), false).unwrap();
    assert_eq!((restored.contents.files, restored.replaced), (2, false));
    assert!(
        !fresh.path().join("sheaf.db-wal").exists(),
        "the log of a database that is gone would be read into this one"
    );
    let store = open(&fresh);
    assert_eq!(store.blobs().read(&hashes[0]).unwrap().unwrap(), b"one content");
    assert_eq!(store.read_blocking(|tx| tx.int("SELECT count(*) FROM assets", &[])).unwrap(), 2);
}

#[test]
fn a_damaged_backup_is_not_put_in_place() {
    let (home, _) = with_contents();
    let (_keep, out) = folder();
    transfer::backup(home.path(), &out, true, 5).unwrap();
    let database = out.join("sheaf.db");
    let whole = fs::read(&database).unwrap();
    let target = Home::sqlite();
    let restore = || transfer::restore(&out, target.path(), false);
    let with_sum = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        fs::write(&database, bytes).unwrap();
        let path = out.join("sheaf-backup.json");
        let mut header: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        (header["sha256"], header["bytes"]) = (sum.into(), bytes.len().into());
        fs::write(&path, header.to_string()).unwrap();
    };
    fs::write(&database, &whole[..whole.len() - 100]).unwrap();
    assert!(told(restore()).contains("cut or changed"));
    // Damaged before it was copied: the sum is right and the pages are not.
    let mut damaged = whole.clone();
    let page = 8192 * 3;
    damaged[page..page + 4000].fill(0xa5);
    with_sum(&damaged);
    assert!(told(restore()).contains("damaged"));
    // Of a newer Sheaf.
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&999_u32.to_be_bytes());
    with_sum(&newer);
    assert!(matches!(restore(), Err(StoreError::SchemaTooNew { found: 999, .. })));
    with_sum(&whole);
    fs::remove_dir_all(out.join("blobs")).unwrap();
    assert!(told(restore()).contains("2 contents"));
    let left: Vec<_> = fs::read_dir(target.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("sheaf.db")), "{left:?}");
    fs::remove_file(out.join("sheaf-backup.json")).unwrap();
    assert!(told(restore()).contains("not a backup"));
}
