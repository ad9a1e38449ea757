//! Quality tasks: tasks whose answer is known. Gold tasks are mixed in among the others at a rate and look like them;
//! training tasks come before a person's first real one and are explained afterwards.

use crate::task::{OVERLAP_MAX, TaskRules};
use crate::{BatchKind, Problem};

/// How many people may be given the same quality task.
pub const PEOPLE_MAX: u8 = 100;
/// Quality tasks of one batch.
pub const TASKS_MAX: u64 = 10_000;
/// Characters of what is said about a known answer.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Of a person's claims, how many in a hundred are gold when a batch does not say.
pub const GOLD_RATE: u8 = 5;
/// And how many at most.
pub const GOLD_RATE_MAX: u8 = 50;

impl BatchKind {
    /// Its answers are known: it measures people instead of labelling data.
    pub fn is_quality(self) -> bool {
        matches!(self, Self::Gold | Self::Training)
    }

    /// Its tasks come in the place of others, and whoever labels does not know of it.
    pub fn is_mixed_in(self) -> bool {
        self == Self::Gold
    }

    /// Its known answers are told once a task is handed in.
    pub fn is_explained(self) -> bool {
        self == Self::Training
    }

    /// What each of its tasks needs, when that is not for the manager to say.
    pub fn rules(self, asked: TaskRules) -> TaskRules {
        if self.is_quality() { TaskRules { overlap: PEOPLE_MAX, review_levels: 0 } } else { asked }
    }

    /// What is wrong with a batch of this kind that is made by itself, of what is uploaded or found.
    pub fn made_by_itself_problem(self) -> Option<Problem> {
        let message =
            || format!("cannot be {} here: known answers are given to a batch that is there", self.as_str());
        self.is_quality().then(|| Problem::new("kind", message()))
    }

    /// What is wrong with the rules of a batch of this kind.
    pub fn rules_problems(self, rules: TaskRules) -> Vec<Problem> {
        if self.is_quality() { Vec::new() } else { rules.problems() }
    }
}

/// What is wrong with a gold rate, in percent of a person's claims.
pub fn gold_rate_problem(rate: u8) -> Option<Problem> {
    (!(1..=GOLD_RATE_MAX).contains(&rate))
        .then(|| Problem::new("gold_rate", format!("must be from 1 to {GOLD_RATE_MAX} percent, not {rate}")))
}

/// Whether a claim is to be gold. `chance` is random bits of the claim, which nobody can foresee.
pub fn falls_on_gold(rate: u8, chance: u16) -> bool {
    u32::from(chance) * 100 < u32::from(rate) * (u32::from(u16::MAX) + 1)
}

const _: () = assert!(OVERLAP_MAX <= PEOPLE_MAX, "quality tasks are for more people than others");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_share_of_all_chances() {
        for rate in 1..=GOLD_RATE_MAX {
            let n = (0..=u16::MAX).filter(|chance| falls_on_gold(rate, *chance)).count();
            let share = n as f64 / 65_536.0 * 100.0;
            assert!((share - f64::from(rate)).abs() < 0.01, "{rate} %: {share}");
        }
    }
}
