//! What admins do about people, and the log of it.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, World};

#[tokio::test]
async fn admins_see_everybody_a_page_at_a_time() {
    let world = World::seed().await;
    let all = world.admin.get("/api/users").await.is(200);
    assert_eq!(all["total"], 5);
    assert_eq!(all["next_cursor"], Value::Null);
    let annotator = all["items"].as_array().unwrap().iter().find(|user| user["id"] == world.id("user")).unwrap();
    assert_eq!(annotator["email"], "annotator@example.org");
    assert_eq!(annotator["disabled"], false);
    assert!(annotator["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(annotator["projects"], json!([{ "id": world.id("project"), "name": "Streets", "roles": ["annotator"] }]));
    assert!(!all.to_string().contains("argon2"));

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.admin.get(&format!("/api/users?limit=2&cursor={cursor}")).await.is(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(Value::from(seen), all["items"]);
}

#[tokio::test]
async fn somebody_who_is_shut_out_is_out_at_once() {
    let world = World::seed().await;
    let key = world.annotator.post("/api/keys", &json!({ "name": "k" })).await.is(201);
    let program = world.anonymous.key(key["secret"].as_str().unwrap());
    program.get("/api/keys").await.is(200);
    let path = format!("/api/users/{}", world.id("user"));
    let changed = world.admin.patch(&path, &json!({ "disabled": true })).await.is(200);
    assert_eq!(changed["disabled"], true);
    world.annotator.get("/api/keys").await.is_error(401, "unauthenticated");
    program.get("/api/keys").await.is_error(401, "unauthenticated");
    let login = json!({ "email": "annotator@example.org", "password": PASSWORD });
    world.anonymous.post("/api/session", &login).await.is_error(401, "bad_login");

    world.admin.patch(&path, &json!({ "disabled": false })).await.is(200);
    world.annotator.get("/api/keys").await.is_error(401, "unauthenticated");
    program.get("/api/keys").await.is_error(401, "unauthenticated");
    world.anonymous.post("/api/session", &login).await.is(200);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::seed().await;
    let me = format!("/api/users/{}", world.admin.id().await);
    let other = format!("/api/users/{}", world.manager.id().await);
    for change in [json!({ "is_admin": false }), json!({ "disabled": true })] {
        world.admin.patch(&me, &change).await.is_error(409, "last_admin");
    }
    world.manager.get("/api/users").await.is_error(403, "forbidden");
    world.admin.patch(&other, &json!({ "is_admin": true })).await.is(200);
    world.manager.get("/api/users").await.is(200);
    // A disabled admin does not count.
    world.admin.patch(&other, &json!({ "disabled": true })).await.is(200);
    world.admin.patch(&me, &json!({ "is_admin": false })).await.is_error(409, "last_admin");
    world.admin.patch(&other, &json!({ "disabled": false })).await.is(200);
    world.admin.patch(&me, &json!({ "is_admin": false })).await.is(200);
    world.admin.get("/api/users").await.is_error(403, "forbidden");
}

#[tokio::test]
async fn every_change_is_in_the_log_once() {
    let world = World::seed().await;
    let total = async || world.admin.get("/api/audit").await.is(200)["total"].as_i64().unwrap();
    let member = format!("/members/{}", world.id("user"));
    let user = format!("/api/users/{}", world.id("user"));
    let changes: [(&str, &str, String, Value, &str); 7] = [
        ("PATCH", "manager", world.path(""), json!({ "name": "Roads" }), "project.changed"),
        ("PUT", "manager", world.path(&member), json!({ "roles": ["annotator", "reviewer"] }), "member.changed"),
        ("PUT", "manager", world.path("/taxonomy"), changed_taxonomy(), "taxonomy.changed"),
        ("POST", "manager", "/api/keys".into(), json!({ "name": "k" }), "key.created"),
        ("PATCH", "manager", "/api/session/user".into(), json!({ "name": "Me" }), "user.renamed"),
        ("PATCH", "admin", user.clone(), json!({ "disabled": true }), "user.disabled"),
        ("POST", "admin", "/api/projects".into(), json!({ "name": "P", "media": "text" }), "project.created"),
    ];
    for (method, who, path, body, action) in changes {
        let client = if who == "admin" { &world.admin } else { &world.manager };
        let before = total().await;
        let answer = client.json(method, &path, &body).await;
        assert!(answer.status.is_success(), "{}: {}", answer.asked, answer.text());
        assert_eq!(total().await, before + 1, "{method} {path}");
        let entry = world.admin.get("/api/audit?limit=1").await.is(200)["items"][0].clone();
        assert_eq!(entry["action"], action);
        assert_eq!(entry["actor"]["id"], client.id().await);
        assert!(entry["object"].as_str().unwrap().contains('_') && entry["details"].is_object(), "{entry}");
    }
    // What is refused, and what changes nothing, leaves no row.
    let before = total().await;
    world.manager.patch(&world.path(""), &json!({ "name": "" })).await.is_error(422, "invalid");
    world.manager.patch(&world.path(""), &json!({ "name": "Roads" })).await.is(200);
    world.annotator.patch(&world.path(""), &json!({ "name": "x" })).await.is(401);
    assert_eq!(total().await, before);
}

#[tokio::test]
async fn the_log_is_read_to_its_end() {
    let world = World::seed().await;
    let total = world.admin.get("/api/audit").await.is(200)["total"].as_u64().unwrap();
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = world.admin.get(&format!("/api/audit?limit=3&cursor={cursor}")).await.is(200);
        seen += page["items"].as_array().unwrap().len() as u64;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, total);
    assert!(!world.admin.get("/api/audit?limit=500").await.text().contains(PASSWORD));
}

fn changed_taxonomy() -> Value {
    let mut body = crate::harness::taxonomy(1);
    body["taxonomy"]["labels"][0]["title"] = json!("Motor car");
    body
}
