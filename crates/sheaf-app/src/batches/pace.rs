//! How fast a batch goes, and when it ends at that pace. It is read from what was handed in by the hour, and says from
//! when on it was measured, so that nobody takes a guess for a promise.

use sheaf_model::Millis;
use sheaf_store::Tx;
use sheaf_store::batch_hours::{HOUR_MS, Work, hour};
use sheaf_store::batches::BatchRow;

use crate::Result;

/// Hours that a pace is measured over when the last two saw nothing; the current one is one of them.
pub(crate) const DAY_HOURS: i64 = 24;
/// What was launched a moment ago has no pace of thousands an hour.
const MEASURED_MIN_MS: Millis = 60_000;

/// What is missing for an end to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Labels,
    Reviews,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Judgements an hour; `None` when there were none.
    pub labels: Option<f64>,
    /// Verdicts an hour.
    pub reviews: Option<f64>,
    /// From when on it was measured; `None` when nothing was handed in for a day.
    pub since: Option<Millis>,
    /// When everything is done at this pace.
    pub expected_end: Option<Millis>,
    /// What nobody hands in although it is still to be done, so that no end is in sight.
    pub missing: Option<Missing>,
}

/// What is still to be done. Reviews are counted as if no level of an unfinished task was passed.
fn left(row: &BatchRow) -> (i64, i64) {
    let counts = &row.progress.counts;
    let labels = row.n_judgements() - counts.submitted - counts.blocked;
    let tasks = row.n_members - counts.done - counts.blocked;
    (labels.max(0), tasks.max(0) * i64::from(row.rules.review_levels))
}

/// The pace of a batch; nothing for one that takes no answers.
pub(crate) fn pace(tx: &Tx<'_>, row: &BatchRow, now: Millis) -> Result<Pace> {
    if !row.state.accepts_submissions() {
        return Ok(Pace::default());
    }
    let hours = tx.batch_hours(row.project, row.id, hour(now) - DAY_HOURS + 1)?;
    Ok(measured(left(row), row.launched.unwrap_or(0), &hours, now))
}

fn measured(left: (i64, i64), launched: Millis, hours: &[(i64, Work)], now: Millis) -> Pace {
    let mut best = Pace::default();
    // The hour before and this one; when they lack something, the whole day.
    for n in [2, DAY_HOURS] {
        let first = hour(now) - n + 1;
        let mut done = Work::default();
        hours.iter().filter(|(at, _)| *at >= first).for_each(|(_, work)| done += *work);
        if done.labels + done.reviews == 0 {
            continue;
        }
        let since = launched.max(first * HOUR_MS);
        let per_ms = |n: i64| (n > 0).then(|| n as f64 / (now - since).max(MEASURED_MIN_MS) as f64);
        let (labels, reviews) = (per_ms(done.labels), per_ms(done.reviews));
        let takes = |left: i64, rate: Option<f64>| match (left, rate) {
            (0, _) => Some(0.0),
            (left, rate) => rate.map(|rate| left as f64 / rate),
        };
        let (label_ms, review_ms) = (takes(left.0, labels), takes(left.1, reviews));
        let ends = label_ms.zip(review_ms).map(|(a, b)| a.max(b)).filter(|_| left != (0, 0));
        let an_hour = |rate: f64| rate * HOUR_MS as f64;
        best = Pace {
            labels: labels.map(an_hour),
            reviews: reviews.map(an_hour),
            since: Some(since),
            expected_end: ends.map(|ms| now.saturating_add(ms as Millis)),
            missing: match (label_ms, review_ms) {
                (None, _) => Some(Missing::Labels),
                (_, None) => Some(Missing::Reviews),
                _ => None,
            },
        };
        if best.missing.is_none() {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_000 * HOUR_MS + HOUR_MS / 2;

    fn done(at: i64, labels: i64, reviews: i64) -> (i64, Work) {
        (at, Work { labels, reviews, ..Work::default() })
    }

    #[test]
    fn the_last_hours_count_when_they_have_what_is_needed() {
        let hours = [done(980, 999, 999), done(999, 20, 0), done(1_000, 10, 0)];
        let pace = measured((40, 0), 0, &hours, NOW);
        assert_eq!((pace.labels, pace.since), (Some(20.0), Some(999 * HOUR_MS)));
        assert_eq!(pace.expected_end, Some(NOW + 2 * HOUR_MS));
        // Nobody reviews now, but somebody did today.
        let pace = measured((40, 40), 0, &hours, NOW);
        assert_eq!((pace.since, pace.missing), (Some(977 * HOUR_MS), None));
        assert!(pace.expected_end.is_some());
    }

    #[test]
    fn what_nobody_does_has_no_end() {
        let pace = measured((40, 40), 0, &[done(1_000, 10, 0)], NOW);
        assert_eq!((pace.expected_end, pace.missing), (None, Some(Missing::Reviews)));
        assert_eq!(measured((40, 40), 0, &[], NOW), Pace::default());
        let done_with = measured((0, 0), 0, &[done(1_000, 10, 0)], NOW);
        assert_eq!((done_with.expected_end, done_with.missing), (None, None));
    }

    #[test]
    fn what_was_launched_just_now_is_measured_from_then() {
        let pace = measured((40, 0), NOW - HOUR_MS / 4, &[done(1_000, 10, 0)], NOW);
        assert_eq!(pace.labels, Some(40.0));
    }
}
