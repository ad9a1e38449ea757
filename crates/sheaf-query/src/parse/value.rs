//! What may stand behind an operator: a value, a pattern, a range, a list, a regular expression.

use super::{Parser, clip};
use crate::diagnostic::{Diagnostic, code};
use crate::scan::{Keyword, Operator, Run, Stand};
use crate::span::Span;
use crate::tree::{Literal, Test};

pub(super) struct Value {
    pub test: Test,
    /// The operator was `!=`.
    pub negated: bool,
}

impl Parser<'_> {
    /// Reads what stands behind a term's operator. Nothing after a diagnostic was given.
    pub(super) fn value(&mut self, operator: Operator, operator_span: Span) -> Option<Value> {
        let (operator, span) = if operator == Operator::Has {
            self.second_operator(operator_span)
        } else {
            self.scan.skip_space();
            (operator, operator_span)
        };
        let negated = operator == Operator::NotEqual;
        let test = if takes_patterns(operator) && self.scan.peek() == Some('(') {
            self.list()?
        } else {
            self.single(operator, span)?
        };
        Some(Value { test, negated })
    }

    /// `field:>1` is `field>1`: behind a colon another operator may stand.
    fn second_operator(&mut self, colon: Span) -> (Operator, Span) {
        let start = self.scan.at;
        match self.scan.operator() {
            None => (Operator::Has, colon),
            Some(Operator::Has | Operator::Modulo) => {
                self.scan.at = start;
                (Operator::Has, colon)
            }
            Some(operator) => {
                self.scan.skip_space();
                (operator, self.scan.span_from(start))
            }
        }
    }

    fn single(&mut self, operator: Operator, operator_span: Span) -> Option<Test> {
        if operator == Operator::Modulo {
            return self.modulo(operator_span);
        }
        let start = self.scan.at;
        // `state:OR` is Oregon, `hour > OR ...` has no value.
        if start > operator_span.end && self.scan.keyword().is_some() {
            self.missing_value(operator, operator_span);
            return None;
        }
        if self.scan.peek() == Some('/') && (takes_patterns(operator) || operator == Operator::Contains) {
            return self.regex();
        }
        if self.scan.peek() == Some('[') && takes_patterns(operator) {
            return self.bracket();
        }
        let run = self.scan.run(Stand::Value, &mut self.sink);
        if run.is_absent() {
            self.missing_value(operator, operator_span);
            return None;
        }
        self.nothing_glued(start);
        match operator {
            Operator::Has | Operator::Equal | Operator::NotEqual => self.open_value(&run),
            Operator::Exact => self.plain(&run, "`==`").map(Test::Exact),
            Operator::Contains => self.plain(&run, "`~`").map(Test::Contains),
            Operator::Compare(order) => {
                if run.split_range().is_some() {
                    self.bad_range(run.span, "a comparison takes one value, not a range");
                    return None;
                }
                self.plain(&run, "a comparison").map(|literal| Test::Compare(order, literal))
            }
            Operator::Modulo => None,
        }
    }

    fn missing_value(&mut self, operator: Operator, span: Span) {
        let mut diagnostic = Diagnostic::error(
            code::MISSING_VALUE,
            span,
            format!("`{}` has no value behind it, found {}", span.slice(self.scan.text), self.found()),
        );
        diagnostic = if operator == Operator::Has && self.scan.peek().is_some_and(char::is_whitespace) {
            diagnostic
                .hint("write the value right behind the colon, without a space; `field:*` finds any value")
        } else {
            diagnostic.hint("write a value; `field:*` finds any value, `\"\"` is the empty text")
        };
        self.sink.push(diagnostic);
    }

    fn found(&self) -> String {
        match self.scan.peek() {
            Some(ch) if ch.is_whitespace() => "a space".to_owned(),
            _ => self.scan.found(),
        }
    }

    /// A value where wildcards and ranges have their meaning.
    fn open_value(&mut self, run: &Run) -> Option<Test> {
        if run.is_star() {
            return Some(Test::Exists);
        }
        if let Some((from, to)) = run.split_range() {
            return self.range(&from, &to, run.span);
        }
        if run.has_wildcard() {
            return Some(Test::Wildcard(run.pattern()));
        }
        Some(Test::Equals(literal(run)))
    }

    fn range(&mut self, from: &Run, to: &Run, span: Span) -> Option<Test> {
        if to.split_range().is_some() || from.ends_with_live('.') || to.starts_with_live('.') {
            self.bad_range(span, "a range has one `..`");
            return None;
        }
        let mut ends = [None, None];
        for (end, side) in ends.iter_mut().zip([from, to]) {
            if side.is_empty() || side.is_star() {
                continue;
            }
            if side.has_wildcard() {
                self.bad_range(span, "an end of a range cannot have wildcards");
                return None;
            }
            *end = Some(literal(side));
        }
        let [from, to] = ends;
        if from.is_none() && to.is_none() {
            self.bad_range(span, "a range with both ends open finds everything that has the field");
            return None;
        }
        Some(Test::Between(from, to))
    }

    fn bad_range(&mut self, span: Span, message: &str) {
        self.error(
            code::BAD_RANGE,
            span,
            message,
            "write `field:1..5`, `field:1..`, `field:..5`, `field:*` for any value; put text that has dots in quotes",
        );
    }

    /// A value where wildcards have no meaning and would be a mistake.
    fn plain(&mut self, run: &Run, what: &str) -> Option<Literal> {
        if run.has_wildcard() {
            self.error(
                code::UNEXPECTED_TOKEN,
                run.span,
                format!("{what} takes no wildcards, found `{}`", clip(run.span.slice(self.scan.text))),
                "use `field:San*` for a pattern, or quotes for the sign itself",
            );
            return None;
        }
        Some(literal(run))
    }

    fn regex(&mut self) -> Option<Test> {
        let start = self.scan.at;
        let regex = self.scan.regex();
        let span = self.scan.span_from(start);
        let hint = "a value that begins with `/` is a regular expression up to the next `/`; \
                    put a path in quotes, write `\\/` for a slash inside";
        let Some(regex) = regex else {
            self.error(code::BAD_REGEX, span, "the regular expression has no closing `/`", hint);
            return None;
        };
        if regex.is_empty() {
            self.error(code::BAD_REGEX, span, "the regular expression is empty", hint);
            return None;
        }
        let behind = self.scan.run(Stand::Value, &mut self.sink);
        if !behind.is_absent() || self.scan.peek() == Some('(') {
            self.nothing_glued(start);
            let span = self.scan.span_from(start);
            let hint = match behind.text().as_str() {
                "i" => "for any case write `/(?i).../`",
                _ => hint,
            };
            self.error(
                code::BAD_REGEX,
                span,
                "there is text behind the regular expression's closing `/`",
                hint,
            );
            return None;
        }
        Some(Test::Matches(regex))
    }

    /// `[a TO b]`, as Lucene writes a closed range.
    fn bracket(&mut self) -> Option<Test> {
        let start = self.scan.at;
        self.scan.bump();
        self.scan.skip_space();
        let from = self.scan.run(Stand::Bracket, &mut self.sink);
        self.scan.skip_space();
        let to_word = self.scan.run(Stand::Bracket, &mut self.sink);
        self.scan.skip_space();
        let to = self.scan.run(Stand::Bracket, &mut self.sink);
        self.scan.skip_space();
        let closed = self.scan.eat("]");
        let span = self.scan.span_from(start);
        if !closed || !to_word.is_bare("TO") || from.is_absent() || to.is_absent() {
            self.bad_range(span, "`[` begins a range `[a TO b]`, put text that begins with it in quotes");
            return None;
        }
        self.range(&from, &to, span)
    }

    fn modulo(&mut self, operator_span: Span) -> Option<Test> {
        self.scan.skip_space();
        let Some(divisor) = self.whole_number(operator_span) else {
            // What belongs to it is not worth another error.
            if self.scan.operator().is_some() {
                self.scan.run(Stand::Value, &mut self.sink);
            }
            return None;
        };
        self.scan.skip_space();
        let start = self.scan.at;
        let equals = matches!(self.scan.operator(), Some(Operator::Equal | Operator::Exact));
        let span = self.scan.span_from(start);
        if !equals {
            self.error(
                code::UNEXPECTED_TOKEN,
                operator_span.to(span),
                "`%` and its number are followed by `=`",
                "write `frame%5=0` for every fifth; put text that has `%` in quotes",
            );
            return None;
        }
        self.scan.skip_space();
        let remainder = self.whole_number(span)?;
        let span = self.scan.span_from(operator_span.start);
        match is_modulo(divisor, remainder) {
            true => Some(Test::Modulo { divisor, remainder }),
            false => {
                let message = format!(
                    "`%{divisor}={remainder}` never holds, the remainder is between 0 and the divisor"
                );
                self.error(code::BAD_NUMBER, span, message, "write `frame%5=0` for every fifth");
                None
            }
        }
    }

    fn whole_number(&mut self, operator_span: Span) -> Option<i64> {
        let run = self.scan.run(Stand::Term, &mut self.sink);
        let number = run.text().parse::<i64>().ok().filter(|_| !run.quoted);
        if number.is_none() {
            let span = if run.is_absent() { operator_span } else { run.span };
            self.error(
                code::BAD_NUMBER,
                span,
                "`%` takes whole numbers",
                "write `frame%5=0` for every fifth; put text that has `%` in quotes",
            );
        }
        number
    }

    /// `(a, b)`, from its `(` on. Every wrong element is told; then there is no list.
    fn list(&mut self) -> Option<Test> {
        let start = self.scan.at;
        self.scan.bump();
        let open = self.scan.span_from(start);
        let mut tests = Vec::new();
        let mut whole = true;
        let mut wants_element = true;
        loop {
            self.scan.skip_space();
            let here = self.scan.at;
            if self.scan.at_end() {
                self.unclosed_parenthesis(open);
                return None;
            }
            if self.scan.eat(")") {
                break;
            }
            let separator = self.separator();
            if separator.is_some() || !wants_element {
                let span = self.scan.span_from(here);
                match separator {
                    Some(Keyword::Or) if !wants_element => {}
                    Some(Keyword::Or) => {
                        self.missing_element(span);
                        whole = false;
                    }
                    // `AND`, `NOT`, or nothing at all.
                    _ => {
                        let span = if separator.is_some() { span } else { self.rest_of_word(here) };
                        self.error(
                            code::UNEXPECTED_TOKEN,
                            span,
                            "values in a list have `,` between them",
                            "write `field:(a, b)` for either; put a value that has spaces in quotes",
                        );
                        whole = false;
                    }
                }
                wants_element = true;
                if separator.is_some() {
                    continue;
                }
            }
            match self.element(open) {
                Some(test) => tests.push(test),
                None => {
                    whole = false;
                    if self.scan.at == here {
                        self.scan.bump();
                    }
                }
            }
            wants_element = false;
        }
        let span = self.scan.span_from(start);
        if wants_element && whole {
            self.missing_element(span);
            return None;
        }
        if whole { Test::any(tests) } else { None }
    }

    fn separator(&mut self) -> Option<Keyword> {
        if self.scan.eat(",") {
            return Some(Keyword::Or);
        }
        let (keyword, len) = self.scan.keyword()?;
        self.scan.at += len;
        Some(keyword)
    }

    fn element(&mut self, open: Span) -> Option<Test> {
        if self.scan.peek() == Some('(') {
            let start = self.scan.at;
            self.skip_group();
            let span = self.scan.span_from(start);
            self.error(
                code::UNEXPECTED_TOKEN,
                span,
                "a list cannot have another list in it",
                "write all the values in one list; put text that has parentheses in quotes",
            );
            return None;
        }
        let (operator, span) = self.second_operator(open);
        if operator == Operator::NotEqual {
            self.error(
                code::UNEXPECTED_TOKEN,
                span,
                "`!=` cannot stand in a list",
                "write `-field:(a, b)` for none of them",
            );
            self.scan.run(Stand::Value, &mut self.sink);
            return None;
        }
        self.single(operator, span)
    }

    fn missing_element(&mut self, span: Span) {
        self.error(
            code::MISSING_VALUE,
            span,
            "a value is missing in this list",
            "write `field:(a, b)`; `field:*` finds any value, `\"\"` is the empty text",
        );
    }

    /// From `start` up to the next space, comma or parenthesis.
    fn rest_of_word(&self, start: usize) -> Span {
        let rest = self.scan.text.get(start..).unwrap_or("");
        let length = rest
            .char_indices()
            .skip(1)
            .find(|(_, ch)| ch.is_whitespace() || matches!(ch, ',' | '(' | ')'))
            .map_or(rest.len(), |(at, _)| at);
        Span::new(start, start + length)
    }
}

fn takes_patterns(operator: Operator) -> bool {
    matches!(operator, Operator::Has | Operator::Equal | Operator::NotEqual)
}

fn literal(run: &Run) -> Literal {
    Literal::new(run.text(), run.has_dead(), run.span)
}

/// A divisor of one or more, and a remainder that can occur.
pub(crate) fn is_modulo(divisor: i64, remainder: i64) -> bool {
    divisor > 0 && (0..divisor).contains(&remainder)
}
