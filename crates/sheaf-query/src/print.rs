//! Tree to text, in normal form: parsing what is printed gives the same tree.
//!
//! Also the small pieces that facets, chips and completion write: one term, one range, a name in quotes where needed.

use crate::expr::Order;
use crate::time::is_relative;
use crate::tree::{Kind, Literal, Node, Test, Tree};

/// The normal form of a query. Everything is the empty text.
pub fn print(tree: &Tree) -> String {
    let mut out = String::new();
    if tree.root.kind != Kind::All {
        node(&tree.root, Around::Nothing, &mut out);
    }
    out
}

/// `weather:rain`, `city:"San Jose"`, `"traffic light":x`: the term that finds this very value. Signs in `value` have
/// no meaning; a word such as `today` is quoted, so that it stays a word.
pub fn term(field: &str, value: &str) -> String {
    format!("{}:{}", quote_field(field), quote_value(value))
}

/// `hour:0..5`, `year:2018..`. Both ends open is `hour:*`.
pub fn range(field: &str, from: Option<&str>, to: Option<&str>) -> String {
    let mut out = quote_field(field);
    out.push(':');
    if from.is_none() && to.is_none() {
        out.push('*');
        return out;
    }
    out.push_str(&from.map(bare_or_quoted).unwrap_or_default());
    out.push_str("..");
    out.push_str(&to.map(bare_or_quoted).unwrap_or_default());
    out
}

/// A field name, in quotes where the language needs them.
pub fn quote_field(name: &str) -> String {
    if is_plain(name, "_.-") && !name.starts_with('-') { name.to_owned() } else { quoted(name) }
}

/// A value that stands for exactly this text, in quotes where the language needs them.
pub fn quote_value(value: &str) -> String {
    if is_relative(value) { quoted(value) } else { bare_or_quoted(value) }
}

/// A bare word that stands for exactly this text.
pub fn quote_word(word: &str) -> String {
    let keyword = ["and", "or", "not"].into_iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
    if is_plain(word, "_.-+@/") && !word.starts_with('-') && !keyword {
        word.to_owned()
    } else {
        quoted(word)
    }
}

fn bare_or_quoted(value: &str) -> String {
    let keyword = ["AND", "OR", "NOT", "TO"].contains(&value);
    let edge = value.starts_with(['/', '.']) || value.ends_with('.') || value.contains("..");
    if is_plain(value, "_.-+@/:") && !edge && !keyword { value.to_owned() } else { quoted(value) }
}

/// Letters, digits and these signs only, and not empty.
fn is_plain(text: &str, signs: &str) -> bool {
    !text.is_empty() && text.chars().all(|ch| ch.is_alphanumeric() || signs.contains(ch))
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for ch in text.chars() {
        if matches!(ch, '"' | '\\') {
            out.push('\\');
        }
        out.push(ch);
    }
    out.push('"');
    out
}

/// What a node stands in, which decides on its parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    And,
    Or,
    Not,
}

/// A node as it is printed among the terms of an AND.
pub(crate) fn print_chip(part: &Node) -> String {
    let mut out = String::new();
    node(part, Around::And, &mut out);
    out
}

fn node(part: &Node, around: Around, out: &mut String) {
    match &part.kind {
        Kind::All => out.push('*'),
        Kind::And(parts) => {
            let inside = matches!(around, Around::Not | Around::And);
            joined(parts, " ", Around::And, inside, out);
        }
        Kind::Or(parts) => joined(parts, " OR ", Around::Or, around != Around::Nothing, out),
        Kind::Not(inner) => {
            out.push('-');
            node(inner, Around::Not, out);
        }
        Kind::Term { field, test } => {
            out.push_str(&quote_field(&field.text));
            with_operator(test, out);
        }
        Kind::Word(word) => out.push_str(&quote_word(word)),
        Kind::Pattern(text) => pattern(text, out),
        Kind::Invalid(text) => out.push_str(text),
    }
}

fn joined(parts: &[Node], between: &str, around: Around, parentheses: bool, out: &mut String) {
    if parentheses {
        out.push('(');
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        node(part, around, out);
    }
    if parentheses {
        out.push(')');
    }
}

fn with_operator(test: &Test, out: &mut String) {
    match test {
        Test::Exact(_) | Test::Contains(_) | Test::Compare(..) | Test::Modulo { .. } => {}
        _ => out.push(':'),
    }
    element(test, out);
}

/// A test behind its field: with the operator that it has besides the colon.
fn element(test: &Test, out: &mut String) {
    match test {
        Test::Exists => out.push('*'),
        Test::Equals(value) => literal(value, out),
        Test::Exact(value) => after("==", value, out),
        Test::Contains(value) => after("~", value, out),
        Test::Compare(order, value) => after(order_sign(*order), value, out),
        Test::Wildcard(text) => pattern(text, out),
        Test::Matches(regex) => slashes(regex, out),
        Test::Between(from, to) => {
            if let Some(from) = from {
                literal(from, out);
            }
            out.push_str("..");
            if let Some(to) = to {
                literal(to, out);
            }
        }
        Test::Modulo { divisor, remainder } => out.push_str(&format!("%{divisor}={remainder}")),
        Test::Any(tests) => {
            out.push('(');
            for (i, test) in tests.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                element(test, out);
            }
            out.push(')');
        }
    }
}

fn after(operator: &str, value: &Literal, out: &mut String) {
    out.push_str(operator);
    literal(value, out);
}

pub(crate) fn order_sign(order: Order) -> &'static str {
    match order {
        Order::Less => "<",
        Order::LessEqual => "<=",
        Order::Greater => ">",
        Order::GreaterEqual => ">=",
    }
}

fn literal(value: &Literal, out: &mut String) {
    out.push_str(&if value.quoted { quoted(&value.text) } else { bare_or_quoted(&value.text) });
}

/// Wildcards stand bare, the text between them in quotes where needed.
fn pattern(pattern: &str, out: &mut String) {
    let mut text = String::new();
    let mut chars = pattern.chars();
    let begin = out.len();
    let flush = |text: &mut String, out: &mut String| {
        if !text.is_empty() {
            // A dash would negate at the start of a word, a slash would begin an expression at the start of a value.
            let first = out.len() == begin && text.starts_with(['-', '/']);
            let plain = is_plain(text, "_.-+@/") && !text.contains("..") && !first;
            out.push_str(&if plain { text.clone() } else { quoted(text) });
            text.clear();
        }
    };
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => text.extend(chars.next()),
            '*' | '?' => {
                flush(&mut text, out);
                out.push(ch);
            }
            _ => text.push(ch),
        }
    }
    flush(&mut text, out);
}

fn slashes(regex: &str, out: &mut String) {
    out.push('/');
    let mut chars = regex.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => {
                out.push('\\');
                out.extend(chars.next());
            }
            '/' => out.push_str("\\/"),
            _ => out.push(ch),
        }
    }
    out.push('/');
}
