//! Answers of a project that people gave elsewhere.

mod put;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    // Rows are streamed and bounded one by one; a JSON body is bounded where it is read.
    OpenApiRouter::new().routes(routes!(put::put_answers)).layer(DefaultBodyLimit::disable())
}
