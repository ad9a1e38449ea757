//! A server in one process: a folder of its own, a clock that stands still, a router that is called directly.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use http_body_util::BodyExt;
use sheaf_app::clock::ManualClock;
use sheaf_app::{App, Config};
use sheaf_server::Options;
use sheaf_testing::Home;
use tower::ServiceExt;

use super::{Answer, Client};

/// 2026-11-24.
const START_MS: i64 = 1_795_500_000_000;

#[derive(Clone)]
pub struct TestServer {
    pub app: App,
    pub clock: Arc<ManualClock>,
    router: Router,
    _dir: Arc<Home>,
}

impl TestServer {
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let dir = Home::new();
        let blobs = dir.blobs();
        Self::on(dir, blobs, options)
    }

    /// With its files at this address.
    pub fn on(dir: Home, blobs: Option<(String, Vec<(String, String)>)>, options: Options) -> Self {
        let clock = Arc::new(ManualClock::at(START_MS));
        let config = Config::new(dir.path()).on(dir.database()).blobs_in(blobs);
        let config = Config { cache_bytes: 16 << 20, ..config };
        let app = App::open(config, clock.clone()).unwrap();
        let router = sheaf_server::router(app.clone(), options);
        Self { app, clock, router, _dir: Arc::new(dir) }
    }

    /// Sends a request as it is, from this machine.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let (parts, body) = self.open(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { asked, status: parts.status, headers: parts.headers, body }
    }

    /// An answer whose body is still to come.
    pub async fn open(&self, mut request: Request<Body>) -> Response {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A caller who shows nothing.
    pub fn anonymous(&self) -> Client {
        Client::new(self.clone())
    }

    /// Somebody who logs in.
    pub async fn log_in(&self, email: &str, password: &str) -> Client {
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = self.anonymous().post("/api/session", &body).await;
        answer.is(200);
        self.anonymous().cookie(&answer.cookie().unwrap())
    }
}
