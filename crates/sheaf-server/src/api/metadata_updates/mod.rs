//! Bulk updates of metadata.

mod cancel;
mod create;
mod get;
mod list;
mod report;
mod wire;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    // Files are streamed to disk; a JSON body is bounded where it is read.
    let streamed = OpenApiRouter::new()
        .routes(routes!(list::list_metadata_updates, create::create_metadata_update))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .routes(routes!(get::get_metadata_update))
        .routes(routes!(report::get_metadata_update_report))
        .routes(routes!(cancel::cancel_metadata_update))
        .merge(streamed)
}
