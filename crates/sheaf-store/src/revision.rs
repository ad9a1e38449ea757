//! Revisions that are never used twice, so that an index left behind by a rolled-back write can never be taken for the rows
//! that a later write committed.

use std::sync::atomic::{AtomicI64, Ordering};

static LAST: AtomicI64 = AtomicI64::new(0);

/// How far apart revisions are at most where several nodes give them: one that was rolled back on one node is not given by
/// another, but with a chance of one in a million. Exact in a browser's numbers for eight thousand million commits.
const APART: i64 = 1 << 20;

/// A number larger than `stored` and than every number that this process gave before: the next one, or, with something
/// `random`, one a little further on.
pub(crate) fn next_after(stored: i64, random: Option<u64>) -> i64 {
    let step = 1 + random.map_or(0, |random| (random % APART as u64).cast_signed());
    let mut last = LAST.load(Ordering::Relaxed);
    loop {
        let next = last.max(stored) + step;
        match LAST.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return next,
            Err(seen) => last = seen,
        }
    }
}
