//! What a reviewer says of a task.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    /// Accepted with an answer of the reviewer's own in the place of the annotators'.
    Fixed,
    /// Sent back.
    Rejected,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
            Self::Rejected => "rejected",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Fixed, Self::Rejected].into_iter().find(|verdict| verdict.as_str() == text)
    }
}
