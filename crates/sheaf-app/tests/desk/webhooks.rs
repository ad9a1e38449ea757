//! What the use cases put into the outbox of webhooks, what becomes of a delivery, and who may make webhooks.

use serde_json::{Value, json};
use sheaf_app::queue::submit::submit;
use sheaf_app::webhooks::deliver::{Attempt, Dispatch, LOCK_MS, look, settle, take, unlock};
use sheaf_app::webhooks::outbox::{self, Event};
use sheaf_app::webhooks::{self, NewWebhook, Secret, WebhookEdit, WebhookView};
use sheaf_app::{Error, Result};
use sheaf_model::webhook::FAILING_MAX_MS;
use sheaf_model::{
    BatchAction, BatchId, DeliveryState, Reach, WebhookEvent, WebhookEvents, WebhookId, WebhookState,
};

use crate::queue::answer;
use crate::{Desk, code};

const HOUR: i64 = 3_600_000;

impl Desk {
    async fn try_webhook(&self, url: &str, events: WebhookEvents) -> Result<(WebhookView, Secret)> {
        let new = NewWebhook { url: url.into(), events };
        webhooks::create(&self.app, &self.manager, self.project, new, Reach::Public).await
    }

    async fn webhook(&self) -> WebhookId {
        let all = WebhookEvents::of(WebhookEvent::ALL);
        self.try_webhook("https://a.example/secret", all).await.unwrap().0.row.id
    }

    /// The bodies of what a webhook is told, oldest first.
    async fn told(&self, id: WebhookId) -> Vec<Value> {
        let all = webhooks::deliveries(&self.app, &self.manager, self.project, id, None, 500).await.unwrap();
        all.iter().rev().map(|delivery| serde_json::from_str(&delivery.row.body).unwrap()).collect()
    }

    async fn take(&self, id: WebhookId, n: u32) -> Vec<Dispatch> {
        take(&self.app, vec![(self.project, id, n)]).await.unwrap()
    }

    async fn settle(&self, dispatch: Dispatch, answer: Result<u16, &str>) {
        let attempt = Attempt { answer: answer.map_err(str::to_owned), retry_after: None, took_ms: 7 };
        settle(&self.app, dispatch, attempt).await.unwrap();
    }

    async fn state(&self, id: WebhookId) -> (WebhookState, Option<i64>) {
        let row = webhooks::get(&self.app, &self.manager, self.project, id).await.unwrap().row;
        (row.state, row.failing_since)
    }

    async fn ping(&self, id: WebhookId) {
        webhooks::test(&self.app, &self.manager, self.project, id).await.unwrap();
    }

    async fn set_active(&self, id: WebhookId, active: bool) {
        let edit = WebhookEdit { active: Some(active), ..WebhookEdit::default() };
        webhooks::edit(&self.app, &self.manager, self.project, id, edit, Reach::Public).await.unwrap();
    }

    async fn audited(&self, action: &str) -> Vec<Value> {
        let log = self.app.store().read(|tx| tx.audit_log(None, 500)).await.unwrap();
        log.into_iter().filter(|row| row.action == action).map(|row| row.details).collect()
    }
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter().map(|body| body["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_life_of_a_batch_is_told() {
    let desk = Desk::new(2).await;
    let (id, ann) = (desk.webhook().await, desk.annotator(10).await);
    let only_done = desk
        .try_webhook("https://b.example", WebhookEvents::of([WebhookEvent::TaskDone]))
        .await
        .unwrap()
        .0
        .row
        .id;
    let batch = desk.batch(false).await;
    assert!(desk.told(id).await.is_empty(), "a batch in staging is nobody's business");
    desk.act(batch, BatchAction::Launch).await;
    let handed_in = answer("a");
    let tasks = desk.claim(&ann, 1, 2).await;
    submit(&desk.app, &ann, tasks[0].lease, handed_in.clone()).await.unwrap();
    submit(&desk.app, &ann, tasks[0].lease, handed_in.clone()).await.unwrap();
    submit(&desk.app, &ann, tasks[1].lease, answer("b")).await.unwrap();

    let told = desk.told(id).await;
    assert_eq!(
        kinds(&told),
        ["batch.launched", "task.submitted", "task.done", "task.submitted", "task.done", "batch.completed"],
        "what is handed in again is not told again"
    );
    let project = json!({ "id": desk.project, "name": "p" });
    let named = json!({ "id": batch, "name": "b" });
    assert_eq!(
        told[0],
        json!({ "type": "batch.launched", "timestamp": "1970-01-01T00:16:40.000Z", "data": {
            "project": project, "batch": named, "tasks": 2, "by": { "id": desk.manager.user, "name": "p1" } } })
    );
    let task = tasks[0].task;
    let asset = json!({ "id": task.asset(), "name": format!("a{}.png", task.ordinal) });
    assert_eq!(
        told[1]["data"],
        json!({ "project": project, "batch": named, "task": task, "asset": asset, "reference_id": null,
                "submission": handed_in.id, "by": { "id": ann.user, "name": "p10" } })
    );
    assert_eq!(told[2]["data"]["submission"], json!(handed_in.id));
    assert_eq!(told[5]["data"]["tasks"], json!(2));
    assert_eq!(kinds(&desk.told(only_done).await), ["task.done", "task.done"]);
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told() {
    let desk = Desk::new(1).await;
    let id = desk.webhook().await;
    let (project, batch) = (desk.project, BatchId(1));
    for fails in [true, false, true] {
        let done = desk
            .app
            .store()
            .write(move |tx| {
                outbox::put(tx, project, &Event::BatchCompleted { batch }, 5)?;
                if fails { Err(Error::not_found("reason")) } else { Ok(()) }
            })
            .await;
        assert_eq!(done.is_err(), fails);
    }
    assert_eq!(desk.told(id).await.len(), 1);
}

#[tokio::test]
async fn a_delivery_is_taken_once_and_tried_again_until_it_is_given_up() {
    let desk = Desk::new(0).await;
    let id = desk.webhook().await;
    desk.ping(id).await;
    let first = desk.take(id, 5).await.pop().unwrap();
    assert!(desk.take(id, 5).await.is_empty(), "somebody has it");
    // It is looked for again when the lock ends: who has it may be gone.
    let later = look(&desk.app).await.unwrap();
    assert!(later.len() == 1 && later[0].due > desk.app.now(), "{}", later.len());
    let mut lost = first.clone();
    lost.lock += 1;
    desk.settle(lost, Ok(200)).await;
    let states = async || {
        let mut all =
            webhooks::deliveries(&desk.app, &desk.manager, desk.project, id, None, 5).await.unwrap();
        let last = all.remove(0);
        (last.row.state, last.row.attempts, last.attempts.len())
    };
    assert_eq!(states().await, (DeliveryState::Waiting, 0, 0), "whoever lost the lock settles nothing");

    desk.clock.advance(LOCK_MS);
    let again = desk.take(id, 5).await.pop().unwrap();
    assert_eq!((&again.id, &again.body), (&first.id, &first.body));
    assert_eq!(again.timestamp, first.timestamp + LOCK_MS / 1_000);
    assert_ne!(again.signature, first.signature);
    desk.settle(first, Ok(200)).await;
    assert_eq!(states().await, (DeliveryState::Waiting, 0, 0));
    desk.settle(again, Err("no answer in time")).await;
    assert_eq!(states().await, (DeliveryState::Waiting, 1, 1));

    let began = desk.state(id).await.1.unwrap();
    for attempts in 2..=10 {
        let due = look(&desk.app).await.unwrap()[0];
        assert!(due.failing);
        desk.clock.advance(due.due - desk.app.now() - 1);
        assert!(desk.take(id, 5).await.is_empty(), "before its time");
        desk.clock.advance(1);
        let dispatch = desk.take(id, 5).await.pop().unwrap();
        desk.settle(dispatch, Ok(503)).await;
        let state = if attempts < 10 { DeliveryState::Waiting } else { DeliveryState::Failed };
        assert_eq!(states().await, (state, attempts, attempts as usize));
    }
    let days = (desk.app.now() - began) / (24 * HOUR);
    assert!((3..=4).contains(&days), "{days}");
    assert!(look(&desk.app).await.unwrap().is_empty());
    assert_eq!(desk.state(id).await, (WebhookState::Active, Some(began)));

    // By hand it begins anew, with its id.
    let delivery = desk.told_ids(id).await[0];
    webhooks::redeliver(&desk.app, &desk.manager, desk.project, id, delivery).await.unwrap();
    let dispatch = desk.take(id, 5).await.pop().unwrap();
    assert_eq!(dispatch.id, delivery);
    desk.settle(dispatch, Ok(204)).await;
    assert_eq!(states().await, (DeliveryState::Delivered, 0, 11));
    assert_eq!(desk.state(id).await, (WebhookState::Active, None), "a success forgets the failures");
}

impl Desk {
    async fn told_ids(&self, id: WebhookId) -> Vec<sheaf_model::DeliveryId> {
        let all = webhooks::deliveries(&self.app, &self.manager, self.project, id, None, 500).await.unwrap();
        all.iter().map(|delivery| delivery.row.id).collect()
    }
}

#[tokio::test]
async fn endpoints_that_are_gone_or_only_fail_are_left_alone() {
    let desk = Desk::new(0).await;
    let id = desk.webhook().await;
    desk.ping(id).await;
    desk.ping(id).await;
    let dispatch = desk.take(id, 1).await.pop().unwrap();
    desk.settle(dispatch, Ok(410)).await;
    assert_eq!(desk.state(id).await.0, WebhookState::Gone);
    assert!(desk.take(id, 5).await.is_empty() && look(&desk.app).await.unwrap().is_empty());
    let (project, batch) = (desk.project, BatchId(1));
    let put = move |tx: &sheaf_store::Tx<'_>| outbox::put(tx, project, &Event::BatchCompleted { batch }, 5);
    desk.app.store().write(put).await.unwrap();
    assert_eq!(desk.told(id).await.len(), 2, "nothing is recorded for it");
    let refused = webhooks::test(&desk.app, &desk.manager, project, id).await.err().unwrap();
    assert_eq!(code(&refused), "not_active");

    // Made active again, it is told what waited.
    desk.set_active(id, true).await;
    let dispatch = desk.take(id, 5).await.pop().unwrap();
    desk.settle(dispatch, Err("the connection was refused")).await;
    desk.clock.advance(FAILING_MAX_MS - 1);
    let dispatch = desk.take(id, 5).await.pop().unwrap();
    desk.settle(dispatch, Ok(500)).await;
    assert_eq!(desk.state(id).await.0, WebhookState::Active);
    desk.clock.advance(HOUR);
    let dispatch = desk.take(id, 5).await.pop().unwrap();
    desk.settle(dispatch, Ok(302)).await;
    assert_eq!(desk.state(id).await.0, WebhookState::Failing);
    let disabled = desk.audited("webhook.disable").await;
    assert_eq!(
        disabled,
        [
            json!({ "to": "https://a.example", "state": "failing" }),
            json!({ "to": "https://a.example", "state": "gone" })
        ],
        "the path of a URL is often a secret"
    );
}

#[tokio::test]
async fn an_endpoint_may_ask_for_time() {
    let desk = Desk::new(0).await;
    let id = desk.webhook().await;
    desk.ping(id).await;
    let dispatch = desk.take(id, 1).await.pop().unwrap();
    let attempt = Attempt { answer: Ok(429), retry_after: Some(HOUR), took_ms: 1 };
    settle(&desk.app, dispatch, attempt).await.unwrap();
    assert_eq!(look(&desk.app).await.unwrap()[0].due, desk.app.now() + HOUR);
}

#[tokio::test]
async fn locks_of_a_killed_process_end_at_the_next_start() {
    let desk = Desk::new(0).await;
    let id = desk.webhook().await;
    desk.ping(id).await;
    assert_eq!(desk.take(id, 1).await.len(), 1);
    assert!(desk.take(id, 1).await.is_empty());
    unlock(&desk.app).await.unwrap();
    if desk.app.store().is_shared() {
        assert!(desk.take(id, 1).await.is_empty(), "another node may be sending it");
        desk.clock.advance(HOUR);
    }
    assert_eq!(desk.take(id, 1).await.len(), 1);
}

#[tokio::test]
async fn for_a_while_messages_have_both_signatures() {
    let desk = Desk::new(0).await;
    let all = WebhookEvents::of(WebhookEvent::ALL);
    let (made, first) = desk.try_webhook("https://a.example", all).await.unwrap();
    let id = made.row.id;
    let rotate = |hours| webhooks::rotate(&desk.app, &desk.manager, desk.project, id, hours);
    desk.ping(id).await;
    let check = async |wanted: &[&Secret]| {
        // The lock of the one before has ended.
        desk.clock.advance(HOUR / 4);
        let dispatch = desk.take(id, 1).await.pop().unwrap();
        let signed: Vec<String> = wanted
            .iter()
            .map(|secret| {
                use base64::Engine;
                let bytes = secret.reveal().strip_prefix("whsec_").unwrap();
                let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap();
                webhooks::sign(&bytes, &dispatch.id.to_string(), dispatch.timestamp, &dispatch.body).unwrap()
            })
            .collect();
        assert_eq!(dispatch.signature, signed.join(" "));
    };
    check(&[&first]).await;
    let (view, second) = rotate(2).await.unwrap();
    assert_eq!(view.old_secret_until, Some(desk.app.now() + 2 * HOUR));
    check(&[&second, &first]).await;
    desk.clock.advance(2 * HOUR);
    check(&[&second]).await;
    let (view, third) = rotate(0).await.unwrap();
    assert_eq!(view.old_secret_until, None);
    check(&[&third]).await;
    assert_eq!(code(&rotate(169).await.err().unwrap()), "invalid");
}

#[tokio::test]
async fn old_deliveries_and_deleted_webhooks_are_removed() {
    let desk = Desk::new(0).await;
    let (kept, deleted) = (desk.webhook().await, desk.webhook().await);
    for id in [kept, deleted] {
        desk.ping(id).await;
    }
    desk.clock.advance(31 * 24 * HOUR);
    desk.ping(kept).await;
    // More than one transaction removes.
    let (project, now) = (desk.project, desk.app.now());
    let put = move |tx: &sheaf_store::Tx<'_>| {
        (0..1_200).try_for_each(|_| tx.put_delivery(project, deleted, "ping", "{}", now).map(drop))
    };
    desk.app.store().write(put).await.unwrap();
    webhooks::delete(&desk.app, &desk.manager, project, deleted).await.unwrap();
    assert!(desk.take(deleted, 5).await.is_empty(), "nothing is sent any more");
    let refused = webhooks::get(&desk.app, &desk.manager, project, deleted).await.err().unwrap();
    assert_eq!(code(&refused), "not_found");
    webhooks::sweep(&desk.app).await.unwrap();
    assert_eq!(desk.told(kept).await.len(), 1);
    let left = desk.app.store().read(move |tx| tx.deliveries(project, deleted, None, 10)).await.unwrap();
    assert!(left.is_empty());
    assert_eq!(desk.app.store().read(|tx| tx.all_webhooks()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn webhooks_are_checked_and_few() {
    let desk = Desk::new(0).await;
    let all = WebhookEvents::of(WebhookEvent::ALL);
    for url in [
        "http://10.0.0.1/",
        "http://127.0.0.1:80",
        "http://[::1]",
        "ftp://a.example",
        "https://u:p@a.example",
    ] {
        assert_eq!(code(&desk.try_webhook(url, all).await.err().unwrap()), "invalid", "{url}");
    }
    let nothing = desk.try_webhook("https://a.example", WebhookEvents(0)).await.err().unwrap();
    assert_eq!(code(&nothing), "invalid");
    let id = desk.webhook().await;
    let edit = WebhookEdit { url: Some("http://169.254.169.254/".into()), ..WebhookEdit::default() };
    let refused = webhooks::edit(&desk.app, &desk.manager, desk.project, id, edit, Reach::Private).await;
    assert_eq!(code(&refused.err().unwrap()), "invalid");
    for _ in 1..20 {
        desk.webhook().await;
    }
    let refused = desk.try_webhook("https://a.example", all).await.err().unwrap();
    assert_eq!(code(&refused), "too_many");
    webhooks::delete(&desk.app, &desk.manager, desk.project, id).await.unwrap();
    desk.webhook().await;
    assert_eq!(desk.audited("webhook.create").await.len(), 21);
}
