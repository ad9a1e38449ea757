//! A look at a project's batches under way, for those who watch it live. Cheap enough for once a second: counts and
//! states only, and only of batches that can move.

use std::collections::HashMap;

use parking_lot::Mutex;
use sheaf_model::{BatchId, ProjectId, UserId};
use sheaf_store::batches::BatchRow;
use tokio::sync::watch;

use crate::sessions::{Identity, still};
use crate::{Access, App, Error, Result};

/// The batches of a project that are launched and not ended, and those of `also` that are not any more. Errors as soon as
/// the person has logged out or may not look any more.
pub async fn look(app: &App, me: &Identity, project: ProjectId, also: Vec<BatchId>) -> Result<Vec<BatchRow>> {
    let (now, me) = (app.now(), me.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &still(tx, &me, now)?, project)?;
            let mut out = tx.live_batches(project)?;
            for id in also {
                if out.iter().all(|row| row.id != id) {
                    out.extend(tx.batch(project, id)?);
                }
            }
            Ok(out)
        })
        .await
}

/// Streams that one person may have open, and all together.
const STREAMS_EACH: usize = 16;
const STREAMS_MAX: usize = 1_000;
/// When to try again.
const RETRY_SECS: u64 = 60;

/// Who watches, and whether they are to stop.
#[derive(Default)]
pub struct Desk {
    watching: Mutex<HashMap<UserId, usize>>,
    stopping: watch::Sender<bool>,
}

/// A place among those who watch; free again when it is dropped.
pub struct Seat {
    app: App,
    user: UserId,
}

impl Seat {
    /// Errors when too many watch.
    pub fn take(app: &App, user: UserId) -> Result<Self> {
        let mut watching = app.live().watching.lock();
        if watching.values().sum::<usize>() >= STREAMS_MAX
            || watching.get(&user).is_some_and(|n| *n >= STREAMS_EACH)
        {
            return Err(Error::TooMany { retry_after_secs: RETRY_SECS });
        }
        *watching.entry(user).or_default() += 1;
        Ok(Self { app: app.clone(), user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut watching = self.app.live().watching.lock();
        if let Some(n) = watching.get_mut(&self.user) {
            *n -= 1;
            if *n == 0 {
                watching.remove(&self.user);
            }
        }
    }
}

impl Desk {
    /// True from when the server goes down.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Streams that are open.
    pub fn open(&self) -> usize {
        self.watching.lock().values().sum()
    }
}
