//! Edges of histograms.

use serde::Serialize;
use utoipa::ToSchema;

use super::Time;

/// A number, or a time as text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Edge {
    Number(f64),
    Time(Time),
}

impl Edge {
    /// An edge of a histogram of this kind: `number` or `time`.
    pub fn of(kind: &str, value: f64) -> Self {
        if kind == "time" { Self::Time(Time(value as i64)) } else { Self::Number(value) }
    }
}
