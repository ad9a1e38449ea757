//! The filter chips of a query: the terms that all must hold.

use serde::Serialize;

use crate::print::{print, print_chip};
use crate::span::Span;
use crate::tree::{Kind, Tree};

/// One chip: a term in normal form, and where it stands in the text that was parsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chip {
    pub text: String,
    pub span: Span,
}

/// The terms that are joined by AND at the top; a query that is one OR is one chip, the empty query has none.
pub fn chips(tree: &Tree) -> Vec<Chip> {
    match &tree.root.kind {
        Kind::All => Vec::new(),
        Kind::And(parts) => {
            parts.iter().map(|part| Chip { text: print_chip(part), span: part.span() }).collect()
        }
        _ => vec![Chip { text: print(tree), span: tree.root.span() }],
    }
}
