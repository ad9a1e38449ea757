//! The deliveries that are under way, and who may send how many: an endpoint that is dead or slow holds up its own
//! deliveries and nobody else's.

use std::collections::HashMap;
use std::sync::Arc;

use sheaf_app::webhooks::deliver::{self, Attempt, Dispatch, Ready};
use sheaf_app::{App, Result};
use sheaf_model::{Millis, ProjectId, WebhookId};
use tokio::task::JoinSet;

use super::send::Sender;

/// Deliveries under way at once.
const ALL_MAX: u32 = 64;
/// Of one webhook.
const EACH_MAX: u32 = 8;
/// Of one whose last attempt failed: enough to see that it is back.
const FAILING_EACH_MAX: u32 = 1;
/// Of all of those together.
const FAILING_ALL_MAX: u32 = 16;

pub struct Deliveries {
    app: App,
    sender: Arc<Sender>,
    under_way: JoinSet<WebhookId>,
    busy: HashMap<WebhookId, Busy>,
    /// Where the next look begins, so that those at the end of the list have their turn.
    turn: usize,
}

/// What a webhook has under way.
#[derive(Debug, Clone, Copy, Default)]
struct Busy {
    n: u32,
    failing: bool,
}

impl Deliveries {
    pub fn new(app: App, sender: Sender) -> Self {
        Self { app, sender: Arc::new(sender), under_way: JoinSet::new(), busy: HashMap::new(), turn: 0 }
    }

    /// Begins to send what is due, as far as there is room. When the next one will be due.
    pub async fn dispatch(&mut self) -> Result<Option<Millis>> {
        let mut ready = deliver::look(&self.app).await?;
        if !ready.is_empty() {
            self.turn = (self.turn + 1) % ready.len();
            ready.rotate_left(self.turn);
        }
        let now = self.app.now();
        let shares = shares(&ready, &self.busy, now);
        if !shares.is_empty() {
            for of in ready.iter().filter(|of| of.due <= now) {
                self.busy.entry(of.webhook).or_default().failing = of.failing;
            }
            for dispatch in deliver::take(&self.app, shares).await? {
                self.send(dispatch);
            }
            self.busy.retain(|_, busy| busy.n > 0);
        }
        Ok(ready.iter().map(|of| of.due).filter(|due| *due > now).min())
    }

    fn send(&mut self, dispatch: Dispatch) {
        let (app, sender, webhook) = (self.app.clone(), self.sender.clone(), dispatch.id.webhook);
        self.busy.entry(webhook).or_default().n += 1;
        self.under_way.spawn(async move {
            let sent = dispatch.clone();
            let attempt = tokio::task::spawn_blocking(move || sender.send(&sent)).await;
            let attempt = attempt.unwrap_or_else(|_| Attempt {
                answer: Err("it could not be sent".to_owned()),
                retry_after: None,
                took_ms: 0,
            });
            let id = dispatch.id;
            if let Err(error) = deliver::settle(&app, dispatch, attempt).await {
                tracing::error!(%error, %id, "what came of a webhook's delivery is lost; it is sent again");
            }
            webhook
        });
    }

    pub fn are_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Waits until one has ended, and lets go of all that have.
    pub async fn one_ended(&mut self) {
        let mut ended = self.under_way.join_next().await;
        while let Some(joined) = ended {
            match joined {
                Ok(webhook) => {
                    if let Some(busy) = self.busy.get_mut(&webhook) {
                        busy.n = busy.n.saturating_sub(1);
                    }
                }
                Err(error) => tracing::error!(%error, "a webhook's delivery broke off"),
            }
            ended = self.under_way.try_join_next();
        }
        self.busy.retain(|_, busy| busy.n > 0);
    }
}

/// How many each may begin to send.
fn shares(ready: &[Ready], busy: &HashMap<WebhookId, Busy>, now: Millis) -> Vec<(ProjectId, WebhookId, u32)> {
    let mut free = ALL_MAX.saturating_sub(busy.values().map(|busy| busy.n).sum());
    let failing: u32 = busy.values().filter(|busy| busy.failing).map(|busy| busy.n).sum();
    let mut failing_free = FAILING_ALL_MAX.saturating_sub(failing);
    let mut out = Vec::new();
    for of in ready.iter().filter(|of| of.due <= now) {
        let has = busy.get(&of.webhook).map_or(0, |busy| busy.n);
        let share = if of.failing {
            FAILING_EACH_MAX.saturating_sub(has).min(failing_free).min(free)
        } else {
            EACH_MAX.saturating_sub(has).min(free)
        };
        if share > 0 {
            free -= share;
            if of.failing {
                failing_free -= share;
            }
            out.push((of.project, of.webhook, share));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(id: i64, failing: bool, due: Millis) -> Ready {
        Ready { project: ProjectId(1), webhook: WebhookId(id), failing, due }
    }

    fn given(ready: &[Ready], busy: &[(i64, u32, bool)]) -> Vec<(i64, u32)> {
        let busy = busy.iter().map(|(id, n, failing)| (WebhookId(*id), Busy { n: *n, failing: *failing }));
        shares(ready, &busy.collect(), 100).into_iter().map(|(_, id, n)| (id.0, n)).collect()
    }

    #[test]
    fn each_has_its_share() {
        let two = [ready(1, false, 0), ready(2, true, 100), ready(3, false, 101)];
        assert_eq!(given(&two, &[]), [(1, 8), (2, 1)], "what is not due is not sent");
        assert_eq!(given(&two, &[(1, 5, false), (2, 1, true)]), [(1, 3)]);
        assert_eq!(given(&two, &[(1, 8, false)]), [(2, 1)]);
    }

    #[test]
    fn dead_endpoints_leave_room_for_the_others() {
        let mut many: Vec<Ready> = (0..100).map(|id| ready(id, true, 0)).collect();
        many.push(ready(100, false, 0));
        let shares = given(&many, &[]);
        assert_eq!(shares.len(), 17);
        assert_eq!(shares.last(), Some(&(100, 8)));
        let all: Vec<(i64, u32, bool)> = (0..16).map(|id| (id, 1, true)).collect();
        assert_eq!(given(&many, &all), [(100, 8)]);
        let full: Vec<(i64, u32, bool)> = (200..208).map(|id| (id, 8, false)).collect();
        assert_eq!(given(&many, &full), []);
    }
}
