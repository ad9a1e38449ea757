//! Work that goes on by itself until it is stopped.

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running task. Dropping it stops it; [`Background::stop`] waits for that.
pub struct Background {
    /// What it does, in the words of a log.
    what: &'static str,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Background {
    /// Starts on the runtime that this is called on.
    pub(crate) fn start(what: &'static str, work: impl Future<Output = ()> + Send + 'static) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            tokio::select! {
                _ = stopped => {}
                () = work => {}
            }
        });
        Self { what, stop, task }
    }

    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Ends it. What is under way is done again later.
    pub async fn stop(self) {
        drop(self.stop);
        if self.task.await.is_err() {
            tracing::error!("{} had failed", self.what);
        }
    }
}
