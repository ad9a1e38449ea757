//! Recursive descent over a query's text. It never panics and never stops at the first error: what cannot be read
//! becomes an invalid node and a diagnostic, and reading goes on behind it.

mod value;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::scan::{Keyword, Operator, Scanner, Stand};
use crate::span::Span;
use crate::tree::{Kind, Name, Node, Test, Tree};

/// Bytes of text that a query can have.
pub const MAX_LENGTH: usize = 64 * 1024;
/// Parentheses and negations that can stand inside each other.
pub const MAX_DEPTH: usize = 64;

/// What was read, and everything that was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    pub tree: Tree,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a query. Whether its fields exist is [`crate::check()`]'s question.
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser { scan: Scanner::new(text), sink: Diagnostics::default() };
    let root = if text.len() > MAX_LENGTH {
        let span = Span::new(0, text.len());
        parser.sink.push(
            Diagnostic::error(
                code::TOO_LONG,
                span,
                format!("the query has {} bytes, {MAX_LENGTH} are allowed", text.len()),
            )
            .hint("give long lists of files or ids to a batch as a file instead"),
        );
        Node::new(Kind::Invalid(String::new()), span)
    } else {
        parser.whole()
    };
    Parsed { tree: Tree { root }, diagnostics: parser.sink.finish() }
}

struct Parser<'a> {
    scan: Scanner<'a>,
    sink: Diagnostics,
}

impl Parser<'_> {
    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, hint: &str) {
        self.sink.push(Diagnostic::error(code, span, message).hint(hint));
    }

    fn invalid(&self, span: Span) -> Node {
        Node::new(Kind::Invalid(span.slice(self.scan.text).to_owned()), span)
    }

    fn whole(&mut self) -> Node {
        let mut parts = Vec::new();
        loop {
            parts.extend(self.or(0));
            if self.scan.at_end() {
                break;
            }
            // Only a stray `)` stops `or` before the end. A row of them is one mistake.
            let start = self.scan.at;
            while self.scan.eat(")") {}
            let span = self.scan.span_from(start);
            self.error(
                code::UNEXPECTED_TOKEN,
                span,
                "this `)` has no `(`",
                "remove it, or put `(` before it",
            );
            parts.push(self.invalid(span));
        }
        Node::and(parts, Span::new(0, self.scan.text.len()))
    }

    /// Terms with `OR` between them, up to `)` or the end. Nothing when there is no term.
    fn or(&mut self, depth: usize) -> Option<Node> {
        let mut parts: Vec<Node> = Vec::new();
        let mut open: Option<Span> = None;
        loop {
            let part = self.and(depth);
            let here = self.scan.at;
            let next = self.take_keyword(Keyword::Or);
            match (part, open) {
                (Some(part), _) => parts.push(part),
                (None, Some(span)) => {
                    self.missing_term(span, "`OR` has no term behind it");
                    parts.push(self.invalid(span));
                }
                (None, None) => {
                    if let Some(span) = next {
                        self.missing_term(span, "`OR` has no term before it");
                        parts.push(self.invalid(Span::new(here, here)));
                    }
                }
            }
            let Some(span) = next else { break };
            open = Some(span);
        }
        let span = spanning(&parts)?;
        Some(Node::or(parts, span))
    }

    /// Terms with a space or `AND` between them, up to `OR`, `)` or the end.
    fn and(&mut self, depth: usize) -> Option<Node> {
        let mut parts: Vec<Node> = Vec::new();
        let mut open: Option<Span> = None;
        loop {
            self.scan.skip_space();
            let here = self.scan.at;
            match (self.scan.peek(), self.scan.keyword()) {
                (None | Some(')'), _) | (_, Some((Keyword::Or, _))) => break,
                (_, Some((Keyword::And, len))) => {
                    self.scan.at += len;
                    let span = self.scan.span_from(here);
                    if parts.is_empty() || open.is_some() {
                        self.missing_term(span, "`AND` has no term before it");
                        parts.push(self.invalid(span));
                    }
                    open = Some(span);
                }
                (Some(','), _) => {
                    self.scan.bump();
                    let span = self.scan.span_from(here);
                    self.error(
                        code::UNEXPECTED_TOKEN,
                        span,
                        "`,` stands only inside a list of values",
                        "for one of several values write `field:(a, b)`; put text that has a comma in quotes",
                    );
                    parts.push(self.invalid(span));
                }
                _ => {
                    parts.push(self.unary(depth));
                    open = None;
                }
            }
        }
        if let Some(span) = open {
            self.missing_term(span, "`AND` has no term behind it");
            parts.push(self.invalid(span));
        }
        let span = spanning(&parts)?;
        Some(Node::and(parts, span))
    }

    fn take_keyword(&mut self, wanted: Keyword) -> Option<Span> {
        self.scan.skip_space();
        let (keyword, len) = self.scan.keyword()?;
        let start = self.scan.at;
        (keyword == wanted).then(|| {
            self.scan.at += len;
            self.scan.span_from(start)
        })
    }

    fn missing_term(&mut self, span: Span, message: &str) {
        self.error(code::MISSING_TERM, span, message, "a term is a word, `field:value`, or `( ... )`");
    }

    /// Negations, then one term.
    fn unary(&mut self, depth: usize) -> Node {
        let mut starts = Vec::new();
        loop {
            let here = self.scan.at;
            if let Some((Keyword::Not, len)) = self.scan.keyword() {
                self.scan.at += len;
                self.scan.skip_space();
            } else if !(self.scan.eat("-") || !self.scan.rest().starts_with("!=") && self.scan.eat("!")) {
                break;
            }
            starts.push(here);
        }
        let Some(first) = starts.first().copied() else { return self.primary(depth) };
        let negations = self.scan.span_from(first);
        let nothing = self.scan.peek().is_none_or(|ch| ch.is_whitespace() || matches!(ch, ')' | ','));
        let keyword = self.scan.keyword().is_some();
        if nothing || keyword {
            self.sink.push(
                Diagnostic::error(code::MISSING_TERM, negations, "there is no term behind this negation")
                    .hint("write `-field:value` without a space, or put a lone `-` in quotes"),
            );
            return self.invalid(negations);
        }
        if depth + starts.len() > MAX_DEPTH {
            self.too_deep(negations);
            let inner = self.primary(MAX_DEPTH);
            return self.invalid(negations.to(inner.span()));
        }
        let inner = self.primary(depth + starts.len());
        let end = inner.span().end;
        starts.into_iter().rev().fold(inner, |node, start| Node::negation(node, Span::new(start, end)))
    }

    fn too_deep(&mut self, span: Span) {
        self.sink.push(
            Diagnostic::error(
                code::TOO_DEEP,
                span,
                format!("nested deeper than {MAX_DEPTH} parentheses and negations"),
            )
            .hint("write it flatter"),
        );
    }

    /// A group, a test of a field, or a bare word. It takes at least one character.
    fn primary(&mut self, depth: usize) -> Node {
        if self.scan.peek() == Some('(') { self.group(depth) } else { self.term(depth) }
    }

    fn group(&mut self, depth: usize) -> Node {
        let start = self.scan.at;
        if depth >= MAX_DEPTH {
            self.skip_group();
            let span = self.scan.span_from(start);
            self.too_deep(span);
            return self.invalid(span);
        }
        self.scan.bump();
        let open = self.scan.span_from(start);
        let inner = self.or(depth + 1);
        if !self.scan.eat(")") {
            self.unclosed_parenthesis(open);
        }
        let span = self.scan.span_from(start);
        match inner {
            Some(node) => Node::new(node.kind, span),
            None => {
                self.missing_term(span, "there is nothing in these parentheses");
                self.invalid(span)
            }
        }
    }

    fn unclosed_parenthesis(&mut self, open: Span) {
        self.error(
            code::UNCLOSED_PARENTHESIS,
            open,
            "this `(` is not closed",
            "put `)` where the group ends",
        );
    }

    /// Goes behind the `)` that belongs to the `(` here, however deep, without recursion.
    fn skip_group(&mut self) {
        let mut open = 0_usize;
        let mut quoted = false;
        while let Some(ch) = self.scan.bump() {
            match ch {
                '\\' => drop(self.scan.bump()),
                '"' => quoted = !quoted,
                '(' if !quoted => open += 1,
                ')' if !quoted => {
                    open -= 1;
                    if open == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn term(&mut self, depth: usize) -> Node {
        let start = self.scan.at;
        let run = self.scan.run(Stand::Term, &mut self.sink);
        let after_run = self.scan.at;
        // Comparison signs may have spaces around them (`annotations.truck > 0`), the colon may not.
        self.scan.skip_space();
        let spaced = self.scan.at > after_run;
        let operator_start = self.scan.at;
        let operator = match self.scan.operator() {
            Some(Operator::Has) if spaced => {
                self.scan.at = operator_start;
                None
            }
            other => other,
        };
        let Some(operator) = operator else {
            self.scan.at = after_run;
            if run.is_absent() {
                // Every caller has ruled out what else could stand here; take it, so that reading goes on.
                self.scan.bump();
                let span = self.scan.span_from(start);
                let found = span.slice(self.scan.text).to_owned();
                self.error(
                    code::UNEXPECTED_TOKEN,
                    span,
                    format!("`{found}` is not expected here"),
                    "put text that has signs in quotes",
                );
                return self.invalid(span);
            }
            self.nothing_glued(start);
            return self.word(&run);
        };
        let operator_span = self.scan.span_from(operator_start);
        if run.is_absent() {
            let found = operator_span.slice(self.scan.text).to_owned();
            self.error(
                code::MISSING_FIELD,
                operator_span,
                format!("there is no field name before `{found}`"),
                "write `field:value`, without a space before the colon",
            );
            self.value(operator, operator_span);
            return self.invalid(self.scan.span_from(start));
        }
        let value = self.value(operator, operator_span);
        let span = self.scan.span_from(start);
        let Some(value) = value else { return self.invalid(span) };
        if run.is_star() && operator == Operator::Has && value.test == Test::Exists {
            return Node::new(Kind::All, span);
        }
        let field = Name::new(run.text(), run.span);
        let node = Node::term(field, value.test, span);
        if !value.negated {
            return node;
        }
        if depth >= MAX_DEPTH {
            self.too_deep(span);
            return self.invalid(span);
        }
        Node::negation(node, span)
    }

    fn word(&mut self, run: &crate::scan::Run) -> Node {
        let kind = if run.is_star() {
            Kind::All
        } else if run.has_wildcard() {
            Kind::Pattern(run.pattern())
        } else {
            let text = run.text();
            if let Some(keyword) = ["and", "or", "not"].into_iter().find(|word| run.is_bare(word)) {
                let upper = keyword.to_ascii_uppercase();
                self.sink.push(
                    Diagnostic::warning(
                        code::LOWERCASE_KEYWORD,
                        run.span,
                        format!("`{keyword}` is read as a word to find in names"),
                    )
                    .hint(format!("write `{upper}` for the operator, or `\"{keyword}\"` for the word"))
                    .suggest(vec![upper, format!("\"{keyword}\"")]),
                );
            }
            Kind::Word(text)
        };
        Node::new(kind, run.span)
    }

    /// Text that touches a `(` is most likely a name with parentheses in it: it must not become two terms silently.
    fn nothing_glued(&mut self, start: usize) {
        if self.scan.peek() != Some('(') {
            return;
        }
        let from = self.scan.at;
        self.skip_group();
        self.scan.run(Stand::Value, &mut self.sink);
        let span = self.scan.span_from(from);
        let whole = self.scan.span_from(start).slice(self.scan.text).to_owned();
        self.error(
            code::UNEXPECTED_TOKEN,
            span,
            "`(` touches the text before it",
            &format!(
                "put text that has parentheses in quotes, or a space before `(`; found `{}`",
                clip(&whole)
            ),
        );
    }
}

fn spanning(parts: &[Node]) -> Option<Span> {
    Some(parts.first()?.span().to(parts.last()?.span()))
}

/// Long texts are cut in messages.
pub(crate) fn clip(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(57).chain("...".chars()).collect()
    }
}
