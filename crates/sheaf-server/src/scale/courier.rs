//! The task that brings Scale's clients what happens by itself: attachments are fetched, tasks become members of their batches,
//! callbacks are sent.

use std::sync::Arc;
use std::time::Duration;

use sheaf_app::scale::{Walk, bind, callbacks, fetch, files};
use sheaf_app::{App, Result};
use sheaf_model::{Millis, Reach};
use tokio::task::JoinSet;

use super::fetch::{FETCH_WITHIN, Fetcher};
use crate::background::Background;
use crate::webhooks::{SEND_WITHIN, agent};

/// Attachments, and callbacks, that are under way at once.
const FETCHES_MAX: usize = 16;
const CALLBACKS_MAX: usize = 32;
/// The longest time between two looks.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// The shortest, and after an error.
const REST: Duration = Duration::from_millis(20);
const REST_AFTER_ERROR_MS: Millis = 5_000;

/// Starts it on the runtime that this is called on. What is under way when it stops is done again later.
pub fn courier(app: App, reach: Reach) -> Background {
    Background::start("what goes on for Scale's clients", async move { Rounds::new(app, reach).run().await })
}

/// What there is to do in a round.
#[derive(Debug, Clone, Copy)]
enum Part {
    Members,
    Attachments,
    Callbacks,
}

const PARTS: [Part; 3] = [Part::Members, Part::Attachments, Part::Callbacks];

struct Rounds {
    app: App,
    fetcher: Arc<Fetcher>,
    sender: ureq::Agent,
    fetches: JoinSet<()>,
    fetch_walk: Walk,
    callbacks: JoinSet<()>,
    callback_walk: Walk,
    /// Of each part, after an error.
    rest_until: [Millis; PARTS.len()],
}

impl Rounds {
    fn new(app: App, reach: Reach) -> Self {
        let sender = agent(reach, SEND_WITHIN, concat!("Sheaf-Callbacks/", env!("CARGO_PKG_VERSION")));
        let fetcher = Arc::new(Fetcher::new(reach, FETCH_WITHIN));
        Self {
            app,
            fetcher,
            sender,
            fetches: JoinSet::new(),
            fetch_walk: Walk::default(),
            callbacks: JoinSet::new(),
            callback_walk: Walk::default(),
            rest_until: [0; PARTS.len()],
        }
    }

    async fn run(mut self) {
        if let Err(error) = fetch::unlock(&self.app).await {
            tracing::error!(%error, "what was being fetched is fetched again later");
        }
        let mut changes = self.app.store().outbox_changes();
        loop {
            let wait = self.round().await.map_or(LOOK_AT_LEAST_EVERY, |next| {
                let left = Duration::from_millis(u64::try_from(next - self.app.now()).unwrap_or(0));
                left.clamp(REST, LOOK_AT_LEAST_EVERY)
            });
            let changed = async {
                // The store outlives this task, which holds it.
                drop(changes.changed().await);
                tokio::time::sleep(REST).await;
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = changed => {}
                Some(_) = self.fetches.join_next() => {}
                Some(_) = self.callbacks.join_next() => {}
            }
            while self.fetches.try_join_next().is_some() {}
            while self.callbacks.try_join_next().is_some() {}
        }
    }

    /// Does a part of each thing that is due, as far as there is room; when the next thing is. None of the three waits until there
    /// is nothing left of another, or for what is wrong with another.
    async fn round(&mut self) -> Option<Millis> {
        let mut next: Option<Millis> = None;
        for (at, part) in PARTS.into_iter().enumerate() {
            let due = if self.app.now() < self.rest_until[at] {
                Some(self.rest_until[at])
            } else {
                let done = match part {
                    Part::Members => bind::some(&self.app).await.map(|n| (n > 0).then(|| self.app.now())),
                    Part::Attachments => self.fetch_some().await,
                    Part::Callbacks => self.call_some().await,
                };
                done.unwrap_or_else(|error| {
                    tracing::error!(%error, ?part, "a part of what Scale's clients wait for has to wait");
                    self.rest_until[at] = self.app.now() + REST_AFTER_ERROR_MS;
                    Some(self.rest_until[at])
                })
            };
            next = next.into_iter().chain(due).min();
        }
        next
    }

    async fn fetch_some(&mut self) -> Result<Option<Millis>> {
        let room = FETCHES_MAX.saturating_sub(self.fetches.len());
        let (jobs, next) = fetch::take(&self.app, &mut self.fetch_walk, room as u32).await?;
        for job in jobs {
            if let Err(error) = self.fetch(job) {
                tracing::error!(%error, "an attachment has to wait: there is no place for what is fetched");
            }
        }
        // What there is no room for waits until something has ended.
        Ok(next.filter(|_| self.fetches.len() < FETCHES_MAX))
    }

    async fn call_some(&mut self) -> Result<Option<Millis>> {
        let room = CALLBACKS_MAX.saturating_sub(self.callbacks.len());
        let (due, next) = callbacks::take(&self.app, &mut self.callback_walk, room as u32).await?;
        for dispatch in due {
            self.send(dispatch);
        }
        Ok(next.filter(|_| self.callbacks.len() < CALLBACKS_MAX))
    }

    fn fetch(&mut self, job: fetch::Job) -> Result<()> {
        let (app, fetcher) = (self.app.clone(), self.fetcher.clone());
        let to = files::temporary(&app)?;
        self.fetches.spawn(async move {
            let url = job.url.clone();
            let fetched = tokio::task::spawn_blocking(move || fetcher.fetch(&url, to)).await;
            let Ok(fetched) = fetched else { return };
            // The file is kept until it has become an asset.
            let outcome = fetched.as_ref().map(|file| file.path().to_owned()).map_err(Clone::clone);
            if let Err(error) = fetch::settle(&app, job, outcome).await {
                tracing::error!(%error, "what was fetched is lost; it is fetched again");
            }
        });
        Ok(())
    }

    fn send(&mut self, dispatch: callbacks::Dispatch) {
        let (app, sender) = (self.app.clone(), self.sender.clone());
        self.callbacks.spawn(async move {
            let sent = dispatch.clone();
            let ok = tokio::task::spawn_blocking(move || {
                let request = sender
                    .post(sent.url())
                    .header("content-type", "application/json")
                    .header("scale-callback-auth", &sent.key);
                request.send(sent.body().as_bytes()).is_ok_and(|answer| answer.status().is_success())
            });
            let ok = ok.await.unwrap_or(false);
            if let Err(error) = callbacks::settle(&app, dispatch, ok).await {
                tracing::error!(%error, "what came of a callback is lost; it is sent again");
            }
        });
    }
}
