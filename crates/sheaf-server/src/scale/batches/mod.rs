//! Batches.

mod create;
mod finalize;
mod get;
mod list;
mod set_metadata;
mod status;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::scale_batches, create::scale_create_batch))
        .routes(routes!(get::scale_batch))
        .routes(routes!(status::scale_batch_status))
        .routes(routes!(finalize::scale_finalize_batch))
        .routes(routes!(set_metadata::scale_set_batch_metadata))
}
