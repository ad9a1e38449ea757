//! Whom a batch is open to, the orders of tasks and batches, what explains them, and skips taken back, over HTTP.

use serde_json::{Value, json};

use crate::harness::World;

#[tokio::test]
async fn a_batch_says_how_it_is_served() {
    let world = World::seed().await;
    let (manager, group) = (&world.manager, world.id("group"));
    let open_to = json!({ "groups": [group], "people": [world.id("user")] });
    let new = json!({
        "name": "Served", "recipe": { "pick": "all" }, "open_to": open_to, "overlap": 2, "launch": true,
        "order": { "shuffled": {} }, "due_at": "2027-01-02T03:04:05+01:00",
    });
    let made = manager.post(&world.path("/batches"), &new).await.is(201);
    assert_eq!(made["open_to"]["groups"], json!([{ "id": group, "name": "Night shift" }]));
    assert_eq!(made["open_to"]["people"][0]["id"], world.id("user"));
    assert!(made["order"]["shuffled"]["seed"].is_u64(), "the seed is kept: {}", made["order"]);
    assert_eq!(made["due_at"], "2027-01-02T02:04:05.000Z");
    assert_eq!(made["warnings"][0]["code"], "too_few_to_label");
    let batch = world.path(&format!("/batches/{}", made["id"].as_str().unwrap()));
    let refused = manager.delete(&world.path(&format!("/groups/{group}"))).await;
    refused.is_error(409, "group_in_use");
    let wrong = json!({ "open_to": { "groups": ["grp_00000000000gg"] } });
    manager.patch(&batch, &wrong).await.is_error(422, "bad_open_to");
    let order = json!({ "order": { "field": { "by": "name" } } });
    manager.patch(&batch, &order).await.is_error(409, "bad_state");
    let edited = manager.patch(&batch, &json!({ "open_to": {}, "due_at": null })).await.is(200);
    assert_eq!((&edited["open_to"]["groups"], &edited["due_at"]), (&json!([]), &Value::Null));
    let kept = manager.patch(&batch, &json!({ "priority": 3 })).await.is(200);
    assert_eq!(
        kept["warnings"][0]["message"],
        "2 judgements of each task are asked for, and only 1 may give one"
    );
    manager.patch(&batch, &json!({ "due_at": "tomorrow" })).await.is_error(422, "invalid");
}

#[tokio::test]
async fn the_queue_is_ordered_explained_and_a_skip_taken_back() {
    let world = World::seed().await;
    let (manager, annotator) = (&world.manager, &world.annotator);
    let new = json!({ "name": "Second", "recipe": { "pick": "all" }, "launch": true });
    let second = manager.post(&world.path("/batches"), &new).await.is(201)["id"].clone();
    let path = world.path("/queue-order");
    let order = manager.put(&path, &json!({ "batches": [second] })).await.is(200);
    let names = |order: &Value| {
        let all = order["batches"].as_array().unwrap().iter();
        all.map(|batch| batch["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names(&order), &order["by_hand"]), (vec!["Second".into(), "First".into()], &json!(true)));
    assert_eq!(order["batches"][0]["reason"], "by_hand");
    let order = manager.delete(&path).await.is(200);
    assert_eq!((names(&order), &order["by_hand"]), (vec!["First".into(), "Second".into()], &json!(false)));

    let own = format!("/api/queue/explain?project_id={}", world.id("project"));
    let told = annotator.get(&own).await.is(200);
    assert_eq!(told["held"], json!([world.id("task")]));
    let labels: Vec<&Value> =
        told["steps"].as_array().unwrap().iter().filter(|step| step["work"] == "label").collect();
    assert_eq!((&labels[0]["verdict"], &labels[1]["verdict"]), (&json!("nothing_left"), &json!("next")));
    let told = manager.get(&world.path(&format!("/members/{}/queue", world.id("user")))).await.is(200);
    assert_eq!(told["steps"].as_array().unwrap().len(), 2);

    let task = world.path(&format!("/tasks/{}", world.id("task")));
    let why = manager.get(&format!("{task}/queue")).await.is(200);
    assert_eq!(why["slots"][0]["state"], "leased");
    assert_eq!(
        why["slots"][0]["reason"],
        "held by The annotator for 15 minutes more, unless they give a sign of life"
    );
    let skip = format!("/api/queue/leases/{}/skip", world.id("lease"));
    annotator.post(&skip, &json!({ "reason": "too dark" })).await.is(204);
    let listed = annotator.get("/api/queue/skips").await.is(200);
    assert_eq!(
        (&listed["items"][0]["reason"], &listed["items"][0]["open"]),
        (&json!("too dark"), &json!(true))
    );
    let why = manager.get(&format!("{task}/queue")).await.is(200);
    assert_eq!((&why["state"], &why["skips"][0]["reason"]), (&json!("blocked"), &json!("too dark")));
    world.reviewer.post(&format!("{task}/unskip"), &json!({})).await.is_error(404, "not_found");
    let other = json!({ "person": world.id("user") });
    world.reviewer.post(&format!("{task}/unskip"), &other).await.is_error(403, "forbidden");
    manager.post(&format!("{task}/unskip"), &json!({})).await.is_error(409, "not_skipped");
    annotator.post(&format!("{task}/unskip"), &json!({})).await.is(204);
    assert_eq!(annotator.get("/api/queue/skips").await.is(200)["items"], json!([]));
    let why = manager.get(&format!("{task}/queue")).await.is(200);
    assert_eq!((&why["state"], &why["slots"][0]["state"]), (&json!("pending"), &json!("open")));
}
