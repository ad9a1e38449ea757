//! A bulk update of metadata: where it comes from, its state, its counts.

use serde::{Deserialize, Serialize};

/// Where a bulk update stands. Its rows are written in slices, so one that did not come to its end has changed some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetadataUpdateState {
    Running,
    Done,
    Failed,
    Cancelled,
    /// The process that worked on it has ended. Sending it again is harmless.
    Interrupted,
}

impl MetadataUpdateState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Failed, Self::Cancelled, Self::Interrupted]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What says which assets change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetadataUpdateSource {
    /// A row an asset, each with a patch of its own.
    Jsonl,
    Csv,
    /// One patch for everything that a query found when the update began.
    Query,
    /// One patch for a list of assets.
    Assets,
}

impl MetadataUpdateSource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Query => "query",
            Self::Assets => "assets",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Jsonl, Self::Csv, Self::Query, Self::Assets].into_iter().find(|source| source.as_str() == text)
    }
}

/// What became of the rows so far. `done = updated + unchanged + refused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MetadataUpdateCounts {
    pub done: i64,
    pub updated: i64,
    /// Were as the patch wants them.
    pub unchanged: i64,
    pub refused: i64,
}
