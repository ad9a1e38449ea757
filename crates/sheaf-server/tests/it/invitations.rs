//! Inviting and being invited.

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, World};

async fn invite(client: &Client, body: Value) -> String {
    client.post("/api/invitations", &body).await.is(201)["token"].as_str().unwrap().to_owned()
}

fn account(token: &str, email: &str) -> Value {
    json!({ "token": token, "email": email, "name": "New Person", "password": PASSWORD })
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_once() {
    let world = World::seed().await;
    let body = json!({ "project_id": world.id("project"), "roles": ["annotator", "reviewer"] });
    let answer = world.manager.post("/api/invitations", &body).await.is(201);
    let token = answer["token"].as_str().unwrap();
    assert_eq!(answer["url"], format!("/invite?token={token}"));
    assert_eq!(answer["used_at"], Value::Null);
    let lookup = format!("/api/invitations/lookup?token={token}");
    let expected = json!({ "email": null, "project_name": "Streets", "roles": ["reviewer", "annotator"], "inviter_name": "The manager" });
    assert_eq!(world.anonymous.get(&lookup).await.is(200), expected);
    assert_eq!(world.anonymous.get("/api/invitations/lookup?token=x").await.is_error(404, "bad_token")["hint"], Value::Null);

    for (email, name, password, path) in
        [("x", "N", PASSWORD, "email"), ("n@x.org", " ", PASSWORD, "name"), ("n@x.org", "N", "password", "password")]
    {
        let body = json!({ "token": token, "email": email, "name": name, "password": password });
        let error = world.anonymous.post("/api/invitations/accept", &body).await.is_error(422, "invalid");
        assert_eq!(error["details"]["problems"][0]["path"], path);
    }
    let taken = account(token, "manager@example.org");
    world.anonymous.post("/api/invitations/accept", &taken).await.is_error(409, "email_taken");

    let accepted = world.anonymous.post("/api/invitations/accept", &account(token, "New@Example.org")).await;
    assert_eq!(accepted.is(200)["user"]["email"], "new@example.org");
    let new = world.anonymous.cookie(&accepted.cookie().unwrap());
    assert_eq!(new.get("/api/projects").await.is(200)["items"][0]["roles"], json!(["reviewer", "annotator"]));
    world.anonymous.get(&lookup).await.is_error(404, "bad_token");
    world.anonymous.post("/api/invitations/accept", &account(token, "z@example.org")).await.is_error(404, "bad_token");
    world.stranger.post("/api/invitations/accept", &json!({ "token": token })).await.is_error(404, "bad_token");
    let listed = world.manager.get("/api/invitations").await.is(200);
    let used = listed["items"].as_array().unwrap().iter().find(|row| row["id"] == answer["id"]).unwrap().clone();
    assert!(used["used_at"].is_string() && used["token"].is_null() && used["url"].is_null(), "{used}");
    assert!(!listed.to_string().contains(token));
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_or_when_it_is_withdrawn() {
    let world = World::seed().await;
    let body = json!({ "project_id": world.id("project"), "roles": ["annotator"] });
    let old = invite(&world.manager, body.clone()).await;
    world.server.clock.advance(sheaf_app::invitations::LIFE_MS - 1);
    world.anonymous.get(&format!("/api/invitations/lookup?token={old}")).await.is(200);
    world.server.clock.advance(1);
    world.anonymous.get(&format!("/api/invitations/lookup?token={old}")).await.is_error(404, "bad_token");
    world.anonymous.post("/api/invitations/accept", &account(&old, "n@x.org")).await.is_error(404, "bad_token");

    let admin = world.server.log_in("admin@example.org", PASSWORD).await;
    let made = admin.post("/api/invitations", &body).await.is(201);
    let path = format!("/api/invitations/{}", made["id"].as_str().unwrap());
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.is_error(404, "not_found");
    let late = account(made["token"].as_str().unwrap(), "n@x.org");
    world.anonymous.post("/api/invitations/accept", &late).await.is_error(404, "bad_token");
}

#[tokio::test]
async fn an_invitation_for_an_address_is_for_nobody_else() {
    let world = World::seed().await;
    let body = json!({ "email": " Only@Example.org", "project_id": world.id("other_project"), "roles": ["annotator"] });
    let token = invite(&world.stranger, body).await;
    let error = world.anonymous.post("/api/invitations/accept", &account(&token, "other@x.org")).await.is_error(422, "invalid");
    assert_eq!(error["details"]["problems"][0]["path"], "email");
    world.annotator.post("/api/invitations/accept", &json!({ "token": token })).await.is_error(403, "wrong_account");
    let body = json!({ "token": token, "name": "Only", "password": PASSWORD });
    assert_eq!(world.anonymous.post("/api/invitations/accept", &body).await.is(200)["user"]["email"], "only@example.org");
}

#[tokio::test]
async fn somebody_who_is_logged_in_joins_with_their_account() {
    let world = World::seed().await;
    let body = json!({ "project_id": world.id("other_project"), "roles": ["reviewer"] });
    let token = invite(&world.stranger, body).await;
    let answer = world.annotator.post("/api/invitations/accept", &json!({ "token": token })).await;
    assert_eq!(answer.is(200)["user"]["id"], world.id("user"));
    assert_eq!(answer.cookie(), None);
    assert_eq!(world.annotator.get("/api/projects").await.is(200)["total"], 2);
    // Roles are added, not replaced.
    let body = json!({ "project_id": world.id("project"), "roles": ["reviewer"] });
    let token = invite(&world.manager, body).await;
    world.annotator.post("/api/invitations/accept", &json!({ "token": token })).await.is(200);
    let roles = world.annotator.get(&world.path("")).await.is(200)["roles"].clone();
    assert_eq!(roles, json!(["reviewer", "annotator"]));
    let token = invite(&world.admin, json!({ "is_admin": true })).await;
    let session = world.annotator.post("/api/invitations/accept", &json!({ "token": token })).await.is(200);
    assert_eq!(session["user"]["is_admin"], true);
    world.annotator.get("/api/users").await.is(200);
}

#[tokio::test]
async fn managers_invite_into_their_own_project_and_nowhere_else() {
    let world = World::seed().await;
    let (own, other) = (world.id("project"), world.id("other_project"));
    for (body, status, code) in [
        (json!({ "project_id": other, "roles": ["annotator"] }), 404, "not_found"),
        (json!({ "project_id": own, "roles": ["annotator"], "is_admin": true }), 403, "forbidden"),
        (json!({ "is_admin": true }), 403, "forbidden"),
        (json!({}), 403, "forbidden"),
        (json!({ "project_id": own }), 422, "invalid"),
        (json!({ "project_id": own, "roles": [] }), 422, "invalid"),
        (json!({ "project_id": own, "roles": ["owner"] }), 422, "invalid"),
        (json!({ "project_id": own, "roles": ["manager"], "email": "nonsense" }), 422, "invalid"),
        (json!({ "project_id": "prj_nonsense", "roles": ["manager"] }), 422, "invalid"),
    ] {
        world.manager.post("/api/invitations", &body).await.is_error(status, code);
    }
    world.admin.post("/api/invitations", &json!({ "roles": ["annotator"] })).await.is_error(422, "invalid");
    invite(&world.stranger, json!({ "project_id": other, "roles": ["annotator"] })).await;
    let total = async |client: &Client, query: &str| {
        client.get(&format!("/api/invitations{query}")).await.is(200)["total"].as_u64().unwrap()
    };
    let all = total(&world.admin, "").await;
    let mine = total(&world.manager, "").await;
    assert_eq!(mine, total(&world.admin, &format!("?project_id={own}")).await);
    assert_eq!(all, mine + total(&world.stranger, "").await);
    world.manager.get(&format!("/api/invitations?project_id={other}")).await.is_error(404, "not_found");
    world.annotator.get(&format!("/api/invitations?project_id={own}")).await.is_error(403, "forbidden");
    world.annotator.get("/api/invitations").await.is_error(403, "forbidden");
}
