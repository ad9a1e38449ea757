//! Single tasks, as managers deal with them.

mod act;
mod agreement;
mod explain;
mod unskip;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(agreement::get_task_agreement))
        .routes(routes!(act::revoke_task))
        .routes(routes!(act::reopen_task))
        .routes(routes!(act::unblock_task))
        .routes(routes!(explain::explain_task))
        .routes(routes!(unskip::unskip_task))
        .routes(routes!(act::assign_task))
}
