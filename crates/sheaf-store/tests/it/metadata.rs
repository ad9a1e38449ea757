//! Updates of metadata: a block is written once however many rows change, a walk stops where it is told to, what is not
//! there is passed over; and the plans of the statements that run once a row.

use sheaf_model::MetadataUpdateId;
use sheaf_select::CHUNK;
use sheaf_store::library::NewMetadata;
use sheaf_store::{Store, StoreError};

use crate::{PROJECT, Run, append, plan_of, statements, store};

fn set_n(store: &Store, ordinals: Vec<u32>, stop_before: u32) -> (Vec<u32>, usize) {
    store
        .write_blocking(move |tx| {
            let done = tx.update_metadata(PROJECT, ordinals, |ordinal, reference, old| {
                assert_eq!(reference.is_some(), ordinal.is_multiple_of(1000));
                assert!(old.starts_with("{\"n\":"));
                Ok::<_, StoreError>(match ordinal {
                    ordinal if ordinal >= stop_before => NewMetadata::Stop,
                    ordinal if ordinal % 2 == 0 => NewMetadata::Changed("{\"n\":-1,\"new\":true}".into()),
                    _ => NewMetadata::Same,
                })
            })?;
            Ok::<_, StoreError>((done.changed.iter().collect(), done.n_done))
        })
        .unwrap()
}

#[test]
fn many_rows_of_a_chunk_are_one_change_of_its_blocks() {
    let (_dir, store) = store();
    append(&store, 0, CHUNK + 100);
    let writes = |run: &dyn Fn()| {
        // The writer is another thread; what counts is what the chunk's version and the blocks say.
        let before = store.read_blocking(|tx| tx.snapshot(PROJECT)).unwrap().unwrap();
        run();
        let after = store.read_blocking(|tx| tx.snapshot(PROJECT)).unwrap().unwrap();
        (after.revision - before.revision, after.sealed[0] != before.sealed[0])
    };
    let ordinals: Vec<u32> = (0..CHUNK + 100).step_by(501).collect();
    let all = ordinals.clone();
    let (revisions, resealed) = writes(&|| {
        let (changed, n_done) = set_n(&store, all.clone(), u32::MAX);
        assert_eq!(n_done, all.len());
        assert!(changed.iter().eq(all.iter().filter(|ordinal| *ordinal % 2 == 0)));
    });
    // Revisions are the process's; other tests take some meanwhile.
    assert!(revisions > 0 && resealed);
    assert_eq!(set_n(&store, vec![1, 3, 4, 5, 6], 5), (vec![4], 3), "it stops and says how far it came");
    assert_eq!(set_n(&store, vec![CHUNK + 4, CHUNK + 100, 4_000_000], u32::MAX), (vec![CHUNK + 4], 3));
    let (revisions, _) = writes(&|| drop(set_n(&store, vec![1, 3], u32::MAX)));
    assert_eq!(revisions, 0, "nothing changed, so nothing is written");
    let bad = store.write_blocking(|tx| {
        tx.update_metadata(PROJECT, [0, 1], |_, _, _| {
            Ok::<_, StoreError>(NewMetadata::Changed("no object".into()))
        })
    });
    assert!(bad.is_err());
    let rows = store.read_blocking(|tx| tx.facts(PROJECT, 0, 2)).unwrap();
    assert!(rows.iter().all(|row| row.metadata.starts_with('{')), "and is rolled back");
}

#[test]
fn statements_of_a_row_have_their_plans() {
    let (_dir, store) = store();
    append(&store, 0, 3);
    let reference: Run<'_> = &|tx| drop(tx.ordinal_by_reference(PROJECT, "x"));
    let read: Run<'_> = &|tx| {
        drop(tx.update_metadata(PROJECT, [1], |_, _, _| Ok::<_, StoreError>(NewMetadata::Same)));
    };
    let ledger: Run<'_> = &|tx| drop(tx.metadata_updates_of(PROJECT, 1));
    let update: Run<'_> = &|tx| drop(tx.metadata_update(PROJECT, MetadataUpdateId(1)));
    for (run, wanted) in [
        (reference, "assets USING COVERING INDEX assets_reference (project_id=? AND reference=?)"),
        (read, "assets USING PRIMARY KEY (project_id=? AND ordinal=?)"),
        (
            ledger,
            "metadata_update_assets USING INDEX sqlite_autoindex_metadata_update_assets_1 (project_id=? AND chunk=?)",
        ),
        (update, "metadata_updates USING PRIMARY KEY (project_id=? AND update_id=?)"),
    ] {
        let statements = statements(&store, run);
        let last = statements.last().unwrap();
        let Some(plan) = plan_of(&store, last) else { continue };
        assert_eq!(plan[0], format!("SEARCH {wanted}"), "{last}: {plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{last}: {plan:?}");
    }
}
