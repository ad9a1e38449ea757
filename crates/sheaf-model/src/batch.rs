//! A batch's kind and state, and which action leads from which state to which.

use serde::{Deserialize, Serialize};

use crate::Problem;

/// Priorities are from minus this to this; higher is served first.
pub const PRIORITY_MAX: i64 = 1_000;

/// What is wrong with a priority.
pub fn priority_problem(priority: i64) -> Option<Problem> {
    let message = || format!("must be from -{PRIORITY_MAX} to {PRIORITY_MAX}, not {priority}");
    (priority.unsigned_abs() > PRIORITY_MAX.unsigned_abs()).then(|| Problem::new("priority", message()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    #[default]
    Production,
    /// Small, served before production, for trying out the instructions.
    Calibration,
    /// Served to managers only.
    SelfLabel,
    /// Of known answers, mixed in among a person's tasks and not told from them.
    Gold,
    /// Of known answers, before a person's first real task.
    Training,
}

impl BatchKind {
    pub const ALL: [Self; 5] =
        [Self::Production, Self::Calibration, Self::SelfLabel, Self::Gold, Self::Training];
}

impl BatchKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Calibration => "calibration",
            Self::SelfLabel => "self_label",
            Self::Gold => "gold",
            Self::Training => "training",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Made, not served. Members may be added and removed, it may be renamed and deleted.
    Staging,
    /// Launched: its tasks are in the annotators' queue.
    InProgress,
    /// No new claims; what is held may be finished.
    Paused,
    /// Every task has ended.
    Completed,
    Cancelled,
}

impl BatchState {
    pub const ALL: [Self; 5] =
        [Self::Staging, Self::InProgress, Self::Paused, Self::Completed, Self::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::InProgress => "in_progress",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// New claims are granted.
    pub fn serves(self) -> bool {
        self == Self::InProgress
    }
    /// What is held may be handed in.
    pub fn accepts_submissions(self) -> bool {
        matches!(self, Self::InProgress | Self::Paused)
    }
    /// Members may be added.
    pub fn grows(self) -> bool {
        self != Self::Cancelled
    }
    pub fn launched(self) -> bool {
        !matches!(self, Self::Staging)
    }
    /// The state after `action`, or `None` when the action is not possible here.
    pub fn after(self, action: BatchAction) -> Option<Self> {
        use BatchAction as A;
        match (self, action) {
            (Self::Staging, A::Launch) | (Self::Paused, A::Resume) => Some(Self::InProgress),
            (Self::InProgress, A::Pause) => Some(Self::Paused),
            (Self::Staging | Self::InProgress | Self::Paused, A::Cancel) => Some(Self::Cancelled),
            (Self::InProgress | Self::Paused, A::Complete) => Some(Self::Completed),
            (Self::Completed, A::Reopen) => Some(Self::InProgress),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchAction {
    Launch,
    Pause,
    Resume,
    Cancel,
    /// Taken by Sheaf itself when the last task ends.
    Complete,
    /// Taken by Sheaf itself when tasks are added to a completed batch.
    Reopen,
}

impl BatchAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Complete => "complete",
            Self::Reopen => "reopen",
        }
    }
}

/// What a revision of a batch's members did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionAction {
    Created,
    Appended,
    Removed,
}

impl RevisionAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Appended => "appended",
            Self::Removed => "removed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Created, Self::Appended, Self::Removed].into_iter().find(|action| action.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_batches_stay_ended() {
        for state in [BatchState::Completed, BatchState::Cancelled] {
            for action in [BatchAction::Launch, BatchAction::Pause, BatchAction::Resume, BatchAction::Cancel]
            {
                assert_eq!(state.after(action), None, "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn names_round_trip() {
        for state in BatchState::ALL {
            assert_eq!(BatchState::parse(state.as_str()), Some(state));
        }
    }
}
