//! `GET /api/session`: who is logged in.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, setup};

use crate::auth::Visitor;
use crate::error::Result;
use crate::wire::Session;

/// Who is logged in, if anybody is.
#[utoipa::path(get, path = "/api/session", responses((status = 200, body = Session)))]
pub(crate) async fn get_session(State(app): State<App>, Visitor(me): Visitor) -> Result<Json<Session>> {
    Ok(Json(match me {
        Some(me) => Session::of(&me),
        None => Session::nobody(setup::is_needed(&app).await?),
    }))
}
