//! An upload's state and counts.

use serde::{Deserialize, Serialize};

/// An upload is open until it is finished or cancelled; an upload by a name that was used before opens it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    Open,
    Finished,
    Cancelled,
}

impl UploadState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Finished, Self::Cancelled].into_iter().find(|state| state.as_str() == text)
    }
}

/// What became of what was handed in. `received = added + updated + duplicates + refused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UploadCounts {
    pub received: i64,
    pub added: i64,
    pub updated: i64,
    pub duplicates: i64,
    pub refused: i64,
}
