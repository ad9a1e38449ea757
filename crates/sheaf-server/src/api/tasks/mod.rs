//! Single tasks, as managers deal with them.

mod act;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(act::revoke_task))
        .routes(routes!(act::reopen_task))
        .routes(routes!(act::unblock_task))
        .routes(routes!(act::assign_task))
}
