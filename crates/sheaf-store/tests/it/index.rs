//! The index is written with the rows and never disagrees with them: sealed and unsealed, after reopening, after a
//! write that was rolled back, after an update.

use std::collections::BTreeSet;

use sheaf_query::{Mode, Read};
use sheaf_select::{BlockCache, CHUNK, FieldKey, Library, Source, SourceError, naive};
use sheaf_store::{Store, StoreError, Tx};

use crate::{PROJECT, append, asset, store};

struct Blocks<'t>(&'t Tx<'t>);

impl Source for Blocks<'_> {
    fn load_blocks(&self, field: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, SourceError> {
        Ok(self.0.blocks(PROJECT, field, chunks)?)
    }
    fn uploads(&self, _: &sheaf_query::expr::Test) -> Result<Vec<i64>, SourceError> {
        Ok(Vec::new())
    }
    fn resolve(
        &self,
        field: &sheaf_query::expr::Field,
        _: &sheaf_query::expr::Test,
    ) -> Result<roaring::RoaringBitmap, SourceError> {
        Err(format!("{field:?} is not of this test").into())
    }
    fn fields(&self) -> Result<Vec<FieldKey>, SourceError> {
        Ok(Vec::new())
    }
}

/// Engine and naive evaluator over what is stored, for a handful of queries.
#[track_caller]
fn check(store: &Store, cache: &BlockCache) {
    let fields = ["n", "odd", "kind", "late"];
    for text in
        ["kind:k3", "n<70000 odd:true", "-kind:k1", "late:*", "name:a6553*.png", "n%1000=0", "ref:r65000"]
    {
        let Read { expr, diagnostics, .. } = sheaf_query::read(text, &fields, 0, Mode::Strict);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let (engine, rows) = store
            .read_blocking(|tx| {
                let snapshot = tx.snapshot(PROJECT)?.unwrap();
                let library = Library { snapshot: &snapshot, source: &Blocks(tx), cache };
                let engine = library.evaluate(&expr).unwrap();
                Ok::<_, StoreError>((engine, tx.facts(PROJECT, 0, u32::MAX)?))
            })
            .unwrap();
        let state = naive::State::default();
        let naive = naive::evaluate(&expr, rows.iter().map(|row| (row, &state))).unwrap();
        assert_eq!(engine.len(), naive.len(), "{text}");
        assert!(engine == naive, "{text}");
    }
}

#[test]
fn engine_and_rows_agree_across_a_seal_a_reopening_and_an_update() {
    let (dir, store) = store();
    let cache = BlockCache::new(64 << 20);
    append(&store, 0, 5_000);
    check(&store, &cache);
    append(&store, 5_000, CHUNK - 5_500);
    check(&store, &cache);
    // Crosses the border: the first chunk is sealed in this transaction.
    append(&store, CHUNK - 500, 2_000);
    check(&store, &cache);
    let sealed = store.read_blocking(|tx| tx.snapshot(PROJECT)).unwrap().unwrap().sealed.len();
    assert_eq!(sealed, 1);

    // An update in the sealed chunk (a field that nobody had yet) and one in the tail.
    for ordinal in [77, CHUNK + 3] {
        let mut changed = asset(ordinal);
        changed.metadata = "{\"n\":1,\"kind\":\"k3\",\"late\":true}".into();
        assert!(store.write_blocking(move |tx| tx.replace_asset(PROJECT, ordinal, &changed)).unwrap());
        check(&store, &cache);
    }

    drop(store);
    let store = Store::open(dir.path(), dir.database()).unwrap();
    check(&store, &cache);
    check(&store, &BlockCache::new(0));
}

#[test]
fn a_rolled_back_append_leaves_no_trace_in_the_index() {
    let (_dir, store) = store();
    append(&store, 0, 10);
    let failed = store.write_blocking(|tx| {
        tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(10), asset(11)])?;
        Err::<(), StoreError>(StoreError::Constraint("on purpose".into()))
    });
    assert!(matches!(failed, Err(StoreError::Constraint(_))));
    let snapshot = store.read_blocking(|tx| tx.snapshot(PROJECT)).unwrap().unwrap();
    assert_eq!((snapshot.n_assets, snapshot.tail.len()), (10, 10));
    append(&store, 10, 5);
    check(&store, &BlockCache::new(1 << 20));
}

#[test]
fn a_reference_id_is_unique_in_its_project() {
    let (_dir, store) = store();
    append(&store, 0, 1);
    let again = store.write_blocking(|tx| tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(0)]));
    assert!(matches!(again, Err(StoreError::Constraint(_))), "{again:?}");
    let n: BTreeSet<u32> =
        store.read_blocking(|tx| tx.facts(PROJECT, 0, 9)).unwrap().iter().map(|row| row.ordinal).collect();
    assert_eq!(n.len(), 1);
}
