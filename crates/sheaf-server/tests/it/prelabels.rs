//! Pre-labels over HTTP: brought in row by row, shown to whoever labels, told from what people made of them.

use serde_json::{Value, json};

use crate::harness::{Client, World};

const LINES: &str = "application/jsonl";

fn uuid(n: u8) -> String {
    format!("01936d2e-0000-7000-8000-0000000000{n:02}")
}

/// Writes lines for the source `m`; the report.
async fn put(client: &Client, at: &str, lines: &[Value]) -> Value {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    client.send("PUT", &format!("{at}?source=m"), LINES, body.into()).await.is(200)
}

fn car(left: f64) -> Value {
    json!({ "type": "box", "label": "car", "left": left, "top": 0, "width": 1, "height": 1 })
}

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "added", "replaced", "unchanged", "refused"].map(|key| report[key].as_u64().unwrap())
}

async fn asset(world: &World) -> Value {
    world.manager.get(&world.path("/assets")).await.is(200)["items"][0].clone()
}

#[tokio::test]
async fn rows_are_written_once_and_told_what_is_wrong_with_them() {
    let world = World::seed().await;
    let (manager, at) = (&world.manager, world.path("/prelabels"));
    let id = asset(&world).await["id"].clone();
    let good = json!({ "asset_id": id, "score": 0.83, "response": { "annotations": [car(0.0)] } });
    let by_path = json!({ "upload": "Monday", "path": "a.png", "source": "n", "response": {} });
    assert_eq!(counts(&put(manager, &at, &[good.clone(), by_path.clone()]).await), [2, 2, 0, 0, 0]);
    assert_eq!(counts(&put(manager, &at, &[good.clone(), by_path]).await), [2, 0, 0, 2, 0]);
    let better = json!({ "asset_id": id, "score": 0.9, "response": { "annotations": [car(0.5)] } });
    assert_eq!(counts(&put(manager, &at, std::slice::from_ref(&better)).await), [1, 0, 1, 0, 0]);

    let of = |response: Value| json!({ "asset_id": id, "response": response });
    let bad = [
        (
            "response.annotations[0].label",
            of(
                json!({ "annotations": [{ "type": "box", "label": "bus", "left": 0, "top": 0, "width": 1, "height": 1 }] }),
            ),
        ),
        ("response.annotations[0].width", of(json!({ "annotations": [car(900.0)] }))),
        (
            "response.annotations[0]",
            of(json!({ "annotations": [{ "type": "box", "label": "car", "left": "0" }] })),
        ),
        (
            "response.annotations[0].confidence",
            of(
                json!({ "annotations": [{ "type": "box", "label": "car", "left": 0, "top": 0, "width": 1, "height": 1, "confidence": 1 }] }),
            ),
        ),
        ("response.fields.speed", of(json!({ "fields": { "speed": 3 } }))),
        ("response", of(json!("car"))),
        ("asset_id", json!({ "asset_id": "ast_0000000000000", "response": {} })),
        ("asset_id", json!({ "asset_id": 5, "response": {} })),
        ("reference_id", json!({ "reference_id": "nobody\u{0}", "response": {} })),
        ("upload", json!({ "upload": "Tuesday", "path": "a.png", "response": {} })),
        ("path", json!({ "upload": "Monday", "path": "b.png", "response": {} })),
        ("", json!({ "upload": "Monday", "response": {} })),
        ("source", json!({ "asset_id": id, "source": "", "response": {} })),
        ("score", json!({ "asset_id": id, "score": "high", "response": {} })),
        ("taxonomy_version", json!({ "asset_id": id, "taxonomy_version": 99, "response": {} })),
        ("", json!([])),
    ];
    let lines: Vec<Value> = bad.iter().map(|(_, line)| line.clone()).collect();
    let report = put(manager, &at, &lines).await;
    assert_eq!(counts(&report), [16, 0, 0, 0, 16], "{report}");
    for (n, (path, line)) in bad.iter().enumerate() {
        let told: Vec<&Value> =
            report["problems"].as_array().unwrap().iter().filter(|it| it["row"] == n + 1).collect();
        assert!(told.iter().any(|it| it["path"] == *path), "{line}: {told:?}");
        assert!(told.iter().all(|it| !it["message"].as_str().unwrap().is_empty()));
    }
    // What is no text of rows at all, and what comes between good ones.
    let body = [b"\xff\xfe\n\n{\n".as_slice(), good.to_string().as_bytes()].concat();
    let report = manager.send("PUT", &format!("{at}?source=m"), LINES, body).await.is(200);
    assert_eq!(counts(&report), [3, 0, 1, 0, 2]);
    assert_eq!(
        report["problems"].as_array().unwrap().iter().map(|it| &it["row"]).collect::<Vec<_>>(),
        [1, 3]
    );
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_a_list_is_taken_too() {
    let world = World::seed().await;
    let (manager, at) = (&world.manager, world.path("/prelabels"));
    let id = asset(&world).await["id"].clone();
    let items = json!({ "items": [{ "asset_id": id, "source": "m", "response": {} }, { "asset_id": id }] });
    let dry = manager.put(&format!("{at}?dry_run=true"), &items).await.is(200);
    assert_eq!((counts(&dry), &dry["dry_run"]), ([2, 1, 0, 0, 1], &json!(true)));
    assert_eq!(manager.get(&at).await.is(200)["items"], json!([]));
    assert_eq!(counts(&manager.put(&at, &items).await.is(200)), [2, 1, 0, 0, 1]);
    let known = manager.get(&at).await.is(200);
    assert_eq!((&known["items"][0]["source"], &known["items"][0]["n_assets"]), (&json!("m"), &json!(1)));
    for wrong in [json!({}), json!({ "items": {} }), json!({ "items": [], "x": 1 }), json!([])] {
        manager.put(&at, &wrong).await.is_error(422, "invalid");
    }
    manager.send("PUT", &at, "application/json", "{".into()).await.is_error(400, "bad_request");
    manager.send("PUT", &at, "text/csv", "a,b\n".into()).await.is_error(415, "unsupported_media_type");
    manager.put(&format!("{at}?source=%20"), &json!({ "items": [] })).await.is_error(422, "invalid");
    manager.put(&format!("{at}?dry_run=perhaps"), &json!({ "items": [] })).await.is_error(422, "invalid");
    assert_eq!(manager.delete(&format!("{at}?source=m")).await.is(200)["deleted"], 1);
    manager.delete(&format!("{at}?source=m")).await.is_error(404, "not_found");
    manager.delete(&at).await.is_error(422, "invalid");
    // Without a taxonomy there is nothing to hold rows against.
    let mails = format!("/api/projects/{}/prelabels", world.id("other_project"));
    world.stranger.put(&mails, &json!({ "items": [] })).await.is_error(422, "no_taxonomy");
}

#[tokio::test]
async fn a_batch_says_whose_are_shown_and_answers_say_what_became_of_them() {
    let world = World::seed().await;
    let (manager, at) = (&world.manager, world.path("/prelabels"));
    let id = asset(&world).await["id"].clone();
    put(manager, &at, &[json!({ "asset_id": id, "score": 0.83, "response": { "annotations": [car(0.0)], "fields": { "weather": "sun" } } })]).await;
    let batches = world.path("/batches");
    let new = json!({ "name": "Second", "recipe": { "assets": [id], "exclude": { "batched": "none" } }, "priority": 9, "prelabels": "m" });
    let batch = manager.post(&batches, &new).await.is(201);
    assert_eq!(batch["prelabels"], "m");
    let one = format!("{batches}/{}", batch["id"].as_str().unwrap());
    assert_eq!(manager.patch(&one, &json!({ "prelabels": null })).await.is(200)["prelabels"], Value::Null);
    assert_eq!(manager.patch(&one, &json!({ "name": "2" })).await.is(200)["prelabels"], Value::Null);
    assert_eq!(manager.patch(&one, &json!({ "prelabels": "m" })).await.is(200)["prelabels"], "m");
    manager.patch(&one, &json!({ "prelabels": " m" })).await.is_error(422, "bad_prelabels");
    manager.patch(&one, &json!({ "prelabels": 5 })).await.is_error(422, "invalid");
    manager.post(&format!("{one}/launch"), &json!({})).await.is(200);
    manager.patch(&one, &json!({ "prelabels": null })).await.is_error(409, "bad_state");
    manager.patch(&one, &json!({ "prelabels": "m", "priority": 8 })).await.is(200);

    let lease = format!("/api/queue/leases/{}", world.id("lease"));
    world.annotator.post(&format!("{lease}/release"), &json!({})).await.is(204);
    let claim = json!({ "claim_id": uuid(1) });
    let task = world.annotator.post("/api/queue/claim", &claim).await.is(200)["tasks"][0].clone();
    assert_eq!(task["batch"]["name"], "2", "{task}");
    let prelabel = &task["prelabel"];
    assert_eq!((&prelabel["source"], &prelabel["score"]), (&json!("m"), &json!(0.83)));
    assert_eq!((&prelabel["left_out"], &task["draft"]), (&json!([]), &Value::Null));
    let response = prelabel["response"].clone();
    assert_eq!(response["annotations"][0]["uuid"], "prelabel-1");
    // Nothing is missing, so it may be handed in as it is.
    let submit = format!("/api/queue/leases/{}/submit", task["lease_id"].as_str().unwrap());
    let answer =
        |n: u8, response: &Value| json!({ "submission_id": uuid(n), "response": response, "seconds": 1 });
    world.annotator.post(&submit, &answer(2, &response)).await.is(200);
    let detail = manager.get(&world.path(&format!("/assets/{}", id.as_str().unwrap()))).await.is(200);
    assert_eq!(detail["answers"][0]["prelabel"], json!({ "source": "m", "unchanged": true }));
    let said = &detail["prelabels"][0];
    assert_eq!(
        (&said["source"], &said["response"], &said["created_by"]["name"]),
        (&json!("m"), &response, &json!("The manager"))
    );
    let mut other = response.clone();
    other["annotations"][0]["left"] = json!(0.25);
    let amend = format!("/api/queue/tasks/{}/amend", task["task_id"].as_str().unwrap());
    world.annotator.post(&amend, &answer(3, &other)).await.is(200);

    let export = |more: &str| {
        world.path(&format!("/export?format=jsonl&batch={}{more}", batch["id"].as_str().unwrap()))
    };
    let line = |text: String| -> Value { serde_json::from_str(text.lines().next().unwrap()).unwrap() };
    let plain = line(manager.get(&export("")).await.text());
    assert_eq!(plain["prelabel"], json!({ "source": "m", "unchanged": false }), "{plain}");
    assert!(plain.get("prelabels").is_none());
    let with = line(manager.get(&export("&with=prelabels")).await.text());
    assert_eq!(
        (&with["prelabels"][0]["source"], &with["prelabels"][0]["response"]),
        (&json!("m"), &response)
    );
    manager.get(&world.path("/export?format=csv&with=prelabels")).await.is_error(422, "bad_format");
    manager.get(&export("&with=everything")).await.is_error(422, "invalid");
}
