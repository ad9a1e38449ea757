//! `sheaf check` finds each kind of damage, done on purpose, and nothing in data that is sound.

use serde_json::json;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::prelabels::Put;
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::queue::{Claim, claim, held};
use sheaf_app::uploads::{self, FilePart, NewUpload};
use sheaf_app::{check, ids};
use sheaf_model::{AssetId, BatchAction, Pick, Recipe, SubmissionId, TaskOrder, TaskRules};
use sheaf_select::CHUNK;

use crate::{World, asset};

/// Two contents, a sealed chunk with updates in it, batches in every state with tasks in every state.
async fn world() -> World {
    let world = World::new((0..CHUNK + 200).map(asset).collect()).await;
    let (app, admin, project) = (&world.app, &world.admin, world.project);
    let new = NewUpload { name: "pictures".into(), source: "api".into(), batch: None };
    let upload = uploads::create(app, admin, project, new).await.unwrap().0.id;
    let bytes = png();
    let size = bytes.len() as u64;
    let part = FilePart { path: "a.png".into(), size, offset: 0, length: Some(size) };
    let mut receiving = uploads::receive(app, admin, project, upload, part).await.unwrap();
    receiving.write(&bytes).await.unwrap();
    receiving.finish().await.unwrap();
    world.counts(world.by_query("n%9=0", json!({ "kind": "new", "late": [1, 2] })).await).await;

    said(&world, "m", [3, 4, 5, CHUNK - 1, CHUNK, 65_600]).await;
    said(&world, "rules", [5, 6, 7, 8, 9, 10]).await;

    let first = |count| Recipe { pick: Pick::First { count }, ..Recipe::default() };
    for (name, launch, count) in [
        ("staged", false, 70_000),
        ("launched", true, 3_000),
        ("given up", true, 50),
        ("twice", true, 40),
        ("ordered", true, 30),
    ] {
        let priority =
            ["given up", "twice", "ordered"].iter().position(|it| *it == name).map_or(0, |at| at as i64 + 1);
        let rules = TaskRules { overlap: 1 + u8::from(name == "twice"), review_levels: 0 };
        let order = match name {
            "ordered" => TaskOrder::Field { by: "kind".into(), descending: true },
            _ => TaskOrder::Upload,
        };
        let new = NewBatch { name: name.into(), launch, priority, rules, order, ..NewBatch::default() };
        let batch = batches::create(app, admin, project, new, first(count)).await.unwrap();
        if launch {
            work(&world, if name == "launched" { 10 } else { 20 + 10 * priority }).await;
        }
        if name == "twice" {
            // Two people judged the first of its tasks.
            work(&world, 60).await;
        }
        if name == "given up" {
            batches::act::act(app, admin, project, batch.row.id, BatchAction::Cancel).await.unwrap();
        }
    }
    world
}

/// What a source says of some assets.
async fn said(world: &World, source: &str, ordinals: [u32; 6]) {
    let mut put =
        Put::begin(&world.app, &world.admin, world.project, Some(source.into()), false).await.unwrap();
    for ordinal in ordinals {
        let asset = AssetId { project: world.project, ordinal };
        let row = json!({ "asset_id": asset.to_string(), "response": { "fields": { "kind": "a" } } });
        put.write(format!("{row}\n").as_bytes()).await.unwrap();
    }
    let report = put.finish().await.unwrap();
    assert_eq!((report.added, report.refused), (6, 0), "{report:?}");
}

/// One person answers some tasks, passes on one, gives one back, keeps one.
async fn work(world: &World, person: i64) {
    let annotator = world.annotator(person).await;
    let app = &world.app;
    for n in 0..6 {
        let asked =
            Claim { claim_id: ids::random().unwrap(), project: Some(world.project), work: None, count: 1 };
        let task = claim(app, &annotator, asked).await.unwrap().tasks.pop().unwrap();
        let response = json!({
            "annotations": [{ "type": "box", "label": "car", "uuid": "01936d2e-0000-7000-8000-00000000000a",
                              "left": 0.0, "top": 0.0, "width": 1.0, "height": 1.0 }],
            "fields": { "kind": "a" }
        });
        match n {
            0..3 => {
                let answer = Submit {
                    id: SubmissionId(ids::random().unwrap()),
                    response: serde_json::from_value(response).unwrap(),
                    seconds: None,
                };
                submit(app, &annotator, task.lease, answer).await.unwrap();
            }
            3 => held::skip(app, &annotator, task.lease, "dark".into()).await.unwrap(),
            4 => held::release(app, &annotator, task.lease).await.unwrap(),
            _ => {}
        }
    }
}

fn png() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(8, 6, |x, y| image::Rgb([1, x as u8 * 9, y as u8 * 9]));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// Statements that damage one thing each; the table that the check names; whether only a deep check sees it.
const DAMAGES: &[(&str, &str, bool)] = &[
    ("UPDATE projects SET n_assets = n_assets + 1", "projects", false),
    ("DELETE FROM assets WHERE ordinal = 77", "assets", false),
    ("DELETE FROM assets WHERE ordinal = (SELECT max(ordinal) FROM assets)", "projects", false),
    ("UPDATE assets SET upload_id = 5 WHERE ordinal = 5", "uploads", false),
    ("UPDATE uploads SET received = received + 1", "uploads", false),
    ("UPDATE uploads SET added = added - 1, updated = updated + 1", "uploads", false),
    ("UPDATE upload_files SET ordinal = 4000000", "upload_files", false),
    ("UPDATE assets SET metadata = replace(metadata, '\"kind\":\"', '\"kind\":\"else') WHERE ordinal = 6", "blocks", true),
    ("UPDATE assets SET name = 'other' WHERE ordinal = 6", "blocks", true),
    ("UPDATE assets SET metadata = '[1]' WHERE ordinal = 6", "assets", true),
    ("UPDATE blocks SET data = substr(data, 1, 20) WHERE field_id = 1", "blocks", true),
    ("UPDATE blocks SET data = (SELECT b.data FROM blocks b WHERE b.field_id = 16) WHERE field_id = 17", "blocks", true),
    ("DELETE FROM blocks WHERE field_id = 16", "blocks", true),
    ("UPDATE blocks SET chunk = 9 WHERE field_id = 16", "blocks", false),
    ("DELETE FROM fields WHERE field_id = 16", "blocks", false),
    ("DELETE FROM chunks", "chunks", false),
    ("UPDATE batches SET n_members = n_members + 1 WHERE name = 'staged'", "batches", false),
    ("UPDATE batch_members SET n = n + 1 WHERE chunk = 0", "batch_members", false),
    ("UPDATE batch_members SET data = x'00' WHERE chunk = 0", "batch_members", false),
    ("DELETE FROM batch_members WHERE chunk = 1", "batches", false),
    ("DELETE FROM batches WHERE name = 'launched'", "batches", false),
    ("UPDATE batches SET recipe = '{}' WHERE name = 'staged'", "batches", false),
    ("UPDATE batch_progress SET n_open = n_open + 1 WHERE n_submitted > 0", "batch_progress", false),
    ("UPDATE batch_progress SET n_submitted = n_submitted - 1 WHERE n_submitted > 0", "batch_progress", false),
    ("UPDATE batch_progress SET cursor = cursor + 1 WHERE n_submitted > 0", "batches", false),
    ("UPDATE batch_progress SET cursor = cursor - 1 WHERE n_submitted > 0", "batches", false),
    ("DELETE FROM batch_sequence", "batch_sequence", false),
    ("UPDATE batch_sequence SET data = x'00'", "batch_late", false),
    ("DELETE FROM batch_late", "batches", false),
    ("UPDATE batch_progress SET late_cursor = late_cursor - 1 WHERE late_cursor > 0", "batches", false),
    ("UPDATE batch_sequence SET batch_id = 1", "batches", false),
    (r#"UPDATE batches SET open_to = '{"groups":["grp_0000000000000"]}' WHERE name = 'staged'"#, "batches", false),
    (
        "INSERT INTO person_group_people SELECT project_id, 1, 99 FROM projects LIMIT 1",
        "person_group_people",
        false,
    ),
    ("UPDATE batches SET state = 'completed', ended_ms = 1 WHERE name = 'launched'", "batches", false),
    ("UPDATE slots SET ordinal = 64000 WHERE state = 1 AND holder < 35", "slots", false),
    ("UPDATE slots SET fence = NULL WHERE state = 1", "slots", false),
    ("UPDATE slots SET holder = 99 WHERE state = 2 AND holder < 35", "submissions", false),
    ("UPDATE slots SET fence = x'00000000000000000000000000000000' WHERE state = 2", "submissions", false),
    ("UPDATE slots SET round = 2 WHERE state = 2", "slots", false),
    ("DELETE FROM submissions WHERE ordinal = 0", "slots", false),
    ("UPDATE submissions SET ordinal = 2999", "submissions", false),
    ("UPDATE submissions SET round = 7", "submissions", false),
    (
        "INSERT INTO slots SELECT project_id, batch_id, ordinal, stage, 1, state, holder + 1, fence, token, lease_until,
             held_since, round, claim_id, taxonomy_version, NULL, NULL FROM slots WHERE state = 2 AND holder < 35",
        "slots",
        false,
    ),
    ("UPDATE answer_labels SET n = n + 1 WHERE label = 'car'", "answer_labels", true),
    ("DELETE FROM answer_labels WHERE label = 'car'", "answer_labels", true),
    ("INSERT INTO answer_labels SELECT project_id, 'ghost', ordinal, batch_id, n FROM answer_labels WHERE label = 'car'", "answer_labels", true),
    ("UPDATE agreements SET score = 500000", "agreements", true),
    ("DELETE FROM agreements", "agreements", true),
    ("INSERT INTO agreements SELECT project_id, batch_id, 39, score FROM agreements LIMIT 1", "agreements", true),
    ("UPDATE agreement_sums SET n = n + 1 WHERE kind = 3", "agreement_sums", true),
    ("DELETE FROM agreement_sums WHERE kind = 0", "agreement_sums", true),
    ("UPDATE agreements SET batch_id = 1", "batches", false),
    ("UPDATE submissions SET response = 'no JSON'", "submissions", true),
    ("DELETE FROM taxonomies", "projects", false),
    ("UPDATE metadata_update_assets SET data = x'00'", "metadata_update_assets", false),
    ("UPDATE prelabel_sources SET n = n + 1 WHERE source = 'm'", "prelabel_sources", false),
    ("DELETE FROM prelabel_sources WHERE source = 'rules'", "prelabel_sources", false),
    ("UPDATE prelabel_sources SET source = 'n' WHERE source = 'm'", "prelabel_sources", false),
    ("DELETE FROM prelabels WHERE ordinal = 65600", "prelabel_sources", false),
    ("UPDATE prelabels SET source = 'other' WHERE ordinal = 5 AND source = 'm'", "prelabel_sources", false),
    ("UPDATE prelabels SET ordinal = 4000000 WHERE ordinal = 5 AND source = 'm'", "prelabels", false),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_damage_is_found() {
    let world = world().await;
    world.is_sound();
    let shallow = check::run(&world.app, false).unwrap();
    assert!(shallow.is_clean(), "{:#?}", shallow.findings);
    let checked = check::run(&world.app, true).unwrap().checked;
    assert_eq!((checked.projects, checked.chunks, checked.batches, checked.contents), (1, 1, 5, 2));
    assert!(checked.slots >= 8 && checked.submissions == 15, "{checked:?}");
    let good = world.dir.clone();
    drop(world);

    for (damage, table, deep) in DAMAGES {
        let data = good.copy();
        let app = sheaf_app::App::open(
            sheaf_app::Config::new(data.path()).on(data.database()),
            std::sync::Arc::new(sheaf_app::SystemClock::default()),
        )
        .unwrap();
        let n = app.store().write_blocking(|tx| tx.exec(&sheaf_testing::with_bytes(damage), &[])).unwrap();
        assert!(n > 0, "{damage}: does nothing");
        let found = |deep| {
            let report = check::run(&app, deep).unwrap();
            let findings = report.findings.into_iter();
            // The contents were not copied.
            findings.filter(|finding| !finding.what.contains("is not there: ")).collect::<Vec<_>>()
        };
        let shallow = found(false);
        assert_eq!(shallow.is_empty(), *deep, "{damage}: {shallow:#?}");
        let all = if *deep { found(true) } else { shallow };
        assert!(all.iter().any(|finding| finding.table == *table), "{damage}: {all:#?}");
        assert!(all.iter().all(|finding| !finding.fix.is_empty() && !finding.key.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_are_missed_and_read_through_and_the_index_is_repaired() {
    let world = world().await;
    let mut files: Vec<_> = walk(&world.dir.path().join("blobs"));
    files.sort();
    assert_eq!(files.len(), 2, "content and thumbnail");
    let bytes = std::fs::read(&files[0]).unwrap();
    std::fs::write(&files[0], [bytes.as_slice(), b"x"].concat()).unwrap();
    assert!(check::run(&world.app, false).unwrap().is_clean(), "it is there");
    let deep = check::run(&world.app, true).unwrap();
    assert_eq!(deep.n_findings, 1, "{:#?}", deep.findings);
    assert!(deep.findings[0].what.contains("is damaged"), "{}", deep.findings[0]);
    std::fs::remove_file(&files[0]).unwrap();
    let shallow = check::run(&world.app, false).unwrap();
    assert!(shallow.n_findings == 1 && shallow.findings[0].what.contains("is not there"));
    std::fs::write(&files[0], bytes).unwrap();
    world.is_sound();

    let damage = "UPDATE blocks SET data = substr(data, 1, 20) WHERE field_id IN (1, 16)";
    world.app.store().write_blocking(|tx| tx.exec(&sheaf_testing::with_bytes(damage), &[])).unwrap();
    let found = check::run(&world.app, true).unwrap();
    assert_eq!(found.n_findings, 2, "{:#?}", found.findings);
    assert_eq!(check::repair_index(&world.app, &found).unwrap(), 1);
    world.is_sound();
    let world = world.reopen();
    world.is_sound();
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(walk(&path)) } else { out.push(path) }
    }
    out
}
