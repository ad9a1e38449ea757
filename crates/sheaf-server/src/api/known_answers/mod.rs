//! Known answers of a quality batch.

mod copy;
mod list;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_known_answers, put::put_known_answers))
        .routes(routes!(copy::copy_known_answers))
}
