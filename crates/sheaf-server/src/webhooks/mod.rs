//! The task that delivers what is in the outbox of webhooks: when something was put there, when a time is due, and once a
//! minute.

mod deliveries;
mod send;

use std::time::Duration;

use sheaf_app::{App, webhooks};
use sheaf_model::Reach;

use crate::background::Background;

pub use deliveries::Deliveries;
pub use send::{SEND_WITHIN, Sender};
pub(crate) use send::{agent, reason};

/// The longest time between two looks: the machine's clock may have been set.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// The shortest time between two looks for what was put into the outbox.
const REST: Duration = Duration::from_millis(20);
/// Old deliveries are removed so often.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Starts the courier on the runtime that this is called on. What is being sent when it stops is sent again later.
pub fn courier(app: App, reach: Reach) -> Background {
    Background::start("the delivering to webhooks", async move {
        let sender = Sender::new(reach, SEND_WITHIN);
        tokio::join!(deliver(app.clone(), sender), sweep(app));
    })
}

async fn deliver(app: App, sender: Sender) {
    // Where this process holds the data alone, a lock that is there is one of a process that was killed.
    if let Err(error) = webhooks::deliver::unlock(&app).await {
        tracing::error!(%error, "webhooks that were being sent to are tried again when their locks end");
    }
    let mut changes = app.store().outbox_changes();
    let mut deliveries = Deliveries::new(app.clone(), sender);
    loop {
        let next = deliveries.dispatch().await.unwrap_or_else(|error| {
            tracing::error!(%error, "webhooks cannot be looked after");
            None
        });
        let wait = next.map_or(LOOK_AT_LEAST_EVERY, |next| {
            Duration::from_millis(u64::try_from(next - app.now()).unwrap_or(0)).min(LOOK_AT_LEAST_EVERY)
        });
        let changed = async {
            // The store outlives this task, which holds it.
            drop(changes.changed().await);
            tokio::time::sleep(REST).await;
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = changed => {}
            () = deliveries.one_ended(), if deliveries.are_under_way() => {}
        }
    }
}

async fn sweep(app: App) {
    loop {
        if let Err(error) = webhooks::sweep(&app).await {
            tracing::error!(%error, "old deliveries of webhooks cannot be removed");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}
