//! Tree to typed expression: which field each name means, and what its values are.
//!
//! This is where a query meets a project's fields. What is left after it needs no more checking: the engine can run
//! every expression that comes out.

mod resolve;
mod scalar;

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::expr::{self, Expr, Field, Order, Scalar};
use crate::normal::nfc;
use crate::parse::clip;
use crate::schema::Schema;
use crate::span::Span;
use crate::tree::{Kind, Literal, Node, Test, Tree};

/// Compiled size that one regular expression may have.
const REGEX_BYTES: usize = 256 * 1024;
/// Tests in one query.
pub const MAX_TESTS: usize = 4096;
/// Tests in one query that must look into texts: regular expressions, patterns, contains, bare words.
pub const MAX_PATTERNS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the box and on the command line: an unknown field is an error.
    Strict,
    /// A stored recipe: an unknown field is a warning, and a test of it matches nothing.
    Stored,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// `Expr::Nothing` when the tree has an invalid part.
    pub expr: Expr,
    pub diagnostics: Vec<Diagnostic>,
}

/// What a tree means for a project that has these fields, at the time `now_ms`.
pub fn check(tree: &Tree, schema: &dyn Schema, now_ms: i64, mode: Mode) -> Checked {
    let mut checker = Checker {
        schema,
        now_ms,
        mode,
        sink: Diagnostics::default(),
        tests: 0,
        patterns: 0,
        invalid: false,
        unknown: 0,
        lower_case: None,
    };
    let expr = checker.node(&tree.root);
    let expr = if checker.invalid { Expr::Nothing } else { expr };
    Checked { expr, diagnostics: checker.sink.finish() }
}

struct Checker<'a> {
    schema: &'a dyn Schema,
    now_ms: i64,
    mode: Mode,
    sink: Diagnostics,
    tests: usize,
    patterns: usize,
    invalid: bool,
    /// Unknown field names so far.
    unknown: usize,
    /// Metadata fields by their lower case name; nothing where several differ only in case. Made when first needed.
    lower_case: Option<HashMap<String, Option<String>>>,
}

/// What kind of values a field has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Metadata: anything.
    Anything,
    Text,
    Numbers,
    Times,
}

fn holds(field: &Field) -> Holds {
    match field {
        Field::Meta(_) => Holds::Anything,
        Field::Size
        | Field::Width
        | Field::Height
        | Field::Duration
        | Field::LabelCount(_)
        | Field::PrelabelScore(_)
        | Field::Agreement => Holds::Numbers,
        Field::Uploaded | Field::Labelled => Holds::Times,
        _ => Holds::Text,
    }
}

/// A test that was refused; its diagnostic is given.
struct Refused;

impl Checker<'_> {
    fn node(&mut self, node: &Node) -> Expr {
        match &node.kind {
            Kind::All => Expr::All,
            Kind::And(parts) => Expr::And(parts.iter().map(|part| self.node(part)).collect()),
            Kind::Or(parts) => Expr::Or(parts.iter().map(|part| self.node(part)).collect()),
            Kind::Not(inner) => Expr::Not(Box::new(self.node(inner))),
            Kind::Word(word) if word.is_empty() => Expr::All,
            Kind::Word(word) => self.over_text(node.span(), expr::Test::Contains(nfc(word))),
            Kind::Pattern(pattern) => self.over_text(node.span(), expr::Test::Wildcard(nfc(pattern))),
            Kind::Term { field, test } => match self.resolve(field) {
                Ok(resolved) => self.tests(&resolved, test, node.span()),
                Err(Refused) => Expr::Nothing,
            },
            Kind::Invalid(_) => {
                self.invalid = true;
                Expr::Nothing
            }
        }
    }

    fn over_text(&mut self, span: Span, test: expr::Test) -> Expr {
        match self.count(span, true) {
            Ok(()) => Expr::Test(Field::NameOrRef, test),
            Err(Refused) => Expr::Nothing,
        }
    }

    fn tests(&mut self, resolved: &resolve::Resolved, test: &Test, span: Span) -> Expr {
        if let Test::Any(tests) = test {
            return Expr::Or(tests.iter().map(|test| self.tests(resolved, test, span)).collect());
        }
        let pattern = matches!(test, Test::Contains(_) | Test::Wildcard(_) | Test::Matches(_));
        let made = self.count(span, pattern).and_then(|()| match resolved {
            resolve::Resolved::Is => self.is(test, span),
            resolve::Resolved::Field(field) => self.one(field, test, span),
        });
        made.unwrap_or(Expr::Nothing)
    }

    /// Keeps the work that one query can ask for bounded.
    fn count(&mut self, span: Span, pattern: bool) -> Result<(), Refused> {
        self.tests += 1;
        self.patterns += usize::from(pattern);
        let (n, limit, what) = if pattern {
            (self.patterns, MAX_PATTERNS, "bare words, patterns and regular expressions")
        } else {
            (self.tests, MAX_TESTS, "tests")
        };
        if n > limit {
            if n == limit + 1 {
                self.sink.push(
                    Diagnostic::error(
                        code::TOO_MANY,
                        span,
                        format!("the query has more than {limit} {what}"),
                    )
                    .hint("cut it into several queries"),
                );
            }
            self.invalid = true;
            return Err(Refused);
        }
        Ok(())
    }

    fn refuse(&mut self, diagnostic: Diagnostic) -> Refused {
        self.sink.push(diagnostic);
        self.invalid = true;
        Refused
    }

    fn unsupported(&mut self, span: Span, message: String, hint: &str) -> Refused {
        self.refuse(Diagnostic::error(code::UNSUPPORTED_TEST, span, message).hint(hint))
    }

    /// `is:word`
    fn is(&mut self, test: &Test, span: Span) -> Result<Expr, Refused> {
        let Test::Equals(literal) = test else {
            return Err(self.unsupported(
                span,
                "`is` takes one word".to_owned(),
                "write `is:batched`, `is:unbatched`, `is:labelled`, `is:skipped`, `is:disputed`",
            ));
        };
        let batched = |yes| Expr::Test(Field::Batched, expr::Test::Equals(Scalar::Bool(yes)));
        match literal.text.to_lowercase().as_str() {
            "batched" => Ok(batched(true)),
            "unbatched" => Ok(batched(false)),
            "labelled" | "labeled" => Ok(Expr::Test(Field::Labelled, expr::Test::Exists)),
            "skipped" => {
                Ok(Expr::Test(Field::Status, expr::Test::Equals(Scalar::Text("skipped".to_owned()))))
            }
            "disputed" => {
                let below = Scalar::Number { value: 0.75, text: "0.75".to_owned() };
                Ok(Expr::Test(Field::Agreement, expr::Test::Compare(Order::Less, below)))
            }
            _ => Err(self.unknown_word(literal, code::UNKNOWN_IS, "is", crate::builtin::IS_VALUES)),
        }
    }

    fn unknown_word(
        &mut self,
        literal: &Literal,
        code: &'static str,
        field: &str,
        known: &[crate::builtin::Entry],
    ) -> Refused {
        let names: Vec<&str> = known.iter().map(|entry| entry.name).collect();
        let diagnostic = Diagnostic::error(
            code,
            literal.span(),
            format!("`{field}:` does not know `{}`, it knows {}", clip(&literal.text), names.join(", ")),
        );
        let suggestions = resolve::nearest(&literal.text, names.iter().copied());
        let diagnostic = if field == "is"
            && crate::builtin::STATUS_VALUES.iter().any(|e| e.name.eq_ignore_ascii_case(&literal.text))
        {
            diagnostic.hint(format!("write `status:{}`", literal.text.to_lowercase()))
        } else {
            diagnostic
        };
        self.refuse(diagnostic.suggest(suggestions))
    }

    /// One test of one field.
    fn one(&mut self, field: &Field, test: &Test, span: Span) -> Result<Expr, Refused> {
        let holds = holds(field);
        let name = crate::builtin::field_name(field);
        let on_text = |test| Ok(Expr::Test(field.clone(), test));
        if matches!(test, Test::Contains(_) | Test::Wildcard(_) | Test::Matches(_))
            && matches!(holds, Holds::Numbers | Holds::Times)
        {
            let hint = if holds == Holds::Times {
                "write `uploaded:2026-11-20` or `uploaded:2026-11` for a day or a month"
            } else {
                "write `width:640`, `width>640` or `width:640..1280`"
            };
            return Err(self.unsupported(
                span,
                format!("`{name}` has no text to look into, it takes equality, comparisons and ranges"),
                hint,
            ));
        }
        if *field == Field::Status {
            return self.status(test, span);
        }
        match test {
            Test::Exists => match field {
                Field::LabelCount(label) => {
                    Ok(Expr::Test(Field::Label, expr::Test::Equals(Scalar::Text(label.clone()))))
                }
                _ => on_text(expr::Test::Exists),
            },
            Test::Equals(literal) => {
                let scalar = self.scalar(field, literal, scalar::Use::Equality)?;
                if *field == Field::Type && !literal.text.contains('/') {
                    self.sink.push(
                        Diagnostic::warning(
                            code::UNLIKELY_VALUE,
                            literal.span(),
                            format!("no media type is just `{}`", clip(&literal.text)),
                        )
                        .hint(format!("write `type:{}/*`", clip(&literal.text)))
                        .suggest(vec![format!("{}/*", clip(&literal.text))]),
                    );
                }
                on_text(expr::Test::Equals(scalar))
            }
            Test::Exact(literal) => match self.scalar(field, literal, scalar::Use::Equality)? {
                Scalar::Text(text) => on_text(expr::Test::EqualsExact(text)),
                // Numbers, times and truth have no case.
                other => on_text(expr::Test::Equals(other)),
            },
            Test::Contains(literal) => on_text(expr::Test::Contains(nfc(&literal.text))),
            Test::Wildcard(pattern) => on_text(expr::Test::Wildcard(nfc(pattern))),
            Test::Matches(regex) => {
                self.regex(regex, span).map(|regex| Expr::Test(field.clone(), expr::Test::Matches(regex)))
            }
            Test::Compare(order, literal) => {
                let scalar = self.scalar(field, literal, scalar::Use::Order)?;
                on_text(expr::Test::Compare(*order, scalar))
            }
            Test::Between(from, to) => {
                let from = self.end(field, from.as_ref())?;
                let to = self.end(field, to.as_ref())?;
                let (from, to) = self.range(from, to, span);
                on_text(expr::Test::Between(from, to))
            }
            Test::Modulo { divisor, remainder } => {
                if matches!(holds, Holds::Text | Holds::Times) {
                    return Err(self.unsupported(
                        span,
                        format!("`{name}` has no numbers to divide"),
                        "write `frame%5=0` with a field that has whole numbers",
                    ));
                }
                on_text(expr::Test::Modulo { divisor: *divisor, remainder: *remainder })
            }
            // The caller has taken lists apart, and lists have none in them.
            Test::Any(_) => Err(self.unsupported(
                span,
                "a list cannot have another list in it".to_owned(),
                "write one list",
            )),
        }
    }

    fn status(&mut self, test: &Test, span: Span) -> Result<Expr, Refused> {
        let literal = match test {
            Test::Exists => return Ok(Expr::Test(Field::Status, expr::Test::Exists)),
            Test::Equals(literal) | Test::Exact(literal) => literal,
            _ => {
                return Err(self.unsupported(
                    span,
                    "`status` takes one of its words".to_owned(),
                    "write `status:done`, or `status:(pending, claimed)`",
                ));
            }
        };
        let lower = literal.text.to_lowercase().replace([' ', '-'], "_");
        let word = match lower.as_str() {
            // Nucleus and American spellings.
            "canceled" => "cancelled",
            "completed" => "done",
            other => other,
        };
        if crate::builtin::STATUS_VALUES.iter().any(|entry| entry.name == word) {
            let scalar = Scalar::Text(word.to_owned());
            return Ok(Expr::Test(Field::Status, expr::Test::Equals(scalar)));
        }
        Err(self.unknown_word(literal, code::UNKNOWN_STATUS, "status", crate::builtin::STATUS_VALUES))
    }

    fn regex(&mut self, regex: &str, span: Span) -> Result<String, Refused> {
        let regex = nfc(regex);
        let built = regex::RegexBuilder::new(&regex).size_limit(REGEX_BYTES).nest_limit(50).build();
        let Err(error) = built else { return Ok(regex) };
        let (message, hint) = match error {
            regex::Error::CompiledTooBig(_) => (
                "the regular expression is too large".to_owned(),
                "repeat less (`{1,1000}`), or use `*` and `?` patterns",
            ),
            other => {
                // The last line says what is wrong; the ones before it draw the place.
                let text = other.to_string();
                let reason =
                    text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
                (
                    format!("the regular expression does not compile: {}", clip(&reason)),
                    "look-around and back-references are not available; `\\` takes the meaning off a sign",
                )
            }
        };
        Err(self.refuse(Diagnostic::error(code::BAD_REGEX, span, message).hint(hint)))
    }
}
