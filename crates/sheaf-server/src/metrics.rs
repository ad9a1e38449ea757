//! `GET /metrics` for whatever watches the servers, in the text format of OpenMetrics, which Prometheus reads.
//!
//! Labels have few values: a route is its pattern, never an address. Requests move atomics; what has to be looked up is looked
//! up when somebody asks.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use sheaf_app::App;
use subtle::ConstantTimeEq;

use crate::Options;
use crate::error::{ApiError, Result};

const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

/// A pattern of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    looked_up: LookedUp,
}

/// What is looked up when somebody asks.
#[derive(Default)]
struct LookedUp {
    waiting: Gauge,
    streams: Gauge,
    draining: Gauge,
    database_up: Gauge,
    deliveries: Gauge,
    oldest_delivery: Gauge<f64, std::sync::atomic::AtomicU64>,
    memory: Gauge,
    threads: Gauge,
    files: Gauge,
}

/// From a millisecond to half a minute.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

impl Metrics {
    pub(crate) fn new(app: &App) -> Self {
        let mut registry = Registry::default();
        let about = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("node", format!("{:016x}", app.store().node())),
            ("database", if app.store().is_shared() { "postgresql" } else { "sqlite" }.to_owned()),
        ];
        registry.register("sheaf_build", "The server, and which node it is", Info::new(about));
        let requests = Family::<Answered, Counter>::default();
        registry.register("sheaf_http_requests", "Requests that were answered", requests.clone());
        let seconds = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        let help = "Seconds from a request to the head of its answer";
        registry.register("sheaf_http_request_seconds", help, seconds.clone());
        let under_way = Gauge::default();
        registry.register(
            "sheaf_http_requests_under_way",
            "Requests without an answer yet",
            under_way.clone(),
        );
        let looked_up = LookedUp::default();
        looked_up.register(&mut registry);
        app.store().meters().register(&mut registry);
        Self { registry, requests, seconds, under_way, looked_up }
    }

    /// A request begins; it is under way until what is returned is dropped.
    pub(crate) fn begin(&self) -> UnderWay {
        self.under_way.inc();
        UnderWay(self.under_way.clone())
    }

    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, seconds: f64) {
        // What no route was made for is a page of the user interface, or is not there.
        let route = route.unwrap_or("other").to_owned();
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(seconds);
        let answered = Answered { method: named(method), route, status: status.as_u16() };
        self.requests.get_or_create(&answered).inc();
    }

    async fn text(&self, app: &App) -> Result<String> {
        self.looked_up.look(app).await;
        let mut out = String::new();
        text::encode(&mut out, &self.registry)
            .map_err(|error| sheaf_app::Error::internal(format!("cannot write the metrics: {error}")))?;
        Ok(out)
    }
}

/// A request that is under way.
pub(crate) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A method as a label: anybody may send any word.
fn named(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// How long the database may take to answer; who asks waits not much longer.
const LOOK_MAX: Duration = Duration::from_secs(2);

impl LookedUp {
    fn register(&self, to: &mut Registry) {
        to.register("sheaf_writer_waiting_jobs", "Jobs that wait for the writer", self.waiting.clone());
        to.register("sheaf_live_streams", "Live streams of events that are open", self.streams.clone());
        to.register("sheaf_draining", "1: the server is being stopped", self.draining.clone());
        to.register("sheaf_database_up", "1: the database answers", self.database_up.clone());
        let deliveries = "Deliveries to webhooks that wait, of the whole instance";
        to.register("sheaf_webhook_deliveries_waiting", deliveries, self.deliveries.clone());
        let oldest = "How long the oldest of them has waited, 0 when none does";
        to.register("sheaf_webhook_oldest_delivery_seconds", oldest, self.oldest_delivery.clone());
        to.register(
            "process_resident_memory_bytes",
            "Memory that the process has in RAM",
            self.memory.clone(),
        );
        to.register("process_threads", "Threads of the process", self.threads.clone());
        to.register("process_open_fds", "Files and connections that are open", self.files.clone());
    }

    async fn look(&self, app: &App) {
        self.waiting.set(app.store().waiting() as i64);
        self.streams.set(app.live().open() as i64);
        self.draining.set(app.is_draining().into());
        // An instance whose database is gone tells the rest all the same.
        match tokio::time::timeout(LOOK_MAX, sheaf_app::webhooks::backlog(app)).await {
            Ok(Ok(backlog)) => {
                self.database_up.set(1);
                self.deliveries.set(backlog.waiting);
                self.oldest_delivery.set(backlog.oldest_ms as f64 / 1000.0);
            }
            _ => {
                self.database_up.set(0);
            }
        }
        self.look_at_the_process();
    }

    /// What Linux says of this process; elsewhere nothing does.
    fn look_at_the_process(&self) {
        let Ok(status) = fs::read_to_string("/proc/self/status") else { return };
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_ascii_whitespace().next()?.parse::<i64>().ok()
        };
        self.memory.set(number("VmRSS:").unwrap_or_default() * 1024);
        self.threads.set(number("Threads:").unwrap_or_default());
        self.files.set(fs::read_dir("/proc/self/fd").map_or(0, |all| all.count() as i64));
    }
}

/// For who shows the key. Without one in the settings it is not here at all, but at an address of its own.
pub(crate) async fn get(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    State(metrics): State<Arc<Metrics>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    let Some(key) = &options.metrics_key else { return Err(ApiError::not_found("page")) };
    is_shown(key, &headers)?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text(&app).await?))
}

/// At an address of its own: who can reach it may read it, unless a key is asked for.
pub(crate) async fn get_apart(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    State(metrics): State<Arc<Metrics>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    if let Some(key) = &options.metrics_key {
        is_shown(key, &headers)?;
    }
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text(&app).await?))
}

fn is_shown(key: &str, headers: &HeaderMap) -> Result<()> {
    let shown = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let shown = shown.strip_prefix(b"Bearer ").unwrap_or_default();
    if bool::from(shown.ct_eq(key.as_bytes())) { Ok(()) } else { Err(ApiError::unauthenticated()) }
}
