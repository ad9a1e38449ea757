//! What is wrong with a query: diagnostics, and the one table of their stable codes.

use serde::Serialize;

use crate::span::{Span, utf16_span};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The query must not run.
    Error,
    /// The query runs; the reader should know.
    Warning,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: &'static str,
    /// What was found, and what is allowed there.
    pub message: String,
    /// Bytes of the query's text; [`Diagnostic::utf16`] converts.
    pub span: Span,
    pub hint: Option<String>,
    /// Texts that could stand in the span's place, best first.
    pub suggestions: Vec<String>,
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            hint: None,
            suggestions: Vec::new(),
        }
    }

    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds suggestions, and the hint "did you mean ...?" when there is none yet.
    pub fn suggest(mut self, suggestions: Vec<String>) -> Self {
        if let (None, Some(first)) = (&self.hint, suggestions.first()) {
            self.hint = Some(format!("did you mean `{first}`?"));
        }
        self.suggestions = suggestions;
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The span in UTF-16 code units of the text that was parsed.
    pub fn utf16(&self, text: &str) -> [usize; 2] {
        utf16_span(text, self.span)
    }
}

/// True when any of them is an error, so that the query must not run.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        /// The stable codes, one constant each.
        pub mod code {
            $(#[doc = $meaning] pub const $name: &str = $code;)*
        }
        /// Every code with its meaning, for the manual and the API's documentation.
        pub const CODES: &[(&str, &str)] = &[$(($code, $meaning)),*];
    };
}

codes! {
    BAD_NUMBER = "bad_number", "a number is needed and the text is not one, or is out of its bounds";
    BAD_RANGE = "bad_range", "a range is not of the form `a..b`, `a..`, `..b`";
    BAD_REGEX = "bad_regex", "a regular expression does not compile, is too large, or has text behind its closing `/`";
    BAD_TIME = "bad_time", "a time is needed and the text is not one";
    EMPTY_RANGE = "empty_range", "a range ends before it begins, so nothing can match (warning)";
    LOWERCASE_KEYWORD = "lowercase_keyword", "`and`, `or`, `not` in lower case are read as words (warning)";
    MISSING_FIELD = "missing_field", "an operator stands where a field name should be";
    MISSING_TERM = "missing_term", "`AND`, `OR`, `NOT`, `-` or a parenthesis has nothing to work on";
    MISSING_VALUE = "missing_value", "a field and an operator are not followed by a value";
    MIXED_RANGE = "mixed_range", "the ends of a range are of different kinds and are compared as text (warning)";
    TOO_DEEP = "too_deep", "parentheses and negations are nested deeper than the limit";
    TOO_LONG = "too_long", "the text is longer than the limit";
    TOO_MANY = "too_many", "the query has more terms, patterns or errors than the limit";
    UNCLOSED_PARENTHESIS = "unclosed_parenthesis", "a `(` has no `)`";
    UNCLOSED_QUOTE = "unclosed_quote", "a `\"` has no partner";
    UNEXPECTED_TOKEN = "unexpected_token", "something stands where it is not allowed";
    UNKNOWN_FIELD = "unknown_field", "no asset has this field (a warning in a stored query, where it matches nothing)";
    UNKNOWN_IS = "unknown_is", "`is:` does not know this word";
    UNKNOWN_STATUS = "unknown_status", "`status:` does not know this word";
    UNLIKELY_VALUE = "unlikely_value", "the value can be written but no asset can have it (warning)";
    UNSUPPORTED_FIELD = "unsupported_field", "the language has this field, this version of Sheaf does not yet";
    UNSUPPORTED_TEST = "unsupported_test", "the field cannot be tested in this way";
}

/// Collects diagnostics up to a bound, so that a hostile text cannot make megabytes of them.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
    full: bool,
}

/// Diagnostics that one query can have; the last one says that there were more.
pub const MAX_DIAGNOSTICS: usize = 50;

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() + 1 < MAX_DIAGNOSTICS {
            self.list.push(diagnostic);
        } else if !self.full {
            self.full = true;
            let span = diagnostic.span;
            self.list.push(
                Diagnostic::error(code::TOO_MANY, span, "too many errors, the rest are left out")
                    .hint("mend the first ones and try again"),
            );
        }
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn finish(self) -> Vec<Diagnostic> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn the_number_of_diagnostics_is_bounded() {
        let mut sink = Diagnostics::default();
        for i in 0..1000 {
            sink.push(Diagnostic::error(code::BAD_TIME, Span::new(i, i), "x"));
        }
        let list = sink.finish();
        assert_eq!(list.len(), MAX_DIAGNOSTICS);
        assert_eq!(list[MAX_DIAGNOSTICS - 1].code, code::TOO_MANY);
    }
}
