//! Tasks.

mod audit;
mod cancel;
mod create;
mod create_evaluation;
mod create_training;
mod get;
mod list;
mod respond;
mod send_callback;
mod set_metadata;
mod tags;
mod unique_id;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::scale_tasks))
        .routes(routes!(get::scale_task, create::scale_create_task))
        .routes(routes!(create_evaluation::scale_create_evaluation_task))
        .routes(routes!(create_training::scale_create_training_task))
        .routes(routes!(cancel::scale_cancel_task))
        .routes(routes!(set_metadata::scale_set_task_metadata))
        .routes(routes!(unique_id::scale_set_unique_id, unique_id::scale_clear_unique_id))
        .routes(routes!(tags::scale_set_tags, tags::scale_add_tags, tags::scale_delete_tags))
        .routes(routes!(audit::scale_audit_task))
        .routes(routes!(send_callback::scale_send_callback))
        .routes(routes!(respond::scale_respond))
}
