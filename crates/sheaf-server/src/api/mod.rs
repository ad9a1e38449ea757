//! The API: one folder a resource, one file an endpoint. Each folder's `mod.rs` is its table of routes and nothing
//! else; a route is in the OpenAPI document because both come from the same line.

mod answers;
mod assets;
mod audit;
mod batches;
mod check;
mod events;
mod export;
mod groups;
mod insights;
mod invitations;
mod keys;
mod known_answers;
mod members;
mod metadata_updates;
mod prelabels;
mod projects;
mod quality;
mod query;
mod queue;
mod queue_order;
mod saved_queries;
mod session;
mod setup;
mod standing_batches;
mod tasks;
mod taxonomy;
mod uploads;
mod users;
mod webhooks;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{Site, wire};

#[derive(OpenApi)]
#[openapi(components(schemas(
    wire::ErrorBody,
    crate::scale::error::ScaleError,
    wire::Problem,
    wire::Diagnostic
)))]
struct Document;

/// Every route under `/api`, `/v1` and `/v2`.
pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(session::routes())
        .merge(setup::routes())
        .merge(crate::scale::routes())
        .merge(users::routes())
        .merge(invitations::routes())
        .merge(keys::routes())
        .merge(audit::routes())
        .merge(check::routes())
        .merge(projects::routes())
        .merge(tasks::routes())
        .merge(taxonomy::routes())
        .merge(members::routes())
        .merge(groups::routes())
        .merge(uploads::routes())
        .merge(assets::routes())
        .merge(metadata_updates::routes())
        .merge(prelabels::routes())
        .merge(answers::routes())
        .merge(query::routes())
        .merge(saved_queries::routes())
        .merge(batches::routes())
        .merge(known_answers::routes())
        .merge(quality::routes())
        .merge(standing_batches::routes())
        .merge(insights::routes())
        .merge(events::routes())
        .merge(queue::routes())
        .merge(queue_order::routes())
        .merge(export::routes())
        .merge(webhooks::routes())
}
