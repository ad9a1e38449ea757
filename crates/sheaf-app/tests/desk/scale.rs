//! Tasks of Scale's clients on a real store: on their way into a batch, through the queue, out of it again.

use serde_json::{Value, json};
use sheaf_app::queue::submit::submit;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::scale::tasks::Asked;
use sheaf_app::scale::{Client, Walk, batches, bind, callbacks, fetch, projects, tasks};
use sheaf_app::{Actor, Error};
use sheaf_model::ProjectId;

use crate::queue::answer;
use crate::{Desk, code};

const PROJECT: &str = "texts";

pub struct World {
    pub desk: Desk,
    pub client: Client,
    annotator: Actor,
    pub project: ProjectId,
}

impl World {
    pub async fn new() -> Self {
        let mut desk = Desk::new(0).await;
        let client = Client { actor: desk.manager.clone(), test: false };
        let fields = json!([{"field_id": "kind", "type": "category", "choices": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]}]);
        let new =
            json!({"name": PROJECT, "type": "textcollection", "studio": true, "params": {"fields": fields}});
        let made = projects::create(&desk.app, &client, new).await.unwrap();
        let project: ProjectId = made["id"].as_str().unwrap().parse().unwrap();
        desk.project = project;
        let annotator = desk.annotator(50).await;
        Self { desk, client, annotator, project }
    }

    pub async fn batch(&self, name: &str) {
        let new = json!({"project": PROJECT, "name": name, "callback": "https://a.example/batch"});
        batches::create(&self.desk.app, &self.client, Version::V1, new).await.unwrap();
    }

    pub async fn try_task(&self, batch: &str, more: Value) -> Result<Value, Error> {
        let mut body = json!({"batch": batch, "attachments": [{"type": "text", "content": "a text"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tasks::create(&self.desk.app, &self.client, "textcollection", body, None).await
    }

    async fn task(&self, batch: &str) -> String {
        let made = self.try_task(batch, json!({"callback_url": "https://a.example/task"})).await.unwrap();
        made["task_id"].as_str().unwrap().to_owned()
    }

    pub async fn finalize(&self, batch: &str) -> Value {
        batches::finalize(&self.desk.app, &self.client, By::name(batch.into()), Version::V1).await.unwrap()
    }

    pub async fn seen(&self, task: &str) -> Value {
        tasks::get(&self.desk.app, &self.client, task.to_owned()).await.unwrap()
    }

    pub async fn status(&self, batch: &str) -> Value {
        batches::status(&self.desk.app, &self.client, batch.into()).await.unwrap()
    }

    pub async fn told(&self) -> Vec<Value> {
        let (due, _) = callbacks::take(&self.desk.app, &mut Walk::default(), 100).await.unwrap();
        due.iter().map(|it| serde_json::from_str(it.body()).unwrap()).collect()
    }
}

#[tokio::test]
async fn tasks_go_through_the_queue_and_end_their_batch() {
    let w = World::new().await;
    w.batch("one").await;
    let (first, second, third) = (w.task("one").await, w.task("one").await, w.task("one").await);
    assert!(w.desk.claim(&w.annotator, 1, 1).await.is_empty(), "nothing is served before");
    assert_eq!(w.status("one").await["pending"], 3);
    // Some become members before the batch is finalized, some with it.
    assert_eq!(bind::some(&w.desk.app).await.unwrap(), 3);
    assert_eq!(bind::some(&w.desk.app).await.unwrap(), 0);
    let fourth = w.task("one").await;
    assert_eq!(w.finalize("one").await["status"], "in_progress");
    w.desk.is_sound();
    assert_eq!(code(&w.try_task("one", json!({})).await.unwrap_err()), "invalid");

    let claimed = w.desk.claim(&w.annotator, 2, 1).await;
    assert_eq!(claimed[0].asset.row.name, format!("{first}.txt"));
    assert!(w.seen(&first).await["work_started"].as_bool().unwrap());
    submit(&w.desk.app, &w.annotator, claimed[0].lease, answer("b")).await.unwrap();
    let done = w.seen(&first).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(done["response"]["annotations"]["kind"]["response"], json!([["b"]]));
    let told = w.told().await;
    assert_eq!(
        (told.len(), &told[0]["response"], &told[0]["task_id"]),
        (1, &done["response"], &json!(first))
    );

    // The others leave the queue: one that was a member at first, one that came with the launch, one that is the next.
    for task in [&third, &fourth, &second] {
        let canceled = tasks::cancel(&w.desk.app, &w.client, task.clone(), false).await.unwrap();
        assert_eq!(canceled["status"], "canceled");
        w.desk.is_sound();
    }
    assert!(w.desk.claim(&w.annotator, 3, 1).await.is_empty());
    let status = json!({"status": "completed", "pending": 0, "completed": 1, "error": 0, "canceled": 3});
    assert_eq!(w.status("one").await, status);
    let told = w.told().await;
    assert_eq!(
        told,
        [
            json!({"batch": "one", "status": "completed", "stats": {"completed": 1, "canceled": 3, "error": 0}})
        ]
    );
    let again = tasks::cancel(&w.desk.app, &w.client, first.clone(), false).await.unwrap_err();
    assert_eq!(code(&again), "invalid");
}

#[tokio::test]
async fn an_attachment_that_cannot_be_had_is_an_error_of_its_task() {
    let w = World::new().await;
    let new = json!({"name": "images", "type": "categorization", "params": {"categories": ["a"]}});
    projects::create(&w.desk.app, &w.client, new).await.unwrap();
    let body = json!({"project": "images", "attachment": "https://a.example/x.png", "unique_id": "u",
        "clear_unique_id_on_error": true});
    let made = tasks::create(&w.desk.app, &w.client, "categorization", body.clone(), None).await.unwrap();
    let again = tasks::create(&w.desk.app, &w.client, "categorization", body.clone(), None).await;
    assert_eq!(code(&again.unwrap_err()), "unique_id_taken");
    let task = made["task_id"].as_str().unwrap().to_owned();
    let failure = |passes| fetch::Failure { status: Some(503), reason: "the answer was 503".into(), passes };
    let mut walk = Walk::default();
    for _ in 0..2 {
        let (jobs, _) = fetch::take(&w.desk.app, &mut walk, 10).await.unwrap();
        assert_eq!(jobs.len(), 1);
        assert!(fetch::take(&w.desk.app, &mut walk, 10).await.unwrap().0.is_empty(), "it is under way");
        fetch::settle(&w.desk.app, jobs[0].clone(), Err(failure(true))).await.unwrap();
        assert_eq!(w.seen(&task).await["status"], "pending", "it may pass");
        w.desk.clock.advance(60_000);
    }
    let (jobs, _) = fetch::take(&w.desk.app, &mut walk, 10).await.unwrap();
    fetch::settle(&w.desk.app, jobs[0].clone(), Err(failure(true))).await.unwrap();
    let seen = w.seen(&task).await;
    assert_eq!(seen["status"], "error");
    assert_eq!(seen["error"]["attachments"][0]["statusCode"], 503);
    assert_eq!(seen.get("unique_id"), None);
    tasks::create(&w.desk.app, &w.client, "categorization", body, None).await.unwrap();
    w.desk.is_sound();
}

#[tokio::test]
async fn pages_are_the_same_by_offset_and_by_token() {
    let w = World::new().await;
    for batch in ["one", "two"] {
        w.batch(batch).await;
        for n in 0..7 {
            w.try_task(batch, json!({"tags": [format!("t{}", n % 2)], "metadata": {"n": n}})).await.unwrap();
            w.desk.clock.advance(10);
        }
    }
    let all = Asked { limit: 100, ..Asked::default() };
    let whole = tasks::list(&w.desk.app, &w.client, all).await.unwrap();
    let ids = |items: &[Value]| {
        items.iter().map(|it| it["task_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((whole.items.len(), whole.total, whole.next_token), (14, 14, None));
    let filters = [
        (Asked::default(), 14),
        (Asked { batch: Some("two".into()), ..Asked::default() }, 7),
        (Asked { project: Some(PROJECT.into()), tags: vec!["t0".into()], ..Asked::default() }, 8),
        (Asked { status: Some("completed".into()), ..Asked::default() }, 0),
        (Asked { created: (Some(1_000_000), Some(1_000_050)), ..Asked::default() }, 5),
    ];
    for (filter, expected) in filters {
        let (mut by_offset, mut by_token, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let asked = Asked { limit: 3, next_token: token, ..filter.clone() };
            let page = tasks::list(&w.desk.app, &w.client, asked).await.unwrap();
            assert_eq!(page.total, expected, "{filter:?}");
            let asked = Asked { limit: 3, offset: by_token.len() as u32, ..filter.clone() };
            by_offset.extend(ids(&tasks::list(&w.desk.app, &w.client, asked).await.unwrap().items));
            by_token.extend(ids(&page.items));
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(by_token.len() as i64, expected, "{filter:?}");
        assert_eq!(by_offset, by_token, "{filter:?}");
    }
    assert_eq!(w.project, w.desk.project);
}

#[tokio::test]
async fn callbacks_are_tried_for_a_day() {
    let w = World::new().await;
    w.batch("one").await;
    let task = w.task("one").await;
    w.finalize("one").await;
    let claimed = w.desk.claim(&w.annotator, 1, 1).await;
    submit(&w.desk.app, &w.annotator, claimed[0].lease, answer("a")).await.unwrap();
    let mut waited = 0;
    // The batch's callback is one, too.
    let (mut attempts, hour) = (0, 3_600_000);
    let mut walk = Walk::default();
    for _ in 0..60 {
        let (due, _) = callbacks::take(&w.desk.app, &mut walk, 10).await.unwrap();
        assert!(
            callbacks::take(&w.desk.app, &mut walk, 10).await.unwrap().0.is_empty(),
            "they are under way"
        );
        for one in due {
            attempts += 1;
            callbacks::settle(&w.desk.app, one, false).await.unwrap();
        }
        w.desk.clock.advance(hour / 2);
        waited += hour / 2;
    }
    assert!(waited > 26 * hour && attempts == 40, "{attempts}");
    assert!(w.told().await.is_empty(), "given up");
    assert_eq!(w.seen(&task).await["callback_succeeded"], false);
    tasks::send_callback(&w.desk.app, &w.client, task.clone()).await.unwrap();
    let (due, _) = callbacks::take(&w.desk.app, &mut walk, 10).await.unwrap();
    callbacks::settle(&w.desk.app, due[0].clone(), true).await.unwrap();
    assert_eq!(w.seen(&task).await["callback_succeeded"], true);
}
