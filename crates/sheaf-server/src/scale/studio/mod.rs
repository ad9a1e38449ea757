//! Who works on what: assignments, groups, and the order of batches.

mod assign;
mod assignments;
mod batches;
mod create_group;
mod edit_group;
mod groups;
mod open_batch;
mod reset_priorities;
mod set_priorities;
mod unassign;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(assignments::scale_assignments))
        .routes(routes!(assign::scale_assign))
        .routes(routes!(unassign::scale_unassign))
        .routes(routes!(groups::scale_groups, create_group::scale_create_group))
        .routes(routes!(edit_group::scale_edit_group))
        .routes(routes!(batches::scale_studio_batches))
        .routes(routes!(open_batch::scale_open_batch))
        .routes(routes!(set_priorities::scale_set_priorities))
        .routes(routes!(reset_priorities::scale_reset_priorities))
}
