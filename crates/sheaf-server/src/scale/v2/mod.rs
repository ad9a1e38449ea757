//! Version 2: batches, projects and tasks by id, and what of the rest has a meaning here.

mod annotation;
mod batches;
mod cancel;
mod create_batch;
mod create_chat_task;
mod datasets;
mod deliveries;
mod finalize;
mod get_batch;
mod pause;
mod project;
mod projects;
mod resume;
mod set_batch_metadata;
mod set_task_metadata;
mod task;
mod tasks;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(get_batch::scale_v2_batch, create_batch::scale_v2_create_batch))
        .routes(routes!(batches::scale_v2_batches))
        .routes(routes!(finalize::scale_v2_finalize))
        .routes(routes!(pause::scale_v2_pause))
        .routes(routes!(resume::scale_v2_resume))
        .routes(routes!(cancel::scale_v2_cancel))
        .routes(routes!(set_batch_metadata::scale_v2_set_batch_metadata))
        .routes(routes!(projects::scale_v2_projects))
        .routes(routes!(project::scale_v2_project))
        .routes(routes!(tasks::scale_v2_tasks))
        .routes(routes!(task::scale_v2_task))
        .routes(routes!(set_task_metadata::scale_v2_set_task_metadata))
        .routes(routes!(create_chat_task::scale_v2_create_chat_task))
        .routes(routes!(annotation::scale_v2_annotation))
        .routes(routes!(deliveries::scale_v2_deliveries))
        .routes(routes!(deliveries::scale_v2_delivery))
        .routes(routes!(deliveries::scale_v2_delivery_tasks))
        .routes(routes!(deliveries::scale_v2_schema))
        .routes(routes!(datasets::scale_v2_datasets))
        .routes(routes!(datasets::scale_v2_dataset_tasks))
        .routes(routes!(datasets::scale_v2_dataset_task))
        .routes(routes!(datasets::scale_v2_dataset_deliveries))
        .routes(routes!(datasets::scale_v2_dataset_delivery))
        .routes(routes!(datasets::scale_v2_dataset_response))
}
