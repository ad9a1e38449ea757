//! Revisions that are never used twice by one process, so that an index left behind by a rolled-back write can never
//! be taken for the rows that a later write committed.

use std::sync::atomic::{AtomicI64, Ordering};

static LAST: AtomicI64 = AtomicI64::new(0);

/// A number larger than `stored` and than every number given before.
pub(crate) fn next_after(stored: i64) -> i64 {
    let mut last = LAST.load(Ordering::Relaxed);
    loop {
        let next = last.max(stored) + 1;
        match LAST.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return next,
            Err(seen) => last = seen,
        }
    }
}
