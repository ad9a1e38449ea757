//! Projects.

mod change;
mod create;
mod get;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_projects, create::create_project))
        .routes(routes!(get::get_project, change::change_project))
}
