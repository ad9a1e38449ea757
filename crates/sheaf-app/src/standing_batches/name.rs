//! The names of the batches that a standing batch makes.

use jiff::Timestamp;
use jiff::tz::Offset;
use sheaf_model::standing_batch::{DAY_MS, NameParts, expand};
use sheaf_model::{Millis, ProjectId, RunCause, StandingPlan, Trigger};
use sheaf_store::Tx;

use crate::{Error, Result};

/// Names that are tried before giving up: more than any library of names has.
const SUFFIX_MAX: u64 = 1 << 40;

/// A name out of the pattern that no batch has yet: ` (2)` and so on behind one that is taken.
pub(super) fn free_name(
    tx: &Tx<'_>,
    project: ProjectId,
    plan: &StandingPlan,
    cause: RunCause,
    due: Millis,
    n: i64,
) -> Result<String> {
    let parts = parts(plan, cause, due, n)?;
    let name = expand(plan.name_pattern.trim(), &parts).map_err(|word| {
        Error::invalid("invalid", format!("the name pattern has `{{{word}}}`, which means nothing"))
    })?;
    let is_taken = |suffix: u64| Ok::<_, Error>(tx.batch_by_name(project, &with(&name, suffix))?.is_some());
    if !is_taken(1)? {
        return Ok(name);
    }
    // Doubling and halving: a pattern without anything variable has been used a thousand times.
    let (mut taken, mut free) = (1, 2);
    while is_taken(free)? {
        (taken, free) = (free, free * 2);
        if free > SUFFIX_MAX {
            return Err(Error::internal(format!("no free name like `{name}`")));
        }
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(middle)? { taken = middle } else { free = middle }
    }
    Ok(with(&name, free))
}

fn with(name: &str, suffix: u64) -> String {
    if suffix == 1 { name.to_owned() } else { format!("{name} ({suffix})") }
}

/// `{date}` of a daily run is the day that it is about: the one on which most of the 24 hours before the due time fall.
/// Of any other run it is the day on which it is made.
fn parts(plan: &StandingPlan, cause: RunCause, due: Millis, n: i64) -> Result<NameParts> {
    let offset_minutes = match plan.trigger {
        Trigger::Daily(daily) => daily.utc_offset_minutes,
        Trigger::Matches { .. } => 0,
    };
    let about = if cause == RunCause::Time { due - DAY_MS / 2 } else { due };
    let local = |at: Millis| {
        let offset = Offset::from_seconds(offset_minutes * 60).map_err(|error| error.to_string())?;
        Ok(offset.to_datetime(Timestamp::from_millisecond(at).map_err(|error| error.to_string())?))
    };
    let wrong = |error: String| Error::internal(format!("a time outside of the calendar: {error}"));
    Ok(NameParts {
        date: local(about).map_err(wrong)?.date().to_string(),
        time: local(due).map_err(wrong)?.strftime("%H:%M").to_string(),
        n,
    })
}

#[cfg(test)]
mod tests {
    use sheaf_model::standing_batch::Daily;
    use sheaf_model::{BatchKind, CatchUp, Exclude, Pick};

    use super::*;

    #[track_caller]
    fn check(at: &str, utc_offset_minutes: i32, due: &str, cause: RunCause, want: &str) {
        let plan = StandingPlan {
            query: String::new(),
            exclude: Exclude::default(),
            pick: Pick::All,
            trigger: Trigger::Daily(Daily { at: at.parse().unwrap(), utc_offset_minutes }),
            name_pattern: String::new(),
            kind: BatchKind::Production,
            priority: 0,
            rules: Default::default(),
            open_to: Default::default(),
            order: Default::default(),
            due_hours: None,
            prelabels: None,
            launch: false,
            catch_up: CatchUp::Once,
        };
        let due = due.parse::<Timestamp>().unwrap().as_millisecond();
        let parts = parts(&plan, cause, due, 1).unwrap();
        assert_eq!(format!("{} {}", parts.date, parts.time), want);
    }

    #[test]
    fn the_date_is_the_day_that_the_batch_is_about() {
        use RunCause::{Hand, Time};
        check("00:00", 0, "2026-11-21T00:00:00Z", Time, "2026-11-20 00:00");
        check("06:00", 0, "2026-11-21T06:00:00Z", Time, "2026-11-20 06:00");
        check("18:00", 0, "2026-11-20T18:00:00Z", Time, "2026-11-20 18:00");
        check("23:59", 0, "2026-11-20T23:59:00Z", Time, "2026-11-20 23:59");
        check("00:00", 60, "2026-11-20T23:00:00Z", Time, "2026-11-20 00:00");
        check("20:00", -480, "2026-11-21T04:00:00Z", Time, "2026-11-20 20:00");
        check("06:00", 60, "2026-11-20T23:30:00Z", Hand, "2026-11-21 00:30");
    }
}
