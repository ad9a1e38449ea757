//! How many claims succeed over time: what an event costs, and how soon it is over.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use sheaf_testing::pass;

const TICK: Duration = Duration::from_millis(100);
/// Ticks that a rate is taken of.
const BEFORE: usize = 20;
const AFTER: usize = 10;
/// How much of the claims a second is enough.
const ENOUGH: f64 = 0.9;
/// Within which they must be back, and how long is looked.
pub const WITHIN: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_secs(20);

/// Counts the claims that gave somebody work.
pub struct Pulse {
    began: Instant,
    ticks: Mutex<Vec<u32>>,
}

/// Claims a second in the run so far, before each event.
#[derive(Default)]
pub struct Usual(Vec<f64>);

impl Usual {
    /// What is to be compared with: of late, but no more than is usual. A burst of claims (tasks were just added, leases just
    /// ran out) is nothing that has to come again.
    pub fn at_most(&mut self, lately: f64) -> f64 {
        self.0.push(lately);
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        lately.min(sorted[sorted.len() / 2])
    }
}

/// What an event did to the claims.
pub struct Recovery {
    pub what: &'static str,
    /// Claims a second before it, see [`Usual`].
    before: f64,
    /// From its end to the end of the first second with enough claims.
    pub back: Option<Duration>,
    /// The most claims in a second that were seen after it.
    best: f64,
}

impl Pulse {
    pub fn new() -> Self {
        Self { began: Instant::now(), ticks: Mutex::default() }
    }

    pub fn beat(&self) {
        let now = self.tick();
        let mut ticks = self.ticks.lock().unwrap();
        let n = ticks.len().max(now + 1);
        ticks.resize(n, 0);
        ticks[now] += 1;
    }

    /// The tick that is not over yet.
    fn tick(&self) -> usize {
        (self.began.elapsed().as_millis() / TICK.as_millis()) as usize
    }

    /// Claims a second in these ticks.
    fn rate(&self, from: usize, to: usize) -> f64 {
        let ticks = self.ticks.lock().unwrap();
        let sum: u32 = (from..to).filter_map(|at| ticks.get(at)).sum();
        f64::from(sum) / ((to - from) as f64 * TICK.as_secs_f64())
    }

    /// Claims a second of late.
    pub fn lately(&self) -> f64 {
        let now = self.tick();
        self.rate(now.saturating_sub(BEFORE), now)
    }

    /// Lets quiet time pass until there is a rate to compare with.
    pub fn settle(&self) {
        pass(TICK * BEFORE as u32);
    }

    /// Waits until claims are as many as `before` an event that is just over; `feed` sees to it that there is work.
    pub fn recover(&self, what: &'static str, before: f64, mut feed: impl FnMut()) -> Recovery {
        let (over, first) = (Instant::now(), self.tick() + 1);
        let (mut last, mut best) = (first + AFTER, 0.0_f64);
        while over.elapsed() < LOOK {
            pass(TICK / 2);
            feed();
            while last <= self.tick() {
                let rate = self.rate(last - AFTER, last);
                best = best.max(rate);
                if rate >= before * ENOUGH {
                    return Recovery { what, before, back: Some(TICK * (last - first) as u32), best };
                }
                last += 1;
            }
        }
        Recovery { what, before, back: None, best }
    }
}

impl Recovery {
    pub fn in_time(&self) -> bool {
        self.back.is_some_and(|back| back <= WITHIN)
    }

    fn seconds(&self) -> f64 {
        self.back.unwrap_or(LOOK).as_secs_f64()
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, before, best, .. } = self;
        match self.back {
            Some(back) => write!(f, "{what}: claims back within {:.1} s", back.as_secs_f64())?,
            None => write!(f, "{what}: claims not back within {LOOK:?}")?,
        }
        write!(f, " ({before:.0} a second before, at most {best:.0} after)")
    }
}

/// How soon claims came back, for each kind of event.
pub fn report(recoveries: &[Recovery]) -> String {
    let mut kinds: Vec<_> = recoveries.iter().map(|it| it.what).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let lines = kinds.into_iter().map(|kind| {
        let mut of_kind: Vec<_> = recoveries.iter().filter(|it| it.what == kind).collect();
        of_kind.sort_by(|a, b| a.seconds().total_cmp(&b.seconds()));
        let worst = of_kind[of_kind.len() - 1];
        format!(
            "  {kind}: {} times, 90 % of the claims again within {:.1} s (median), {:.1} s (worst: {:.0} a second before, at most {:.0} after)",
            of_kind.len(),
            of_kind[of_kind.len() / 2].seconds(),
            worst.seconds(),
            worst.before,
            worst.best
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}
