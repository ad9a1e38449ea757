//! Errors.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The body of every answer that is not 2xx.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// For programs; never changes.
    #[schema(examples("lease_lost"))]
    pub code: String,
    /// For a person.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in a query, in UTF-16 code units.
    pub span: Option<[usize; 2]>,
    /// Depends on the code: `problems` of what was handed in, `diagnostics` of a query, ...
    #[schema(value_type = Option<std::collections::HashMap<String, Value>>)]
    pub details: Option<Value>,
    /// Name it when you report the error; the server's log has it too.
    pub request_id: String,
}

/// One thing that is wrong with what was handed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    #[schema(examples("labels[0].name"))]
    pub path: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// Something to know about a query.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Diagnostic {
    pub severity: Severity,
    #[schema(examples("unknown_field"))]
    pub code: String,
    pub message: String,
    /// Where in the query, in UTF-16 code units.
    pub span: [usize; 2],
    pub hint: Option<String>,
    /// Texts that could stand in the span's place, best first.
    pub suggestions: Vec<String>,
}

impl Diagnostic {
    /// `query` is the text that was parsed.
    pub fn new(diagnostic: &sheaf_query::Diagnostic, query: &str) -> Self {
        Self {
            severity: if diagnostic.is_error() { Severity::Error } else { Severity::Warning },
            code: diagnostic.code.to_owned(),
            message: diagnostic.message.clone(),
            span: diagnostic.utf16(query),
            hint: diagnostic.hint.clone(),
            suggestions: diagnostic.suggestions.clone(),
        }
    }
}
