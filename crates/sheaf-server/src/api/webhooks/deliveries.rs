//! `GET /api/projects/{project}/webhooks/{webhook}/deliveries`: the log of a webhook.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, webhooks};
use sheaf_model::{ProjectId, WebhookId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Delivery, DeliveryPage, PageQuery, cursor};

/// What a webhook was told, or is still to be told, newest first. Kept for 30 days. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks/{webhook}/deliveries", params(PageQuery), responses((status = 200, body = DeliveryPage)))]
pub(crate) async fn list_deliveries(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
    Query(query): Query<PageQuery>,
) -> Result<Json<DeliveryPage>> {
    let (limit, before) = (query.limit()?, query.after()?);
    let rows = webhooks::deliveries(&app, &me.actor, project, id, before, limit).await?;
    let is_full = rows.len() == limit as usize;
    let next_cursor = rows.last().filter(|_| is_full).map(|last| cursor(last.row.id.number));
    Ok(Json(DeliveryPage { items: rows.into_iter().map(Delivery::from).collect(), next_cursor }))
}
