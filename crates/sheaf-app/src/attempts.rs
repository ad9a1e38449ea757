//! Slows down guessing: five attempts a minute for one address from one place, then a wait that doubles.
//!
//! In memory and bounded. An attempt counts when it begins, so that many at once gain nothing.

use std::collections::HashMap;
use std::net::IpAddr;

use sheaf_model::Millis;

/// Attempts in one window before the wait begins.
const ATTEMPTS: u32 = 5;
const WINDOW_MS: i64 = 60_000;
/// The wait doubles this often at most: 1, 2, 4, 8, 16 minutes.
const DOUBLINGS_MAX: u32 = 4;
/// After this long without an attempt everything is forgiven.
const FORGET_MS: i64 = 60 * 60_000;
/// Pairs of address and place that are kept.
const ENTRIES_MAX: usize = 10_000;

/// Whose attempts are counted together: what is attempted, and from where (of IPv6 the /64, which one person has whole).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Attempt {
    what: String,
    from: IpAddr,
}

impl Attempt {
    pub(crate) fn new(what: &str, from: IpAddr) -> Self {
        let from = match from.to_canonical() {
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            v4 => v4,
        };
        // An address nobody can have is cut, so that the table's size is bounded in bytes too.
        Self { what: what.chars().take(254).collect(), from }
    }
}

#[derive(Debug, Default)]
struct Record {
    since: Millis,
    last: Millis,
    count: u32,
    waits: u32,
    blocked_until: Millis,
}

#[derive(Default)]
pub(crate) struct Attempts {
    records: HashMap<Attempt, Record>,
}

impl Attempts {
    /// Counts an attempt; `Err` holds the seconds to wait when it may not be made.
    pub(crate) fn begin(&mut self, attempt: &Attempt, now: Millis) -> Result<(), u64> {
        if !self.records.contains_key(attempt) {
            self.make_room(now);
        }
        let record = self.records.entry(attempt.clone()).or_default();
        if now < record.blocked_until {
            return Err(u64::try_from(record.blocked_until - now).unwrap_or(0).div_ceil(1000));
        }
        if now - record.last >= FORGET_MS {
            *record = Record::default();
        }
        if now - record.since >= WINDOW_MS {
            record.since = now;
            record.count = 0;
        }
        record.last = now;
        record.count += 1;
        if record.count >= ATTEMPTS {
            record.blocked_until = now + (WINDOW_MS << record.waits.min(DOUBLINGS_MAX));
            record.waits += 1;
            record.count = 0;
        }
        Ok(())
    }

    /// Forgets what was counted: the attempt was the right one.
    pub(crate) fn succeed(&mut self, attempt: &Attempt) {
        self.records.remove(attempt);
    }

    fn make_room(&mut self, now: Millis) {
        if self.records.len() < ENTRIES_MAX {
            return;
        }
        self.records.retain(|_, record| now - record.last < FORGET_MS);
        if self.records.len() >= ENTRIES_MAX
            && let Some(oldest) =
                self.records.iter().min_by_key(|(_, record)| record.last).map(|(key, _)| key.clone())
        {
            self.records.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    #[test]
    fn five_in_a_minute_then_a_wait_that_doubles() {
        let mut attempts = Attempts::default();
        let me = Attempt::new("a@b.c", from(1));
        let mut now = 1_000_000;
        for wait in [60, 120, 240, 480, 960, 960] {
            for _ in 0..5 {
                assert_eq!(attempts.begin(&me, now), Ok(()));
            }
            assert_eq!(attempts.begin(&me, now), Err(wait));
            assert_eq!(attempts.begin(&me, now + 1), Err(wait), "rounded up");
            now += i64::try_from(wait).unwrap() * 1000;
        }
        assert_eq!(attempts.begin(&me, now + FORGET_MS), Ok(()));
        assert_eq!(attempts.begin(&Attempt::new("a@b.c", from(2)), now), Ok(()), "another place");
        assert_eq!(attempts.begin(&Attempt::new("x@b.c", from(1)), now), Ok(()), "another address");
    }

    #[test]
    fn slow_attempts_and_success_start_again() {
        let mut attempts = Attempts::default();
        let me = Attempt::new("a@b.c", from(1));
        for minute in 0..20 {
            for _ in 0..4 {
                assert_eq!(attempts.begin(&me, minute * WINDOW_MS), Ok(()));
            }
        }
        attempts.succeed(&me);
        for _ in 0..5 {
            assert_eq!(attempts.begin(&me, 20 * WINDOW_MS), Ok(()));
        }
    }

    #[test]
    fn the_table_is_bounded_and_one_ipv6_network_is_one_place() {
        let mut attempts = Attempts::default();
        for n in 0..(ENTRIES_MAX as i64 + 50) {
            assert_eq!(attempts.begin(&Attempt::new(&n.to_string(), from(1)), n), Ok(()));
        }
        assert!(attempts.records.len() <= ENTRIES_MAX);
        let place = |text: &str| Attempt::new("a", text.parse().unwrap());
        assert_eq!(place("2001:db8::1"), place("2001:db8::ffff:2"));
        assert_eq!(place("::ffff:10.0.0.1"), place("10.0.0.1"));
    }
}
