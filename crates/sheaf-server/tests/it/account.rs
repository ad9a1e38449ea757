//! What people change about themselves.

use serde_json::json;

use crate::harness::{PASSWORD, World};

const NEW: &str = "whose fleece was black";

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let world = World::seed().await;
    let other = world.server.log_in("annotator@example.org", PASSWORD).await;
    let key = other.post("/api/keys", &json!({ "name": "k" })).await.is(201);
    let path = "/api/session/user";
    let change = |current: &str, new: &str| json!({ "password": { "current": current, "new": new } });
    let error = world.annotator.patch(path, &change("wrong", NEW)).await.is_error(422, "invalid");
    assert_eq!(error["details"]["problems"][0]["path"], "password.current");
    for weak in ["short", "password123", "annotator@example.org", "The Annotator"] {
        let error = world.annotator.patch(path, &change(PASSWORD, weak)).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], "password.new", "{weak}");
    }
    other.get("/api/keys").await.is(200);
    world.annotator.patch(path, &change(PASSWORD, NEW)).await.is(200);
    world.annotator.get("/api/keys").await.is(200);
    other.get("/api/keys").await.is_error(401, "unauthenticated");
    world.anonymous.key(key["secret"].as_str().unwrap()).get("/api/keys").await.is(200);
    let old = json!({ "email": "annotator@example.org", "password": PASSWORD });
    world.anonymous.post("/api/session", &old).await.is_error(401, "bad_login");
    world.server.log_in("annotator@example.org", NEW).await;
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let world = World::seed().await;
    let guess = json!({ "password": { "current": "wrong", "new": NEW } });
    for _ in 0..5 {
        world.annotator.patch("/api/session/user", &guess).await.is_error(422, "invalid");
    }
    world.annotator.patch("/api/session/user", &guess).await.is_error(429, "too_many_attempts");
}

#[tokio::test]
async fn a_name_can_be_changed_and_nothing_else() {
    let world = World::seed().await;
    let session = world.annotator.patch("/api/session/user", &json!({ "name": " Ann <b>O</b> Tator " })).await.is(200);
    assert_eq!(session["user"]["name"], "Ann <b>O</b> Tator");
    assert_eq!(world.annotator.get("/api/session").await.is(200), session);
    world.annotator.patch("/api/session/user", &json!({})).await.is(200);
    for body in [json!({ "name": "" }), json!({ "name": "a\u{0}b" }), json!({ "name": "x".repeat(101) })] {
        world.annotator.patch("/api/session/user", &body).await.is_error(422, "invalid");
    }
    for field in ["is_admin", "email", "id", "disabled"] {
        let body = json!({ field: true });
        let error = world.annotator.patch("/api/session/user", &body).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], field);
    }
    assert_eq!(world.annotator.get("/api/session").await.is(200)["user"]["is_admin"], false);
}
