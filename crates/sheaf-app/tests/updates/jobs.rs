//! Jobs: what is refused and what goes on, limits, cancel, interruption, the ledger.

use std::fmt::Write;

use serde_json::json;
use sheaf_app::library::{asset, edit};
use sheaf_app::metadata_updates::{self, FileFormat, METADATA_BYTES_MAX, Selected};
use sheaf_model::{MetadataUpdateState, UserId};

use crate::{World, asset as new_asset, code, object};

#[tokio::test]
async fn good_rows_count_and_bad_ones_are_reported() {
    let world = World::new((0..20).map(new_asset).collect()).await;
    let large = "x".repeat(METADATA_BYTES_MAX);
    let text = format!(
        "\u{feff}{{\"id\":\"{}\",\"metadata\":{{\"mood\":\"good\"}}}}\n\
         {{\"ref\":\"r3\",\"metadata\":{{\"n\":null}}}}\n\
         {{\"ref\":\"r4\",\"metadata\":{{}}}}\n\
         {{\"id\":\"ast_x\",\"metadata\":{{}}}}\n\
         {{\"ref\":\"r3\",\"id\":\"{}\",\"metadata\":{{}}}}\n\
         \n\
         {{\"metadata\":{{}}}}\n\
         {{\"ref\":\"r3\"}}\n\
         {{\"ref\":\"r3\",\"metadata\":null}}\n\
         {{\"ref\":\"r3\",\"meta\":{{}}}}\n\
         {{\"ref\":\"r3\",\"metadata\":{{\"a\":\n\
         {{\"ref\":\"r6\",\"metadata\":{{\"large\":\"{large}\"}}}}\n\
         {{\"ref\":\"r9\",\"metadata\":{{\"deep\":{}1{}}}}}\n\
         {{\"ref\":\"r12\",\"metadata\":{{\"kind\":\"k2\"}}}}\n\
         {{\"ref\":\"r0\",\"metadata\":{{\"last\":true}}}}",
        world.id(1),
        world.id(3),
        "[".repeat(70),
        "]".repeat(70),
    );
    let done = world.ended(world.by_file(FileFormat::Jsonl, &text).await).await;
    assert_eq!(done.state, MetadataUpdateState::Done);
    assert_eq!((done.total, done.counts.done), (Some(14), 14));
    assert_eq!((done.counts.updated, done.counts.unchanged, done.counts.refused), (3, 1, 10));
    let want = [
        (4, "unknown_id"),
        (5, "missing_key"),
        (7, "missing_key"),
        (8, "not_an_object"),
        (9, "not_an_object"),
        (10, "bad_json"),
        (11, "bad_json"),
        (12, "metadata_too_large"),
        (13, "bad_json"),
        (3, "unknown_ref"),
    ];
    let mut report = world.report(done.id).await;
    let mut want: Vec<_> = want.map(|(row, code)| (Some(row), code.to_owned())).into();
    report.sort();
    want.sort();
    assert_eq!(report, want);
    assert_eq!(world.metadata(1)["mood"], "good");
    assert!(world.metadata(3).get("n").is_none());
    assert_eq!(world.metadata(0)["last"], true);
    world.is_sound();
}

#[tokio::test]
async fn what_is_no_update_is_refused_whole() {
    let world = World::new((0..5).map(new_asset).collect()).await;
    for (format, text) in [
        (FileFormat::Jsonl, ""),
        (FileFormat::Jsonl, "\n \n"),
        (FileFormat::Jsonl, "[{\"id\":\"x\"}]"),
        (FileFormat::Csv, ""),
        (FileFormat::Csv, "mood,kind\ngood,k1\n"),
        (FileFormat::Csv, "id\nx\n"),
        (FileFormat::Csv, "id,ref,mood\nx,y,z\n"),
    ] {
        assert_eq!(code(world.by_file(format, text).await), "bad_update", "{text:?}");
    }
    assert_eq!(code(world.by_query("kind:", json!({ "a": 1 })).await), "bad_query");
    assert_eq!(code(world.by_query("nothing:1", json!({ "a": 1 })).await), "bad_query");
    assert_eq!(code(world.by_query("", json!({})).await), "invalid");
    let both = Selected { query: Some(String::new()), assets: Some(Vec::new()) };
    for selected in [both, Selected::default()] {
        let patch = object(json!({ "a": 1 }));
        let refused =
            metadata_updates::update_selected(&world.app, &world.admin, world.project, selected, patch).await;
        assert_eq!(code(refused), "invalid");
    }
    let deep = (0..80).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(code(world.by_query("", json!({ "a": deep })).await), "invalid");
    let annotator = world.annotator(5).await;
    let stage = metadata_updates::stage(&world.app, &annotator, world.project, FileFormat::Csv).await;
    assert_eq!(code(stage.map(|_| ())), "forbidden");
    let page = metadata_updates::list(&world.app, &world.admin, world.project, None, 50).await.unwrap();
    assert_eq!(page.total, 0, "nothing was begun");
}

#[tokio::test]
async fn a_csv_types_its_columns_and_leaves_empty_cells() {
    let world = World::new((0..10).map(new_asset).collect()).await;
    let csv = format!("id;score;zip;ok;kind\n{};1.5;00123;true;\n{};2;77;;k9\n", world.id(1), world.id(2));
    assert_eq!(world.counts(world.by_file(FileFormat::Csv, &csv).await).await, [2, 0, 0]);
    let mut want = json!({ "n": 1, "odd": true, "kind": "k1", "pos": { "x": 1 } });
    assert_eq!(world.metadata(1)["kind"], "k1", "an empty cell changes nothing");
    want["score"] = json!(1.5);
    want["zip"] = json!("00123");
    want["ok"] = json!(true);
    assert_eq!(world.metadata(1), want);
    assert_eq!(world.metadata(2)["zip"], "77", "a column has one type");
    assert_eq!(world.counts(world.by_file(FileFormat::Csv, &csv).await).await, [0, 2, 0], "again");
}

#[tokio::test]
async fn the_set_of_a_query_is_what_it_found_at_the_start() {
    let world = World::new((0..30_000).map(new_asset).collect()).await;
    // The update takes assets out of its own query, and others come in while it runs.
    let begun = world.by_query("kind:k1", json!({ "kind": "k2" })).await;
    world.append((30_000..31_000).map(new_asset).collect()).await;
    assert_eq!(world.counts(begun).await, [6_000, 0, 0]);
    let left = world.counts(world.by_query("kind:k1", json!({ "left": true })).await).await;
    assert_eq!(left, [200, 0, 0], "those that came later");
    world.is_sound();
}

#[tokio::test]
async fn the_ledger_names_every_update_of_an_asset() {
    let world = World::new((0..100).map(new_asset).collect()).await;
    world.counts(world.by_query("n<50", json!({ "a": 1 })).await).await;
    world.counts(world.by_query("n<50", json!({ "a": 1 })).await).await;
    world.counts(world.by_ids(vec![world.id(7).to_string()], json!({ "a": 2 })).await).await;
    let patch = object(json!({ "a": null, "b": 1 }));
    let detail = edit::patch_metadata(&world.app, &world.admin, world.project, world.id(7), patch.clone());
    let detail = detail.await.unwrap();
    assert_eq!(detail.asset.row.metadata, r#"{"n":7,"odd":true,"kind":"k2","pos":{"x":0},"b":1}"#);
    edit::patch_metadata(&world.app, &world.admin, world.project, world.id(7), patch).await.unwrap();
    let updates = async |ordinal| {
        let detail = asset::get(&world.app, &world.admin, world.project, world.id(ordinal)).await.unwrap();
        let updated = detail.ledger.into_iter().filter(|entry| entry.event == "updated");
        updated.map(|entry| (entry.actor.unwrap().id, entry.details.unwrap())).collect::<Vec<_>>()
    };
    let seven = updates(7).await;
    assert_eq!(seven.len(), 3, "what changed nothing is not told: {seven:?}");
    assert!(seven.iter().all(|(actor, _)| *actor == UserId(1)));
    for said in ["of what `n<50` found", "(assets)", "a, b"] {
        assert!(seven.iter().any(|(_, details)| details.ends_with(said)), "{seven:?}");
    }
    assert_eq!(updates(8).await.len(), 1);
    assert_eq!(updates(60).await.len(), 0);
}

#[tokio::test]
async fn a_single_update_is_checked_like_the_others() {
    let world = World::new((0..5).map(new_asset).collect()).await;
    let patch = |patch| {
        let (app, admin, id) = (&world.app, &world.admin, world.id(1));
        edit::patch_metadata(app, admin, world.project, id, object(patch))
    };
    let large = json!({ "large": "x".repeat(METADATA_BYTES_MAX) });
    assert_eq!(code(patch(large).await), "metadata_too_large");
    assert_eq!(
        code(patch((0..80).fold(json!({ "a": 1 }), |inner, _| json!({ "a": inner }))).await),
        "bad_json"
    );
    let nobody =
        edit::patch_metadata(&world.app, &world.admin, world.project, world.id(5), object(json!({})));
    assert_eq!(code(nobody.await), "not_found");
    let annotator = world.annotator(5).await;
    let not_theirs =
        edit::patch_metadata(&world.app, &annotator, world.project, world.id(1), object(json!({})));
    assert_eq!(code(not_theirs.await), "forbidden");
}

/// A file with a patch for each of the first assets.
fn rows(world: &World, n: u32) -> String {
    let mut text = String::new();
    for i in 0..n {
        writeln!(text, "{{\"id\":\"{}\",\"metadata\":{{\"round\":{i}}}}}", world.id(i)).unwrap();
    }
    text
}

#[tokio::test]
async fn a_cancelled_update_stops_and_keeps_what_it_did() {
    let n = 60_000;
    let world = World::new((0..n).map(new_asset).collect()).await;
    let begun = world.by_file(FileFormat::Jsonl, &rows(&world, n)).await.unwrap();
    let get = || metadata_updates::get(&world.app, &world.admin, world.project, begun.id);
    while get().await.unwrap().counts.done == 0 {
        tokio::task::yield_now().await;
    }
    let cancelled =
        metadata_updates::cancel(&world.app, &world.admin, world.project, begun.id).await.unwrap();
    assert_eq!(cancelled.state, MetadataUpdateState::Cancelled);
    assert!(cancelled.finished.is_some());
    let done = cancelled.counts.done;
    assert!(done > 0 && done < i64::from(n), "{done}");
    let again = metadata_updates::cancel(&world.app, &world.admin, world.project, begun.id).await.unwrap();
    assert_eq!((again.state, again.counts.done), (MetadataUpdateState::Cancelled, done));
    let counts = world.counts(world.by_file(FileFormat::Jsonl, &rows(&world, n)).await).await;
    assert_eq!(counts, [i64::from(n) - done, done, 0], "the second time does the rest");
}

#[tokio::test]
async fn an_update_whose_process_ended_is_interrupted() {
    let n = 60_000;
    let world = World::new((0..n).map(new_asset).collect()).await;
    let text = rows(&world, n);
    let begun = world.by_file(FileFormat::Jsonl, &text).await.unwrap();
    while metadata_updates::get(&world.app, &world.admin, world.project, begun.id).await.unwrap().counts.done
        == 0
    {
        tokio::task::yield_now().await;
    }
    world.app.stop_jobs();
    let dir = world.dir.clone();
    let (project, upload, admin) = (world.project, world.upload, world.admin.clone());
    drop(world);
    // The thread ends at its next slice, and with it the process' hold on the data: the lock of the folder, or connections.
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    while dir.is_open() {
        look.tick().await;
    }
    let config = sheaf_app::Config::new(dir.path()).on(dir.database());
    let clock = std::sync::Arc::new(sheaf_app::SystemClock::default());
    let app = sheaf_app::App::open(config, clock).unwrap();
    let world = World { app, admin, project, upload, dir };
    let found = metadata_updates::get(&world.app, &world.admin, project, begun.id).await.unwrap();
    assert_eq!(found.state, MetadataUpdateState::Interrupted);
    assert!(found.counts.done > 0 && found.counts.done < i64::from(n), "{found:?}");
    world.is_sound();
    let counts = world.counts(world.by_file(FileFormat::Jsonl, &text).await).await;
    assert_eq!(counts, [i64::from(n) - found.counts.done, found.counts.done, 0]);
}
