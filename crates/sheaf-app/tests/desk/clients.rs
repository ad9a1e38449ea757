//! What Scale's clients find over time, on a real store: when batches end and are open again, whose turn it is, what lists and
//! answers have in them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use sheaf_app::gc;
use sheaf_app::queue::submit::submit;
use sheaf_app::scale::batches::Version;
use sheaf_app::scale::tasks::{Asked, Expand, Quality, create_known};
use sheaf_app::scale::{Client, Walk, batches, bind, fetch, files, projects, studio, tasks};
use sheaf_app::{Actor, Error};
use sheaf_model::{BatchState, ProjectId, Recipe, Role, Roles};
use sheaf_store::batches::BatchRow;

use crate::queue::answer;
use crate::scale::World;
use crate::{Desk, code, person};

impl World {
    /// A project of this type whose batches are launched as soon as they are made.
    async fn open_project(&self, name: &str, kind: &str, params: Value) -> ProjectId {
        let new = json!({"name": name, "type": kind, "params": params});
        let made = projects::create(&self.desk.app, &self.client, new).await.unwrap();
        made["id"].as_str().unwrap().parse().unwrap()
    }

    async fn pictures(&self, name: &str) -> ProjectId {
        let params = json!({"geometries": {"box": {"objects_to_annotate": ["car"]}}});
        self.open_project(name, "imageannotation", params).await
    }

    async fn batch_in(&self, project: &str, name: &str) {
        let new = json!({"project": project, "name": name, "callback": "https://a.example/batch"});
        batches::create(&self.desk.app, &self.client, Version::V1, new).await.unwrap();
    }

    async fn row(&self, project: ProjectId, name: &str) -> BatchRow {
        let name = name.to_owned();
        self.desk.app.store().read(move |tx| tx.batch_by_name(project, &name)).await.unwrap().unwrap()
    }

    async fn made(&self, kind: &str, body: Value) -> String {
        let made = tasks::create(&self.desk.app, &self.client, kind, body, None).await.unwrap();
        made["task_id"].as_str().unwrap().to_owned()
    }

    async fn bring(&self, project: &str, all: &[Value]) {
        for some in all.chunks(100) {
            let body = json!({ "tasks": some });
            let done = tasks::bring(&self.desk.app, &self.client, project.to_owned(), body).await.unwrap();
            assert_eq!((&done["made"], &done["refused"]), (&json!(some.len()), &json!([])));
        }
    }

    /// How often this was done to any batch.
    async fn times(&self, action: &str) -> usize {
        let rows = self.desk.app.store().read(|tx| tx.audit_log(None, 10_000)).await.unwrap();
        rows.iter().filter(|row| row.action == action).count()
    }

    fn remove_unused(&self) -> u64 {
        gc::run(&self.desk.app, Duration::ZERO, gc::Mode::RemoveAll).unwrap().removed
    }
}

/// A task that was answered elsewhere, as the server that it comes from shows it.
fn answered(n: usize, kind: &str, batch: &str, params: &Value, response: &Value) -> Value {
    json!({"task_id": format!("there-{n}"), "type": kind, "status": "completed", "batch": batch,
           "project_param_version": 0, "params": params, "response": response})
}

fn picture(folder: &Path, shade: u8) -> PathBuf {
    let path = folder.join(format!("{shade}.png"));
    image::RgbImage::from_fn(10, 5, |x, y| image::Rgb([shade, x as u8, y as u8])).save(&path).unwrap();
    path
}

fn failure() -> fetch::Failure {
    fetch::Failure { status: Some(404), reason: "the answer was 404".into(), passes: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_answered_elsewhere_ends_once_when_all_of_it_is_here() {
    let w = World::new().await;
    w.batch("one").await;
    w.finalize("one").await;
    let text = json!({"attachments": [{"type": "text", "content": "a text"}]});
    let response = |kind: &str| json!({"annotations": {"kind": {"type": "category", "field_id": "kind", "response": [[kind]]}}});
    // The last one's answer is none to what is asked.
    let all: Vec<Value> = (0..600)
        .map(|n| answered(n, "textcollection", "one", &text, &response(if n < 599 { "a" } else { "z" })))
        .collect();
    w.bring("texts", &all).await;
    assert_eq!(w.row(w.project, "one").await.state, BatchState::InProgress, "none is here yet");
    assert_eq!(bind::some(&w.desk.app).await.unwrap(), 500);
    assert_eq!(w.row(w.project, "one").await.state, BatchState::InProgress, "not all are here yet");
    assert_eq!(bind::some(&w.desk.app).await.unwrap(), 100);
    let row = w.row(w.project, "one").await;
    assert_eq!((row.state, row.n_members), (BatchState::Completed, 599));
    assert_eq!((w.times("batch.complete").await, w.times("batch.reopen").await), (1, 0));
    let stats = json!({"completed": 600, "canceled": 0, "error": 0});
    assert_eq!(w.told().await, [json!({"batch": "one", "status": "completed", "stats": stats})]);
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_one_by_one_is_one_revision_and_one_end() {
    let w = World::new().await;
    let (project, folder) = (w.pictures("pictures").await, tempfile::tempdir().unwrap());
    w.batch_in("pictures", "p").await;
    let all: Vec<Value> = (0..5)
        .map(|n| {
            let params = json!({"attachment": format!("https://a.example/{n}.png")});
            answered(n, "imageannotation", "p", &params, &json!({"annotations": []}))
        })
        .collect();
    w.bring("pictures", &all).await;
    let (jobs, _) = fetch::take(&w.desk.app, &mut Walk::default(), 100).await.unwrap();
    assert_eq!(jobs.len(), 5);
    for (n, job) in jobs.into_iter().enumerate() {
        assert_eq!(w.row(project, "p").await.state, BatchState::InProgress, "{n}");
        // The last one cannot be had any more.
        let file = if n < 4 { Ok(picture(folder.path(), n as u8)) } else { Err(failure()) };
        fetch::settle(&w.desk.app, job, file).await.unwrap();
    }
    let row = w.row(project, "p").await;
    assert_eq!((row.state, row.n_members, row.revision), (BatchState::Completed, 4, 2));
    assert_eq!((w.times("batch.complete").await, w.times("batch.reopen").await), (1, 0));
    let revisions = w.desk.app.store().read(move |tx| tx.batch_revisions(project, row.id)).await.unwrap();
    assert_eq!((revisions.len(), revisions[1].n), (2, 4));
    assert_eq!(revisions[1].text, "4 tasks made over Scale's API");
    let recipe: Value = serde_json::from_str(revisions[1].recipe.as_deref().unwrap()).unwrap();
    assert_eq!(recipe["assets"].as_array().unwrap().len(), 4);

    // What is taken out is a revision, and what comes then another.
    let more = |n: u32| json!({"batch": "p", "attachment": format!("https://a.example/more-{n}.png")});
    for n in 0..2 {
        let task = w.made("imageannotation", more(n)).await;
        let (jobs, _) = fetch::take(&w.desk.app, &mut Walk::default(), 100).await.unwrap();
        for job in jobs {
            fetch::settle(&w.desk.app, job, Ok(picture(folder.path(), 100 + n as u8))).await.unwrap();
        }
        if n == 0 {
            tasks::cancel(&w.desk.app, &w.client, task, false).await.unwrap();
        }
    }
    let row = w.row(project, "p").await;
    assert_eq!((row.state, row.n_members, row.revision), (BatchState::InProgress, 5, 4));
    w.desk.is_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_more_opens_a_completed_batch_and_its_end_is_told_again() {
    let w = World::new().await;
    let project = w.open_project("videos", "videoannotation", json!({})).await;
    w.batch_in("videos", "v").await;
    for n in 1..=2 {
        let body = json!({"batch": "v", "attachment": "https://a.example/v.mp4"});
        let task = w.made("videoannotation", body).await;
        assert_eq!(w.row(project, "v").await.state, BatchState::InProgress, "{n}");
        tasks::answer(&w.desk.app, &w.client, task, json!({"annotations": {}})).await.unwrap();
        assert_eq!(w.row(project, "v").await.state, BatchState::Completed, "{n}");
        let stats = json!({"completed": n, "canceled": 0, "error": 0});
        assert_eq!(w.told().await, [json!({"batch": "v", "status": "completed", "stats": stats})]);
    }
    // One whose attachment cannot be had ends it once more.
    w.pictures("pictures").await;
    w.batch_in("pictures", "p").await;
    for n in 1..=2 {
        w.made("imageannotation", json!({"batch": "p", "attachment": "https://a.example/x.png"})).await;
        let (mut jobs, _) = fetch::take(&w.desk.app, &mut Walk::default(), 1).await.unwrap();
        fetch::settle(&w.desk.app, jobs.remove(0), Err(failure())).await.unwrap();
        let stats = json!({"completed": 0, "canceled": 0, "error": n});
        assert_eq!(w.told().await, [json!({"batch": "p", "status": "completed", "stats": stats})]);
    }
    w.desk.is_sound();
}

#[tokio::test]
async fn a_test_key_makes_no_tasks_that_measure_people() {
    let w = World::new().await;
    let test = Client { test: true, ..w.client.clone() };
    let expected = json!({"annotations": {"kind": {"response": [["a"]]}}});
    let body = json!({"project": "texts", "attachments": [{"type": "text", "content": "x"}], "expected_response": expected});
    for (quality, name) in [(Quality::Evaluation, "Evaluation tasks"), (Quality::Training, "Training tasks")]
    {
        let refused = create_known(&w.desk.app, &test, quality, "textcollection", body.clone()).await;
        assert_eq!(code(&refused.unwrap_err()), "invalid");
        let project = w.project;
        let made = w.desk.app.store().read(move |tx| tx.batch_by_name(project, name)).await.unwrap();
        assert!(made.is_none());
        create_known(&w.desk.app, &w.client, quality, "textcollection", body.clone()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_removed_can_be_brought_again() {
    let w = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    w.pictures("pictures").await;
    let put = |path: &Path| {
        let blobs = w.desk.app.store().blobs();
        let hash = blobs.put(std::fs::read(path).unwrap()).unwrap();
        blobs.flush(&[hash]).unwrap();
    };
    let (uploaded, fetched) = (picture(folder.path(), 1), picture(folder.path(), 2));
    put(&uploaded);
    put(&fetched);
    assert_eq!(w.remove_unused(), 2);

    let add = |reference: &str| {
        let (project, reference_id) = (Some("pictures".into()), Some(reference.into()));
        let new = files::NewFile { project, reference_id, name: "a.png".into(), ..files::NewFile::default() };
        // What is added is moved.
        let copy = folder.path().join("copy.png");
        std::fs::copy(&uploaded, &copy).unwrap();
        files::add(&w.desk.app, &w.client, new, copy)
    };
    // An empty reference is none.
    assert_eq!(add("").await.unwrap()["reference_id"], Value::Null);
    assert_eq!(add("").await.unwrap()["reference_id"], Value::Null);
    assert_eq!(add("r").await.unwrap()["reference_id"], "r");
    for wrong in ["a\nb", "x".repeat(1_025).as_str()] {
        assert_eq!(code(&add(wrong).await.unwrap_err()), "invalid");
    }

    let task =
        w.made("imageannotation", json!({"project": "pictures", "attachment": "https://a.example/x"})).await;
    let (mut jobs, _) = fetch::take(&w.desk.app, &mut Walk::default(), 1).await.unwrap();
    fetch::settle(&w.desk.app, jobs.remove(0), Ok(fetched)).await.unwrap();
    assert_eq!(w.seen(&task).await["processed_attachments"], true);
    assert_eq!(w.remove_unused(), 0);
}

#[tokio::test]
async fn no_project_waits_until_another_one_has_all() {
    let w = World::new().await;
    for name in ["left", "right"] {
        w.pictures(name).await;
        for n in 0..3 {
            let attachment = format!("https://{name}.example/{n}.png");
            w.made("imageannotation", json!({"project": name, "attachment": attachment})).await;
        }
    }
    let (mut walk, mut hosts) = (Walk::default(), Vec::new());
    for _ in 0..4 {
        let (jobs, _) = fetch::take(&w.desk.app, &mut walk, 1).await.unwrap();
        hosts.extend(jobs.iter().map(|job| job.url.split('/').nth(2).unwrap().to_owned()));
    }
    assert_eq!(hosts.len(), 4);
    assert!(hosts[0] != hosts[1] && hosts[..2] == hosts[2..], "{hosts:?}");
}

#[tokio::test]
async fn priorities_are_set_by_whoever_manages_some_of_the_projects() {
    let w = World::new().await;
    let pictures = w.pictures("pictures").await;
    for name in ["one", "two"] {
        w.batch(name).await;
    }
    w.batch_in("pictures", "theirs").await;
    let member = async |id: i64, texts: Role| -> Client {
        let actor: Actor = person(&w.desk.app, id, false).await;
        let (project, user) = (w.project, actor.user);
        let give = move |tx: &sheaf_store::Tx<'_>| {
            tx.set_roles(project, user, Roles::of(&[texts]))?;
            tx.set_roles(pictures, user, Roles::of(&[Role::Reviewer]))
        };
        w.desk.app.store().write(give).await.unwrap();
        Client { actor, test: false }
    };
    let manager = member(60, Role::Manager).await;
    for names in [json!(["two", "theirs", "one"]), json!(["two", "one"])] {
        let listed = studio::prioritize(&w.desk.app, &manager, json!({ "batches": names })).await.unwrap();
        let order: Vec<_> =
            listed.iter().filter(|it| it["projectName"] == "texts").map(|it| &it["name"]).collect();
        assert_eq!(order, ["two", "one"]);
        assert_eq!(listed.len(), 3, "the others are shown");
        studio::reset(&w.desk.app, &manager).await.unwrap();
    }
    for wrong in [json!(["two", "theirs"]), json!(["one", "two", "none"])] {
        let refused = studio::prioritize(&w.desk.app, &manager, json!({ "batches": wrong })).await;
        assert_eq!(code(&refused.unwrap_err()), "invalid");
    }
    let reviewer = member(61, Role::Reviewer).await;
    let refused =
        studio::prioritize(&w.desk.app, &reviewer, json!({"batches": ["one", "two", "theirs"]})).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
    assert_eq!(w.row(pictures, "theirs").await.position, None);
}

#[tokio::test]
async fn pages_over_several_projects_are_the_same_by_offset_and_by_token() {
    let w = World::new().await;
    let fields = json!([{"field_id": "kind", "type": "category", "choices": ["a", "b"]}]);
    w.open_project("more", "textcollection", json!({ "fields": fields })).await;
    w.batch("one").await;
    for _ in 0..5 {
        w.try_task("one", json!({})).await.unwrap();
        let text = json!([{"type": "text", "content": "a text"}]);
        w.made("textcollection", json!({"project": "more", "attachments": text})).await;
        w.desk.clock.advance(10);
    }
    let from = |at| (Some(at), None);
    for (filter, expected) in [
        (Asked::default(), 10),
        (Asked { kind: Some("textcollection".into()), ..Asked::default() }, 10),
        (Asked { kind: Some("categorization".into()), ..Asked::default() }, 0),
        (Asked { updated: (Some(1_000_000), Some(1_000_030)), ..Asked::default() }, 6),
        (Asked { updated: from(1_000_030), project: Some("more".into()), ..Asked::default() }, 2),
        (Asked { completed: from(0), ..Asked::default() }, 0),
    ] {
        let (mut by_offset, mut by_token, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let asked = Asked { limit: 3, next_token: token, ..filter.clone() };
            let page = tasks::list(&w.desk.app, &w.client, asked).await.unwrap();
            assert_eq!(page.total, expected, "{filter:?}");
            let offset = u32::try_from(by_token.len()).unwrap();
            let asked = Asked { limit: 3, offset, ..filter.clone() };
            by_offset.extend(tasks::list(&w.desk.app, &w.client, asked).await.unwrap().items);
            by_token.extend(page.items);
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(by_token.len() as i64, expected, "{filter:?}");
        assert_eq!(by_offset, by_token, "{filter:?}");
        let times: Vec<_> = by_token.iter().map(|it| it["created_at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_the_browser_are_annotations_of_version_2() {
    let desk = Desk::new(1).await;
    let client = Client { actor: desk.manager.clone(), test: false };
    let ann = desk.annotator(50).await;
    desk.batch(true).await;
    let claimed = desk.claim(&ann, 1, 1).await;
    submit(&desk.app, &ann, claimed[0].lease, answer("b")).await.unwrap();
    let asked = Asked { batch: Some("b".into()), limit: 10, v2: Some(Expand::default()), ..Asked::default() };
    let listed = tasks::list(&desk.app, &client, asked).await.unwrap().items;
    assert_eq!((listed.len(), &listed[0]["type"]), (1, &json!("imageannotation")));
    let given = &listed[0]["threads"][0]["annotations"];
    let wanted = [("key", "kind"), ("title", "Kind"), ("type", "category"), ("value", "b")];
    for (name, value) in wanted {
        assert_eq!(given[0][name], value, "{given}");
    }
    assert_eq!((&given[0]["possible_values"], given.as_array().unwrap().len()), (&json!(["a", "b"]), 1));
    let id = given[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(tasks::annotation(&desk.app, &client, id).await.unwrap(), given[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_has_tasks_of_clients_or_what_was_picked() {
    let desk = Desk::new(3).await;
    let client = Client { actor: desk.manager.clone(), test: false };
    desk.batch(true).await;
    let task = |batch: &str| {
        let body = json!({"batch": batch, "attachment": "https://a.example/x.png",
            "geometries": {"box": {"objects_to_annotate": ["car"]}}});
        tasks::create(&desk.app, &client, "imageannotation", body, None)
    };
    assert_eq!(code(&task("b").await.unwrap_err()), "invalid");
    let new = json!({"project": "p", "name": "c"});
    batches::create(&desk.app, &client, Version::V1, new).await.unwrap();
    task("c").await.unwrap();
    let project = desk.project;
    let c = desk.app.store().read(move |tx| tx.batch_by_name(project, "c")).await.unwrap().unwrap();
    assert_eq!(code(&desk.append(c.id, Recipe::default()).await.unwrap_err()), "bad_state");
    task("c").await.unwrap();
    desk.is_sound();
}
