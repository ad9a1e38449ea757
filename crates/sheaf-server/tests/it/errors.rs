//! Errors have one shape, whoever makes them; answers have their headers; what comes from elsewhere is refused.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sheaf_server::Options;
use sheaf_testing::Home;

use crate::harness::{TestServer, World, admin};

#[tokio::test]
async fn errors_that_no_handler_makes_have_the_same_shape() {
    let world = World::seed().await;
    let admin = &world.admin;
    admin.get("/api/nothing/here").await.is_error(404, "not_found");
    admin.get("/api").await.is(404);
    admin.json("POST", "/api/users", &json!({})).await.is_error(405, "method_not_allowed");
    admin.get("/api/projects/prj_x").await.is_error(404, "not_found");
    admin.get("/api/projects/%ff").await.is_error(404, "not_found");
    admin.get("/api/users?limit=0").await.is_error(422, "invalid");
    admin.get("/api/users?limit=many").await.is_error(422, "invalid");
    admin.get("/api/users?cursor=nonsense").await.is_error(422, "invalid");
    admin.get("/api/invitations?project_id=nonsense").await.is_error(422, "invalid");
    admin.get("/api/invitations/lookup").await.is_error(422, "invalid");
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_at_their_place() {
    let world = World::seed().await;
    let send =
        async |kind: &str, body: &str| world.admin.send("POST", "/api/projects", kind, body.into()).await;
    let json = "application/json";
    send(json, "{").await.is_error(400, "bad_request");
    send(json, "").await.is_error(400, "bad_request");
    send("text/plain", "{}").await.is_error(415, "unsupported_media_type");
    send("", "{}").await.is_error(415, "unsupported_media_type");
    let error = send(json, r#"{"name":"x","media":"video"}"#).await.is_error(422, "invalid");
    assert_eq!(error["details"]["problems"][0]["path"], "media");
    let error = send(json, r#"{"name":"x","media":"text","id":"prj_1"}"#).await.is_error(422, "invalid");
    assert_eq!(error["details"]["problems"][0]["path"], "id");
    let huge = format!(r#"{{"name":"{}","media":"text"}}"#, "x".repeat(10 << 20));
    send("application/json; charset=utf-8", &huge).await.is_error(413, "too_large");
    assert_eq!(world.admin.get("/api/projects").await.is(200)["total"], 2);
}

/// A node that runs on after a newer one has migrated: it reads, and says why it does not write.
#[tokio::test]
async fn a_node_that_is_older_than_the_database_says_so() {
    let home = Home::new();
    let Some(url) = home.database().map(str::to_owned) else { return };
    let blobs = home.blobs();
    let server = TestServer::on(home, blobs, Options::default());
    let admin = admin(&server).await;
    let project = json!({ "name": "One", "media": "text" });
    admin.post("/api/projects", &project).await.is(201);
    sheaf_testing::run(&url, "UPDATE cluster SET schema = 999");
    let error = admin.post("/api/projects", &project).await.is_error(503, "unavailable");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("written by a newer Sheaf (schema 999"), "{message}");
    assert_eq!(admin.get("/api/projects").await.is(200)["total"], 1);
}

#[tokio::test]
async fn every_answer_has_the_headers_of_a_safe_one() {
    let server = TestServer::start();
    let anonymous = server.anonymous();
    for path in [
        "/api/session",
        "/api/keys",
        "/api/nothing",
        "/api/docs",
        "/healthz",
        "/",
        "/projects/x",
        "/assets/x.js",
    ] {
        let answer = anonymous.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        if path.starts_with("/api") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    anonymous.get("/healthz").await.is(200);
    assert_eq!(anonymous.get("/readyz").await.is(200)["status"], "ok");
    assert_eq!(anonymous.get("/assets/x.js").await.status, 404, "a missing script is not a page");
    assert_eq!(anonymous.post("/projects", &json!({})).await.status, 405);
}

#[tokio::test]
async fn a_foreign_page_cannot_change_anything() {
    let world = World::seed().await;
    let browser = &world.admin;
    let change = json!({ "name": "Renamed" });
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "")]
    {
        let page = browser.header(name, value);
        page.patch("/api/session/user", &change).await.is_error(403, "cross_origin");
        page.get("/api/session").await.is(200);
    }
    let old_browser = browser.header("sec-fetch-site", "");
    old_browser
        .header("origin", "http://evil.example")
        .delete("/api/session")
        .await
        .is_error(403, "cross_origin");
    old_browser.header("origin", "null").delete("/api/session").await.is_error(403, "cross_origin");
    old_browser.header("origin", "http://localhost:8420").patch("/api/session/user", &change).await.is(200);
    // Without a cookie there is nothing to misuse, but a foreign page must not log anybody in either.
    let login = json!({ "email": "admin@example.org", "password": crate::harness::PASSWORD });
    let foreign = world.anonymous.header("origin", "https://evil.example");
    foreign.post("/api/session", &login).await.is_error(403, "cross_origin");
    world.anonymous.post("/api/session", &login).await.is(200);
    // A form cannot send JSON, and nothing else is taken.
    let form =
        browser.send("POST", "/api/projects", "application/x-www-form-urlencoded", b"name=x".to_vec()).await;
    form.is_error(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_foreign_name_is_refused_on_a_local_server() {
    let local = TestServer::start();
    local.anonymous().header("host", "evil.example:8420").get("/api/session").await.is_error(403, "bad_host");
    assert_eq!(local.anonymous().header("host", "evil.example").get("/").await.status, 403);
    local.anonymous().header("host", "[::1]:8420").get("/api/session").await.is(200);
    local.anonymous().header("host", "").get("/api/session").await.is_error(403, "bad_host");
    let rebound =
        Request::get("http://evil.example/api/session").header("host", "localhost").body(Body::empty());
    local.send(rebound.unwrap()).await.is_error(403, "bad_host");

    let open = TestServer::with(Options { loopback: false, ..Options::default() });
    open.anonymous().header("host", "labels.example.org").get("/api/session").await.is(200);
    let named = Options { loopback: false, hosts: vec!["labels.example.org".into()], ..Options::default() };
    let named = TestServer::with(named);
    named.anonymous().header("host", "labels.example.org").get("/api/session").await.is(200);
    named.anonymous().header("host", "10.0.0.7").get("/healthz").await.is(200);
    named.anonymous().header("host", "other.example.org").get("/api/session").await.is_error(403, "bad_host");
}

#[tokio::test]
async fn cookies_are_secure_where_the_way_is() {
    let server = TestServer::start();
    admin(&server).await;
    let login = json!({ "email": "admin@example.org", "password": crate::harness::PASSWORD });
    let plain = server.anonymous().post("/api/session", &login).await;
    let line = plain.header("set-cookie").to_owned();
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Secure"), "{line}");
    let secure = server.anonymous().header("x-forwarded-proto", "https").post("/api/session", &login).await;
    assert!(secure.header("set-cookie").contains("; Secure"));
}
