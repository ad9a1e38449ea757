//! Removing deliveries that are older than a month, and what is left of deleted webhooks.

use sheaf_model::DeliveryId;
use sheaf_model::webhook::KEPT_MS;

use crate::{App, Error, Result};

/// Deliveries that one transaction removes: a claim waits for it.
const AT_ONCE: u32 = 500;

/// Removes everything that is to go, a little at a time.
pub async fn sweep(app: &App) -> Result<()> {
    let below = DeliveryId::number_at(app.now() - KEPT_MS);
    let all = app.store().read(|tx| Ok::<_, Error>(tx.all_webhooks()?)).await?;
    for (project, id, deleted) in all {
        let below = if deleted { i64::MAX } else { below };
        loop {
            let removed = app
                .store()
                .write_in(project, move |tx| {
                    Ok::<_, Error>(tx.prune_deliveries(project, id, below, AT_ONCE)?)
                })
                .await?;
            if removed < AT_ONCE as usize {
                break;
            }
        }
        if deleted {
            app.store().write_in(project, move |tx| Ok::<_, Error>(tx.delete_webhook(project, id)?)).await?;
        }
    }
    Ok(())
}
