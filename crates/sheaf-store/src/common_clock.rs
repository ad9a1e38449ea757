//! One clock for all nodes of a database: that of its server. A node asks for it now and then and goes on from there by its own
//! pace, so leases and times of upload are the same whatever the machines' clocks say.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use sheaf_model::Millis;

use crate::driver::Conn;
use crate::error::Result;

/// What the server's clock says, in milliseconds since the Unix epoch.
pub(crate) const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT)";

/// The server's clock was set back by more than this: it is not followed, for this one would have to stand still.
const BACK_MAX_MS: i64 = 5_000;

/// What the server's clock says, as far as it is known.
#[derive(Debug)]
pub struct CommonClock {
    began: Instant,
    /// The server's time less the time since `began`.
    offset: AtomicI64,
    /// The latest that it has said.
    last: AtomicI64,
}

impl Default for CommonClock {
    fn default() -> Self {
        Self { began: Instant::now(), offset: AtomicI64::new(i64::MIN), last: AtomicI64::new(i64::MIN) }
    }
}

impl CommonClock {
    /// The time in milliseconds since the Unix epoch; never less than an earlier answer. `None` where nothing was asked for yet.
    pub fn now(&self) -> Option<Millis> {
        self.at(self.lived())
    }

    /// Asks the server. What it says is late by the way of the answer, a millisecond or so.
    pub(crate) fn ask(&self, conn: &Conn) -> Result<()> {
        conn.query(NOW, &[], &mut |row| {
            self.learn(row.int(0)?, self.lived());
            Ok(ControlFlow::Break(()))
        })
    }

    fn lived(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn learn(&self, said: Millis, lived: i64) {
        let (new, old) = (said - lived, self.offset.load(Ordering::Relaxed));
        if new > old || old - new <= BACK_MAX_MS {
            self.offset.store(new, Ordering::Relaxed);
        }
    }

    fn at(&self, lived: i64) -> Option<Millis> {
        let offset = self.offset.load(Ordering::Relaxed);
        let now = (offset != i64::MIN).then(|| offset + lived)?;
        Some(self.last.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_server_and_never_goes_back() {
        let clock = CommonClock::default();
        assert_eq!((clock.now(), clock.at(10)), (None, None));
        clock.learn(1_000_000, 100);
        assert_eq!((clock.at(100), clock.at(350)), (Some(1_000_000), Some(1_000_250)));
        // The machine is faster than the server: it waits for it.
        clock.learn(1_000_240, 360);
        assert_eq!((clock.at(360), clock.at(380)), (Some(1_000_250), Some(1_000_260)));
        // The server's clock was set on: followed at once. Set back by an hour: neither back nor still.
        clock.learn(5_000_000, 400);
        assert_eq!(clock.at(400), Some(5_000_000));
        clock.learn(1_400_000, 500);
        assert_eq!((clock.at(500), clock.at(600)), (Some(5_000_100), Some(5_000_200)));
    }
}
