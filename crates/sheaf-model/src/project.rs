//! A project's media and settings.

use serde::{Deserialize, Serialize};

use crate::Problem;

/// What kind of data a project labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    Image,
    Text,
}

impl Media {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Text => "text",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "image" => Some(Self::Image),
            "text" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Settings of a project's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectSettings {
    /// Minutes that a lease lasts without a sign of life: 1 to 480.
    pub lease_minutes: u32,
    /// Tasks that one person may hold at once: 1 to 10.
    pub leases_max: u32,
    /// Skips by different people after which a task is blocked for a manager to look at: 1 to 100.
    pub skip_limit: u32,
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self { lease_minutes: 15, leases_max: 3, skip_limit: 3 }
    }
}

impl ProjectSettings {
    pub fn problems(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut range = |path: &str, value: u32, max: u32| {
            if value < 1 || value > max {
                out.push(Problem::new(
                    format!("settings.{path}"),
                    format!("must be between 1 and {max}, not {value}"),
                ));
            }
        };
        range("lease_minutes", self.lease_minutes, 480);
        range("leases_max", self.leases_max, 10);
        range("skip_limit", self.skip_limit, 100);
        out
    }
}

/// Where a project's data comes from, shown wherever the data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    pub title: String,
    pub source: String,
    pub licence: String,
    pub url: Option<String>,
}
