//! Pre-labels: one for each asset and source, the last one; counted by source; removed in parts.

use sheaf_model::UserId;
use sheaf_store::prelabels::{PrelabelRow, SourceRow};
use sheaf_store::{Ask, Store, StoreError};

use crate::{PROJECT, Run, append, plan, store};

fn row(source: &str, ordinal: u32, score: Option<f64>) -> PrelabelRow {
    PrelabelRow {
        ordinal,
        source: source.into(),
        score,
        taxonomy_version: 3,
        response: format!("{{\"annotations\":[],\"fields\":{{\"n\":{ordinal}}}}}"),
        created: 5_000,
        created_by: UserId(1),
    }
}

fn put(store: &Store, rows: Vec<PrelabelRow>, added: i64) {
    let source = rows[0].source.clone();
    store
        .write_blocking(move |tx| {
            tx.put_prelabels(PROJECT, &rows)?;
            tx.count_prelabels(PROJECT, &source, added, 6_000)
        })
        .unwrap();
}

fn sources(store: &Store) -> Vec<(String, i64)> {
    let rows: Vec<SourceRow> = store.read_blocking(|tx| tx.prelabel_sources(PROJECT)).unwrap();
    rows.into_iter().map(|row| (row.source, row.n)).collect()
}

#[test]
fn the_last_of_a_source_stands() {
    let (_dir, store) = store();
    append(&store, 0, 50);
    put(&store, (0..30).map(|n| row("yolo-v8", n, Some(0.83))).collect(), 30);
    put(&store, vec![row("a", 7, None), row("a", 9, Some(-1.5))], 2);
    // Written twice in one transaction, and over one that is there.
    put(&store, vec![row("yolo-v8", 7, Some(0.1)), row("yolo-v8", 7, Some(0.2))], 0);
    assert_eq!(sources(&store), [("a".into(), 2), ("yolo-v8".into(), 30)]);
    let one = |source: &'static str, ordinal| {
        store.read_blocking(move |tx| tx.prelabel(PROJECT, source, ordinal)).unwrap()
    };
    assert_eq!(one("yolo-v8", 7), Some(row("yolo-v8", 7, Some(0.2))));
    assert_eq!(one("a", 7), Some(row("a", 7, None)));
    assert_eq!((one("a", 8), one("b", 7), one("A", 7)), (None, None, None));
    let keys = [("yolo-v8", 8), ("a", 9), ("yolo-v8", 40), ("yolo-v8", 7)];
    let some = store.read_blocking(move |tx| tx.prelabels(PROJECT, &keys)).unwrap();
    let told: Vec<_> = some.iter().map(|row| (row.source.as_str(), row.ordinal, row.score)).collect();
    assert_eq!(told, [("yolo-v8", 8, Some(0.83)), ("a", 9, Some(-1.5)), ("yolo-v8", 7, Some(0.2))]);
    let between = store.read_blocking(|tx| tx.prelabels_between(PROJECT, "yolo-v8", 28, 40)).unwrap();
    assert_eq!(between.iter().map(|row| row.ordinal).collect::<Vec<_>>(), [28, 29]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_ahead_is_what_stands() {
    let (_dir, store) = store();
    append(&store, 0, 5);
    put(&store, vec![row("m", 1, Some(0.5))], 1);
    let ask = |ordinal| vec![Ask::Prelabel(PROJECT, "m".into(), ordinal)];
    let read =
        |ordinal| store.write_repeatable(PROJECT, ask(ordinal), move |tx| tx.prelabel(PROJECT, "m", ordinal));
    let (there, none) = tokio::join!(read(1), read(2));
    assert_eq!((there.unwrap(), none.unwrap()), (Some(row("m", 1, Some(0.5))), None));
    let written = store
        .write_repeatable(PROJECT, ask(1), |tx| {
            tx.put_prelabels(PROJECT, &[row("m", 1, None)])?;
            tx.prelabel(PROJECT, "m", 1)
        })
        .await;
    assert_eq!(written.unwrap(), Some(row("m", 1, None)), "not what was read before");
}

#[test]
fn a_source_is_removed_in_parts() {
    let (_dir, store) = store();
    append(&store, 0, 50);
    put(&store, (0..25).map(|n| row("old", n * 2, None)).collect(), 25);
    put(&store, (0..10).map(|n| row("other", n, None)).collect(), 10);
    let remove = || store.write_blocking(|tx| tx.delete_prelabels(PROJECT, "old", 10)).unwrap();
    assert_eq!(remove(), 10);
    assert_eq!(sources(&store), [("old".into(), 15), ("other".into(), 10)]);
    let left = store.read_blocking(|tx| tx.prelabels_between(PROJECT, "old", 0, 50)).unwrap();
    assert_eq!((left.len(), left[0].ordinal), (15, 20));
    assert_eq!((remove(), remove(), remove()), (10, 5, 0));
    assert_eq!(sources(&store), [("other".into(), 10)]);
    let other = store.read_blocking(|tx| tx.prelabels_between(PROJECT, "other", 0, 50)).unwrap();
    assert_eq!(other.len(), 10);
}

#[test]
fn rows_are_counted_whatever_is_counted() {
    let (_dir, store) = store();
    append(&store, 0, 50);
    put(&store, (0..25).map(|n| row("old", n * 2, None)).collect(), 7);
    put(&store, vec![row("a", 3, None)], 1);
    put(&store, vec![row("Ö", 49, None)], 1);
    store
        .read_blocking(|tx| {
            let (mut all, mut last) = (Vec::new(), None::<String>);
            while let Some(source) = tx.prelabel_source_after(PROJECT, last.as_deref())? {
                all.push((source.clone(), tx.prelabel_rows(PROJECT, &source, 0, i64::MAX)?));
                last = Some(source);
            }
            assert_eq!(all, [("a".to_owned(), 1), ("old".to_owned(), 25), ("Ö".to_owned(), 1)]);
            assert_eq!(tx.prelabel_rows(PROJECT, "old", 10, 20)?, 5);
            assert_eq!(tx.prelabel_rows(PROJECT, "none", 0, i64::MAX)?, 0);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn statements_are_looked_up_by_their_key() {
    let (_dir, store) = store();
    let one: Run<'_> = &|tx| drop(tx.prelabel(PROJECT, "m", 1));
    let between: Run<'_> = &|tx| drop(tx.prelabels_between(PROJECT, "m", 1, 9));
    let rows: Run<'_> = &|tx| drop(tx.prelabel_rows(PROJECT, "m", 1, 9));
    let source: Run<'_> = &|tx| drop(tx.prelabel_source_after(PROJECT, Some("m")));
    let key = "SEARCH prelabels USING PRIMARY KEY (project_id=? AND source";
    for (run, wanted) in [
        (one, format!("{key}=? AND ordinal=?)")),
        (between, format!("{key}=? AND ordinal>? AND ordinal<?)")),
        (rows, format!("{key}=? AND ordinal>? AND ordinal<?)")),
        // Smaller than the rows, with what they say in them.
        (
            source,
            "SEARCH prelabels USING COVERING INDEX prelabels_score (project_id=? AND source>?)".to_owned(),
        ),
    ] {
        if let Some((_, plan)) = plan(&store, run) {
            assert_eq!(plan, [wanted]);
        }
    }
    assert!(store.read_blocking(|tx| Ok::<_, StoreError>(tx.prelabel_sources(PROJECT)?.is_empty())).unwrap());
}
