//! Standing batches over HTTP: the whole life of one, what is refused, and the scheduler that wakes by itself.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_app::standing_batches::tick;
use sheaf_server::Scheduler;

use crate::harness::World;

const HOUR: i64 = 3_600_000;

/// Uploads a manifest of `n` rows, each at the camera.
async fn upload(world: &World, name: &str, camera: &str, n: usize) {
    let upload = json!({ "name": name, "source": "api" });
    let upload = world.program.post(&world.path("/uploads"), &upload).await.is(201);
    let at = world.path(&format!("/uploads/{}", upload["id"].as_str().unwrap()));
    let rows: String = (0..n).map(|i| format!("https://example.org/{name}/{i}.png,{camera}\n")).collect();
    let csv = format!("url,camera\n{rows}").into_bytes();
    let manifest = format!("{at}/manifest?filename=x.csv");
    world.program.send("PUT", &manifest, "application/octet-stream", csv).await.is(200);
    world.program.post(&format!("{at}/manifest/commit"), &json!({})).await.is(202);
    until("the manifest is read", async || {
        let upload = world.program.get(&at).await.is(200);
        upload["job"]["state"] == "done" && upload["counts"]["added"] == n
    })
    .await;
}

/// Looks again and again: a task that works tells nobody.
async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not happen: {what}");
        tokio::task::yield_now().await;
    }
}

async fn make(world: &World, body: Value) -> String {
    let made = world.manager.post(&world.path("/standing-batches"), &body).await.is(201);
    world.path(&format!("/standing-batches/{}", made["id"].as_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_daily_one() {
    let world = World::seed().await;
    upload(&world, "first", "front", 3).await;
    let body = json!({
        "name": "Nights", "query": "camera:front", "trigger": { "daily": { "at": "06:00", "utc_offset_minutes": 60 } },
        "name_pattern": "night {date}", "launch": true, "priority": 3, "pick": { "random": { "count": 5 } },
        "catch_up": "each", "prelabels": "yolo-v8" });
    let made = world.manager.post(&world.path("/standing-batches"), &body).await.is(201);
    assert!(made["id"].as_str().unwrap().starts_with("stb_"));
    let sent =
        ["name", "query", "trigger", "name_pattern", "launch", "priority", "pick", "catch_up", "prelabels"];
    for key in sent {
        assert_eq!(made[key], body[key], "{key}");
    }
    assert_eq!(
        made["exclude"],
        json!({ "batched": "any" }),
        "what was in a batch is left out unless told otherwise"
    );
    assert_eq!(
        (&made["state"], &made["kind"], &made["runs"]),
        (&json!("active"), &json!("production"), &json!(0))
    );
    // The clock stands at 2026-11-24T06:00:00Z, which is 07:00 there.
    assert_eq!(made["next_run_at"], "2026-11-25T05:00:00.000Z");
    assert_eq!((&made["waiting"], &made["last_run"]), (&json!(null), &json!(null)));
    assert_eq!(made["created_by"]["name"], "The manager");
    let at = world.path(&format!("/standing-batches/{}", made["id"].as_str().unwrap()));
    assert_eq!(world.reviewer.get(&at).await.is(200), made);

    // A session ends meanwhile; a key does not.
    world.server.clock.advance(24 * HOUR);
    assert!(tick(&world.server.app).await.unwrap().is_some());
    let now = world.program.get(&at).await.is(200);
    let run = &now["last_run"];
    assert_eq!((&run["n"], &run["outcome"], &run["members"]), (&json!(1), &json!("made"), &json!(3)));
    assert_eq!((&run["due_at"], &run["cause"]), (&json!("2026-11-25T05:00:00.000Z"), &json!("time")));
    assert_eq!(run["batch"]["name"], "night 2026-11-24");
    assert_eq!(now["next_run_at"], "2026-11-26T05:00:00.000Z");
    let batch = world.path(&format!("/batches/{}", run["batch"]["id"].as_str().unwrap()));
    let batch = world.program.get(&batch).await.is(200);
    assert_eq!((&batch["state"], &batch["priority"]), (&json!("in_progress"), &json!(3)));
    assert_eq!(batch["prelabels"], "yolo-v8");
    assert_eq!(batch["standing"], json!({ "id": made["id"], "name": "Nights" }));
    assert_eq!(batch["recipe"]["query"], "camera:front uploaded<2026-11-25T05:00:00.000Z");
    let by_hand = world.path(&format!("/batches/{}", world.id("batch")));
    assert_eq!(world.program.get(&by_hand).await.is(200)["standing"], json!(null));

    // Nothing new in a night, a pause over another, then a run by hand.
    world.server.clock.advance(24 * HOUR);
    tick(&world.server.app).await.unwrap();
    let paused = world.program.post(&format!("{at}/pause"), &json!({})).await.is(200);
    assert_eq!((&paused["state"], &paused["next_run_at"]), (&json!("paused"), &json!(null)));
    assert_eq!(paused["last_run"]["outcome"], "empty");
    world.server.clock.advance(48 * HOUR);
    upload(&world, "second", "front", 9).await;
    tick(&world.server.app).await.unwrap();
    let ran = world.program.post(&format!("{at}/run"), &json!({})).await.is(200);
    assert_eq!((&ran["last_run"]["cause"], &ran["last_run"]["members"]), (&json!("hand"), &json!(5)));
    assert_eq!(ran["state"], "paused");
    let resumed = world.program.post(&format!("{at}/resume"), &json!({})).await.is(200);
    assert_eq!(resumed["next_run_at"], "2026-11-29T05:00:00.000Z");

    let runs = world.program.get(&format!("{at}/runs?limit=2")).await.is(200);
    assert_eq!((&runs["total"], &runs["items"][0]), (&json!(3), &ran["last_run"]));
    let cursor = runs["next_cursor"].as_str().unwrap();
    let rest = world.program.get(&format!("{at}/runs?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((&rest["items"][0]["n"], &rest["next_cursor"]), (&json!(1), &json!(null)));

    world.program.patch(&at, &json!({ "prelabels": " x" })).await.is_error(422, "bad_prelabels");
    let same = world.program.patch(&at, &json!({ "priority": 3 })).await.is(200);
    assert_eq!(same["prelabels"], "yolo-v8");
    let changed =
        json!({ "name": "Days", "trigger": { "matches": { "every": 2 } }, "pick": "all", "prelabels": null });
    let changed = world.program.patch(&at, &changed).await.is(200);
    assert_eq!(
        (&changed["name"], &changed["waiting"], &changed["next_run_at"], &changed["prelabels"]),
        (&json!("Days"), &json!(4), &json!(null), &json!(null))
    );
    tick(&world.server.app).await.unwrap();
    assert_eq!(world.program.get(&at).await.is(200)["last_run"]["members"], 4);
    let all = world.program.get(&world.path("/standing-batches")).await.is(200);
    assert_eq!((&all["total"], &all["items"][0]["name"]), (&json!(2), &json!("Days")));
    world.program.delete(&at).await.is(204);
    world.program.get(&at).await.is_error(404, "not_found");
    assert_eq!(world.program.get(&world.path("/batches")).await.is(200)["total"], 4, "what it made stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheduler_wakes_by_uploads_and_by_people() {
    let world = World::seed().await;
    upload(&world, "first", "front", 1).await;
    let scheduler = Scheduler::start(world.server.app.clone());
    let at = make(
        &world,
        json!({ "name": "Tens", "query": "camera:front", "trigger": { "matches": { "every": 10 } },
                "name_pattern": "ten {n}", "pick": { "first": { "count": 10 } } }),
    )
    .await;
    assert_eq!(world.manager.get(&at).await.is(200)["waiting"], 1);
    upload(&world, "many", "front", 24).await;
    until("two batches are made", async || world.manager.get(&at).await.is(200)["runs"] == 2).await;
    assert_eq!(world.manager.get(&at).await.is(200)["waiting"], 5);
    // One that is made when enough is there already runs without an upload.
    let ready = make(
        &world,
        json!({ "name": "Fives", "query": "camera:front", "trigger": { "matches": { "every": 5 } },
                "name_pattern": "five {n}" }),
    )
    .await;
    until("a batch of five is made", async || world.manager.get(&ready).await.is(200)["runs"] == 1).await;
    let names: Vec<Value> = world.manager.get(&world.path("/batches")).await.is(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|batch| batch["name"].clone())
        .collect();
    assert_eq!(names, ["five 1", "ten 2", "ten 1", "First"]);
    scheduler.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    let world = World::seed().await;
    let path = world.path("/standing-batches");
    let body = |change: Value| {
        let mut body =
            json!({ "name": "x", "trigger": { "matches": { "every": 9 } }, "name_pattern": "x {n}" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let daily =
        |at: &str, offset: i32| json!({ "trigger": { "daily": { "at": at, "utc_offset_minutes": offset } } });
    for (change, at) in [
        (daily("25:00", 0), "trigger.daily"),
        (daily("6:00", 0), "trigger.daily"),
        (daily("06:00", 900), "trigger.daily.utc_offset_minutes"),
        (json!({ "trigger": { "matches": { "every": 0 } } }), "trigger.matches.every"),
        (json!({ "trigger": { "matches": { "every": -1 } } }), "trigger.matches"),
        (json!({ "trigger": { "weekly": {} } }), "trigger"),
        (json!({ "pick": { "first": { "count": 0 } } }), "pick.count"),
        (json!({ "name_pattern": "x {day}" }), "name_pattern"),
        (json!({ "name_pattern": "" }), "name_pattern"),
        (json!({ "catch_up": "never" }), "catch_up"),
        (json!({ "unknown": 1 }), "unknown"),
    ] {
        let error = world.manager.post(&path, &body(change.clone())).await.is_error(422, "invalid");
        let path = error["details"]["problems"][0]["path"].as_str().unwrap();
        assert!(path.starts_with(at), "{change}: {error}");
    }
    let wrong = world.manager.post(&path, &body(daily("25:00", 0))).await.is_error(422, "invalid");
    assert!(wrong["message"].as_str().unwrap().contains("`25:00` is not a time of day"), "{wrong}");
    let query = json!({ "query": "width>1 wether:rain" });
    let error = world.manager.post(&path, &body(query)).await.is_error(422, "bad_query");
    assert_eq!(error["span"], json!([8, 14]));
    let nowhere = json!({ "exclude": { "batched": ["no such"] } });
    world.manager.post(&path, &body(nowhere)).await.is_error(422, "unknown_batch");
    world.manager.post(&path, &body(json!({ "name": " " }))).await.is_error(422, "bad_name");
    world.manager.post(&path, &body(json!({ "name": "Every 1000" }))).await.is_error(409, "name_taken");
    assert_eq!(world.manager.get(&path).await.is(200)["total"], 1, "nothing of it was made");

    let at = format!("{path}/{}", world.id("standing_batch"));
    for (change, code) in [
        (json!({ "name_pattern": "{x}" }), "invalid"),
        (json!({ "query": "(" }), "bad_query"),
        (json!({ "trigger": { "matches": { "every": 0 } } }), "invalid"),
    ] {
        world.manager.patch(&at, &change).await.is_error(422, code);
    }
    make(&world, body(json!({}))).await;
    world.manager.patch(&at, &json!({ "name": "x" })).await.is_error(409, "name_taken");
}
