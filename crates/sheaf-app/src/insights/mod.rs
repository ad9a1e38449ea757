//! Who does what, how fast, and until when: of one batch, and of a project. Read from what was handed in by the hour and
//! from the indexes of what is held, whatever the size of the batches.

mod batch;
mod people;
mod project;

pub use batch::{BatchInsights, batch};
pub use people::PersonInsights;
pub(crate) use people::{median, people};
pub use project::{Insights, project};

use std::collections::BTreeMap;

use sheaf_model::Millis;
use sheaf_store::batch_hours::{HOUR_MS, Work, hour};

use crate::{Error, Result};

/// Hours that may be asked for.
pub const HOURS_MAX: u32 = 720;

/// What was handed in in one hour.
#[derive(Debug, Clone, Copy)]
pub struct HourWork {
    /// When the hour began.
    pub at: Millis,
    pub work: Work,
}

/// The first of so many hours, the current one included.
fn first_hour(now: Millis, hours: u32) -> Result<i64> {
    if !(1..=HOURS_MAX).contains(&hours) {
        return Err(Error::invalid("bad_hours", format!("`hours` must be between 1 and {HOURS_MAX}")));
    }
    Ok(hour(now) - i64::from(hours) + 1)
}

/// Every hour from the first to now, also those in which nothing came in.
fn every_hour(first: i64, now: Millis, done: &BTreeMap<i64, Work>) -> Vec<HourWork> {
    let of = |at: i64| HourWork { at: at * HOUR_MS, work: done.get(&at).copied().unwrap_or_default() };
    (first..=hour(now)).map(of).collect()
}
