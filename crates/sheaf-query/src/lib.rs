//! The query language: text to tree (with errors that carry spans), tree to typed expression, tree to text.
//!
//! It knows no storage, no bitmaps, no clock. [`parse()`] reads a text, [`check()`] gives it its meaning for a project's
//! fields, [`print()`] writes the normal form; [`read()`] is the first two in one.

mod absolute;
mod builtin;
mod check;
mod chips;
pub mod complete;
mod diagnostic;
pub mod expr;
mod json;
mod normal;
mod parse;
mod print;
mod scan;
mod schema;
mod span;
mod time;
pub mod tree;
mod write;

pub use absolute::fix_times;
pub use builtin::{Entry, FIELDS, IS_VALUES, STATUS_VALUES, field_name, metadata_field_name};
pub use check::{Checked, MAX_PATTERNS, MAX_TESTS, Mode, check};
pub use chips::{Chip, chips};
pub use diagnostic::{CODES, Diagnostic, MAX_DIAGNOSTICS, Severity, code, has_errors};
pub use expr::Expr;
pub use json::tree_from_json;
pub use normal::nfc;
pub use parse::{MAX_DEPTH, MAX_LENGTH, Parsed, parse};
pub use print::{print, quote_field, quote_value, quote_word, range, term};
pub use schema::{FieldNames, Schema};
pub use span::{Span, byte_offset, utf16_offset, utf16_span};
pub use time::{TimeSpan, instant_text, read_absolute};
pub use tree::Tree;
pub use write::{print_expr, tree_of};

/// A text that was parsed and checked. It must not run when [`Read::has_errors`].
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub tree: Tree,
    /// `Expr::Nothing` when there are errors.
    pub expr: Expr,
    /// Of both steps, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Read {
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Parses and checks in one go.
pub fn read(text: &str, schema: &dyn Schema, now_ms: i64, mode: Mode) -> Read {
    let Parsed { tree, mut diagnostics } = parse(text);
    let checked = check(&tree, schema, now_ms, mode);
    diagnostics.extend(checked.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    let expr = if has_errors(&diagnostics) { Expr::Nothing } else { checked.expr };
    Read { tree, expr, diagnostics }
}
