//! What operators see: metrics for those who may, readiness, and a server that is going to be stopped.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use sheaf_server::Options;
use tower::ServiceExt;

use crate::harness::{TestServer, World};

const KEY: &str = "a key for the metrics";

fn watched() -> TestServer {
    TestServer::with(Options { metrics_key: Some(KEY.into()), ..Options::default() })
}

async fn read(world: &World) -> String {
    let answer =
        world.server.anonymous().header("authorization", &format!("Bearer {KEY}")).get("/metrics").await;
    answer.is(200);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"));
    text
}

/// The value of a series.
#[track_caller]
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_those_who_show_the_key() {
    let server = TestServer::start();
    server.anonymous().get("/metrics").await.is(404);
    let server = watched();
    for shown in ["", "Bearer", "Bearer ", "Bearer a key for the metric", "Basic a key for the metrics"] {
        server.anonymous().header("authorization", shown).get("/metrics").await.is(401);
    }
    server.anonymous().get("/metrics").await.is(401);
    // An address of its own is reached by whom the operator lets reach it.
    let routers = sheaf_server::routers(server.app.clone(), Options::default());
    for (path, wanted) in [("/metrics", 200), ("/readyz", 200), ("/healthz", 200), ("/api/projects", 404)] {
        let asked = Request::get(path).body(Body::empty()).unwrap();
        let answer = routers.watch.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), wanted, "{path}");
        drop(answer.into_body().collect().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happened_and_have_few_series() {
    let world = World::seed_on(watched()).await;
    let before = read(&world).await;
    let claims = value(&before, "sheaf_task_events_total{kind=\"claimed\"}");
    assert!(claims >= 1.0 && value(&before, "sheaf_assets_added_total") > 0.0);
    // An event of the ledger each, and none for what was refused.
    let body = json!({ "submission_id": "01936d2e-0000-7000-8000-000000000002",
                       "response": { "fields": { "weather": "sun" } }, "seconds": 2.0 });
    let submit = format!("/api/queue/leases/{}/submit", world.id("lease"));
    for _ in 0..3 {
        world.annotator.post(&submit, &body).await.is(200);
    }
    let after = read(&world).await;
    assert_eq!(value(&after, "sheaf_task_events_total{kind=\"submitted\"}"), 1.0);
    let route = "/api/queue/leases/{lease}/submit";
    let series = format!("sheaf_http_requests_total{{method=\"POST\",route=\"{route}\",status=\"200\"}}");
    assert_eq!(value(&after, &series), 3.0);
    assert_eq!(value(&after, &format!("sheaf_http_request_seconds_count{{route=\"{route}\"}}")), 3.0);
    assert!(
        value(&after, "sheaf_writer_groups_total{outcome=\"done\"}")
            > value(&before, "sheaf_writer_groups_total{outcome=\"done\"}")
    );
    for series in ["sheaf_writer_waiting_jobs", "sheaf_live_streams", "sheaf_draining"] {
        assert_eq!(value(&after, series), 0.0, "{series}");
    }
    assert_eq!(value(&after, "sheaf_database_up"), 1.0);
    // The request that asks.
    assert_eq!(value(&after, "sheaf_http_requests_under_way"), 1.0);
    assert!(value(&after, "sheaf_database_connections") >= 2.0);
    assert!(value(&after, "process_resident_memory_bytes") > 1e6 && value(&after, "process_open_fds") > 3.0);
    // Addresses that anybody may make up are one series, and ids are in none.
    let n = |text: &str| text.lines().filter(|line| line.starts_with("sheaf_http")).count();
    for i in 0..50 {
        world.annotator.get(&format!("/nothing/{i}")).await;
        world.annotator.get(&format!("/api/nothing/{i}")).await;
        world.annotator.get(&format!("/api/projects/{i}")).await;
    }
    let last = read(&world).await;
    assert!(n(&last) < n(&after) + 70, "{} after {}", n(&last), n(&after));
    assert!(!last.contains("nothing") && !last.contains(world.id("project")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_waits_is_told_with_its_age() {
    let world = World::seed_on(watched()).await;
    let waiting = async || value(&read(&world).await, "sheaf_webhook_deliveries_waiting");
    let before = waiting().await;
    let hook = json!({ "url": "https://a.example/hook", "events": ["task.submitted"] });
    world.manager.post(&world.path("/webhooks"), &hook).await.is(201);
    assert_eq!(waiting().await, before);
    let body = json!({ "submission_id": "01936d2e-0000-7000-8000-000000000002",
                       "response": { "fields": { "weather": "sun" } }, "seconds": 2.0 });
    world.annotator.post(&format!("/api/queue/leases/{}/submit", world.id("lease")), &body).await.is(200);
    world.server.clock.advance(90_000);
    assert!(waiting().await > before);
    assert_eq!(value(&read(&world).await, "sheaf_webhook_oldest_delivery_seconds"), 90.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_work_is_not_ready() {
    let server = TestServer::start();
    let anonymous = server.anonymous();
    anonymous.get("/readyz").await.is(200);
    // Contents cannot be written.
    let (folder, away) = (server.app.store().dir().join("blobs/tmp"), server.app.store().dir().join("away"));
    std::fs::rename(&folder, &away).unwrap();
    let answer = anonymous.get("/readyz").await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    anonymous.get("/healthz").await.is(200);
    std::fs::rename(&away, &folder).unwrap();
    let ready = anonymous.get("/readyz").await;
    ready.is(200);
    assert_eq!(ready.header("connection"), "");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is left of looking");

    server.app.drain();
    let answer = anonymous.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.header("connection")), (503, "close"));
    anonymous.get("/healthz").await.is(200);
}
