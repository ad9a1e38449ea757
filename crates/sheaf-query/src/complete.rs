//! Completion: what may be written at the cursor. Pure; field names and values with their counts come from elsewhere.

use crate::builtin::{Entry, IS_VALUES, STATUS_VALUES};
use crate::diagnostic::Diagnostics;
use crate::scan::{Keyword, Operator, Run, Scanner, Stand};
use crate::span::Span;

/// What stands at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A field name or bare word begins here. With an operator behind it already, only the name is wanted.
    Field { prefix: String, has_operator: bool },
    /// A value of this field, as written.
    Value { field: String, prefix: String },
    /// An operator, since a quoted field name ends here.
    Operator { field: String },
    /// A number or a regular expression: nothing to offer.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Bytes that a chosen text replaces, quotes included.
    pub replace: Span,
    pub kind: Kind,
    /// `AND`, `OR`, `NOT`, as far as they fit here.
    pub keywords: Vec<&'static str>,
    /// The word right before the cursor, which operators may follow if it is a field. They are inserted at the cursor.
    pub operators_for: Option<String>,
}

/// Operators in the order in which they are offered.
pub const OPERATORS: &[Entry] = &[
    Entry { name: ":", about: "is, or contains for a list" },
    Entry { name: "!=", about: "is not, or has no value" },
    Entry { name: ">", about: "greater than" },
    Entry { name: ">=", about: "at least" },
    Entry { name: "<", about: "less than" },
    Entry { name: "<=", about: "at most" },
    Entry { name: "~", about: "the text contains" },
    Entry { name: "==", about: "is exactly, case kept" },
    Entry { name: ":*", about: "has any value" },
];

/// The words that a field knows by itself: those of `is:` and `status:`.
pub fn fixed_values(field: &str) -> &'static [Entry] {
    match field.to_lowercase().as_str() {
        "is" => IS_VALUES,
        "status" | "scale_metadata.task_status" => STATUS_VALUES,
        _ => &[],
    }
}

/// What may be written at the byte `at` of `text`. A cursor inside a character or behind the end counts as before it.
pub fn context(text: &str, at: usize) -> Completion {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or("");
    let mut walk =
        Walk { full: text, scan: Scanner::new(before), sink: Diagnostics::default(), after_term: false };
    walk.terms()
}

struct Walk<'a> {
    full: &'a str,
    /// Over the text before the cursor only.
    scan: Scanner<'a>,
    sink: Diagnostics,
    /// A whole term stands before this place, so that `AND` and `OR` fit.
    after_term: bool,
}

impl Walk<'_> {
    fn terms(&mut self) -> Completion {
        loop {
            self.scan.skip_space();
            if self.scan.at_end() {
                return self.field(self.scan.at, String::new());
            }
            if let Some((keyword, len)) = self.scan.keyword() {
                let start = self.scan.at;
                self.scan.at += len;
                if self.scan.at_end() && self.scan.rest().is_empty() && !before_is_sign(self.scan.text) {
                    let typed = self.scan.text.get(start..).unwrap_or("").to_owned();
                    return self.field(start, typed);
                }
                self.after_term = keyword == Keyword::Not && self.after_term;
                continue;
            }
            match self.scan.peek() {
                Some('(' | ',' | '-') => {
                    self.scan.bump();
                    self.after_term = false;
                    continue;
                }
                Some('!') if !self.scan.rest().starts_with("!=") => {
                    self.scan.bump();
                    self.after_term = false;
                    continue;
                }
                Some(')') => {
                    self.scan.bump();
                    self.after_term = true;
                    continue;
                }
                _ => {}
            }
            if let Some(found) = self.term() {
                return found;
            }
            self.after_term = true;
        }
    }

    /// One term; a completion when the cursor is in it.
    fn term(&mut self) -> Option<Completion> {
        let run = self.scan.run(Stand::Term, &mut self.sink);
        let name = run.text();
        if self.scan.at_end() {
            if run.quoted && run.span.slice(self.scan.text).ends_with('"') && !run.is_empty() {
                let at = self.scan.at;
                return Some(Completion {
                    replace: Span::new(at, at),
                    kind: Kind::Operator { field: name.clone() },
                    keywords: Vec::new(),
                    operators_for: Some(name),
                });
            }
            return Some(self.field(run.span.start, name));
        }
        let after_run = self.scan.at;
        self.scan.skip_space();
        let spaced = self.scan.at > after_run;
        if self.scan.at_end() {
            self.after_term = true;
            let mut found = self.field(self.scan.at, String::new());
            found.operators_for = (!run.is_absent()).then_some(name);
            return Some(found);
        }
        let operator = match self.scan.operator() {
            Some(Operator::Has) if spaced => None,
            other => other,
        };
        match operator {
            None => {
                self.scan.at = after_run;
                if run.is_absent() {
                    self.scan.bump();
                }
                None
            }
            Some(Operator::Modulo) => self.modulo(),
            Some(operator) => self.values(&name, operator),
        }
    }

    fn modulo(&mut self) -> Option<Completion> {
        for _ in 0..2 {
            self.scan.skip_space();
            self.scan.run(Stand::Term, &mut self.sink);
            if self.scan.at_end() {
                return Some(self.nothing());
            }
            self.scan.skip_space();
            self.scan.eat("=");
        }
        None
    }

    fn values(&mut self, field: &str, operator: Operator) -> Option<Completion> {
        let spaces = operator != Operator::Has || self.second_operator();
        if spaces {
            self.scan.skip_space();
        }
        if !self.scan.eat("(") {
            return self.value(field);
        }
        loop {
            self.scan.skip_space();
            if self.scan.at_end() {
                return Some(self.empty_value(field));
            }
            if self.scan.eat(")") {
                return None;
            }
            if self.scan.eat(",") {
                continue;
            }
            if let Some((_, len)) = self.scan.keyword() {
                self.scan.at += len;
                continue;
            }
            if self.second_operator() {
                self.scan.skip_space();
            }
            let here = self.scan.at;
            if let Some(found) = self.value(field) {
                return Some(found);
            }
            if self.scan.at == here {
                self.scan.bump();
            }
        }
    }

    fn second_operator(&mut self) -> bool {
        let start = self.scan.at;
        match self.scan.operator() {
            Some(Operator::Has | Operator::Modulo) => {
                self.scan.at = start;
                false
            }
            found => found.is_some(),
        }
    }

    fn value(&mut self, field: &str) -> Option<Completion> {
        if self.scan.peek() == Some('/') {
            let closed = self.scan.regex().is_some();
            return (!closed || self.scan.at_end()).then(|| {
                self.scan.at = self.scan.text.len();
                self.nothing()
            });
        }
        let run = self.scan.run(Stand::Value, &mut self.sink);
        if !self.scan.at_end() {
            return None;
        }
        if run.is_absent() {
            return Some(self.empty_value(field));
        }
        let (start, prefix) = match run.split_range() {
            // The cursor is in the second end of a range.
            Some((_, to)) => {
                let raw = run.span.slice(self.scan.text);
                (run.span.start + raw.rfind("..").map_or(0, |dots| dots + 2), to.text())
            }
            None => (run.span.start, run.text()),
        };
        Some(Completion {
            replace: self.replace(start, Stand::Value),
            kind: Kind::Value { field: field.to_owned(), prefix },
            keywords: Vec::new(),
            operators_for: None,
        })
    }

    fn empty_value(&mut self, field: &str) -> Completion {
        let at = self.scan.at;
        Completion {
            replace: self.replace(at, Stand::Value),
            kind: Kind::Value { field: field.to_owned(), prefix: String::new() },
            keywords: Vec::new(),
            operators_for: None,
        }
    }

    fn field(&mut self, start: usize, prefix: String) -> Completion {
        let replace = self.replace(start, Stand::Term);
        let mut behind = Scanner { text: self.full, at: replace.end };
        let fits = |keyword: &&str| keyword.starts_with(&prefix.to_uppercase());
        let keywords = match self.after_term {
            true => ["AND", "OR", "NOT"].into_iter().filter(fits).collect(),
            false => ["NOT"].into_iter().filter(fits).collect(),
        };
        Completion {
            replace,
            keywords,
            operators_for: (!prefix.is_empty()).then(|| prefix.clone()),
            kind: Kind::Field { prefix, has_operator: behind.operator().is_some() },
        }
    }

    fn nothing(&self) -> Completion {
        let at = self.scan.at;
        Completion {
            replace: Span::new(at, at),
            kind: Kind::Nothing,
            keywords: Vec::new(),
            operators_for: None,
        }
    }

    /// From `start` to the end of the run that the cursor is in. A quote that is not closed reaches to the cursor.
    fn replace(&mut self, start: usize, stand: Stand) -> Span {
        let cursor = self.scan.text.len();
        let mut sink = Diagnostics::default();
        let mut whole = Scanner { text: self.full, at: start };
        let run: Run = whole.run(stand, &mut sink);
        let end = if sink.is_empty() { run.span.end.max(cursor) } else { cursor };
        Span::new(start, end)
    }
}

/// `&&` and `||` are whole as soon as they are written; `AND` may still become `ANDROID`.
fn before_is_sign(text: &str) -> bool {
    text.ends_with("&&") || text.ends_with("||")
}
