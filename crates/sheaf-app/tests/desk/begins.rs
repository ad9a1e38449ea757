//! What clients of Scale's API say of a task beforehand, on a real store: what its annotators begin with, under which source, and
//! that no task begins with what was said of another one.

use std::path::PathBuf;

use serde_json::{Value, json};
use sheaf_app::batches::edit::{BatchEdit, edit};
use sheaf_app::library::asset;
use sheaf_app::queue::TaskView;
use sheaf_app::queue::submit::{Submit, submit};
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::scale::tasks::{Quality, create_known};
use sheaf_app::scale::{Client, Walk, batches, bind, fetch, files, projects, tasks};
use sheaf_app::{Actor, Error, ids};
use sheaf_model::{AssetId, BatchId, Response, SubmissionId};

use crate::{Desk, code};

const PROJECT: &str = "scale";

struct World {
    desk: Desk,
    client: Client,
    annotator: Actor,
    kind: &'static str,
    folder: tempfile::TempDir,
}

impl World {
    async fn new(kind: &'static str, params: Value) -> Self {
        let mut desk = Desk::new(0).await;
        let client = Client { actor: desk.manager.clone(), test: false };
        let new = json!({"name": PROJECT, "type": kind, "studio": true, "params": params});
        let made = projects::create(&desk.app, &client, new).await.unwrap();
        desk.project = made["id"].as_str().unwrap().parse().unwrap();
        let annotator = desk.annotator(50).await;
        Self { desk, client, annotator, kind, folder: tempfile::tempdir().unwrap() }
    }

    /// A project whose tasks ask for boxes and polygons, and what the weather is.
    async fn of_pictures() -> Self {
        let params = json!({
            "geometries": {"box": {"objects_to_annotate": ["car"]}, "polygon": {"objects_to_annotate": ["car", "tree"]}},
            "annotation_attributes": {
                "colour": {"type": "category", "choices": ["red", "blue"]},
                "weather": {"type": "category", "choices": ["sun", "rain"], "global": true},
            },
        });
        Self::new("imageannotation", params).await
    }

    async fn of_texts() -> Self {
        let kind = json!({"field_id": "kind", "type": "category", "choices": ["a", "b"]});
        Self::new("textcollection", json!({ "fields": [kind] })).await
    }

    async fn batch(&self, name: &str) {
        let new = json!({"project": PROJECT, "name": name});
        batches::create(&self.desk.app, &self.client, Version::V1, new).await.unwrap();
    }

    async fn finalize(&self, name: &str) {
        batches::finalize(&self.desk.app, &self.client, By::name(name.into()), Version::V1).await.unwrap();
    }

    async fn try_task(&self, batch: &str, more: &Value) -> Result<Value, Error> {
        let mut body = json!({ "batch": batch });
        match self.kind {
            "textcollection" => body["attachments"] = json!([{"type": "text", "content": "a text"}]),
            _ => body["attachment"] = json!("https://a.example/picture.png"),
        }
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tasks::create(&self.desk.app, &self.client, self.kind, body, None).await
    }

    async fn task(&self, batch: &str, more: Value) -> Value {
        self.try_task(batch, &more).await.unwrap()
    }

    fn picture(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        image::RgbImage::from_fn(100, 50, |x, y| image::Rgb([7, x as u8, y as u8])).save(&path).unwrap();
        path
    }

    /// Whatever is to be fetched is a picture of 100 times 50 pixels.
    async fn fetched(&self) {
        let (jobs, _) = fetch::take(&self.desk.app, &mut Walk::default(), 100).await.unwrap();
        for job in jobs {
            fetch::settle(&self.desk.app, job, Ok(self.picture("fetched.png"))).await.unwrap();
        }
    }

    /// A file of the project; its address.
    async fn file(&self, name: &str) -> String {
        let new =
            files::NewFile { project: Some(PROJECT.into()), name: name.into(), ..files::NewFile::default() };
        let made = files::add(&self.desk.app, &self.client, new, self.picture(name)).await.unwrap();
        made["attachment_url"].as_str().unwrap().to_owned()
    }

    async fn claim(&self) -> TaskView {
        let claim_id = ids::random::<16>().unwrap()[0];
        self.desk.claim(&self.annotator, claim_id, 1).await.remove(0)
    }

    async fn submit(&self, task: &TaskView, response: Response) {
        let answer = Submit { id: SubmissionId(ids::random().unwrap()), response, seconds: None };
        submit(&self.desk.app, &self.annotator, task.lease, answer).await.unwrap();
    }

    /// Claims and hands in as it was; where that was, and what was there.
    async fn pass(&self) -> (u32, Option<(String, Response)>) {
        let task = self.claim().await;
        let begun = task.prelabel.as_ref().map(|it| (it.source.clone(), said(&it.response)));
        self.submit(&task, begun.clone().map(|it| it.1).unwrap_or_default()).await;
        (task.task.ordinal, begun)
    }

    async fn row(&self, name: &str) -> sheaf_store::batches::BatchRow {
        let (project, name) = (self.desk.project, name.to_owned());
        self.desk.app.store().read(move |tx| tx.batch_by_name(project, &name)).await.unwrap().unwrap()
    }

    async fn change(&self, name: &str, change: BatchEdit) {
        let id: BatchId = self.row(name).await.id;
        edit(&self.desk.app, &self.desk.manager, self.desk.project, id, change).await.unwrap();
    }

    /// What an answer became of what it began with, and the sources that say something of the asset.
    async fn of_asset(&self, ordinal: u32) -> (Vec<Option<bool>>, Vec<String>) {
        let id = AssetId { project: self.desk.project, ordinal };
        let it = asset::get(&self.desk.app, &self.desk.manager, self.desk.project, id).await.unwrap();
        let answers = it.answers.iter().map(|it| it.prelabel.as_ref().map(|it| it.unchanged)).collect();
        (answers, it.prelabels.into_iter().map(|it| it.row.source).collect())
    }
}

fn said(text: &str) -> Response {
    serde_json::from_str(text).unwrap()
}

fn car(left: f64) -> Value {
    json!({"label": "car", "type": "box", "left": left, "top": 20, "width": 30.5, "height": 10})
}

fn cars(lefts: &[f64]) -> Value {
    json!({"annotations": lefts.iter().map(|left| car(*left)).collect::<Vec<_>>()})
}

/// Lefts of the boxes of an answer.
fn lefts(response: &Response) -> Vec<f64> {
    let left = |it: &sheaf_model::response::Annotation| match it.shape {
        sheaf_model::response::Shape::Box { left, .. } => left,
        _ => f64::NAN,
    };
    response.annotations.iter().map(left).collect()
}

fn of_kind(kind: &str) -> Value {
    json!({"annotations": {"kind": {"type": "category", "field_id": "kind", "response": [[kind]]}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_fetched_is_begun_with_the_hypothesis() {
    let w = World::of_pictures().await;
    w.batch("one").await;
    let tree = json!({"label": "tree", "uuid": "mine", "geometry": "polygon", "attributes": {"colour": "red", "age": 3},
        "vertices": [{"x": 1, "y": 2}, {"x": 9.25, "y": 2}, {"x": 9, "y": 8}]});
    let nowhere = [
        json!({"label": "bus", "left": 1, "top": 1, "width": 2, "height": 2}),
        json!({"label": "tree", "left": 1, "top": 1, "width": 2, "height": 2}),
        json!({"label": "car", "geometry": "line", "vertices": [{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 3, "y": 3}]}),
        car(90.0),
    ];
    let all: Vec<Value> = [car(10.0), tree].into_iter().chain(nowhere).collect();
    let hypothesis = json!({"annotations": all, "global_attributes": {"weather": "rain", "mood": "grey"}});
    let made = w.task("one", json!({ "hypothesis": hypothesis, "can_add_base_annotations": false })).await;
    let without = w.task("one", json!({})).await;
    assert_eq!(w.row("one").await.prelabels, None, "nothing is there yet");
    w.fetched().await;
    assert_eq!(w.row("one").await.prelabels.as_deref(), Some("hypothesis"));
    w.finalize("one").await;
    w.desk.is_sound();

    let task = w.claim().await;
    let prelabel = task.prelabel.clone().unwrap();
    assert_eq!((prelabel.source.as_str(), prelabel.score, prelabel.left_out.len()), ("hypothesis", None, 0));
    let wanted = json!({"annotations": [
        {"uuid": "prelabel-1", "label": "car", "type": "box", "left": 10.0, "top": 20.0, "width": 30.5, "height": 10.0, "attributes": {}},
        {"uuid": "mine", "label": "tree", "type": "polygon", "attributes": {"colour": "red"},
         "vertices": [{"x": 1.0, "y": 2.0}, {"x": 9.25, "y": 2.0}, {"x": 9.0, "y": 8.0}]},
    ], "fields": {"weather": "rain"}});
    assert_eq!(said(&prelabel.response), said(&wanted.to_string()));
    let mut response = said(&prelabel.response);
    w.submit(&task, response.clone()).await;
    assert_eq!(w.of_asset(task.task.ordinal).await, (vec![Some(true)], vec!["hypothesis".to_owned()]));

    let other = w.claim().await;
    assert!(other.prelabel.is_none(), "nothing was said of it");
    response.annotations.clear();
    w.submit(&other, response).await;
    assert_eq!(w.of_asset(other.task.ordinal).await, (vec![None], vec![]));

    // The client has its task as it was made, and what became of it.
    let seen = async |task: &Value| {
        tasks::get(&w.desk.app, &w.client, task["task_id"].as_str().unwrap().to_owned()).await.unwrap()
    };
    let done = seen(&made).await;
    assert_eq!((&done["params"]["hypothesis"], &done["status"]), (&hypothesis, &json!("completed")));
    assert_eq!(done["params"]["can_add_base_annotations"], false);
    assert_eq!(done["response"]["annotations"][0]["left"], 10.0);
    assert_eq!(done["response"]["global_attributes"], json!({"weather": "rain"}));
    assert_eq!(seen(&without).await["status"], "completed");
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_shows_one_source_whatever_its_tasks_came_by() {
    let w = World::of_pictures().await;
    w.batch("one").await;
    w.task("one", json!({"hypothesis": null, "base_annotations": [car(1.0)]})).await;
    w.task("one", json!({"hypothesis": cars(&[2.0]), "base_annotations": [car(3.0)]})).await;
    w.task("one", json!({"hypothesis": cars(&[])})).await;
    w.task("one", json!({"hypothesis": {"annotations": [{"label": "bus", "left": 1, "top": 1, "width": 2, "height": 2}]}})).await;
    w.fetched().await;
    w.finalize("one").await;
    assert_eq!(w.row("one").await.prelabels.as_deref(), Some("base_annotations"));
    // The first by its list, the second by its hypothesis, the third says that there is nothing; of the fourth nothing is left.
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(w.pass().await.1.map(|(source, response)| {
            assert_eq!(source, "base_annotations");
            lefts(&response)
        }));
    }
    assert_eq!(begun, [Some(vec![1.0]), Some(vec![2.0]), Some(vec![]), None]);
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_manager_chose_stands() {
    let w = World::of_texts().await;
    let chose = |source: Option<&str>| BatchEdit {
        prelabels: Some(source.map(str::to_owned)),
        ..BatchEdit::default()
    };
    for name in ["model", "none", "ours"] {
        w.batch(name).await;
    }
    w.change("model", chose(Some("yolo-v8"))).await;
    w.change("ours", chose(Some("base_annotations"))).await;
    for name in ["model", "none", "ours"] {
        w.task(name, json!({"hypothesis": of_kind("b")})).await;
    }
    bind::some(&w.desk.app).await.unwrap();
    // Taken away, it does not come back with the next task.
    assert_eq!(w.row("none").await.prelabels.as_deref(), Some("hypothesis"));
    w.change("none", chose(None)).await;
    w.task("none", json!({"hypothesis": of_kind("b")})).await;
    for (name, shown, n, sources) in [
        ("model", Some("yolo-v8"), 1, "hypothesis"),
        ("none", None, 2, "hypothesis"),
        ("ours", Some("base_annotations"), 1, "base_annotations"),
    ] {
        w.finalize(name).await;
        assert_eq!(w.row(name).await.prelabels.as_deref(), shown);
        for _ in 0..n {
            let task = w.claim().await;
            let source = task.prelabel.as_ref().map(|it| it.source.as_str());
            assert_eq!(source, (name == "ours").then_some("base_annotations"), "{name}");
            assert_eq!(w.of_asset(task.task.ordinal).await.1, [sources], "what was said is kept");
            w.submit(&task, crate::queue::response("a")).await;
        }
    }
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_share_a_file_when_they_begin_with_the_same() {
    let w = World::of_pictures().await;
    let (file, other) = (w.file("file.png").await, w.file("other.png").await);
    let one = cars(&[1.0]);
    // In the order of their batches: what a task is about, what it begins with, and whether it is about the file itself.
    let tasks = [
        (&file, Some(one.clone()), true),
        (&file, Some(json!(one["annotations"])), true),
        (&file, Some(cars(&[2.0])), false),
        (&file, None, false),
        (&other, None, true),
        (&other, Some(one.clone()), false),
        (&other, None, true),
        (&file, Some(one.clone()), true),
        // Of what cannot be shown nothing is shown: not what is there of the file either.
        (&file, Some(json!([{"label": "bus", "left": 1, "top": 1, "width": 2, "height": 2}])), false),
    ];
    for (n, (attachment, hypothesis, _)) in tasks.iter().enumerate() {
        let name = format!("batch {n}");
        w.batch(&name).await;
        // Something to begin with, so that each of the batches shows what its tasks bring.
        w.task(&name, json!({"hypothesis": cars(&[9.0])})).await;
        w.fetched().await;
        w.task(&name, json!({ "attachment": attachment, "hypothesis": hypothesis })).await;
        bind::some(&w.desk.app).await.unwrap();
    }
    for (n, (attachment, hypothesis, shares)) in tasks.iter().enumerate() {
        w.finalize(&format!("batch {n}")).await;
        let mut passed = [w.pass().await, w.pass().await];
        passed.sort_by_key(|it| it.1.as_ref().is_some_and(|it| lefts(&it.1) == [9.0]));
        let (ordinal, begun) = &passed[0];
        let about_the_file = *ordinal == u32::from(attachment.as_str() == other);
        assert_eq!(about_the_file, *shares, "{n}");
        let shown = begun.as_ref().map(|(_, response)| lefts(response));
        let wanted = hypothesis.as_ref().and_then(|it| {
            let list = it.get("annotations").unwrap_or(it).as_array().unwrap();
            let cars = list.iter().filter(|it| it["label"] == "car");
            let lefts: Vec<f64> = cars.map(|it| it["left"].as_f64().unwrap()).collect();
            (!lefts.is_empty()).then_some(lefts)
        });
        assert_eq!(shown, wanted, "{n}");
    }
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_response_is_refused_and_leaves_nothing_behind() {
    let w = World::of_pictures().await;
    w.batch("one").await;
    for (name, value, place) in [
        ("hypothesis", json!("cars"), "`hypothesis`"),
        ("hypothesis", json!({"annotations": "cars"}), "`hypothesis.annotations`"),
        ("hypothesis", json!({"annotations": [car(1.0), 7]}), "`hypothesis.annotations[1]`"),
        ("base_annotations", json!([null]), "`base_annotations[0]`"),
    ] {
        let refused = w.try_task("one", &json!({ name: value })).await.unwrap_err();
        assert_eq!(code(&refused), "invalid");
        assert!(refused.to_string().contains(place), "{refused}");
    }
    assert_eq!(batches::status(&w.desk.app, &w.client, "one".into()).await.unwrap()["pending"], 0);
    // What the desk does not show is kept as it is.
    let new = json!({"name": "clouds", "type": "lidarannotation", "params": {}});
    projects::create(&w.desk.app, &w.client, new).await.unwrap();
    let body = json!({"project": "clouds", "hypothesis": "https://a.example/all.json"});
    let made = tasks::create(&w.desk.app, &w.client, "lidarannotation", body, None).await.unwrap();
    assert_eq!(made["params"]["hypothesis"], "https://a.example/all.json");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_task_is_begun_with_its_initial_response() {
    let w = World::of_texts().await;
    w.batch("real").await;
    for _ in 0..40 {
        w.task("real", json!({"hypothesis": of_kind("a")})).await;
    }
    w.finalize("real").await;
    let known = async |quality, more: Value| {
        let mut body = json!({"project": PROJECT, "expected_response": of_kind("a"),
            "attachments": [{"type": "text", "content": "known"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        create_known(&w.desk.app, &w.client, quality, w.kind, body).await
    };
    let made = known(Quality::Evaluation, json!({"initial_response": of_kind("b")})).await.unwrap();
    assert_eq!((&made["initial_response"], &made["expected_response"]), (&of_kind("b"), &of_kind("a")));
    let plain = known(Quality::Evaluation, json!({})).await.unwrap();
    assert_eq!(plain["initial_response"], Value::Null);
    let wrong = known(Quality::Evaluation, json!({"initial_response": {"annotations": []}})).await;
    assert!(wrong.unwrap_err().to_string().contains("`initial_response.annotations`"));
    let training = known(Quality::Training, json!({"initial_response": of_kind("b")})).await;
    assert!(training.unwrap_err().to_string().contains("`initial_response`"));
    // In training nothing is shown, whatever was said.
    known(Quality::Training, json!({"hypothesis": of_kind("b")})).await.unwrap();
    bind::some(&w.desk.app).await.unwrap();
    assert_eq!(w.row("Training tasks").await.prelabels, None);
    let gold = w.row("Evaluation tasks").await;
    assert_eq!(gold.prelabels.as_deref(), Some("initial_response"));
    let seen = tasks::get(&w.desk.app, &w.client, made["task_id"].as_str().unwrap().to_owned()).await;
    assert_eq!(seen.unwrap()["params"]["initial_response"], of_kind("b"));
    w.change("Evaluation tasks", BatchEdit { gold_rate: Some(50), ..BatchEdit::default() }).await;
    w.finalize("Evaluation tasks").await;

    let (mut begun, mut n) = (Vec::new(), 0);
    // Each claim falls on gold as often as not until both were had.
    while begun.len() < 2 {
        let task = w.claim().await;
        n += 1;
        assert!(n < 42, "gold is not given");
        let shown = task.prelabel.as_ref().map(|it| (it.source.clone(), said(&it.response)));
        if task.task.batch == gold.id {
            begun.push((task.task.ordinal, shown.clone()));
        } else {
            assert_eq!(shown, Some(("hypothesis".to_owned(), crate::queue::response("a"))));
        }
        w.submit(&task, crate::queue::response("a")).await;
    }
    begun.sort_by_key(|it| it.0);
    // It is said to be of the batch that would have come otherwise, and so is what it begins with.
    assert_eq!(begun[0].1, Some(("hypothesis".to_owned(), crate::queue::response("b"))));
    assert_eq!(begun[1].1, None);
    assert_eq!(w.of_asset(begun[0].0).await, (vec![Some(false)], vec!["initial_response".to_owned()]));
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_brought_from_elsewhere_begins_as_it_did_there() {
    let w = World::of_texts().await;
    w.batch("one").await;
    let task = |id: &str, status: &str, hypothesis: Value| {
        json!({"task_id": id, "type": w.kind, "status": status, "batch": "one", "response": of_kind("a"),
            "project_param_version": 0, "params": {"attachments": [{"type": "text", "content": id}], "hypothesis": hypothesis}})
    };
    let all = json!({"tasks": [
        task("pending", "pending", of_kind("b")),
        task("done", "completed", of_kind("b")),
        task("wrong", "pending", json!("b")),
        task("over", "completed", json!("b")),
    ]});
    let report = tasks::bring(&w.desk.app, &w.client, PROJECT.into(), all.clone()).await.unwrap();
    assert_eq!((&report["made"], report["refused"].as_array().unwrap().len()), (&json!(3), 1), "{report}");
    assert_eq!(report["refused"][0]["task_id"], "wrong");
    assert!(report["refused"][0]["error"].as_str().unwrap().contains("`hypothesis`"), "{report}");
    w.finalize("one").await;
    bind::some(&w.desk.app).await.unwrap();
    let again = tasks::bring(&w.desk.app, &w.client, PROJECT.into(), all).await.unwrap();
    assert_eq!((&again["made"], &again["there"]), (&json!(0), &json!(3)));
    let task = w.claim().await;
    let begun = task.prelabel.as_ref().map(|it| (it.source.as_str(), said(&it.response)));
    assert_eq!(begun, Some(("hypothesis", crate::queue::response("b"))));
    w.submit(&task, crate::queue::response("b")).await;
    assert!(w.desk.claim(&w.annotator, 9, 1).await.is_empty());
    assert_eq!(w.of_asset(task.task.ordinal).await.0, [Some(true)]);
    w.desk.is_sound();
}
