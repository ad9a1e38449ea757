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
