//! `GET /api/audit`: who changed what.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use sheaf_app::App;
use sheaf_app::audit::{self, AuditRow};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{Page, PageQuery, Ref, Time};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    at: Time,
    actor: Option<Ref>,
    #[schema(examples("member.changed"))]
    action: String,
    /// Id of what was changed.
    object: String,
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    details: Value,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        let name = row.actor_name.unwrap_or_default();
        Self {
            at: row.at.into(),
            actor: row.actor.map(|id| Ref { id: id.to_string(), name }),
            action: row.action,
            object: row.object,
            details: row.details,
        }
    }
}

/// Who changed what, newest first. For admins.
#[utoipa::path(get, path = "/api/audit", params(PageQuery), responses((status = 200, body = Page<AuditEntry>)))]
pub(crate) async fn list_audit(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    let page = audit::list(&app, &me.actor, query.after()?, query.limit()?).await?;
    let next = page.rows.last().map(|row| row.seq).filter(|seq| *seq > 1);
    let items = page.rows.into_iter().map(AuditEntry::from).collect();
    Ok(Json(Page::new(items, next, page.total.unsigned_abs())))
}
