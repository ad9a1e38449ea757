//! A problem with something a person handed in: where it is and what is wrong.

use serde::{Deserialize, Serialize};

/// One thing that is wrong, at a path such as `annotations[2].left`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub path: String,
    pub message: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}
