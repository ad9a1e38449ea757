//! The one answer of a task: a reviewer's, the only one, or what several say together.

use sheaf_model::Response;
use sheaf_model::agreement::{MergeRule, merge};

use crate::Result;
use crate::queue::answers::{Answers, read, responses};

/// Where a task's one answer is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A reviewer put it in the place of the annotators'.
    Reviewer,
    /// Nobody else was asked.
    Only,
    Majority,
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Only => "only",
            Self::Majority => "majority",
        }
    }
}

/// A task's one answer by a rule; `None` while judgements are missing, and where the rule gives none. Of answers that were brought
/// in no number of judgements is asked for: `overlap` is 0.
pub(crate) fn merged(answers: &Answers, overlap: u8, rule: MergeRule) -> Result<Option<(Response, Origin)>> {
    match answers.standing.as_slice() {
        [row] if answers.fixed() => Ok(Some((read(&row.response)?, Origin::Reviewer))),
        [row] if overlap <= 1 => Ok(Some((read(&row.response)?, Origin::Only))),
        _ if rule == MergeRule::Majority && !answers.judged.is_empty() => {
            let responses = responses(&answers.judged)?;
            Ok(Some((merge(&responses.iter().collect::<Vec<_>>()), Origin::Majority)))
        }
        _ => Ok(None),
    }
}
