//! The API of webhooks, and a whole server that delivers.

use std::time::Duration;

use serde_json::{Value, json};
use sheaf_model::Reach;
use sheaf_server::{Options, courier};

use super::receiver::{Manner, OK, Receiver};
use crate::harness::{Client, TestServer, World, admin, make_project};

async fn made(world: &World, body: &Value) -> Value {
    world.manager.post(&world.path("/webhooks"), body).await.is(201)
}

fn at(world: &World, webhook: &Value, rest: &str) -> String {
    world.path(&format!("/webhooks/{}{rest}", webhook["id"].as_str().unwrap()))
}

#[tokio::test]
async fn a_webhook_from_its_making_to_its_end() {
    let world = World::seed().await;
    let body = json!({ "url": "HTTPS://Hooks.example:443/t0ken", "events": ["task.done", "batch.launched"] });
    let webhook = made(&world, &body).await;
    assert!(webhook["id"].as_str().unwrap().starts_with("whk_"));
    assert_eq!(webhook["url"], "https://hooks.example/t0ken");
    assert_eq!(webhook["events"], json!(["batch.launched", "task.done"]));
    assert_eq!((&webhook["state"], &webhook["waiting"]), (&json!("active"), &json!(0)));
    assert_eq!(webhook["created_by"]["name"], "The manager");
    let secret = webhook["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");

    let got = world.manager.get(&at(&world, &webhook, "")).await.is(200);
    assert_eq!((&got["id"], got.get("secret")), (&webhook["id"], None), "a secret is told once");
    let listed = world.manager.get(&world.path("/webhooks")).await.is(200);
    assert_eq!(listed["total"], 2, "with the seeded one");
    let all = made(&world, &json!({ "url": "https://all.example" })).await;
    assert_eq!(all["events"].as_array().unwrap().len(), 5);

    let change = json!({ "url": "https://new.example/", "active": false });
    let changed = world.manager.patch(&at(&world, &webhook, ""), &change).await.is(200);
    assert_eq!((&changed["url"], &changed["state"]), (&json!("https://new.example/"), &json!("off")));
    assert_eq!(changed["events"], webhook["events"], "what is left out stays");
    world.manager.post(&at(&world, &webhook, "/test"), &json!({})).await.is_error(409, "not_active");
    world.manager.patch(&at(&world, &webhook, ""), &json!({ "active": true })).await.is(200);

    let ping = world.manager.post(&at(&world, &webhook, "/test"), &json!({})).await.is(202);
    assert_eq!((&ping["event"], &ping["state"]), (&json!("ping"), &json!("waiting")));
    let rotated = world.manager.post(&at(&world, &webhook, "/rotate"), &json!({})).await.is(200);
    assert_ne!(rotated["secret"], webhook["secret"]);
    assert_eq!((rotated["waiting"].as_u64(), rotated["old_secret_until"].is_null()), (Some(1), false));

    let deliveries = at(&world, &webhook, "/deliveries");
    for _ in 0..2 {
        world.manager.post(&at(&world, &webhook, "/test"), &json!({})).await.is(202);
    }
    let page = world.manager.get(&format!("{deliveries}?limit=2")).await.is(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = world.manager.get(&format!("{deliveries}?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((&last["items"][0]["id"], &last["next_cursor"]), (&ping["id"], &Value::Null));
    let again = format!("/deliveries/{}/redeliver", ping["id"].as_str().unwrap());
    world.manager.post(&at(&world, &webhook, &again), &json!({})).await.is(202);
    // Another webhook's, although both are the manager's own.
    world.manager.post(&at(&world, &all, &again), &json!({})).await.is_error(404, "not_found");

    world.manager.delete(&at(&world, &webhook, "")).await.is(204);
    world.manager.get(&at(&world, &webhook, "")).await.is_error(404, "not_found");
    world.manager.delete(&at(&world, &webhook, "")).await.is_error(404, "not_found");
    let log = world.admin.get("/api/audit?limit=500").await;
    let text = log.text();
    for action in ["webhook.create", "webhook.edit", "webhook.rotate", "webhook.delete"] {
        assert!(text.contains(action), "{action}");
    }
    assert!(!text.contains("t0ken") && !text.contains(&secret[6..]), "no secrets in the audit log");
}

#[tokio::test]
async fn what_cannot_be_a_webhook() {
    let world = World::seed().await;
    let path = world.path("/webhooks");
    for url in [
        "http://127.0.0.1/",
        "http://[::1]:8080/",
        "ftp://a.example",
        "https://u:p@a.example",
        "http://0x7f.1/",
    ] {
        let error = world.manager.post(&path, &json!({ "url": url })).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], "url", "{url}");
    }
    let events = |events: Value| json!({ "url": "https://a.example", "events": events });
    let error = world.manager.post(&path, &events(json!(["task.lost"]))).await.is_error(422, "invalid");
    assert_eq!(error["details"]["problems"][0]["path"], "events[0]");
    world.manager.post(&path, &events(json!([]))).await.is_error(422, "invalid");
    world
        .manager
        .post(&path, &json!({ "url": "https://a.example", "secret": "x" }))
        .await
        .is_error(422, "invalid");
}

/// Lets a server deliver until a webhook's newest delivery is in a state.
async fn until(client: &Client, path: &str, state: &str) -> Value {
    let mut looked = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..1_000 {
        looked.tick().await;
        let newest = client.get(&format!("{path}/deliveries?limit=1")).await.is(200)["items"][0].clone();
        if newest["state"] == state {
            return newest;
        }
    }
    panic!("no delivery is {state}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_delivers_at_once_and_stops_at_410() {
    let server = TestServer::with(Options { allow_private_webhooks: true, ..Options::default() });
    let admin = admin(&server).await;
    let project = make_project(&admin, "Streets", "image").await;
    let receiver = Receiver::start(OK, 0);
    let courier = courier(server.app.clone(), Reach::Private);
    let path = format!("/api/projects/{project}/webhooks");
    let webhook = admin.post(&path, &json!({ "url": format!("{}/in", receiver.url) })).await.is(201);
    let path = format!("{path}/{}", webhook["id"].as_str().unwrap());
    let secret = webhook["secret"].as_str().unwrap();

    let ping = admin.post(&format!("{path}/test"), &json!({})).await.is(202);
    let delivered = until(&admin, &path, "delivered").await;
    assert_eq!((&delivered["id"], &delivered["attempts"][0]["status"]), (&ping["id"], &json!(200)));
    let seen = receiver.seen();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/in"));
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(seen[0].header("webhook-id"), ping["id"]);
    assert_eq!(serde_json::from_str::<Value>(&seen[0].body).unwrap(), ping["body"]);
    assert!(seen[0].is_signed_with(secret) && !seen[0].is_signed_with("whsec_AAAA"));

    receiver.behave(Manner::Answer("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"));
    admin.post(&format!("{path}/test"), &json!({})).await.is(202);
    let failed = until(&admin, &path, "failed").await;
    assert_eq!((&failed["attempts"][0]["status"], failed["next_attempt_at"].is_null()), (&json!(410), true));
    let gone = admin.get(&path).await.is(200);
    assert_eq!((&gone["state"], gone["failing_since"].is_string()), (&json!("gone"), true));

    receiver.behave(OK);
    admin.patch(&path, &json!({ "active": true })).await.is(200);
    let again = format!("{path}/deliveries/{}/redeliver", failed["id"].as_str().unwrap());
    admin.post(&again, &json!({})).await.is(202);
    let delivered = until(&admin, &path, "delivered").await;
    assert_eq!((&delivered["id"], delivered["attempts"].as_array().unwrap().len()), (&failed["id"], 2));
    assert_eq!(receiver.seen().last().unwrap().header("webhook-id"), failed["id"]);
    courier.stop().await;
}
