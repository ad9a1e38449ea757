//! How far the deliveries are behind, for whoever watches the server.

use crate::{App, Result};

/// Deliveries that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    pub waiting: i64,
    /// How long the oldest has waited; 0 when none does.
    pub oldest_ms: i64,
}

pub async fn backlog(app: &App) -> Result<Backlog> {
    let (waiting, oldest) = app.store().read(|tx| tx.delivery_backlog()).await?;
    Ok(Backlog { waiting, oldest_ms: oldest.map_or(0, |put| (app.now() - put).max(0)) })
}
