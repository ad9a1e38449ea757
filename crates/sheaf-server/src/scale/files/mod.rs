//! Files.

mod import;
mod list;
mod upload;

pub(super) use upload::limit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::scale_files))
        .routes(routes!(upload::scale_upload_file))
        .routes(routes!(import::scale_import_file))
}
