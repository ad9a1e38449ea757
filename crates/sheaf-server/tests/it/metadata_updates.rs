//! Updates of metadata over HTTP: a file, a query, ticked assets, one asset.

use serde_json::{Value, json};

use crate::harness::{Client, World};

const JSONL: &str = "application/jsonl";

/// Waits for an update's end.
async fn ended(client: &Client, at: &str, begun: &Value) -> Value {
    let path = format!("{at}/{}", begun["id"].as_str().unwrap());
    loop {
        let update = client.get(&path).await.is(200);
        if update["state"] != "running" {
            return update;
        }
        tokio::task::yield_now().await;
    }
}

/// A text project with three assets whose references are a, b and c: the manager, the project's address.
async fn library(world: &World) -> (Client, String) {
    let (client, project) = (world.stranger.clone(), world.id("other_project"));
    let at = format!("/api/projects/{project}");
    let upload =
        client.post(&format!("{at}/uploads"), &json!({ "name": "u", "source": "api" })).await.is(201);
    let manifest = format!("{at}/uploads/{}/manifest", upload["id"].as_str().unwrap());
    let csv = "text,id,mood\nfirst text,a,good\nsecond text,b,bad\nthird text,c,good\n";
    client.send("PUT", &manifest, "application/octet-stream", csv.into()).await.is(200);
    client.post(&format!("{manifest}/commit"), &json!({})).await.is(202);
    while client.get(&format!("{at}/assets")).await.is(200)["total"] != 3 {
        tokio::task::yield_now().await;
    }
    (client, at)
}

#[tokio::test]
async fn files_queries_and_ticked_assets_are_updated() {
    let world = World::seed().await;
    let (client, at) = library(&world).await;
    let updates = format!("{at}/metadata-updates");
    let body = "{\"ref\":\"a\",\"metadata\":{\"score\":0.5}}\n{\"ref\":\"x\",\"metadata\":{}}\nno json\n";
    let begun = client.send("POST", &updates, JSONL, body.into()).await.is(202);
    assert_eq!((&begun["source"], &begun["query"]), (&json!("jsonl"), &Value::Null));
    let done = ended(&client, &updates, &begun).await;
    for (field, want) in [
        ("state", json!("done")),
        ("total", json!(3)),
        ("done", json!(3)),
        ("updated", json!(1)),
        ("unchanged", json!(0)),
        ("refused", json!(2)),
        ("message", Value::Null),
    ] {
        assert_eq!(done[field], want, "{field} in {done}");
    }
    assert_eq!(done["created_by"]["name"], "The stranger");
    assert!(done["finished_at"].is_string());
    let report = format!("{updates}/{}/report", begun["id"].as_str().unwrap());
    let report = client.get(&report).await.is(200);
    assert_eq!(report["total"], 2);
    assert_eq!((&report["items"][0]["row"], &report["items"][0]["code"]), (&json!(2), &json!("unknown_ref")));
    assert_eq!((&report["items"][1]["row"], &report["items"][1]["code"]), (&json!(3), &json!("bad_json")));

    let csv = client.send("POST", &updates, "text/csv; charset=utf-8", "ref,score\nb,0.25\n".into()).await;
    assert_eq!(ended(&client, &updates, &csv.is(202)).await["updated"], 1);
    let query = json!({ "query": "score<0.4", "metadata": { "mood": null, "hard": true } });
    let done = ended(&client, &updates, &client.post(&updates, &query).await.is(202)).await;
    assert_eq!(
        (&done["updated"], &done["query"], &done["source"]),
        (&json!(1), &json!("score<0.4"), &json!("query"))
    );
    let found = client.get(&format!("{at}/assets?q=hard:true%20-mood:*")).await.is(200);
    assert_eq!((&found["total"], &found["items"][0]["reference_id"]), (&json!(1), &json!("b")));
    let ticked = json!({ "assets": [found["items"][0]["id"], "ast_x"], "metadata": { "hard": false } });
    let done = ended(&client, &updates, &client.post(&updates, &ticked).await.is(202)).await;
    assert_eq!((&done["total"], &done["updated"], &done["refused"]), (&json!(2), &json!(1), &json!(1)));

    let list = client.get(&format!("{updates}?limit=3")).await.is(200);
    assert_eq!(list["total"], 4);
    let cursor = list["next_cursor"].as_str().unwrap();
    let rest = client.get(&format!("{updates}?limit=3&cursor={cursor}")).await.is(200);
    assert_eq!(rest["next_cursor"], Value::Null);
    // The four are of one moment of the test's clock, so their order says nothing.
    let both = [&list, &rest].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let sources: std::collections::BTreeSet<_> = both.iter().filter_map(|it| it["source"].as_str()).collect();
    assert_eq!(sources, ["assets", "csv", "jsonl", "query"].into());
    let cancelled = format!("{updates}/{}/cancel", begun["id"].as_str().unwrap());
    assert_eq!(client.post(&cancelled, &json!({})).await.is(200)["state"], "done", "it has ended");
}

#[tokio::test]
async fn one_asset_is_changed_at_once() {
    let world = World::seed().await;
    let (client, at) = library(&world).await;
    let id = client.get(&format!("{at}/assets?q=ref:b")).await.is(200)["items"][0]["id"].clone();
    let asset = format!("{at}/assets/{}", id.as_str().unwrap());
    let patch = json!({ "metadata": { "mood": null, "size of it": { "x": [1, null] } } });
    let changed = client.patch(&asset, &patch).await.is(200);
    assert_eq!((&changed["id"], &changed["metadata"]), (&id, &json!({ "size of it": { "x": [1, null] } })));
    assert_eq!(changed["ledger"].as_array().unwrap().last().unwrap()["event"], "updated");
    let found = client.get(&format!("{at}/assets?q=%22size%20of%20it.x%22:1")).await.is(200);
    assert_eq!(found["items"][0]["id"], id);
    assert_eq!(client.get(&asset).await.is(200), changed);
    client.patch(&asset, &json!({ "metadata": [1] })).await.is_error(422, "invalid");
    client.patch(&asset, &json!({ "metadata": {}, "name": "x" })).await.is_error(422, "invalid");
    client.patch(&asset, &json!({})).await.is_error(422, "invalid");
}

#[tokio::test]
async fn what_is_no_update_is_refused() {
    let world = World::seed().await;
    let (client, at) = library(&world).await;
    let at = format!("{at}/metadata-updates");
    client.send("POST", &at, JSONL, Vec::new()).await.is_error(422, "bad_update");
    client.send("POST", &at, "text/csv", "mood\ngood\n".into()).await.is_error(422, "bad_update");
    client.send("POST", &at, "text/plain", "x".into()).await.is_error(415, "unsupported_media_type");
    client.send("POST", &at, "application/json", "{".into()).await.is_error(400, "bad_request");
    client.post(&at, &json!({ "metadata": { "a": 1 } })).await.is_error(422, "invalid");
    client.post(&at, &json!({ "query": "", "metadata": {} })).await.is_error(422, "invalid");
    let error = client.post(&at, &json!({ "query": "mod:1", "metadata": { "a": 1 } })).await;
    assert_eq!(error.is_error(422, "bad_query")["span"], json!([0, 3]));
    assert_eq!(client.get(&at).await.is(200)["total"], 0);
}

#[tokio::test]
async fn an_admin_checks_the_data() {
    let world = World::seed().await;
    for deep in ["", "?deep=true"] {
        let report = world.admin.get(&format!("/api/check{deep}")).await.is(200);
        assert_eq!(report["n_findings"], 0, "{report}");
        assert_eq!((&report["checked"]["projects"], &report["checked"]["contents"]), (&json!(2), &json!(2)));
    }
}
