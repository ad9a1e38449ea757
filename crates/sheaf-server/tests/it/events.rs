//! Server-sent events over the router: what is so comes first, then what changes; nobody looks who may not any more.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::harness::{Client, World};

/// Far longer than anything here takes.
const SOON: Duration = Duration::from_secs(10);

/// A stream as a browser reads it.
struct Events {
    body: Body,
    read: String,
    /// Blocks that are no events, as they came.
    rest: String,
}

impl Events {
    async fn open(client: &Client, world: &World) -> Self {
        let client = client.header("accept-encoding", "gzip");
        let answer: Response = client.open(&world.path("/events")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        assert!(!answer.headers().contains_key("content-encoding"), "what is compressed is held back");
        Self { body: answer.into_body(), read: String::new(), rest: String::new() }
    }

    /// The data of the next event with a name; `None` when the stream ends.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let data = block.lines().find_map(|line| line.strip_prefix("data: ").map(str::to_owned));
                let named = block.lines().any(|line| line == "event: batch.progress");
                if !named {
                    self.rest.push_str(block);
                }
                self.read = rest.to_owned();
                if let (true, Some(data)) = (named, data) {
                    return Some(serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let frame = tokio::time::timeout(SOON, self.body.frame()).await.expect("an event or the end")?;
            self.read.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
        }
    }
}

async fn submit(world: &World) {
    let body = json!({ "submission_id": "01936d2e-0000-7000-8000-000000000002",
                       "response": { "fields": { "weather": "sun" } }, "seconds": 2.0 });
    world.annotator.post(&format!("/api/queue/leases/{}/submit", world.id("lease")), &body).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_first_and_then_what_changes() {
    let world = World::seed().await;
    let mut events = Events::open(&world.manager, &world).await;
    let first = events.next().await.unwrap();
    assert_eq!((&first["batch_id"], &first["state"]), (&json!(world.id("batch")), &json!("in_progress")));
    assert_eq!((&first["counts"]["claimed"], &first["counts"]["done"]), (&json!(1), &json!(0)));
    // Two tabs know nothing of each other.
    let mut other = Events::open(&world.reviewer, &world).await;
    assert_eq!(other.next().await, Some(first));
    submit(&world).await;
    for stream in [&mut events, &mut other] {
        let next = stream.next().await.unwrap();
        assert_eq!((&next["state"], &next["counts"]["done"]), (&json!("completed"), &json!(1)));
    }
    assert_eq!(world.server.app.live().open(), 2);
    drop((events, other));
    assert_eq!(world.server.app.live().open(), 0, "whoever goes leaves nothing behind");
    // Nothing is under way: the stream is open and silent.
    let answer = world.manager.open(&world.path("/events")).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_right_to_look() {
    let world = World::seed().await;
    let mut gone = Events::open(&world.reviewer, &world).await;
    gone.next().await.unwrap();
    let user = world.reviewer.id().await;
    world
        .manager
        .put(&world.path(&format!("/members/{user}")), &json!({ "roles": ["annotator"] }))
        .await
        .is(200);
    assert_eq!(gone.next().await, None);
    world.reviewer.get(&world.path("/events")).await.is_error(403, "forbidden");

    let mut out = Events::open(&world.manager, &world).await;
    out.next().await.unwrap();
    let mut program = Events::open(&world.program, &world).await;
    program.next().await.unwrap();
    world.manager.delete("/api/session").await.is(204);
    assert_eq!(out.next().await, None);
    // The manager's program has a key of its own, and watches on until the server goes down.
    world.server.app.stop_watching();
    assert_eq!(program.next().await, None);
    assert!(program.rest.contains("retry: 500\n"), "{}", program.rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_opens_streams_without_end() {
    let world = World::seed().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(Events::open(&world.manager, &world).await);
    }
    world.manager.get(&world.path("/events")).await.is_error(429, "too_many_attempts");
    Events::open(&world.reviewer, &world).await;
    open.pop();
    Events::open(&world.manager, &world).await;
}

#[tokio::test]
async fn the_managers_day_over_the_wire() {
    let world = World::seed().await;
    let batch = world.path(&format!("/batches/{}", world.id("batch")));
    let held = world.manager.get(&format!("{batch}/tasks?standing=held")).await.is(200);
    let task = &held["items"][0];
    assert_eq!((&held["total"], &held["next_cursor"], &task["level"]), (&json!(1), &Value::Null, &json!(0)));
    assert_eq!(
        (&task["people"][0]["name"], &task["lease_remaining_ms"]),
        (&json!("The annotator"), &json!(900_000))
    );
    world.manager.get(&format!("{batch}/tasks?standing=lost")).await.is(422);
    world.manager.get(&format!("{batch}/tasks?standing=held&cursor=x")).await.is_error(422, "invalid");
    // Taken away with a reason and a place, or with nothing said at all.
    let at = world.path(&format!("/tasks/{}", world.id("task")));
    let step = json!({ "level": 0, "slot": 0, "reason": "a meeting" });
    world.manager.post(&format!("{at}/revoke"), &step).await.is(204);
    world.manager.send("POST", &format!("{at}/revoke"), "", Vec::new()).await.is_error(409, "not_held");
    let asset = world.manager.get(&world.path(&format!("/assets/{}", world.id("asset")))).await.is(200);
    let told = asset["history"].as_array().or(asset["ledger"].as_array()).unwrap().clone();
    assert!(
        told.iter().any(|event| event["event"] == "revoked" && event["details"] == "a meeting"),
        "{told:?}"
    );
    let user = world.annotator.id().await;
    world.manager.post(&format!("{at}/assign"), &json!({ "user_id": user, "hours": 3 })).await.is(204);
    let kept = world.manager.get(&format!("{batch}/tasks?standing=kept")).await.is(200);
    assert_eq!(kept["items"][0]["kept_for"]["id"], json!(user));
    let paused =
        world.manager.send("POST", &world.path(&format!("/members/{user}/pause")), "", Vec::new()).await;
    assert!(paused.is(200)["paused_at"].is_string());
    let claim = json!({ "claim_id": "01936d2e-0000-7000-8000-000000000009" });
    let none = world.annotator.post("/api/queue/claim", &claim).await;
    assert!(none.text().contains("\"paused\""), "{}", none.text());
    let progress = world.reviewer.get(&format!("{batch}/progress?hours=2")).await.is(200);
    assert_eq!(progress["hours"].as_array().unwrap().len(), 2);
    world.manager.get(&world.path("/insights?hours=0")).await.is_error(422, "bad_hours");
    let rehearsed =
        world.manager.post(&format!("{batch}/rehearse"), &json!({ "annotators": 2 })).await.is(200);
    assert_eq!(rehearsed["assumed"]["annotators"], json!(2));
    assert_eq!(rehearsed["warnings"][0]["code"], json!("not_there_yet"));
}
