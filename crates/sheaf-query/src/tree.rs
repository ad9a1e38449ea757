//! The syntactic tree: what was written, before anyone asks whether the fields exist.
//!
//! A tree is always in its flat form: an AND has no AND below it and at least two parts, an OR likewise. That is what
//! makes printing and parsing each other's inverse. Build nodes through [`Node::and`], [`Node::or`], [`Node::any`].

use crate::expr::Order;
use crate::span::Span;

/// Where a part stands in the text. Two trees are equal when they say the same, wherever they stand, so a place
/// equals every other place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

/// A parsed query.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub root: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub kind: Kind,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The empty query, or a lone `*`: everything.
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Term {
        field: Name,
        test: Test,
    },
    /// A bare word: the name or reference id contains it.
    Word(String),
    /// A bare word with wildcards, in the notation of [`crate::expr::Test::Wildcard`].
    Pattern(String),
    /// A part that could not be read, as it was written. A tree that has one selects nothing.
    Invalid(String),
}

/// A field name as it was written, without its quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    pub text: String,
    pub place: Place,
}

/// One value as it was written, without its quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    pub text: String,
    /// Stood in quotes although it would read as a relative time without them (`"today"`): it is meant as a text.
    /// Always false for other texts, where quotes change nothing.
    pub quoted: bool,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `field:*`
    Exists,
    /// `field:value`, `field=value`
    Equals(Literal),
    /// `field==value`
    Exact(Literal),
    /// `field~value`
    Contains(Literal),
    /// `field:a*`, in the notation of [`crate::expr::Test::Wildcard`]
    Wildcard(String),
    /// `field:/re/`
    Matches(String),
    /// `field<value`
    Compare(Order, Literal),
    /// `field:a..b`; one end may be open, not both
    Between(Option<Literal>, Option<Literal>),
    /// `field%divisor=remainder`
    Modulo { divisor: i64, remainder: i64 },
    /// `field:(a, b)`: two or more tests, none of them a list
    Any(Vec<Test>),
}

impl Node {
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, place: Place(span) }
    }

    pub fn span(&self) -> Span {
        self.place.0
    }

    /// All of `parts`, flattened. No part at all is everything.
    pub fn and(parts: Vec<Node>, span: Span) -> Self {
        Self::joined(parts, span, |kind| matches!(kind, Kind::And(_)), Kind::And)
            .unwrap_or_else(|| Self::new(Kind::All, span))
    }

    /// Any of `parts`, flattened. No part at all is nothing.
    pub fn or(parts: Vec<Node>, span: Span) -> Self {
        Self::joined(parts, span, |kind| matches!(kind, Kind::Or(_)), Kind::Or)
            .unwrap_or_else(|| Self::negation(Self::new(Kind::All, span), span))
    }

    pub fn negation(inner: Node, span: Span) -> Self {
        Self::new(Kind::Not(Box::new(inner)), span)
    }

    pub fn term(field: Name, test: Test, span: Span) -> Self {
        Self::new(Kind::Term { field, test }, span)
    }

    fn joined(
        parts: Vec<Node>,
        span: Span,
        same: impl Fn(&Kind) -> bool,
        make: impl Fn(Vec<Node>) -> Kind,
    ) -> Option<Self> {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if same(&part.kind)
                && let Kind::And(inner) | Kind::Or(inner) = part.kind
            {
                flat.extend(inner);
            } else {
                flat.push(part);
            }
        }
        if flat.len() < 2 { flat.pop() } else { Some(Self::new(make(flat), span)) }
    }

    /// The same node with every literal of a term replaced by what `change` makes of it.
    pub(crate) fn map_literals(&self, change: &dyn Fn(&Name, &Test, &Literal) -> Literal) -> Node {
        let kind = match &self.kind {
            Kind::And(parts) => Kind::And(parts.iter().map(|part| part.map_literals(change)).collect()),
            Kind::Or(parts) => Kind::Or(parts.iter().map(|part| part.map_literals(change)).collect()),
            Kind::Not(inner) => Kind::Not(Box::new(inner.map_literals(change))),
            Kind::Term { field, test } => Kind::Term {
                field: field.clone(),
                test: test.map_literals(&|test, l| change(field, test, l)),
            },
            other => other.clone(),
        };
        Node { kind, place: self.place }
    }
}

impl Name {
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), place: Place(span) }
    }

    pub fn span(&self) -> Span {
        self.place.0
    }
}

impl Literal {
    pub fn new(text: impl Into<String>, quoted: bool, span: Span) -> Self {
        let text = text.into();
        let quoted = quoted && crate::time::is_relative(&text);
        Self { text, quoted, place: Place(span) }
    }

    pub fn span(&self) -> Span {
        self.place.0
    }
}

impl Test {
    /// One test stands for itself, more become a list. Lists inside are flattened.
    pub fn any(tests: Vec<Test>) -> Option<Test> {
        let mut flat = Vec::with_capacity(tests.len());
        for test in tests {
            match test {
                Test::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 { flat.pop() } else { Some(Test::Any(flat)) }
    }

    fn map_literals(&self, change: &dyn Fn(&Test, &Literal) -> Literal) -> Test {
        match self {
            Test::Equals(l) => Test::Equals(change(self, l)),
            Test::Exact(l) => Test::Exact(change(self, l)),
            Test::Contains(l) => Test::Contains(change(self, l)),
            Test::Compare(order, l) => Test::Compare(*order, change(self, l)),
            Test::Between(from, to) => {
                Test::Between(from.as_ref().map(|l| change(self, l)), to.as_ref().map(|l| change(self, l)))
            }
            Test::Any(tests) => Test::Any(tests.iter().map(|test| test.map_literals(change)).collect()),
            Test::Exists | Test::Wildcard(_) | Test::Matches(_) | Test::Modulo { .. } => self.clone(),
        }
    }
}
