//! How many gold tasks people are still to get, and whether they run dry: each person gets each of them once.

use std::collections::BTreeMap;

use sheaf_model::{ProjectId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use crate::Result;

/// The gold tasks that are mixed in among those of a project.
#[derive(Debug, Default)]
pub(super) struct Supply {
    /// Of a person's tasks, how many in a hundred are gold.
    pub(super) rate: u8,
    tasks: i64,
    /// How many of them somebody was given.
    given: BTreeMap<UserId, i64>,
}

/// What the gold batches under way have.
pub(super) fn supply(tx: &Tx<'_>, project: ProjectId, serving: &[BatchRow]) -> Result<Supply> {
    let mut out = Supply::default();
    for batch in serving.iter().filter(|batch| batch.kind.is_mixed_in()) {
        out.rate = out.rate.max(batch.gold_rate);
        out.tasks += batch.n_members;
        for (person, n) in tx.quality_given(project, batch.id)? {
            *out.given.entry(person).or_default() += n;
        }
    }
    Ok(out)
}

impl Supply {
    /// Those that a person has not had; somebody who is not there yet has had none.
    pub(super) fn left(&self, person: Option<UserId>) -> u64 {
        let given = person.and_then(|person| self.given.get(&person)).copied().unwrap_or(0);
        u64::try_from(self.tasks - given).unwrap_or(0)
    }

    /// Those that come among so many other tasks.
    pub(super) fn among(&self, tasks: u64) -> u64 {
        (tasks * u64::from(self.rate)).div_ceil(100 - u64::from(self.rate))
    }

    /// By how much the time of a label grows when gold tasks come beside.
    pub(super) fn more_time(&self) -> f64 {
        100.0 / (100.0 - f64::from(self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_tasks_a_rate_of_five_makes_five_gold() {
        let supply = Supply { rate: 5, tasks: 40, given: BTreeMap::from([(UserId(1), 35), (UserId(2), 41)]) };
        assert_eq!((supply.among(95), supply.among(0), supply.among(96)), (5, 0, 6));
        assert!((supply.more_time() * 95.0 - 100.0).abs() < 1e-9);
        // Who had one that is not there any more has none left, and not fewer.
        let left =
            [Some(UserId(1)), Some(UserId(2)), Some(UserId(3)), None].map(|person| supply.left(person));
        assert_eq!(left, [5, 0, 40, 40]);
    }
}
