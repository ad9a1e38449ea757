//! Batches.

mod act;
mod agreement;
mod append;
mod create;
mod delete;
mod diff;
mod edit;
mod get;
mod list;
mod progress;
mod rehearse;
mod remove;
mod rerun;
mod revisions;
mod select;
mod split;
mod tasks;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(select::dry_run))
        .routes(routes!(list::list_batches, create::create_batch))
        .routes(routes!(get::get_batch, edit::edit_batch, delete::delete_batch))
        .routes(routes!(act::launch_batch))
        .routes(routes!(act::pause_batch))
        .routes(routes!(act::resume_batch))
        .routes(routes!(act::cancel_batch))
        .routes(routes!(act::archive_batch))
        .routes(routes!(act::unarchive_batch))
        .routes(routes!(act::unblock_batch))
        .routes(routes!(rerun::rerun_batch))
        .routes(routes!(append::append_to_batch))
        .routes(routes!(remove::remove_from_batch))
        .routes(routes!(split::split_batch))
        .routes(routes!(revisions::list_revisions))
        .routes(routes!(diff::diff_batch))
        .routes(routes!(tasks::list_tasks))
        .routes(routes!(progress::get_progress))
        .routes(routes!(rehearse::rehearse_batch))
        .routes(routes!(agreement::get_batch_agreement))
}
