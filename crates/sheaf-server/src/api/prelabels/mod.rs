//! Pre-labels of a project.

mod delete;
mod list;
mod put;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    // Rows are streamed and bounded one by one; a JSON body is bounded where it is read.
    OpenApiRouter::new()
        .routes(routes!(list::list_prelabel_sources, put::put_prelabels, delete::delete_prelabels))
        .layer(DefaultBodyLimit::disable())
}
