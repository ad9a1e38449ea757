//! `GET /api/projects/{project}/events`: server-sent events about the batches under way.
//!
//! A stream is a series of looks at the counts, not a queue of what happened: a first look tells every batch, then each
//! commit that may have moved one leads to one more look, at most one a second, which tells what differs. So a slow
//! reader costs no memory, whoever comes back begins with what is so, and every look asks anew whether the caller may
//! still look.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::batches::BatchRow;
use sheaf_app::batches::live::{Seat, look};
use sheaf_app::sessions::Identity;
use sheaf_model::{BatchId, ProjectId};
use tokio::sync::watch;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::{BatchCounts, BatchState};

/// The shortest time between two looks.
const LOOK_EVERY_AT_MOST: Duration = Duration::from_secs(1);
/// The longest time without a sign of life, and without asking whether the caller may still look.
const BEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(3);
/// And after this server said that it goes.
const RETRY_ELSEWHERE: Duration = Duration::from_millis(500);
/// Asks proxies not to hold the stream back until it has ended.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// The data of an event `batch.progress`.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchProgressEvent {
    #[schema(value_type = String)]
    batch_id: BatchId,
    state: BatchState,
    counts: BatchCounts,
}

/// Events as they happen (`text/event-stream`): `batch.progress` for each batch under way when the stream begins, and
/// when its counts or its state have changed, at most once a second each. Comments keep it alive. It ends when the caller
/// logs out or may not look any more. For managers and reviewers.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/events",
    responses((status = 200, body = BatchProgressEvent, content_type = "text/event-stream"))
)]
pub(crate) async fn stream_events(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<impl IntoResponse> {
    let seat = Seat::take(&app, me.actor.user)?;
    // Before the first look, so that nothing is missed between the two.
    let (changes, stopping) = (app.store().queue_changes(), app.live().stopping());
    let rows = look(&app, &me, project, Vec::new()).await?;
    let mut watch = Watch {
        app,
        me,
        project,
        changes,
        stopping,
        looked: Instant::now(),
        told: HashMap::new(),
        ready: VecDeque::from([Event::default().retry(RETRY).comment("batches under way")]),
        ended: false,
        _seat: seat,
    };
    watch.tell(&rows);
    let stream = futures_util::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    Ok(([UNBUFFERED], Sse::new(stream)))
}

struct Watch {
    app: App,
    me: Identity,
    project: ProjectId,
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    looked: Instant,
    /// What was last told of each batch under way.
    told: HashMap<BatchId, BatchRow>,
    /// At most one for each batch.
    ready: VecDeque<Event>,
    ended: bool,
    _seat: Seat,
}

impl Watch {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            if !self.wait().await {
                self.ended = true;
                // Whoever comes back finds another server, or this one once it is there again.
                return Some(Event::default().retry(RETRY_ELSEWHERE).comment("the server is being stopped"));
            }
            self.looked = Instant::now();
            let known = self.told.keys().copied().collect();
            match look(&self.app, &self.me, self.project, known).await {
                Ok(rows) => self.tell(&rows),
                Err(error) => {
                    tracing::debug!(%error, "a stream of events ends");
                    self.ended = true;
                }
            }
        }
    }

    /// Until there may be something new, or a sign of life is due; false when the server goes down.
    async fn wait(&mut self) -> bool {
        let beat = self.looked + BEAT;
        let (changes, earliest) = (&mut self.changes, self.looked + LOOK_EVERY_AT_MOST);
        let changed = async {
            if changes.changed().await.is_ok() {
                tokio::time::sleep_until(earliest).await;
                // What came meanwhile is in the look that follows.
                changes.mark_unchanged();
            }
        };
        tokio::select! {
            _ = self.stopping.wait_for(|stopping| *stopping) => false,
            () = changed => true,
            () = tokio::time::sleep_until(beat) => {
                self.ready.push_back(Event::default().comment("alive"));
                true
            }
        }
    }

    /// Tells what differs from what was told last.
    fn tell(&mut self, rows: &[BatchRow]) {
        for row in rows {
            let old = self.told.get(&row.id);
            let same = |old: &BatchRow| {
                (old.state, old.progress.counts, old.n_members)
                    == (row.state, row.progress.counts, row.n_members)
            };
            if old.is_some_and(same) {
                continue;
            }
            let event = BatchProgressEvent {
                batch_id: row.id,
                state: row.state.into(),
                counts: BatchCounts::of(row),
            };
            if let Ok(event) = Event::default().event("batch.progress").json_data(&event) {
                self.ready.push_back(event);
            }
            if row.state.launched() && row.ended.is_none() {
                self.told.insert(row.id, row.clone());
            } else {
                self.told.remove(&row.id);
            }
        }
    }
}
