//! Saved queries.

mod change;
mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_saved_queries, create::create_saved_query))
        .routes(routes!(change::change_saved_query, delete::delete_saved_query))
}
