//! Answers that people gave elsewhere, on a real store: queries, exports, agreement and counts have them like any other; nobody is
//! offered their tasks, and nobody did them here.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sheaf_app::agreement::{batch, task};
use sheaf_app::answers::{Put, Report};
use sheaf_app::batches::{self, NewBatch, change, diff, rerun};
use sheaf_app::export::{Format, Spec};
use sheaf_app::insights;
use sheaf_app::library::asset;
use sheaf_app::queue::manage::{Manage, manage};
use sheaf_app::taxonomies;
use sheaf_model::agreement::MergeRule;
use sheaf_model::{AssetId, BatchId, BatchState, Exclude, ExcludeScope, Ordinal, Recipe, TaskId};

use crate::{Desk, code};

/// Ten minutes after 1970 began; it is a quarter past by a desk's clock.
const WHEN: &str = "1970-01-01T00:10:00Z";

async fn desk(n: u32) -> Desk {
    let desk = Desk::new(n).await;
    let taxonomy = json!({
        "labels": [{"name":"car","color":"#ff0000","tools":["box"],"attributes":[]},
                   {"name":"bus","color":"#00ff00","tools":["box"],"attributes":[]}],
        "fields": [{"id":"kind","title":"Kind","type":"single","required":true,"options":[{"value":"a"},{"value":"b"}]}],
    });
    let taxonomy = serde_json::from_value(taxonomy).unwrap();
    taxonomies::put(&desk.app, &desk.manager, desk.project, taxonomy, 1).await.unwrap();
    desk
}

fn says(label: &str, kind: &str) -> Value {
    json!({ "annotations": [{"type":"box","label":label,"left":1,"top":2,"width":3,"height":4}], "fields": {"kind": kind} })
}

impl Desk {
    fn row(&self, ordinal: Ordinal, who: &str, response: &Value) -> Value {
        let asset = AssetId { project: self.project, ordinal };
        json!({ "asset_id": asset.to_string(), "annotator": who, "answered_at": WHEN, "response": response })
    }

    async fn brings(&self, batch: &str, dry_run: bool, rows: impl IntoIterator<Item = Value>) -> Report {
        let mut put = Put::begin(&self.app, &self.manager, self.project, batch, dry_run).await.unwrap();
        for row in rows {
            put.write(format!("{row}\n").as_bytes()).await.unwrap();
        }
        put.finish().await.unwrap()
    }

    fn row_of(&self, id: BatchId) -> batches::BatchRow {
        let project = self.project;
        self.app.store().read_blocking(|tx| tx.batch(project, id)).unwrap().unwrap()
    }
}

fn counts(report: &Report) -> [u64; 4] {
    [report.rows, report.added, report.unchanged, report.refused]
}

#[tokio::test(flavor = "multi_thread")]
async fn they_come_in_parts_and_count_like_any_other() {
    let desk = desk(1_700).await;
    let (car, bus) = (says("car", "a"), says("bus", "b"));
    let kims = |n| (0..n).map(|i| desk.row(i, "kim@x.org", &car)).collect::<Vec<_>>();
    // A dry run makes nothing, not even the batch.
    let dry = desk.brings("Old", true, kims(1_600)).await;
    assert_eq!((counts(&dry), dry.batch), ([1_600, 1_600, 0, 0], None));
    // It holds rows against those before them, although these were not written: another part of the same call, too.
    let twice = kims(600).into_iter().chain([desk.row(0, "kim@x.org", &car), desk.row(1, "kim@x.org", &bus)]);
    assert_eq!(counts(&desk.brings("Old", true, twice).await), [602, 600, 1, 1]);
    let report = desk.brings("Old", false, kims(1_600)).await;
    assert_eq!(counts(&report), [1_600, 1_600, 0, 0]);
    let id = report.batch.unwrap();
    let again = desk.brings("Old", false, kims(1_600)).await;
    assert_eq!((counts(&again), again.batch), ([1_600, 0, 1_600, 0], Some(id)));
    let row = desk.row_of(id);
    assert!(row.brought_in && row.state == BatchState::Completed && row.launched.is_some(), "{row:?}");
    assert_eq!(
        (row.n_members, row.progress.counts.done, row.progress.counts.submitted),
        (1_600, 1_600, 1_600)
    );
    assert_eq!((row.revision, row.n_judgements(), row.n_pending()), (1, 1_600, 0));

    // A second one says something of 200 of them, and of the 100 that are left.
    let lees = (0..200).map(|i| desk.row(i, "Lee", if i % 2 == 0 { &bus } else { &car }));
    let lees: Vec<Value> = lees.chain((1_600..1_700).map(|i| desk.row(i, "Lee", &bus))).collect();
    assert_eq!(counts(&desk.brings("Old", false, lees).await), [300, 300, 0, 0]);
    let row = desk.row_of(id);
    assert_eq!(
        (row.n_members, row.progress.counts.done, row.progress.counts.submitted),
        (1_700, 1_700, 1_900)
    );
    let project = desk.project;
    let revisions = desk.app.store().read_blocking(|tx| tx.batch_revisions(project, id)).unwrap();
    assert_eq!(revisions.iter().map(|it| (it.revision, it.n)).collect::<Vec<_>>(), [(1, 1_600), (2, 100)]);
    desk.is_sound();

    let set = |range: std::ops::Range<u32>| range.collect::<BTreeSet<_>>();
    assert_eq!(desk.found("label:bus n<8").await, BTreeSet::from([0, 2, 4, 6]));
    assert_eq!(desk.found("label:car n<8").await, set(0..8));
    assert_eq!(desk.found("is:labelled n<8").await, set(0..8));
    assert_eq!(desk.found("status:done n<8").await, set(0..8));
    assert_eq!(desk.found("annotator:kim@x.org n>=1598").await, set(1_598..1_600));
    assert_eq!(desk.found("annotator:Lee n>=1690").await, set(1_690..1_700));
    assert_eq!(desk.found("is:disputed n<8").await, BTreeSet::from([0, 2, 4, 6]));
    assert_eq!(desk.found("agreement:1 n<8").await, BTreeSet::from([1, 3, 5, 7]));
    assert_eq!(desk.found("-is:labelled").await, set(0..0));
    let agreed = batch::batch(&desk.app, &desk.manager, project, id).await.unwrap();
    assert_eq!((agreed.overlap, agreed.members, agreed.compared, agreed.disputed), (0, 1_700, 200, 100));
    let names = agreed.pairs[0].people.iter().flatten().map(|it| it.name.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names, BTreeSet::from(["Lee".to_owned(), "kim@x.org".to_owned()]));
    let of = |ordinal| TaskId { project, batch: id, ordinal };
    let one = task::task(&desk.app, &desk.manager, project, of(0), MergeRule::Majority).await.unwrap();
    assert_eq!((one.overlap, one.answers.len(), one.compared.is_some()), (2, 2, true));
    let alone = task::task(&desk.app, &desk.manager, project, of(300), MergeRule::Majority).await.unwrap();
    assert_eq!((alone.overlap, alone.answers.len(), alone.compared.is_some()), (1, 1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_offered_them_and_nobody_did_them_here() {
    let desk = desk(10).await;
    let rows: Vec<Value> = (0..6).map(|i| desk.row(i, "p10@x", &says("car", "a"))).collect();
    let id = desk.brings("Old", false, rows).await.batch.unwrap();
    // Somebody with that very address works here.
    let ann = desk.annotator(10).await;
    assert!(desk.claim(&ann, 1, 5).await.is_empty());
    let (app, manager, project) = (&desk.app, &desk.manager, desk.project);
    let all = insights::project(app, manager, project, 720).await.unwrap();
    assert!(
        all.people.is_empty() && all.batches.is_empty() && all.hours.iter().all(|it| it.work.labels == 0)
    );
    let of_batch = insights::batch(app, manager, project, id, 24).await.unwrap();
    assert!(of_batch.people.is_empty());
    let handed = sheaf_app::queue::history::history(app, &ann, None, None, 10).await.unwrap();
    assert_eq!((handed.0.len(), handed.1), (0, 0));

    // What is labelled already is left out of a new batch, unless it is asked for.
    let new = |name: &str| NewBatch { name: name.into(), launch: true, ..NewBatch::default() };
    let exclude = Exclude { batched: ExcludeScope::Any };
    let rest = Recipe { exclude, ..Recipe::default() };
    let rest = batches::create(app, manager, project, new("rest"), rest).await.unwrap();
    assert_eq!(rest.row.n_members, 4);
    let recipe = Recipe { query: Some("batch:Old".into()), ..Recipe::default() };
    let anew = batches::create(app, manager, project, new("anew"), recipe.clone()).await.unwrap();
    assert_eq!(anew.row.n_members, 6);
    let claimed = desk.claim(&ann, 2, 5).await;
    assert!(!claimed.is_empty() && claimed.iter().all(|it| it.task.batch != id));

    // It stays what it is.
    let refused = |error: sheaf_app::Error| assert_eq!(code(&error), "brought_in", "{error}");
    refused(change::append(app, manager, project, id, Recipe::default(), false).await.unwrap_err());
    refused(diff::diff(app, manager, project, id).await.unwrap_err());
    refused(rerun::rerun(app, manager, project, id, new("x"), rerun::RerunAt::Then).await.unwrap_err());
    let task = TaskId { project, batch: id, ordinal: 0 };
    refused(manage(app, manager, project, task, Manage::Reopen, None, None).await.unwrap_err());
    let taken = Put::begin(app, manager, project, "rest", false).await.err().unwrap();
    assert_eq!(code(&taken), "name_taken");
    let taken = batches::create(app, manager, project, new("Old"), recipe).await.unwrap_err();
    assert_eq!(code(&taken), "name_taken");
    assert!(Put::begin(app, &ann, project, "Other", false).await.is_err());
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_an_assets_page_say_who_gave_them() {
    let desk = desk(3).await;
    let id = AssetId { project: desk.project, ordinal: 1 };
    let mut untimed = desk.row(1, "lee, in CVAT", &says("bus", "a"));
    untimed.as_object_mut().unwrap().remove("answered_at");
    desk.brings("Old", false, [desk.row(1, "kim@x.org", &says("car", "a")), untimed]).await;
    let detail = asset::get(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    let told: Vec<_> = detail
        .answers
        .iter()
        .map(|it| (it.annotator.as_ref().unwrap().name.as_str(), it.brought_in, it.at))
        .collect();
    assert_eq!(told, [("kim@x.org", true, 600_000), ("lee, in CVAT", true, 1_000_000)]);
    assert_eq!(detail.asset.status, "done");
    assert_eq!(detail.ledger.iter().map(|it| it.event).collect::<Vec<_>>(), ["uploaded", "batched"]);
    let spec = |format| Spec {
        format,
        query: String::new(),
        batch: None,
        all: false,
        merged: None,
        prelabels: false,
    };
    let text = desk.export(spec(Format::Jsonl)).await;
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        lines.iter().map(|it| (&it["annotator"], &it["brought_in"], &it["submitted_at"])).collect();
    let (kim, lee, yes) = (json!("kim@x.org"), json!("lee, in CVAT"), json!(true));
    let (at, now) = (json!("1970-01-01T00:10:00.000Z"), json!("1970-01-01T00:16:40.000Z"));
    assert_eq!(told, [(&kim, &yes, &at), (&lee, &yes, &now)], "{text}");
    for format in [Format::Csv, Format::LabelStudio] {
        let text = desk.export(spec(format)).await;
        assert!(text.contains("kim@x.org") && text.contains("lee, in CVAT"), "{text}");
    }
    // The images have no known size, so most formats have no shapes of them; none of them fails.
    for format in [Format::Coco, Format::Yolo, Format::Voc, Format::GroundTruth, Format::Parquet] {
        desk.export_bytes(spec(format)).await;
    }
    let merged = Spec { merged: Some(MergeRule::Majority), ..spec(Format::Jsonl) };
    let one: Value = serde_json::from_str(desk.export(merged).await.trim()).unwrap();
    assert_eq!(one["merged"]["annotators"], json!(["kim@x.org", "lee, in CVAT"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_the_rest_comes_in() {
    let desk = desk(4).await;
    let good = says("car", "a");
    let rows = [
        desk.row(0, "kim", &good),
        desk.row(1, "kim", &json!({})),
        desk.row(2, "kim", &says("tram", "a")),
        desk.row(9, "kim", &good),
        json!({ "asset_id": AssetId { project: desk.project, ordinal: 3 }.to_string(), "response": good }),
        desk.row(0, "kim", &good),
        desk.row(0, "kim", &says("bus", "a")),
    ];
    let dry = desk.brings("Old", true, rows.clone()).await;
    let report = desk.brings("Old", false, rows).await;
    assert_eq!((counts(&report), counts(&dry)), ([7, 1, 1, 5], [7, 1, 1, 5]), "{report:#?}");
    let told: Vec<_> = report.problems.iter().map(|it| (it.row, it.path.as_str())).collect();
    let wanted = [
        (2, "response.fields.kind"),
        (3, "response.annotations[0].label"),
        (4, "asset_id"),
        (5, "annotator"),
        (7, "response"),
    ];
    assert_eq!(told, wanted, "{report:#?}");
    assert!(report.problems[0].hint.as_ref().unwrap().contains("pre-label"), "{report:#?}");
    // A later call is told the same of what stands.
    let other = desk.brings("Old", false, [desk.row(0, "kim", &says("bus", "a"))]).await;
    assert_eq!((counts(&other), other.problems[0].path.as_str()), ([1, 0, 0, 1], "response"));
    // Nothing of it fits: there is no batch then.
    let none = desk.brings("None", false, [desk.row(1, "kim", &json!({}))]).await;
    assert_eq!((counts(&none), none.batch), ([1, 0, 0, 1], None));
    assert_eq!(desk.app.store().read_blocking(|tx| tx.count_batches(desk.project, false)).unwrap(), 1);
    // As many as a task may have, whether they come together or later.
    let many = (0..12).map(|n| desk.row(3, &format!("p{n}"), &good));
    assert_eq!(counts(&desk.brings("Old", false, many).await), [12, 12, 0, 0]);
    let more = (0..17).map(|n| desk.row(3, &format!("p{n}"), &good));
    let report = desk.brings("Old", false, more).await;
    assert_eq!((counts(&report), report.problems[0].path.as_str()), ([17, 4, 12, 1], "annotator"));
    desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_breaks_off_is_in_the_log() {
    let desk = desk(600).await;
    let begun = || {
        let log = desk.app.store().read_blocking(|tx| tx.audit_log(None, 100)).unwrap();
        log.iter()
            .filter(|it| it.action.starts_with("answers."))
            .map(|it| it.action.clone())
            .collect::<Vec<_>>()
    };
    let mut put = Put::begin(&desk.app, &desk.manager, desk.project, "Old", false).await.unwrap();
    for i in 0..510 {
        put.write(format!("{}\n", desk.row(i, "kim", &says("car", "a"))).as_bytes()).await.unwrap();
    }
    drop(put);
    assert_eq!(begun(), ["answers.begin"]);
    let all = (0..600).map(|i| desk.row(i, "kim", &says("car", "a")));
    assert_eq!(counts(&desk.brings("Old", false, all).await), [600, 100, 500, 0]);
    assert_eq!(begun(), ["answers.put", "answers.begin", "answers.begin"]);
    desk.is_sound();
}
