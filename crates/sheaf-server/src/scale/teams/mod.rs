//! People.

mod invite;
mod list;
mod set_role;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::scale_teams))
        .routes(routes!(invite::scale_invite))
        .routes(routes!(set_role::scale_set_role))
}
