//! The queue: claims, and what is done on a lease.

mod accept;
mod amend;
mod claim;
mod draft;
mod explain;
mod fix;
mod heartbeat;
mod history;
mod overview;
mod reject;
mod release;
mod skip;
mod skips;
mod submit;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(overview::get_queue))
        .routes(routes!(claim::claim_tasks))
        .routes(routes!(heartbeat::renew_lease))
        .routes(routes!(draft::save_draft))
        .routes(routes!(submit::submit_answer))
        .routes(routes!(release::release_task))
        .routes(routes!(skip::skip_task))
        .routes(routes!(amend::amend_answer))
        .routes(routes!(accept::accept_task))
        .routes(routes!(reject::reject_task))
        .routes(routes!(fix::fix_task))
        .routes(routes!(history::list_history))
        .routes(routes!(skips::list_skips))
        .routes(routes!(explain::explain_own_queue))
}
