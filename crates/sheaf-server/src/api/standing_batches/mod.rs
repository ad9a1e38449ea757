//! Standing batches.

mod act;
mod change;
mod create;
mod delete;
mod get;
mod list;
mod runs;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_standing_batches, create::create_standing_batch))
        .routes(routes!(
            get::get_standing_batch,
            change::change_standing_batch,
            delete::delete_standing_batch
        ))
        .routes(routes!(act::pause_standing_batch))
        .routes(routes!(act::resume_standing_batch))
        .routes(routes!(act::run_standing_batch))
        .routes(routes!(runs::list_standing_runs))
}
