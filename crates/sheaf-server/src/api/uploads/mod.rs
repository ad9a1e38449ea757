//! Uploads: assets come in as files, archives and manifests.

mod add_annotations;
mod cancel;
mod commit_manifest;
mod create;
mod drop_manifest;
mod files;
mod finish;
mod get;
mod get_sync;
mod list;
mod put_file;
mod put_manifest;
mod report;
mod sources;
mod sync;
mod wire;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    // Files, manifests and annotations are streamed to disk; their bounds are the use case's.
    let streamed = OpenApiRouter::new()
        .routes(routes!(files::list_upload_files, put_file::put_upload_file))
        .routes(routes!(put_manifest::put_upload_manifest, drop_manifest::drop_upload_manifest))
        .routes(routes!(add_annotations::add_upload_annotations))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .routes(routes!(list::list_uploads, create::create_upload))
        .routes(routes!(get::get_upload))
        .routes(routes!(commit_manifest::commit_upload_manifest))
        .routes(routes!(finish::finish_upload))
        .routes(routes!(cancel::cancel_upload))
        .routes(routes!(get_sync::get_upload_sync, sync::start_upload_sync))
        .routes(routes!(sources::list_upload_sources))
        .routes(routes!(report::get_upload_report))
        .merge(streamed)
}
