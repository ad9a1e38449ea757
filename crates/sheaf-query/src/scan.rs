//! The lexer: runs of text with quotes and escapes, and operators.
//!
//! What ends a run depends on where it stands (a value may contain `:`, a field name may not), so the parser asks for
//! what it can use at each place instead of reading one stream of tokens.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::expr::Order;
use crate::span::Span;

pub(crate) struct Scanner<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// One character of a run. It is live when it stood there bare, so that it may be a wildcard or a range's dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    ch: char,
    live: bool,
}

/// Bare and quoted pieces without a space between them: `San*`, `"traffic light"`, `label."traffic light"`.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    marks: Vec<Mark>,
    /// Some of it stood in quotes, so that it is there even if it is empty.
    pub quoted: bool,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `:`
    Has,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `==`
    Exact,
    /// `~`
    Contains,
    Compare(Order),
    /// `%`
    Modulo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    And,
    Or,
    Not,
}

/// Where a run stands, which decides what ends it besides a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// At the start of a term: a field name or a bare word.
    Term,
    /// Behind an operator.
    Value,
    /// Between `[` and `]`.
    Bracket,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub fn bump(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.at += ch.len_utf8();
        Some(ch)
    }

    pub fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    pub fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// The next character as a message shows it.
    pub fn found(&self) -> String {
        match self.peek() {
            None => "the end".to_owned(),
            Some(ch) => format!("`{}`", ch.escape_debug()),
        }
    }

    /// `AND`, `OR`, `NOT`, `&&`, `||` when they stand here, with their length. `NOT` is a word in `NOTE` and a field
    /// name in `NOT:x`.
    pub fn keyword(&self) -> Option<(Keyword, usize)> {
        for (text, keyword) in [("&&", Keyword::And), ("||", Keyword::Or)] {
            if self.rest().starts_with(text) {
                return Some((keyword, text.len()));
            }
        }
        for (text, keyword) in [("AND", Keyword::And), ("OR", Keyword::Or), ("NOT", Keyword::Not)] {
            if let Some(after) = self.rest().strip_prefix(text)
                && after.chars().next().is_none_or(|ch| ch.is_whitespace() || matches!(ch, '(' | ')'))
            {
                return Some((keyword, text.len()));
            }
        }
        None
    }

    /// An operator that stands right here.
    pub fn operator(&mut self) -> Option<Operator> {
        const TABLE: [(&str, Operator); 10] = [
            ("!=", Operator::NotEqual),
            ("==", Operator::Exact),
            ("<=", Operator::Compare(Order::LessEqual)),
            (">=", Operator::Compare(Order::GreaterEqual)),
            ("<", Operator::Compare(Order::Less)),
            (">", Operator::Compare(Order::Greater)),
            ("=", Operator::Equal),
            ("~", Operator::Contains),
            ("%", Operator::Modulo),
            (":", Operator::Has),
        ];
        TABLE.into_iter().find(|(text, _)| self.eat(text)).map(|(_, operator)| operator)
    }

    /// Reads the run that stands here; it is absent when nothing does.
    pub fn run(&mut self, stand: Stand, sink: &mut Diagnostics) -> Run {
        let start = self.at;
        let mut run = Run { marks: Vec::new(), quoted: false, span: Span::new(start, start) };
        while let Some(ch) = self.peek() {
            if ch == '"' {
                self.quoted(&mut run, sink);
            } else if ch.is_whitespace() || self.ends(stand, ch) {
                break;
            } else {
                self.bump();
                // A backslash takes the meaning off a sign; before a letter or digit it is just a backslash.
                match self.peek() {
                    Some(next) if ch == '\\' && !next.is_alphanumeric() => {
                        self.bump();
                        run.marks.push(Mark { ch: next, live: false });
                    }
                    _ => run.marks.push(Mark { ch, live: ch != '\\' }),
                }
            }
        }
        run.span = self.span_from(start);
        run
    }

    fn ends(&self, stand: Stand, ch: char) -> bool {
        match (stand, ch) {
            (_, '(' | ')' | ',') | (Stand::Bracket, ']') => true,
            (Stand::Term, '!') => self.rest().starts_with("!="),
            (Stand::Term, ':' | '<' | '>' | '=' | '~' | '%') => true,
            _ => false,
        }
    }

    fn quoted(&mut self, run: &mut Run, sink: &mut Diagnostics) {
        let start = self.at;
        self.bump();
        run.quoted = true;
        while let Some(ch) = self.bump() {
            match (ch, self.peek()) {
                ('"', _) => return,
                ('\\', Some(next @ ('"' | '\\'))) => {
                    self.bump();
                    run.marks.push(Mark { ch: next, live: false });
                }
                _ => run.marks.push(Mark { ch, live: false }),
            }
        }
        sink.push(
            Diagnostic::error(code::UNCLOSED_QUOTE, self.span_from(start), "the quote `\"` is not closed")
                .hint("add `\"` at the end of the text it holds; a quote inside it is written `\\\"`"),
        );
    }

    /// A regular expression, from its `/` on. `\/` is a slash. Nothing when the closing `/` is missing; the scanner
    /// then stands at the end of the run.
    pub fn regex(&mut self) -> Option<String> {
        let start = self.at;
        self.bump();
        let mut regex = String::new();
        while let Some(ch) = self.bump() {
            match ch {
                '/' => return Some(regex),
                '\\' => match self.bump() {
                    Some('/') => regex.push('/'),
                    Some(next) => regex.extend(['\\', next]),
                    None => regex.push('\\'),
                },
                _ => regex.push(ch),
            }
        }
        self.at = start;
        while self.peek().is_some_and(|ch| !ch.is_whitespace() && !matches!(ch, ')' | ',')) {
            self.bump();
        }
        None
    }
}

impl Run {
    pub fn is_absent(&self) -> bool {
        self.marks.is_empty() && !self.quoted
    }

    pub fn text(&self) -> String {
        self.marks.iter().map(|mark| mark.ch).collect()
    }

    /// True when it was written exactly so, bare.
    pub fn is_bare(&self, text: &str) -> bool {
        !self.quoted && self.marks.iter().all(|mark| mark.live) && self.text() == text
    }

    pub fn is_star(&self) -> bool {
        self.marks.as_slice() == [Mark { ch: '*', live: true }]
    }

    /// Some of it stood in quotes or behind a backslash.
    pub fn has_dead(&self) -> bool {
        self.marks.iter().any(|mark| !mark.live)
    }

    pub fn has_wildcard(&self) -> bool {
        self.marks.iter().any(|mark| mark.live && matches!(mark.ch, '*' | '?'))
    }

    /// As [`crate::expr::Test::Wildcard`] has it: live signs stay, others are escaped.
    pub fn pattern(&self) -> String {
        let mut pattern = String::new();
        for mark in &self.marks {
            if matches!(mark.ch, '*' | '?' | '\\') && !mark.live {
                pattern.push('\\');
            }
            pattern.push(mark.ch);
        }
        pattern
    }

    /// The two sides of the first bare `..`, if there is one.
    pub fn split_range(&self) -> Option<(Run, Run)> {
        let dot = Mark { ch: '.', live: true };
        let at = self.marks.windows(2).position(|pair| pair == [dot, dot])?;
        let side = |marks: &[Mark]| Run { marks: marks.to_vec(), quoted: self.quoted, span: self.span };
        Some((side(&self.marks[..at]), side(&self.marks[at + 2..])))
    }

    pub fn starts_with_live(&self, ch: char) -> bool {
        self.marks.first() == Some(&Mark { ch, live: true })
    }

    pub fn ends_with_live(&self, ch: char) -> bool {
        self.marks.last() == Some(&Mark { ch, live: true })
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}
