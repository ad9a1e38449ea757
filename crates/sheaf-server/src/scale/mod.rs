//! Scale's API, version 1 and 2, as its clients speak it: shapes of HTTP only. What it means is `sheaf_app::scale`.
//!
//! It differs from Sheaf's own in its errors, `{"status_code", "error"}`; in that 200 is the only success; and in how queries
//! and empty bodies are written. See docs/scale-api.md.

mod ask;
mod batches;
mod body;
mod caller;
mod courier;
pub(crate) mod error;
mod fetch;
mod files;
mod projects;
mod studio;
mod tasks;
mod teams;
mod v2;

pub use courier::courier;
use utoipa_axum::router::OpenApiRouter;

use crate::Site;

/// Every route under `/v1` and `/v2`.
pub(crate) fn routes() -> OpenApiRouter<Site> {
    let files = files::routes().layer(files::limit());
    OpenApiRouter::new()
        .merge(projects::routes())
        .merge(batches::routes())
        .merge(tasks::routes())
        .merge(files)
        .merge(teams::routes())
        .merge(studio::routes())
        .merge(v2::routes())
}

/// Whether an address is of Scale's API.
pub(crate) fn is_scale(path: &str) -> bool {
    ["/v1", "/v2"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
