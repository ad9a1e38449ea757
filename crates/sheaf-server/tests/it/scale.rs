//! Scale's API as far as it is the same for all of its operations: who may call, the shape of errors, nothing that breaks. What
//! it means is tested with the official client, see `testing/scale`.

use serde_json::{Value, json};

use crate::harness::{Client, World};
use crate::openapi::operations;

fn paths(document: &Value) -> Vec<(String, String)> {
    let all = operations(document).filter(|(path, ..)| !path.starts_with("/api/"));
    all.map(|(path, method, _)| (path.to_owned(), method)).collect()
}

/// The address with something in the place of its names.
fn filled(path: &str) -> String {
    let parts = path.split(['{', '}']).enumerate();
    parts.map(|(i, part)| if i % 2 == 0 { part } else { "no%2Fsuch%20thing" }).collect()
}

async fn call(client: &Client, path: &str, method: &str, body: &Value) -> (u16, Value) {
    let answer = client.json(method, &filled(path), body).await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn nobody_calls_without_a_key() {
    let world = World::seed().await;
    let all = paths(&sheaf_server::openapi());
    assert!(all.len() > 50, "{all:?}");
    for (path, method) in all {
        // A browser's cookie is no key.
        for client in [&world.anonymous, &world.admin] {
            let (status, body) = call(client, &path, &method, &json!({})).await;
            assert_eq!((status, &body["status_code"]), (401, &json!(401)), "{method} {path}: {body}");
            assert!(body["error"].is_string(), "{method} {path}: {body}");
        }
    }
}

#[tokio::test]
async fn whatever_is_sent_the_answer_has_the_shape() {
    let world = World::seed().await;
    let bodies = [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"name": 1, "emails": [1], "groups": 7, "project": "?"}),
    ];
    for (path, method) in paths(&sheaf_server::openapi()) {
        for body in &bodies {
            let (status, answer) = call(&world.program, &path, &method, body).await;
            assert!(matches!(status, 200 | 400 | 403 | 404), "{method} {path} {body}: {status} {answer}");
            assert!(status == 200 || answer["status_code"] == status, "{method} {path} {body}: {answer}");
        }
        let cut = world.program.send(&method, &filled(&path), "application/json", b"{\"a\":".to_vec()).await;
        assert!(!cut.status.is_server_error(), "{method} {path}: {}", cut.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hypothesis_is_what_the_annotator_begins_with() {
    let world = World::seed().await;
    let files = world.program.get("/v1/files?project=Streets").await.is(200);
    let car = |left: f64| json!({ "label": "car", "type": "box", "left": left, "top": 0.25, "width": 1, "height": 0.5 });
    let bus = json!({ "label": "bus", "type": "box", "left": 0, "top": 0, "width": 1, "height": 1 });
    let said =
        json!({ "annotations": [car(0.0), bus, car(5.0)], "global_attributes": { "weather": "rain" } });
    let mut task = json!({ "project": "Streets", "attachment": files["docs"][0]["attachment_url"], "hypothesis": said,
        "geometries": { "box": { "objects_to_annotate": ["car"] } } });
    let made = world.program.post("/v1/task/imageannotation", &task).await.is(200);
    assert_eq!(made["params"]["hypothesis"], said);
    task["hypothesis"]["annotations"] = json!([car(0.0), "a car"]);
    let refused = world.program.post("/v1/task/imageannotation", &task).await.is(400);
    assert!(refused["error"].as_str().unwrap().contains("`hypothesis.annotations[1]`"), "{refused}");
    sheaf_app::scale::bind::some(&world.server.app).await.unwrap();

    let uuid = |n: u8| format!("01936d2e-0000-7000-8000-0000000000{n:02}");
    let submit = async |lease: &str, n: u8, response: &Value| {
        let answer = json!({ "submission_id": uuid(n), "response": response });
        world.annotator.post(&format!("/api/queue/leases/{lease}/submit"), &answer).await.is(200);
    };
    submit(world.id("lease"), 1, &json!({ "annotations": [], "fields": { "weather": "sun" } })).await;
    let claimed = world.annotator.post("/api/queue/claim", &json!({ "claim_id": uuid(2) })).await.is(200);
    let task = &claimed["tasks"][0];
    let prelabel = &task["prelabel"];
    assert_eq!((&prelabel["source"], &prelabel["left_out"]), (&json!("hypothesis"), &json!([])), "{task}");
    let shown = json!({ "annotations": [{ "uuid": "prelabel-1", "label": "car", "type": "box", "left": 0.0, "top": 0.25,
        "width": 1.0, "height": 0.5, "attributes": {} }], "fields": { "weather": "rain" } });
    assert_eq!(prelabel["response"], shown);
    submit(task["lease_id"].as_str().unwrap(), 3, &shown).await;
    let done = world.program.get(&format!("/v1/task/{}", made["task_id"].as_str().unwrap())).await.is(200);
    assert_eq!((&done["status"], &done["params"]["hypothesis"]), (&json!("completed"), &said));
    let asset = world.manager.get(&world.path(&format!("/assets/{}", world.id("asset")))).await.is(200);
    let answers = asset["answers"].as_array().unwrap();
    let of = |batch: &str| &answers.iter().find(|it| it["batch"]["name"] == batch).unwrap()["prelabel"];
    assert_eq!(of("Tasks without a batch"), &json!({ "source": "hypothesis", "unchanged": true }));
    assert_eq!(of("First"), &Value::Null);
}
