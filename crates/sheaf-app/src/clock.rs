//! The one clock. Everything below takes the time as a parameter, so that tests own it. Where nodes share a database it is the
//! database's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sheaf_model::Millis;
use sheaf_store::{CommonClock, Store};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch; never less than an earlier answer.
    fn now(&self) -> Millis;

    /// Whether it gives way to the clock that all nodes of a database share.
    fn gives_way(&self) -> bool {
        false
    }
}

/// The clock of an app: where nodes share a database it is the database's, for machines' clocks differ.
pub(crate) fn of(own: Arc<dyn Clock>, store: &Store) -> Arc<dyn Clock> {
    match store.common_clock().filter(|_| own.gives_way()) {
        Some(common) => Arc::new(SharedClock { common, own }),
        None => own,
    }
}

struct SharedClock {
    common: Arc<CommonClock>,
    own: Arc<dyn Clock>,
}

impl Clock for SharedClock {
    fn now(&self) -> Millis {
        self.common.now().unwrap_or_else(|| self.own.now())
    }
}

/// The machine's clock, kept from going back while the process lives. When the machine's is set back, this one goes on at
/// its pace from where it was: it never stands still, so leases go on running out.
pub struct SystemClock {
    began: Instant,
    /// What the machine's clock says less the time since `began`: the most that was ever seen.
    ahead: AtomicI64,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { began: Instant::now(), ahead: AtomicI64::new(i64::MIN) }
    }
}

impl SystemClock {
    /// The time, when the machine's clock says `wall` and the process has lived for `lived` ms.
    fn at(&self, wall: Millis, lived: i64) -> Millis {
        let ahead = wall - lived;
        self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead) + lived
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Millis {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let lived = self.began.elapsed().as_millis();
        self.at(i64::try_from(wall).unwrap_or(0), i64::try_from(lived).unwrap_or(0))
    }

    fn gives_way(&self) -> bool {
        true
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
    pub fn set(&self, now: Millis) {
        self.now.store(now, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_goes_on_from_where_it_was() {
        let clock = SystemClock::default();
        assert_eq!(clock.at(1_000_000, 0), 1_000_000);
        assert_eq!(clock.at(1_000_100, 100), 1_000_100);
        // Set back by a quarter of an hour: neither back nor still.
        assert_eq!(clock.at(100_200, 200), 1_000_200);
        assert_eq!(clock.at(101_200, 1_200), 1_001_200);
        // Set on: followed at once.
        assert_eq!(clock.at(5_000_000, 1_300), 5_000_000);
        assert_eq!(clock.at(4_000_000, 1_400), 5_000_100);
    }
}
