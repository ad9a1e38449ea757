//! Pre-labels on a real store: what annotators begin with, what becomes of it with a newer taxonomy, and how answers are told
//! from it.

use serde_json::json;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::library::asset;
use sheaf_app::prelabels::{Put, Report, sources};
use sheaf_app::queue::held;
use sheaf_app::queue::submit::{amend, submit};
use sheaf_app::standing_batches::{self as standing, NewStandingBatch, StandingBatchEdit};
use sheaf_app::taxonomies;
use sheaf_model::{AssetId, BatchId, BatchKind, Recipe, Response, StandingPlan, Taxonomy};

use crate::queue::answer;
use crate::{Desk, code};

impl Desk {
    /// Writes what `m` says of some assets: the answer `kind`.
    async fn said(&self, kind: &str, ordinals: std::ops::Range<u32>) -> Report {
        let mut put =
            Put::begin(&self.app, &self.manager, self.project, Some("m".into()), false).await.unwrap();
        for ordinal in ordinals {
            let asset = AssetId { project: self.project, ordinal };
            let row = json!({ "asset_id": asset.to_string(), "score": 0.5, "response": { "fields": { "kind": kind } } });
            put.write(format!("{row}\n").as_bytes()).await.unwrap();
        }
        put.finish().await.unwrap()
    }

    async fn shows(&self, source: Option<&str>) -> BatchId {
        let new = NewBatch {
            name: "b".into(),
            launch: true,
            prelabels: source.map(str::to_owned),
            ..NewBatch::default()
        };
        batches::create(&self.app, &self.manager, self.project, new, Recipe::default()).await.unwrap().row.id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_rows_is_written_in_parts() {
    let desk = Desk::new(1_700).await;
    let report = desk.said("a", 0..1_700).await;
    assert_eq!((report.rows, report.added), (1_700, 1_700));
    let again = desk.said("a", 0..1_700).await;
    assert_eq!((again.added, again.replaced, again.unchanged), (0, 0, 1_700));
    let other = desk.said("b", 1_000..2_000).await;
    assert_eq!((other.replaced, other.refused, other.problems.len()), (700, 300, 300));
    assert_eq!((other.problems[0].row, other.problems[0].path.as_str()), (701, "asset_id"));
    let known = sources::list(&desk.app, &desk.manager, desk.project).await.unwrap();
    assert_eq!(known.iter().map(|it| (it.source.as_str(), it.n)).collect::<Vec<_>>(), [("m", 1_700)]);
    desk.is_sound();
    // A row that is too long is told and passed over, wherever its pieces end.
    let mut put = Put::begin(&desk.app, &desk.manager, desk.project, Some("m".into()), false).await.unwrap();
    for _ in 0..5 {
        put.write(&vec![b'x'; 1 << 20]).await.unwrap();
    }
    put.write(b"x\n\n{").await.unwrap();
    put.write(b"}").await.unwrap();
    let report = put.finish().await.unwrap();
    assert_eq!(report.problems.iter().map(|it| it.row).collect::<Vec<_>>(), [1, 3]);
    assert!(report.problems[0].message.contains("longer"), "{report:?}");
    assert_eq!(sources::delete(&desk.app, &desk.manager, desk.project, "m".into()).await.unwrap(), 1_700);
    assert!(sources::list(&desk.app, &desk.manager, desk.project).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_be() {
    let desk = Desk::new(600).await;
    let row = |i, source: &str, kind: &str| {
        let asset = AssetId { project: desk.project, ordinal: i };
        format!(
            "{}\n",
            json!({ "asset_id": asset.to_string(), "source": source, "response": { "fields": { "kind": kind } } })
        )
    };
    let mut rows: Vec<String> = (0..600).map(|i| row(i, "m", "a")).collect();
    rows.extend([row(0, "m", "a"), row(1, "m", "b"), row(1, "m", "b"), row(2, "n", "a")]);
    let put = async |dry_run, rows: &[String]| {
        let mut put = Put::begin(&desk.app, &desk.manager, desk.project, None, dry_run).await?;
        for row in rows {
            put.write(row.as_bytes()).await?;
        }
        put.finish().await
    };
    let (dry, done) = (put(true, &rows).await.unwrap(), put(false, &rows).await.unwrap());
    assert_eq!((dry.added, dry.replaced, dry.unchanged), (601, 1, 2));
    assert_eq!(dry, done);
    assert_eq!(done.sources, ["m", "n"]);
    // More sources than there may be, in different parts of a transaction.
    let many = (0..600).map(|i| row(0, &format!("s{}", i / 3), "a")).collect::<Vec<_>>();
    let refused = (put(true, &many).await.unwrap_err(), put(false, &many).await.unwrap_err());
    assert_eq!((code(&refused.0), code(&refused.1)), ("too_many_sources", "too_many_sources"));
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_begun_with_what_its_batch_shows() {
    let desk = Desk::new(4).await;
    desk.said("a", 0..3).await;
    desk.shows(Some("m")).await;
    let ann = desk.annotator(2).await;
    let mut unchanged = Vec::new();
    for (n, kind) in [(1, "a"), (2, "b"), (3, "a"), (4, "a")] {
        let task = desk.claim(&ann, n, 1).await.remove(0);
        let shown = task.prelabel.as_ref().map(|it| (it.source.as_str(), it.score, it.response.as_str()));
        let says = r#"{"annotations":[],"fields":{"kind":"a"}}"#;
        let wanted = (task.task.ordinal < 3).then_some(("m", Some(0.5), says));
        assert_eq!(shown, wanted);
        // Asked for again it is the same.
        assert!(
            desk.claim(&ann, n, 1).await[0].prelabel.as_ref().map(|it| &it.response)
                == task.prelabel.as_ref().map(|it| &it.response)
        );
        submit(&desk.app, &ann, task.lease, answer(kind)).await.unwrap();
        let id = AssetId { project: desk.project, ordinal: task.task.ordinal };
        let detail = asset::get(&desk.app, &desk.manager, desk.project, id).await.unwrap();
        unchanged.push(detail.answers[0].prelabel.as_ref().map(|it| it.unchanged));
        if n == 3 {
            amend(&desk.app, &ann, task.task, answer("b")).await.unwrap();
            let detail = asset::get(&desk.app, &desk.manager, desk.project, id).await.unwrap();
            let told: Vec<_> =
                detail.answers.iter().map(|it| it.prelabel.as_ref().unwrap().unchanged).collect();
            assert_eq!(told, [true, false]);
            assert_eq!((detail.prelabels.len(), detail.prelabels[0].row.source.as_str()), (1, "m"));
        }
    }
    assert_eq!(unchanged, [Some(true), Some(false), Some(true), None]);
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_source_nothing_is_shown() {
    let desk = Desk::new(2).await;
    desk.said("a", 0..2).await;
    desk.shows(None).await;
    let ann = desk.annotator(2).await;
    let task = desk.claim(&ann, 1, 1).await.remove(0);
    assert!(task.prelabel.is_none());
    submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
    let detail =
        asset::get(&desk.app, &desk.manager, desk.project, AssetId { project: desk.project, ordinal: 0 })
            .await;
    assert_eq!(detail.unwrap().answers[0].prelabel, None);
    // A training batch lets people find the answer.
    let new = NewBatch {
        name: "t".into(),
        kind: BatchKind::Training,
        prelabels: Some("m".into()),
        ..NewBatch::default()
    };
    let made = batches::create(&desk.app, &desk.manager, desk.project, new, Recipe::default()).await;
    assert_eq!(code(&made.unwrap_err()), "bad_prelabels");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_taxonomy_has_no_place_for_is_left_out() {
    let desk = Desk::new(2).await;
    desk.said("a", 0..2).await;
    desk.shows(Some("m")).await;
    let next: Taxonomy = serde_json::from_value(json!({ "fields": [
        { "id": "kind", "title": "Kind", "type": "single", "options": [{ "value": "b" }, { "value": "c" }] }] }))
    .unwrap();
    let ann = desk.annotator(2).await;
    let before = desk.claim(&ann, 1, 1).await.remove(0);
    taxonomies::put(&desk.app, &desk.manager, desk.project, next, 1).await.unwrap();
    // Who has the task already goes on with the version that they were shown.
    let held = desk.claim(&ann, 1, 1).await.remove(0);
    let (held, shown) = (held.prelabel.unwrap(), before.prelabel.unwrap());
    assert_eq!((held.response.as_str(), held.left_out.len()), (shown.response.as_str(), 0));
    held::release(&desk.app, &ann, before.lease).await.unwrap();
    let task = desk.claim(&ann, 2, 1).await.remove(0);
    let prelabel = task.prelabel.unwrap();
    let read: Response = serde_json::from_str(&prelabel.response).unwrap();
    assert_eq!(read, Response::default());
    assert_eq!(prelabel.left_out.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["fields.kind"]);
    // What was shown was empty, so an empty answer says the same.
    let mut empty = answer("b");
    empty.response = Response::default();
    submit(&desk.app, &ann, task.lease, empty).await.unwrap();
    let detail = asset::get(
        &desk.app,
        &desk.manager,
        desk.project,
        AssetId { project: desk.project, ordinal: task.task.ordinal },
    )
    .await;
    assert!(detail.unwrap().answers[0].prelabel.as_ref().unwrap().unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_find_assets_by_what_was_said_of_them() {
    let desk = Desk::new(10).await;
    let mut put = Put::begin(&desk.app, &desk.manager, desk.project, Some("m".into()), false).await.unwrap();
    for ordinal in 0..8 {
        let asset_id = AssetId { project: desk.project, ordinal }.to_string();
        // The last one is not said how sure it is.
        let score = (ordinal < 7).then(|| f64::from(ordinal) / 10.0);
        let row = json!({ "asset_id": asset_id, "score": score, "response": {} });
        put.write(format!("{row}\n").as_bytes()).await.unwrap();
        if ordinal == 5 {
            let row =
                json!({ "asset_id": asset_id, "source": "label-studio: Kim", "score": -3, "response": {} });
            put.write(format!("{row}\n").as_bytes()).await.unwrap();
        }
    }
    assert_eq!(put.finish().await.unwrap().added, 9);
    for (query, wanted) in [
        ("prelabel:m", vec![0, 1, 2, 3, 4, 5, 6, 7]),
        ("prelabel:*", vec![0, 1, 2, 3, 4, 5, 6, 7]),
        ("-prelabel:*", vec![8, 9]),
        ("prelabel:label*", vec![5]),
        ("prelabel:nobody", vec![]),
        ("prelabel.m<0.3", vec![0, 1, 2]),
        ("prelabel.m<=0.3", vec![0, 1, 2, 3]),
        ("prelabel.m:0.3", vec![3]),
        ("prelabel.m:0.2..0.4", vec![2, 3, 4]),
        ("prelabel.m>=0.5", vec![5, 6]),
        ("prelabel.m:(0, 0.6)", vec![0, 6]),
        ("prelabel.m:*", vec![0, 1, 2, 3, 4, 5, 6]),
        ("-prelabel.m<0.5", vec![5, 6, 7, 8, 9]),
        ("prelabel.nobody>0", vec![]),
        ("\"prelabel.label-studio: Kim\"<0", vec![5]),
    ] {
        assert_eq!(desk.found(query).await, wanted.into_iter().collect(), "{query}");
    }
    sources::delete(&desk.app, &desk.manager, desk.project, "m".into()).await.unwrap();
    assert_eq!(desk.found("prelabel:* OR prelabel.m:*").await, [5].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_batch_gives_its_batches_its_source() {
    let desk = Desk::new(3).await;
    let (app, boss, project) = (&desk.app, &desk.manager, desk.project);
    desk.said("a", 0..3).await;
    // As it was written down before there was a choice.
    let old: StandingPlan = serde_json::from_value(json!({
        "query": "", "exclude": { "batched": "none" }, "pick": "all", "trigger": { "matches": { "every": 3 } },
        "name_pattern": "n {n}", "kind": "production", "priority": 0, "launch": true, "catch_up": "once" }))
    .unwrap();
    assert_eq!(old.prelabels, None);
    let new = |source: &str| NewStandingBatch {
        name: "stream".into(),
        plan: StandingPlan { prelabels: Some(source.into()), ..old.clone() },
    };
    assert_eq!(code(&standing::create(app, boss, project, new(" m")).await.unwrap_err()), "bad_prelabels");
    let id = standing::create(app, boss, project, new("m")).await.unwrap().row.id;
    let made = async || {
        let run = standing::run_by_hand(app, boss, project, id).await.unwrap().last_run.unwrap();
        batches::view::get(app, boss, project, run.batch.unwrap()).await.unwrap().row.prelabels
    };
    assert_eq!(made().await.as_deref(), Some("m"));
    let ann = desk.annotator(2).await;
    let task = desk.claim(&ann, 1, 1).await.remove(0);
    assert_eq!(task.prelabel.as_ref().map(|it| it.source.as_str()), Some("m"));
    submit(&desk.app, &ann, task.lease, answer("a")).await.unwrap();
    // Another name changes nothing of it; then it is taken away.
    let named = StandingBatchEdit { name: Some("river".into()), ..StandingBatchEdit::default() };
    standing::edit(app, boss, project, id, named).await.unwrap();
    assert_eq!(made().await.as_deref(), Some("m"));
    let none = StandingBatchEdit { prelabels: Some(None), ..StandingBatchEdit::default() };
    standing::edit(app, boss, project, id, none).await.unwrap();
    assert_eq!(made().await, None);
    let bad = StandingBatchEdit { prelabels: Some(Some(String::new())), ..StandingBatchEdit::default() };
    assert_eq!(code(&standing::edit(app, boss, project, id, bad).await.unwrap_err()), "bad_prelabels");
}
