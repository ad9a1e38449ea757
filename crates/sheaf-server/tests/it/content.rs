//! The bytes of assets: whole, in ranges, by signed links.

use std::time::{Duration, Instant};

use sheaf_server::Options;
use sheaf_testing::{Home, Link, Mode};

use crate::harness::{TestServer, World, admin, make_project};

#[tokio::test]
async fn a_content_is_sent_whole_and_in_ranges() {
    let world = World::seed().await;
    let at = world.path(&format!("/assets/{}/content", world.id("asset")));
    let whole = world.manager.get(&at).await;
    whole.is(200);
    let (bytes, size) = (&whole.body, whole.body.len());
    assert_eq!(whole.header("content-length"), size.to_string());
    assert_eq!((whole.header("content-type"), whole.header("accept-ranges")), ("image/png", "bytes"));
    assert!(bytes.starts_with(b"\x89PNG"));
    let tag = whole.header("etag");
    for (range, expected) in [
        ("bytes=1-3", 1..4),
        ("bytes=60-", 60..size),
        ("bytes=-4", size - 4..size),
        ("bytes=2-9999", 2..size),
    ] {
        let part = world.manager.header("range", range).get(&at).await;
        part.is(206);
        assert_eq!(part.body, bytes[expected.clone()], "{range}");
        let says = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
        assert_eq!(part.header("content-range"), says);
        assert_eq!(part.header("content-length"), expected.len().to_string());
        assert_eq!(part.header("content-security-policy"), "sandbox; default-src 'none'");
    }
    let outside = world.manager.header("range", "bytes=9999-").get(&at).await;
    outside.is_error(416, "bad_range");
    assert_eq!(outside.header("content-range"), format!("bytes */{size}"));
    // What is not understood, or is of other bytes, is answered with everything.
    for header in [("range", "bytes=0-1,3-4"), ("range", "lines=1-2")] {
        assert_eq!(&world.manager.header(header.0, header.1).get(&at).await.body, bytes);
    }
    let resumed = world.manager.header("range", "bytes=1-3");
    assert_eq!(resumed.header("if-range", tag).get(&at).await.body, bytes[1..4]);
    resumed.header("if-range", "\"other\"").get(&at).await.is(200);
    world.manager.header("if-none-match", tag).get(&at).await.is(304);
    world.stranger.header("range", "bytes=1-3").get(&at).await.is_error(404, "not_found");

    let thumbnail = world.path(&format!("/assets/{}/thumbnail", world.id("asset")));
    world.annotator.get(&thumbnail).await.is(200);
    world.annotator.header("range", "bytes=0-3").get(&thumbnail).await.is(206);
}

#[tokio::test]
async fn signed_links_lead_to_the_store_and_only_who_may_see_it_gets_one() {
    let server = TestServer::with(Options { signed_links: true, ..Options::default() });
    let admin = admin(&server).await;
    let project = make_project(&admin, "Streets", "image").await;
    let at = format!("/api/projects/{project}");
    let upload = admin
        .post(&format!("{at}/uploads"), &serde_json::json!({ "name": "Monday", "source": "api" }))
        .await
        .is(201);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='2' height='2'/>".to_vec();
    let file = format!(
        "{at}/uploads/{}/files?path=a.svg&size={}&offset=0",
        upload["id"].as_str().unwrap(),
        svg.len()
    );
    let sent = admin.send("PUT", &file, "application/octet-stream", svg).await.is(200);
    let at = format!("{at}/assets/{}/content", sent["asset_id"].as_str().unwrap());
    server.anonymous().get(&at).await.is_error(401, "unauthenticated");
    let answer = admin.get(&at).await;
    if sheaf_testing::s3().is_none() {
        // A folder has no links: it goes through the server.
        answer.is(200);
        return;
    }
    answer.is(307);
    assert_eq!(answer.header("cache-control"), "private, max-age=60");
    let link = answer.header("location").to_owned();
    let got = tokio::task::spawn_blocking(move || sheaf_testing::http_get(&link)).await.unwrap();
    assert_eq!(got.0, 200);
    // An SVG was drawn: what is kept is no page.
    assert!(got.2.starts_with(b"\x89PNG"), "{:?}", got.1);
    assert_eq!(got.1.get("content-type").map(String::as_str), Some("image/png"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_files_are_away_is_not_ready() {
    let Some(s3) = sheaf_testing::s3() else { return };
    let link = Link::to(s3.trim_start_matches("http://").parse().unwrap());
    let home = Home::new();
    let at = home.blobs_at(&format!("http://127.0.0.1:{}", link.port));
    let server = TestServer::on(home, Some(at), Options::default());
    let anonymous = server.anonymous();
    link.set(Mode::Stalled);
    let began = Instant::now();
    let answer = anonymous.get("/readyz").await;
    answer.is_error(503, "files_unreachable");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    anonymous.get("/healthz").await.is(200);
    link.set(Mode::Open);
    // What was found is believed for a while, and then asked for again.
    anonymous.get("/readyz").await.is(503);
    let mut look = tokio::time::interval(Duration::from_millis(50));
    while anonymous.get("/readyz").await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come back");
        look.tick().await;
    }
    link.set(Mode::Cut);
    anonymous.get("/readyz").await.is(200);
}
