//! The task that goes on with jobs that a node left behind, and keeps standing batches going: it calls [`standing_batches::tick`] when a time is due, when a library has
//! changed, and when a person has made or changed a standing batch.

use std::time::{Duration, Instant};

use sheaf_app::{App, standing_batches, uploads};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The longest time between two looks: the machine's clock may have been set, or the machine may have slept.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// How often is looked for jobs that nobody is at.
const GO_ON_EVERY: Duration = Duration::from_secs(5);
/// The shortest time between two looks for changes of the library.
const REST_MIN: Duration = Duration::from_millis(200);
/// A look that takes long is followed by a rest so many times as long, so that an import is not slowed down.
const REST_FACTOR: u32 = 9;

/// A running scheduler. Dropping it stops it; [`Scheduler::stop`] waits for that.
pub struct Scheduler {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    /// Only where there may be other nodes.
    others: Option<JoinHandle<()>>,
}

impl Scheduler {
    /// Starts on the runtime that this is called on.
    pub fn start(app: App) -> Self {
        let (stop, stopped) = oneshot::channel();
        let others = app.store().is_shared().then(|| tokio::spawn(go_on_for_others(app.clone())));
        Self { stop, task: tokio::spawn(run(app, stopped)), others }
    }

    /// Ends it.
    pub async fn stop(self) {
        drop(self.stop);
        if let Some(others) = self.others {
            others.abort();
        }
        if self.task.await.is_err() {
            tracing::error!("the scheduler of standing batches had failed");
        }
    }
}

/// Goes on with the manifests of nodes that fell silent.
async fn go_on_for_others(app: App) {
    loop {
        tokio::time::sleep(GO_ON_EVERY).await;
        let asked = app.clone();
        let left = tokio::task::spawn_blocking(move || uploads::resume_left(&asked));
        if let Ok(Err(error)) = left.await {
            tracing::warn!(%error, "cannot look for jobs that nobody is at");
        }
    }
}

async fn run(app: App, mut stopped: oneshot::Receiver<()>) {
    let mut changes = app.store().library_changes();
    loop {
        let began = Instant::now();
        let ticked = tokio::select! {
            // A run that is being written is written to its end all the same.
            _ = &mut stopped => return,
            ticked = standing_batches::tick(&app) => ticked,
        };
        let next = ticked.unwrap_or_else(|error| {
            tracing::error!(%error, "standing batches cannot be looked after");
            None
        });
        let rest = (began.elapsed() * REST_FACTOR).clamp(REST_MIN, LOOK_AT_LEAST_EVERY);
        let wait = next.map_or(LOOK_AT_LEAST_EVERY, |next| {
            Duration::from_millis(u64::try_from(next - app.now()).unwrap_or(0)).min(LOOK_AT_LEAST_EVERY)
        });
        let changed = async {
            tokio::select! {
                // The store outlives this task, which holds it.
                changed = changes.changed() => drop(changed),
                () = app.standing_batches().woken() => {}
            }
            tokio::time::sleep(rest).await;
        };
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(wait) => {}
            () = changed => {}
        }
    }
}
