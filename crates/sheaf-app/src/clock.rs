//! The one clock. Everything below takes the time as a parameter, so that tests own it.

use std::sync::atomic::{AtomicI64, Ordering};

use sheaf_model::Millis;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch; never less than an earlier answer.
    fn now(&self) -> Millis;
}

/// The machine's clock, kept from going back while the process lives: a lease never grows by a step of the clock.
#[derive(Default)]
pub struct SystemClock {
    last: AtomicI64,
}

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        self.last.fetch_max(now, Ordering::Relaxed).max(now)
    }
}

/// A clock that stands still until it is told to go on.
#[derive(Default)]
pub struct ManualClock {
    now: AtomicI64,
}

impl ManualClock {
    pub fn at(now: Millis) -> Self {
        Self { now: AtomicI64::new(now) }
    }
    pub fn advance(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        self.now.load(Ordering::Relaxed)
    }
}
