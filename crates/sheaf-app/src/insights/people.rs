//! What each person did and holds in some batches of a project.

use std::collections::BTreeMap;

use sheaf_model::{Millis, UserId};
use sheaf_store::Tx;
use sheaf_store::batch_hours::Work;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;

use crate::Result;

/// Newest answers that a median is of.
const MEDIAN_OF: u32 = 50;
/// People whose median is worked out.
const MEDIANS_MAX: usize = 200;

#[derive(Debug)]
pub struct PersonInsights {
    pub person: PersonName,
    /// Over the time that was asked for.
    pub total: Work,
    pub labelling: i64,
    pub reviewing: i64,
    /// Of those that are held.
    pub overdue: i64,
    /// Of their newest answers.
    pub median_seconds: Option<f64>,
    /// Since when they are handed nothing new.
    pub paused: Option<Millis>,
}

/// Everybody who handed in or holds something in these batches of one project from an hour on, most first.
pub(crate) fn people(
    tx: &Tx<'_>,
    batches: &[&BatchRow],
    from: i64,
    now: Millis,
) -> Result<Vec<PersonInsights>> {
    let Some(project) = batches.first().map(|batch| batch.project) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<UserId, (Work, i64, i64, i64)> = BTreeMap::new();
    for batch in batches {
        for (person, work) in tx.batch_work(project, batch.id, from)? {
            found.entry(person).or_default().0 += work;
        }
        let counts = &batch.progress.counts;
        if counts.leased + counts.review_leased == 0 {
            continue;
        }
        for (person, labels, reviews, overdue) in tx.batch_holders(project, batch.id, now)? {
            let held = found.entry(person).or_default();
            held.1 += labels;
            held.2 += reviews;
            held.3 += overdue;
        }
    }
    let paused = tx.paused_members(project)?;
    let only = if let [one] = batches { Some(one.id) } else { None };
    let mut out = Vec::with_capacity(found.len());
    for (id, (total, labelling, reviewing, overdue)) in found {
        let Some(person) = tx.person_name(id)? else { continue };
        let paused = paused.get(&id).copied();
        out.push(PersonInsights {
            person,
            total,
            labelling,
            reviewing,
            overdue,
            median_seconds: None,
            paused,
        });
    }
    let done = |it: &PersonInsights| it.total.labels + it.total.reviews;
    out.sort_by(|a, b| done(b).cmp(&done(a)).then_with(|| a.person.name.cmp(&b.person.name)));
    for it in out.iter_mut().take(MEDIANS_MAX).filter(|it| it.total.timed > 0) {
        it.median_seconds = median(tx.newest_seconds(project, only, it.person.id, MEDIAN_OF)?);
    }
    Ok(out)
}

/// The middle of some times; of two middle ones the mean.
pub(crate) fn median(mut seconds: Vec<f64>) -> Option<f64> {
    seconds.sort_by(f64::total_cmp);
    let half = seconds.len() / 2;
    match seconds.len() {
        0 => None,
        n if n % 2 == 1 => Some(seconds[half]),
        _ => Some((seconds[half - 1] + seconds[half]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 900.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 900.0]), Some(3.0));
    }
}
