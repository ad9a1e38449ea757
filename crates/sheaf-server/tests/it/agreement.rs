//! Agreement over the wire: two people answer, the reviewer gets both with what they say together, the batch sums up, one
//! answer a task goes out, and bad rules are refused.

use serde_json::{Value, json};

use crate::harness::{Client, World, member};

/// Claims the next task and hands in an answer.
async fn answer(client: &Client, n: u8, left: f64, weather: &str) -> Value {
    let claim = json!({ "claim_id": format!("01936d2e-0000-7000-8000-0000000001{n:02}"), "work": "label", "count": 2 });
    let claimed = client.post("/api/queue/claim", &claim).await.is(200);
    let tasks = claimed["tasks"].as_array().unwrap();
    let task = tasks.iter().find(|task| task["batch"]["name"] == "Twice").unwrap();
    let car = json!({ "uuid": format!("car-{n}"), "type": "box", "label": "car", "left": left, "top": 0.0,
                      "width": 0.5, "height": 1.0, "attributes": {} });
    let body = json!({ "submission_id": format!("01936d2e-0000-7000-8000-0000000002{n:02}"),
                       "response": { "annotations": [car], "fields": { "weather": weather } } });
    let lease = task["lease_id"].as_str().unwrap();
    client.post(&format!("/api/queue/leases/{lease}/submit"), &body).await.is(200);
    task["task_id"].clone()
}

#[tokio::test]
async fn two_answers_are_compared_and_become_one() {
    let world = World::seed().await;
    let ben = member(&world.server, &world.admin, "ben", world.id("project"), "annotator").await;
    let batch = json!({ "name": "Twice", "recipe": { "pick": "all" }, "launch": true, "overlap": 2,
                        "review_levels": 1, "priority": 9 });
    let batch = world.manager.post(&world.path("/batches"), &batch).await.is(201);
    let of_batch = world.path(&format!("/batches/{}/agreement", batch["id"].as_str().unwrap()));
    let empty = world.reviewer.get(&of_batch).await.is(200);
    assert_eq!((&empty["overlap"], &empty["compared"], &empty["mean"]), (&json!(2), &json!(0), &Value::Null));

    let task = answer(&world.annotator, 1, 0.0, "sun").await;
    let of_task = world.path(&format!("/tasks/{}/agreement", task.as_str().unwrap()));
    let half = world.reviewer.get(&of_task).await.is(200);
    assert_eq!((half["answers"].as_array().unwrap().len(), &half["agreement"]), (1, &Value::Null));
    assert_eq!(answer(&ben, 2, 0.1, "rain").await, task);

    let both = world.reviewer.get(&of_task).await.is(200);
    let found = &both["agreement"];
    // 0.4 of 0.6 for the boxes, nothing for the weather.
    assert_eq!((&found["score"], &found["disputed"]), (&json!(0.333334), &json!(true)), "{found}");
    assert_eq!(found["questions"][0], json!({ "field": null, "score": 0.666667 }));
    assert_eq!(found["questions"][1], json!({ "field": "weather", "score": 0.0 }));
    assert_eq!(found["labels"][0]["mean_iou"], 0.666667);
    assert_eq!(found["apart"], json!([]));
    let merged = &found["merged"];
    assert_eq!((&merged["by"], &merged["response"]["fields"]), (&json!("majority"), &json!({})));
    assert_eq!(merged["response"]["annotations"][0]["left"], 0.05);
    let none = world.reviewer.get(&format!("{of_task}?merged=reviewer")).await.is(200);
    assert_eq!(none["agreement"]["merged"], Value::Null);
    world.reviewer.get(&format!("{of_task}?merged=oldest")).await.is_error(422, "invalid");

    // A reviewer gets the same with the claim, and what they make of it is the answer.
    let claim = json!({ "claim_id": "01936d2e-0000-7000-8000-000000000301", "work": "review" });
    let claimed = world.reviewer.post("/api/queue/claim", &claim).await.is(200);
    let review = &claimed["tasks"][0];
    assert_eq!(review["agreement"], *found);
    let fix = json!({ "review_id": "01936d2e-0000-7000-8000-000000000302",
                      "response": { "annotations": merged["response"]["annotations"], "fields": { "weather": "sun" } } });
    let lease = review["lease_id"].as_str().unwrap();
    world.reviewer.post(&format!("/api/queue/leases/{lease}/fix"), &fix).await.is(200);
    let fixed = world.reviewer.get(&of_task).await.is(200);
    assert_eq!(fixed["answers"].as_array().unwrap().len(), 3);
    assert_eq!(fixed["agreement"]["merged"]["by"], "reviewer");

    let summed = world.reviewer.get(&of_batch).await.is(200);
    assert_eq!((&summed["compared"], &summed["disputed"]), (&json!(1), &json!(1)));
    assert_eq!(summed["pairs"][0]["kappa"][0], json!({ "field": "weather", "tasks": 1, "kappa": 0.0 }));
    assert_eq!(summed["disputed_tasks"][0]["task_id"], task);
    assert_eq!(summed["people"].as_array().unwrap().len(), 2);
    let found = world.reviewer.get(&world.path("/assets?q=is:disputed")).await.is(200);
    assert_eq!(found["total"], 1);

    let path = world.path("/export?format=jsonl&merged=majority");
    let rows = world.reviewer.get(&path).await;
    let row: Value = serde_json::from_str(rows.text().lines().next().unwrap()).unwrap();
    assert_eq!(
        (&row["merged"]["by"], &row["response"]["fields"]["weather"]),
        (&json!("reviewer"), &json!("sun"))
    );
    world.annotator.get(&path).await.is_error(403, "forbidden");
}
