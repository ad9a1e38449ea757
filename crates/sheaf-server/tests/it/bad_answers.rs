//! What a browser, a script or somebody of ill will may send the queue: refused with a reason, and nothing is changed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Client, World, taxonomy};

const ID: &str = "01936d2e-0000-7000-8000-0000000000";

fn answer(n: u8, annotations: &[Value]) -> Value {
    let response = json!({ "annotations": annotations, "fields": { "weather": "sun" } });
    json!({ "submission_id": format!("{ID}{n:02}"), "response": response, "seconds": 3.5 })
}

fn car(uuid: &str, width: f64) -> Value {
    json!({ "uuid": uuid, "label": "car", "type": "box", "left": 0.0, "top": 0.0, "width": width, "height": 1.0 })
}

fn at(lease: &str, what: &str) -> String {
    format!("/api/queue/leases/{lease}/{what}")
}

async fn colleague(world: &World) -> Client {
    crate::harness::member(&world.server, &world.admin, "colleague", world.id("project"), "annotator").await
}

#[tokio::test]
async fn anothers_lease_is_no_lease() {
    let world = World::seed().await;
    let other = colleague(&world).await;
    for what in ["submit", "heartbeat", "release", "skip", "draft"] {
        let body = match what {
            "submit" => answer(1, &[]),
            "skip" => json!({ "reason": "mine now" }),
            "draft" => json!({ "response": {}, "seq": 1 }),
            _ => json!({}),
        };
        let method = if what == "draft" { "PUT" } else { "POST" };
        other.json(method, &at(world.id("lease"), what), &body).await.is_error(404, "not_found");
    }
    world.annotator.post(&at(world.id("lease"), "submit"), &answer(1, &[])).await.is(200);
}

#[tokio::test]
async fn an_answer_is_held_to_the_taxonomy_that_its_person_was_shown() {
    let world = World::seed().await;
    // The option "sun" and the label "car" go while the annotator has the task on the screen.
    let mut next = taxonomy(1);
    next["taxonomy"]["labels"] = json!([]);
    next["taxonomy"]["fields"][0]["options"] = json!([{ "value": "rain" }, { "value": "snow" }]);
    world.manager.put(&world.path("/taxonomy"), &next).await.is(200);
    let submit = at(world.id("lease"), "submit");
    let mut newer = answer(1, &[]);
    newer["response"]["fields"]["weather"] = json!("snow");
    let error = world.annotator.post(&submit, &newer).await.is_error(422, "invalid_response");
    assert_eq!(error["details"]["problems"][0]["path"], "fields.weather");
    world.annotator.post(&submit, &answer(1, &[car("a", 1.0)])).await.is(200);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_its_place_and_the_lease_stays() {
    let world = World::seed().await;
    let submit = at(world.id("lease"), "submit");
    let outside = answer(1, &[car("a", 1.0), car("b", 40.0)]);
    let error = world.annotator.post(&submit, &outside).await.is_error(422, "invalid_response");
    let problem = &error["details"]["problems"][0];
    assert_eq!(problem["path"], "annotations[1].width", "{problem}");
    assert!(problem["message"].as_str().unwrap().contains("outside the image (0 to 1)"), "{problem}");
    let many: Vec<Value> = (0..10_000).map(|n| car(&n.to_string(), 1.0)).collect();
    let error = world.annotator.post(&submit, &answer(1, &many)).await.is_error(422, "invalid_response");
    assert_eq!(error["details"]["problems"][0]["path"], "annotations");
    let huge = format!(r#"{{"submission_id":"{ID}01","response":"{}"}}"#, "x".repeat(100 << 20));
    let huge = world.annotator.send("POST", &submit, "application/json", huge.into_bytes()).await;
    huge.is_error(413, "too_large");
    world.annotator.post(&at(world.id("lease"), "heartbeat"), &json!({})).await.is(200);
    world.annotator.post(&submit, &answer(1, &[])).await.is(200);
}

#[tokio::test]
async fn one_id_is_one_answer() {
    let world = World::seed().await;
    let submit = at(world.id("lease"), "submit");
    let first = world.annotator.post(&submit, &answer(1, &[])).await.is(200);
    let again = world.annotator.post(&submit, &answer(1, &[])).await.is(200);
    assert_eq!((&first["submitted_at"], &again["replayed"]), (&again["submitted_at"], &json!(true)));
    let other = world.annotator.post(&submit, &answer(1, &[car("a", 1.0)])).await;
    other.is_error(409, "submission_conflict");
}

#[tokio::test]
async fn a_dead_lease_gives_no_sign_of_life_and_keeps_the_work() {
    let world = World::seed().await;
    let other = colleague(&world).await;
    world.server.clock.advance(16 * 60 * 1000);
    let claim = json!({ "claim_id": format!("{ID}99") });
    assert_eq!(other.post("/api/queue/claim", &claim).await.is(200)["tasks"].as_array().unwrap().len(), 1);
    let own = world.id("lease");
    world.annotator.post(&at(own, "heartbeat"), &json!({})).await.is_error(409, "lease_lost");
    let error = world.annotator.post(&at(own, "submit"), &answer(1, &[])).await.is_error(409, "lease_lost");
    assert_eq!(error["details"]["draft_kept"], true);
    world.annotator.post(&at("lse_nonsense", "heartbeat"), &json!({})).await.is_error(404, "not_found");
}

/// Whoever asks a hundred times at once holds as many tasks as anybody may.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_claims_by_one_person_takes_no_more_than_their_share() {
    let world = World::seed().await;
    for n in 0..8 {
        let new = json!({ "name": format!("More {n}"), "recipe": { "pick": "all" }, "launch": true });
        world.manager.post(&world.path("/batches"), &new).await.is(201);
    }
    let other = colleague(&world).await;
    let mut flood = tokio::task::JoinSet::new();
    for n in 0..100 {
        let other = other.clone();
        flood.spawn(async move {
            let claim = json!({ "claim_id": format!("{ID}{:02x}", n), "count": 10 });
            let tasks = other.post("/api/queue/claim", &claim).await.is(200)["tasks"].clone();
            tasks.as_array().unwrap().iter().map(|task| task["lease_id"].to_string()).collect::<Vec<_>>()
        });
    }
    let held: BTreeSet<String> = flood.join_all().await.into_iter().flatten().collect();
    assert_eq!(held.len(), 3);
    let greedy = json!({ "claim_id": format!("{ID}ff"), "count": 1_000 });
    other.post("/api/queue/claim", &greedy).await.is_error(422, "bad_count");
}
