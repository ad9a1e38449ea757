//! How a batch is served: to whom, in which order its tasks come, and where it stands among the other batches.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::pick::SEED_MAX;
use crate::{BatchId, BatchKind, GroupId, Problem, UserId};

/// Groups and people that one batch may name.
pub const OPEN_TO_MAX: usize = 1_000;

/// Who may work on a batch, of those with a role for it. Nobody named: everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenTo {
    pub groups: Vec<GroupId>,
    pub people: Vec<UserId>,
}

impl OpenTo {
    pub fn everybody(&self) -> bool {
        self.groups.is_empty() && self.people.is_empty()
    }

    /// In a fixed order, nobody twice.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        self.groups.sort_unstable();
        self.groups.dedup();
        self.people.sort_unstable();
        self.people.dedup();
        self
    }

    pub fn problems(&self) -> Vec<Problem> {
        let n = self.groups.len() + self.people.len();
        let message = || format!("names {n} groups and people; at most {OPEN_TO_MAX} are possible");
        if n > OPEN_TO_MAX { vec![Problem::new("open_to", message())] } else { Vec::new() }
    }
}

/// The order in which a batch's untouched tasks are handed out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TaskOrder {
    #[default]
    Upload,
    /// The seed is made and stored when it is not given.
    Shuffled {
        #[serde(default)]
        seed: Option<u64>,
    },
    /// By the values of a field at the launch, ties in upload order, what has no value last.
    Field {
        by: String,
        #[serde(default)]
        descending: bool,
    },
}

impl TaskOrder {
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Shuffled { seed: Some(seed) } if *seed > SEED_MAX => {
                vec![Problem::new("order.shuffled.seed", format!("must be at most {SEED_MAX}"))]
            }
            _ => Vec::new(),
        }
    }
}

/// Where a batch stands in its project's queue; the least is served first: training, calibration, then the
/// manager's order, then the higher priority, then the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuePlace {
    kind: u8,
    /// None that a manager gave comes after all that they gave.
    position: i64,
    priority: Reverse<i64>,
    batch: BatchId,
}

impl QueuePlace {
    pub fn new(kind: BatchKind, position: Option<i64>, priority: i64, batch: BatchId) -> Self {
        Self {
            kind: match kind {
                BatchKind::Training => 0,
                BatchKind::Calibration => 1,
                BatchKind::Production | BatchKind::SelfLabel => 2,
                // Mixed in wherever a person is.
                BatchKind::Gold => 3,
            },
            position: position.unwrap_or(i64::MAX),
            priority: Reverse(priority),
            batch,
        }
    }

    /// Without what a manager ordered by hand.
    #[must_use]
    pub fn recommended(self) -> Self {
        Self { position: i64::MAX, ..self }
    }
}

/// How urgent each batch of one project's queue is beside the batches of other projects. A manager's order says nothing of
/// other projects; but what they put before a batch is at least as urgent as that batch.
pub fn urgency(queue: &[QueuePlace]) -> Vec<QueuePlace> {
    let mut out: Vec<QueuePlace> = queue.iter().map(|place| place.recommended()).collect();
    for at in (1..out.len()).rev() {
        out[at - 1] = out[at - 1].min(out[at]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kind: BatchKind, position: Option<i64>, priority: i64, id: i64) -> QueuePlace {
        QueuePlace::new(kind, position, priority, BatchId(id))
    }

    #[test]
    fn kind_then_hand_then_priority_then_age() {
        let sorted = [
            place(BatchKind::Training, None, -9, 10),
            place(BatchKind::Calibration, None, 0, 9),
            place(BatchKind::Production, Some(1), -5, 8),
            place(BatchKind::SelfLabel, Some(2), 0, 1),
            place(BatchKind::Production, None, 7, 6),
            place(BatchKind::Production, None, 0, 2),
            place(BatchKind::Production, None, 0, 3),
        ];
        assert!(sorted.is_sorted());
    }

    #[test]
    fn what_stands_before_the_urgent_is_as_urgent() {
        let first = place(BatchKind::Production, Some(1), -5, 8);
        let second = place(BatchKind::Production, Some(2), 100, 2);
        let other = place(BatchKind::Production, None, 50, 1);
        let urgent = urgency(&[first, second]);
        assert!(urgent[0] <= urgent[1] && urgent[0] < other.recommended());
    }
}
