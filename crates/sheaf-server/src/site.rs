//! The whole site as one router: API, documents, health, UI, and what stands around all of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::get;
use sheaf_app::App;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};

use crate::metrics::{self, Metrics};
use crate::{Options, api, docs, error, guard, health, observe, openapi, ui};

/// Bytes from which an answer is compressed. What is smaller leaves in the first packets anyway, and a compressor of its
/// own would cost a claim as much as the rest of the request.
const COMPRESSED_FROM: u64 = 4_096;

/// What handlers share. They take the part that they need: `State(app): State<App>`.
#[derive(Clone)]
pub struct Site {
    pub(crate) app: App,
    options: Arc<Options>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Site {
    /// How far calls to addresses may reach that others have chosen.
    pub(crate) fn reach(&self) -> sheaf_model::Reach {
        self.options.reach()
    }
}

impl FromRef<Site> for App {
    fn from_ref(site: &Site) -> Self {
        site.app.clone()
    }
}

impl FromRef<Site> for Arc<Options> {
    fn from_ref(site: &Site) -> Self {
        site.options.clone()
    }
}

impl FromRef<Site> for Arc<Metrics> {
    fn from_ref(site: &Site) -> Self {
        site.metrics.clone()
    }
}

/// What a server answers at its address, and what at an address for those who watch it.
pub struct Routers {
    pub site: Router,
    pub watch: Router,
}

/// Everything that Sheaf serves.
pub fn router(app: App, options: Options) -> Router {
    routers(app, options).site
}

pub fn routers(app: App, options: Options) -> Routers {
    let metrics = Arc::new(Metrics::new(&app));
    let site = Site { app, options: Arc::new(options), metrics };
    let watch = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::get_apart))
        .with_state(site.clone());
    Routers { site: whole(site), watch }
}

fn whole(site: Site) -> Router {
    let json_bytes_max = site.options.json_bytes_max;
    let (api, document) = api::routes().split_for_parts();
    let document = Arc::new(openapi::finish(document));
    let pages = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::get))
        .merge(docs::routes(&document))
        .fallback(ui::serve);
    let worth_it = DefaultPredicate::new().and(SizeAbove::new(COMPRESSED_FROM));
    // From the inside out; what is added last sees a request first.
    api.merge(pages)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(json_bytes_max))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest).compress_when(worth_it))
        .layer(axum::middleware::from_fn(guard::origin::check))
        .layer(axum::middleware::from_fn_with_state(site.clone(), guard::host::check))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(axum::middleware::from_fn_with_state(site.clone(), observe::request))
        .with_state(site)
}
