//! Answers that people gave elsewhere, over HTTP: brought in row by row, and seen like any other, also by Scale's clients.

use serde_json::{Value, json};

use crate::harness::World;

fn says(label: &str) -> Value {
    json!({ "annotations": [{ "type": "box", "label": label, "left": 0, "top": 0, "width": 1, "height": 1 }],
            "fields": { "weather": "sun" } })
}

fn counts(report: &Value) -> [u64; 4] {
    ["rows", "added", "unchanged", "refused"].map(|key| report[key].as_u64().unwrap())
}

#[tokio::test]
async fn they_come_in_and_are_seen() {
    let world = World::seed().await;
    let (manager, at) = (&world.manager, world.path("/answers?batch=From%20there"));
    let id = world.id("asset");
    let kim = json!({ "asset_id": id, "annotator": "kim@x.org", "answered_at": "2024-05-31T12:00:00Z", "response": says("car") });
    let lee = json!({ "upload": "Monday", "path": "a.png", "annotator": "Lee", "response": says("car") });
    let items = json!({ "items": [kim, lee, { "asset_id": id, "annotator": "m", "response": {} }] });
    let dry = manager.put(&format!("{at}&dry_run=true"), &items).await.is(200);
    assert_eq!((counts(&dry), &dry["dry_run"], &dry["batch_id"]), ([3, 2, 0, 1], &json!(true), &Value::Null));
    let done = manager.put(&at, &items).await.is(200);
    assert_eq!(counts(&done), [3, 2, 0, 1]);
    assert_eq!(
        (&done["problems"][0]["row"], &done["problems"][0]["path"]),
        (&json!(3), &json!("response.fields.weather"))
    );
    let lines = format!("{kim}\n\n{lee}\n").into_bytes();
    let again = manager.send("PUT", &at, "application/jsonl", lines).await.is(200);
    assert_eq!((counts(&again), &again["batch_id"]), ([2, 0, 2, 0], &done["batch_id"]));

    let batch = world.path(&format!("/batches/{}", done["batch_id"].as_str().unwrap()));
    let batch = manager.get(&batch).await.is(200);
    assert_eq!(
        (&batch["name"], &batch["brought_in"], &batch["state"], &batch["overlap"]),
        (&json!("From there"), &json!(true), &json!("completed"), &json!(0))
    );
    let numbers = ["members", "done", "submitted", "pending"].map(|key| batch["counts"][key].as_i64());
    assert_eq!(numbers, [1, 1, 2, 0].map(Some));
    let detail = manager.get(&world.path(&format!("/assets/{id}"))).await.is(200);
    let told = |n: usize| (&detail["answers"][n]["annotator"]["name"], &detail["answers"][n]["brought_in"]);
    assert_eq!((told(0), told(1)), ((&json!("kim@x.org"), &json!(true)), (&json!("Lee"), &json!(true))));
    let found = manager.get(&world.path("/assets?q=label:car%20annotator:Lee")).await.is(200);
    assert_eq!(found["total"], 1, "{found}");
    let offers = manager.get(&world.path("/complete?q=annotator:&at=10")).await.is(200);
    assert!(offers.to_string().contains("kim@x.org"), "{offers}");

    let tasks = world.program.get("/v1/tasks?project=Streets&batch=From%20there").await.is(200);
    let task = &tasks["docs"][0];
    assert_eq!((&tasks["total"], &task["status"]), (&json!(1), &json!("completed")), "{tasks}");
    assert_eq!(task["response"]["annotations"][0]["label"], "car", "{task}");
}

#[tokio::test]
async fn bodies_that_are_none_are_told() {
    let world = World::seed().await;
    let (manager, at) = (&world.manager, world.path("/answers"));
    let empty = json!({ "items": [] });
    manager.put(&at, &empty).await.is_error(422, "invalid");
    manager.put(&format!("{at}?batch=%20"), &empty).await.is_error(422, "bad_name");
    manager.put(&format!("{at}?batch=First"), &empty).await.is_error(409, "name_taken");
    manager.put(&format!("{at}?batch=x&dry_run=perhaps"), &empty).await.is_error(422, "invalid");
    for wrong in [json!({}), json!({ "items": {} }), json!([])] {
        manager.put(&format!("{at}?batch=x"), &wrong).await.is_error(422, "invalid");
    }
    let done = manager.put(&format!("{at}?batch=x"), &empty).await.is(200);
    assert_eq!((counts(&done), &done["batch_id"]), ([0; 4], &Value::Null));
    manager
        .send("PUT", &format!("{at}?batch=x"), "text/csv", "a\n".into())
        .await
        .is_error(415, "unsupported_media_type");
    let mails = format!("/api/projects/{}/answers?batch=x", world.id("other_project"));
    world.stranger.put(&mails, &empty).await.is_error(422, "no_taxonomy");
}
