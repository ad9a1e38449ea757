//! Uploads over HTTP: files whole and in parts, manifests, the report, the batch.

use serde_json::{Value, json};

use crate::harness::{Client, World};

const BYTES: &str = "application/octet-stream";

/// A text project with a manager, and an open upload in it: the caller and the upload's address.
async fn open_upload(world: &World, name: &str) -> (Client, String) {
    let project = world.id("other_project");
    let made = world
        .stranger
        .post(&format!("/api/projects/{project}/uploads"), &json!({ "name": name, "source": "api" }))
        .await
        .is(201);
    let at = format!("/api/projects/{project}/uploads/{}", made["id"].as_str().unwrap());
    (world.stranger.clone(), at)
}

async fn put(
    client: &Client,
    at: &str,
    path: &str,
    size: usize,
    offset: usize,
    bytes: &[u8],
) -> crate::harness::Answer {
    let address = format!("{at}/files?path={path}&size={size}&offset={offset}");
    client
        .header("content-length", &bytes.len().to_string())
        .send("PUT", &address, BYTES, bytes.to_vec())
        .await
}

#[tokio::test]
async fn an_upload_has_every_field_and_is_opened_again_by_its_name() {
    let world = World::seed().await;
    let (client, at) = open_upload(&world, "day 1").await;
    let upload = client.get(&at).await.is(200);
    assert_eq!(upload["state"], "open");
    assert_eq!(upload["created_by"]["name"], "The stranger");
    for field in ["finished_at", "batch_id", "first_ordinal", "job"] {
        assert_eq!(upload.get(field), Some(&Value::Null), "{field}");
    }
    let counts = json!({ "received": 0, "added": 0, "updated": 0, "duplicates": 0, "refused": 0 });
    assert_eq!(upload["counts"], counts);
    put(&client, &at, "a.txt", 5, 0, b"hello").await.is(200);
    // The body may be left out.
    let finished = client.send("POST", &format!("{at}/finish"), "", Vec::new()).await.is(200);
    assert_eq!((&finished["state"], &finished["counts"]["added"]), (&json!("finished"), &json!(1)));
    let (list, _) = at.rsplit_once('/').unwrap();
    let again = client.post(list, &json!({ "name": "day 1", "source": "cli" })).await.is(200);
    assert_eq!((&again["id"], &again["state"]), (&upload["id"], &json!("open")));
    assert_eq!(client.get(list).await.is(200)["total"], 1);
}

#[tokio::test]
async fn a_file_goes_in_parts_and_says_where_it_is() {
    let world = World::seed().await;
    let (client, at) = open_upload(&world, "parts").await;
    let part = put(&client, &at, "a%20b.txt", 10, 0, b"hello").await.is(200);
    assert_eq!(
        (&part["path"], &part["state"], &part["received"]),
        (&json!("a b.txt"), &json!("partial"), &json!(5))
    );
    let wrong = put(&client, &at, "a%20b.txt", 10, 3, b"xx").await.is_error(409, "bad_offset");
    assert_eq!(wrong["details"]["received"], 5);
    let files = client.get(&format!("{at}/files?state=partial")).await.is(200);
    assert_eq!(
        files["items"][0],
        json!({ "path": "a b.txt", "size": 10, "state": "partial", "received": 5,
        "code": null, "message": null })
    );
    let done = put(&client, &at, "a%20b.txt", 10, 5, b"world").await.is(200);
    assert_eq!(done["state"], "done");
    assert!(done["asset_id"].as_str().is_some_and(|id| id.starts_with("ast_")));
    let again = put(&client, &at, "a%20b.txt", 10, 0, b"helloworld").await.is(200);
    assert_eq!((&again["state"], &again["asset_id"]), (&json!("duplicate"), &done["asset_id"]));
    put(&client, &at, "b.txt", 3, 0, b"too much").await.is_error(422, "invalid");
    client.get(&format!("{at}/files?state=lost")).await.is_error(422, "invalid");
}

#[tokio::test]
async fn what_is_refused_is_in_the_report_and_in_the_csv() {
    let world = World::seed().await;
    let (client, at) = open_upload(&world, "bad").await;
    let refused = put(&client, &at, "%3Devil.txt", 2, 0, b"\xff\xfa").await.is(200);
    assert_eq!((&refused["state"], &refused["code"]), (&json!("refused"), &json!("not_utf8")), "{refused}");
    let report = client.get(&format!("{at}/report")).await.is(200);
    assert_eq!((&report["total"], &report["items"][0]["path"]), (&json!(1), &json!("=evil.txt")));
    let csv = client.get(&format!("{at}/report?format=csv")).await;
    csv.is(200);
    assert!(csv.header("content-disposition").starts_with("attachment"));
    assert!(csv.text().contains("\"'=evil.txt\""), "{}", csv.text());
    client.get(&format!("{at}/report?format=xml")).await.is_error(422, "invalid");
}

#[tokio::test]
async fn a_manifest_is_previewed_corrected_and_read() {
    let world = World::seed().await;
    let (client, at) = open_upload(&world, "manifest").await;
    let csv = "comment,key,stars\nvery good thing,a1,5\nbad thing indeed,a2,1\n";
    let address = format!("{at}/manifest?filename=x.csv");
    let preview = client.send("PUT", &address, BYTES, csv.into()).await.is(200);
    assert_eq!(
        (&preview["rows"], &preview["format"], &preview["n_problems"]),
        (&json!(2), &json!("csv"), &json!(0))
    );
    assert_eq!(preview["columns"][2]["type"], "number");
    assert_eq!(preview["sample_rows"].as_array().map(Vec::len), Some(2));
    let wrong = json!({ "columns": [{ "name": "nothing", "role": "text" }] });
    client.post(&format!("{at}/manifest/commit"), &wrong).await.is_error(422, "invalid");
    let columns =
        json!({ "columns": [{ "name": "comment", "role": "text" }, { "name": "key", "role": "ref" }] });
    client.post(&format!("{at}/manifest/commit"), &columns).await.is(202);
    let upload = loop {
        let upload = client.get(&at).await.is(200);
        if upload["job"]["state"] != "running" {
            break upload;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(upload["job"], json!({ "state": "done", "done": 2, "total": 2, "message": null }));
    assert_eq!(upload["counts"]["added"], 2);
    client.post(&format!("{at}/manifest/commit"), &json!({})).await.is_error(409, "no_manifest");
    client.send("PUT", &address, BYTES, Vec::new()).await.is_error(422, "bad_manifest");
    client.delete(&format!("{at}/manifest")).await.is(204);
}

#[tokio::test]
async fn an_upload_goes_straight_into_a_batch() {
    let world = World::seed().await;
    let project = world.id("other_project");
    let body = json!({ "name": "straight", "source": "browser", "batch": { "name": "Today", "kind": "calibration" } });
    let list = format!("/api/projects/{project}/uploads");
    let upload = world.stranger.post(&list, &body).await.is(201);
    let at = format!("{list}/{}", upload["id"].as_str().unwrap());
    world.stranger.post(&format!("{at}/finish"), &json!({})).await.is_error(422, "empty_batch");
    put(&world.stranger, &at, "a.txt", 5, 0, b"hello").await.is(200);
    let finished = world.stranger.post(&format!("{at}/finish"), &json!({})).await.is(200);
    let batch = finished["batch_id"].as_str().unwrap();
    let batch = world.stranger.get(&format!("/api/projects/{project}/batches/{batch}")).await.is(200);
    assert_eq!(
        (&batch["name"], &batch["kind"], &batch["state"]),
        (&json!("Today"), &json!("calibration"), &json!("staging"))
    );
    assert_eq!(batch["counts"]["members"], 1);
}

#[tokio::test]
async fn a_cancelled_upload_is_closed() {
    let world = World::seed().await;
    let (client, at) = open_upload(&world, "given up").await;
    assert_eq!(client.post(&format!("{at}/cancel"), &json!({})).await.is(200)["state"], "cancelled");
    put(&client, &at, "a.txt", 5, 0, b"hello").await.is_error(409, "upload_cancelled");
    client.post(&format!("{at}/finish"), &json!({})).await.is_error(409, "upload_cancelled");
}
