//! Threads that do something every so often for as long as a store is open.

use std::time::Duration;

use crossbeam_channel::{Sender, bounded};

use crate::error::{Result, StoreError};

/// Dropped, the thread ends.
pub(crate) struct Every {
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Every {
    pub(crate) fn start(
        name: &'static str,
        pause: Duration,
        mut what: impl FnMut() + Send + 'static,
    ) -> Result<Self> {
        let (stop, stopped) = bounded::<()>(0);
        let run = move || {
            // Ends when the sender is gone; nothing is ever sent.
            while stopped.recv_timeout(pause).is_err_and(|why| why.is_timeout()) {
                what();
            }
        };
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(run)
            .map_err(|error| StoreError::Database(format!("cannot start the thread {name}: {error}")))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Every {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
