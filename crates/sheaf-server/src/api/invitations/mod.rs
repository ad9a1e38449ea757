//! Invitations.

mod accept;
mod create;
mod list;
mod look_up;
mod withdraw;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_invitations, create::invite))
        .routes(routes!(withdraw::withdraw_invitation))
        .routes(routes!(look_up::look_up_invitation))
        .routes(routes!(accept::accept_invitation))
}
