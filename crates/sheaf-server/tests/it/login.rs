//! Setting up, logging in and out, sessions and their end, guessing, keys, the command line's own key.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, TestServer, World, admin};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

#[tokio::test]
async fn the_set_up_link_works_once() {
    let server = TestServer::start();
    let anonymous = server.anonymous();
    let session = anonymous.get("/api/session").await.is(200);
    assert_eq!(session["user"], Value::Null);
    assert_eq!(session["setup_needed"], true);
    let body = |token: &str| json!({ "token": token, "email": "Ada@Example.org ", "name": " Ada ", "password": PASSWORD });
    anonymous.post("/api/setup", &body("nonsense")).await.is_error(403, "bad_token");
    let old = sheaf_app::setup::link(&server.app).await.unwrap().unwrap();
    let token = sheaf_app::setup::link(&server.app).await.unwrap().unwrap();
    anonymous.post("/api/setup", &body(&old)).await.is_error(403, "bad_token");
    anonymous.post("/api/setup", &body("")).await.is_error(403, "bad_token");
    let weak = json!({ "token": token, "email": "ada", "name": "", "password": "short" });
    let error = anonymous.post("/api/setup", &weak).await.is_error(422, "invalid");
    let paths: Vec<&Value> =
        error["details"]["problems"].as_array().unwrap().iter().map(|p| &p["path"]).collect();
    assert_eq!(paths, ["email", "name", "password"]);

    let made = anonymous.post("/api/setup", &body(&token)).await;
    let session = made.is(201);
    assert_eq!(session["user"]["email"], "ada@example.org");
    assert_eq!(session["user"]["name"], "Ada");
    assert_eq!(session["user"]["is_admin"], true);
    assert_eq!(session["setup_needed"], false);
    let me = anonymous.cookie(&made.cookie().unwrap());
    assert_eq!(me.get("/api/session").await.is(200), session);

    anonymous.post("/api/setup", &body(&token)).await.is_error(409, "already_set_up");
    assert_eq!(sheaf_app::setup::link(&server.app).await.unwrap(), None);
    assert_eq!(anonymous.get("/api/session").await.is(200)["setup_needed"], false);
}

#[tokio::test]
async fn logging_in_gives_a_new_session_and_out_ends_it() {
    let server = TestServer::start();
    let first = admin(&server).await;
    let login = json!({ "email": " ADMIN@example.org", "password": PASSWORD });
    let again = first.post("/api/session", &login).await;
    let session = again.is(200);
    assert_eq!(session["user"]["name"], "Ada Admin");
    let second = server.anonymous().cookie(&again.cookie().unwrap());
    assert_eq!(
        first.get("/api/session").await.is(200)["user"],
        Value::Null,
        "the id from before the log-in is dead"
    );
    second.get("/api/keys").await.is(200);
    let out = second.delete("/api/session").await;
    out.is(204);
    assert!(
        out.header("set-cookie").starts_with("sheaf_session=; ")
            && out.header("set-cookie").contains("Max-Age=0")
    );
    second.get("/api/keys").await.is_error(401, "unauthenticated");
    second.delete("/api/session").await.is(204);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let server = TestServer::start();
    admin(&server).await;
    sheaf_app::local::operator(&server.app).await.unwrap();
    let try_in = async |email: &str, password: &str| {
        let answer =
            server.anonymous().post("/api/session", &json!({ "email": email, "password": password })).await;
        assert_eq!(answer.cookie(), None);
        let mut error = answer.is_error(401, "bad_login");
        error["request_id"] = Value::Null;
        error
    };
    let wrong = try_in("admin@example.org", "another password").await;
    assert_eq!(wrong, try_in("nobody@example.org", PASSWORD).await);
    assert_eq!(wrong, try_in("", "").await);
    assert_eq!(wrong, try_in("command-line@localhost", "").await);
    assert_eq!(wrong, try_in("admin@example.org", &"x".repeat(100_000)).await);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_in_any_case_after_a_week() {
    let server = TestServer::start();
    let me = admin(&server).await;
    for _ in 0..14 {
        server.clock.advance(11 * HOUR + 58 * MINUTE);
        me.get("/api/keys").await.is(200);
    }
    server.clock.advance(7 * 24 * HOUR - 14 * (11 * HOUR + 58 * MINUTE) - 1);
    me.get("/api/keys").await.is(200);
    server.clock.advance(1);
    me.get("/api/keys").await.is_error(401, "unauthenticated");

    let me = server.log_in("admin@example.org", PASSWORD).await;
    server.clock.advance(12 * HOUR - 1);
    me.get("/api/keys").await.is(200);
    server.clock.advance(12 * HOUR);
    me.get("/api/keys").await.is_error(401, "unauthenticated");
    assert_eq!(me.get("/api/session").await.is(200)["user"], Value::Null);
}

async fn guess(server: &TestServer, email: &str, password: &str, from: [u8; 4]) -> Answer {
    let body = json!({ "email": email, "password": password }).to_string();
    let mut request = Request::post("/api/session")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 1))));
    server.send(request).await
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let server = TestServer::start();
    admin(&server).await;
    let (mine, other) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    for _ in 0..5 {
        guess(&server, "admin@example.org", "another password", mine).await.is_error(401, "bad_login");
    }
    let refused = guess(&server, "admin@example.org", PASSWORD, mine).await;
    refused.is_error(429, "too_many_attempts");
    assert_eq!(refused.header("retry-after"), "60");
    guess(&server, "admin@example.org", PASSWORD, other).await.is(200);
    server.clock.advance(MINUTE - 1);
    assert_eq!(guess(&server, "admin@example.org", PASSWORD, mine).await.header("retry-after"), "1");
    server.clock.advance(1);
    guess(&server, "admin@example.org", PASSWORD, mine).await.is(200);
    for _ in 0..5 {
        guess(&server, "nobody@example.org", PASSWORD, mine).await.is_error(401, "bad_login");
    }
    guess(&server, "nobody@example.org", PASSWORD, mine).await.is_error(429, "too_many_attempts");
    guess(&server, "admin@example.org", PASSWORD, mine).await.is(200);
}

#[tokio::test]
async fn keys_act_for_the_person_who_made_them_until_they_are_revoked() {
    let world = World::seed().await;
    let made = world.annotator.post("/api/keys", &json!({ "name": " script " })).await.is(201);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with(&format!("{}_", made["prefix"].as_str().unwrap())), "{made}");
    assert!(secret.starts_with("sheaf_") && secret.len() == 67, "{secret}");
    assert_eq!(made["name"], "script");
    assert_eq!(made["last_used_at"], Value::Null);
    let program = world.anonymous.key(secret);
    assert_eq!(program.id().await, world.annotator.id().await);
    let basic = format!("Basic {}", base64(&format!("{secret}:")));
    assert_eq!(world.anonymous.header("authorization", &basic).id().await, world.annotator.id().await);
    // A key counts before a cookie, and its failure is not papered over by one.
    assert_eq!(world.manager.key(secret).id().await, world.annotator.id().await);
    world.manager.key("sheaf_nonsense").get("/api/session").await.is_error(401, "unauthenticated");
    world.manager.header("authorization", "Digest x").get("/api/keys").await.is_error(401, "unauthenticated");

    let listed = world.annotator.get("/api/keys").await.is(200);
    let items = listed["items"].as_array().unwrap();
    let script = items.iter().find(|item| item["name"] == "script").unwrap();
    assert!(script["last_used_at"].is_string());
    assert!(!listed.to_string().contains(secret.rsplit('_').next().unwrap()));
    program.post("/api/keys", &json!({ "name": "child" })).await.is_error(403, "forbidden");
    world.annotator.post("/api/keys", &json!({ "name": " " })).await.is_error(422, "invalid");

    let path = format!("/api/keys/{}", made["id"].as_str().unwrap());
    world.manager.delete(&path).await.is_error(404, "not_found");
    world.annotator.delete(&path).await.is(204);
    program.get("/api/session").await.is_error(401, "unauthenticated");
    let listed = world.annotator.get("/api/keys").await.is(200);
    let items = listed["items"].as_array().unwrap();
    let script = items.iter().find(|item| item["name"] == "script").unwrap();
    assert!(script["revoked_at"].is_string());
    world.annotator.delete(&path).await.is(204);
}

#[tokio::test]
async fn the_command_line_on_the_same_machine_acts_as_an_admin() {
    let server = TestServer::start();
    let old = sheaf_app::local::operator(&server.app).await.unwrap();
    let key = sheaf_app::local::operator(&server.app).await.unwrap();
    let file = server.app.config().dir.join("local.key");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    server.anonymous().key(&old).get("/api/users").await.is_error(401, "unauthenticated");
    let operator = server.anonymous().key(&key);
    let session = operator.get("/api/session").await.is(200);
    assert_eq!(session["user"]["name"], "Command line");
    assert_eq!(session["user"]["is_admin"], true);
    assert_eq!(operator.get("/api/users").await.is(200)["total"], 0, "it is nobody");
    assert_eq!(server.anonymous().get("/api/session").await.is(200)["setup_needed"], true);
    operator.post("/api/projects", &json!({ "name": "Made by a script", "media": "text" })).await.is(201);
    let change = json!({ "is_admin": false });
    let path = format!("/api/users/{}", session["user"]["id"].as_str().unwrap());
    operator.patch(&path, &change).await.is_error(404, "not_found");
    operator.patch("/api/session/user", &json!({ "name": "x" })).await.is_error(403, "forbidden");
    admin(&server).await;
}

fn base64(text: &str) -> String {
    use std::fmt::Write;
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits =
            three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for i in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * i) & 63) as usize] as char;
            let _ = write!(out, "{}", if i <= three.len() { sign } else { '=' });
        }
    }
    out
}
