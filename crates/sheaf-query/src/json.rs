//! The JSON form of a tree, for programs that build queries.
//!
//! A node is one of `{"all":true}`, `{"and":[node, ...]}`, `{"or":[...]}`, `{"not":node}`, `{"word":"abc"}`,
//! `{"pattern":"*.jpg"}`, and `{"field":"weather", <test>}`. A test is one of `"exists":true`, `"equals":value`,
//! `"exact":value`, `"contains":value`, `"wildcard":"San*"`, `"matches":"regex"`, `"less"`, `"less_equal"`, `"greater"`,
//! `"greater_equal":value`, `"between":[value|null, value|null]`, `"modulo":[5, 0]`, `"any":[{test}, ...]`. A value is a
//! text, a number, a boolean, or `{"text":"today","quoted":true}` for a word that is not a time.
//!
//! Whatever is read has been printed and parsed again: what the language cannot say is refused, so that a tree from
//! JSON is as bounded and as well-formed as one from text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::expr::Order;
use crate::parse::{MAX_DEPTH, MAX_LENGTH, parse};
use crate::print::print;
use crate::span::Span;
use crate::tree::{Kind, Literal, Name, Node, Test, Tree};

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        from_node(&self.root).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        tree_from_json(&value).map_err(serde::de::Error::custom)
    }
}

/// Reads the JSON form. The error says where, and what is allowed there.
pub fn tree_from_json(value: &Value) -> Result<Tree, String> {
    let mut reader = Reader { path: "query".to_owned(), text_left: MAX_LENGTH };
    let tree = Tree { root: reader.node(value, 0)? };
    let text = print(&tree);
    let parsed = parse(&text);
    if let Some(error) = parsed.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(format!("the query cannot be written as text: {}", error.message));
    }
    if parsed.tree != tree {
        return Err(
            "the query cannot be written as text: a pattern, expression or list in it is not in its \
                    simplest form"
                .to_owned(),
        );
    }
    // The parsed one has spans, those of the normal form.
    Ok(parsed.tree)
}

fn from_node(node: &Node) -> Value {
    let all = |parts: &[Node]| parts.iter().map(from_node).collect::<Vec<_>>();
    match &node.kind {
        Kind::All => json!({"all": true}),
        Kind::And(parts) => json!({"and": all(parts)}),
        Kind::Or(parts) => json!({"or": all(parts)}),
        Kind::Not(inner) => json!({"not": from_node(inner)}),
        Kind::Word(word) => json!({"word": word}),
        Kind::Pattern(pattern) => json!({"pattern": pattern}),
        Kind::Invalid(text) => json!({"invalid": text}),
        Kind::Term { field, test } => {
            let mut object = Map::new();
            object.insert("field".to_owned(), Value::String(field.text.clone()));
            let (key, value) = from_test(test);
            object.insert(key.to_owned(), value);
            Value::Object(object)
        }
    }
}

fn from_test(test: &Test) -> (&'static str, Value) {
    match test {
        Test::Exists => ("exists", Value::Bool(true)),
        Test::Equals(value) => ("equals", from_literal(value)),
        Test::Exact(value) => ("exact", from_literal(value)),
        Test::Contains(value) => ("contains", from_literal(value)),
        Test::Wildcard(pattern) => ("wildcard", json!(pattern)),
        Test::Matches(regex) => ("matches", json!(regex)),
        Test::Compare(order, value) => (order_key(*order), from_literal(value)),
        Test::Between(from, to) => {
            ("between", json!([from.as_ref().map(from_literal), to.as_ref().map(from_literal)]))
        }
        Test::Modulo { divisor, remainder } => ("modulo", json!([divisor, remainder])),
        Test::Any(tests) => {
            let tests = tests.iter().map(|test| {
                let (key, value) = from_test(test);
                json!({ key: value })
            });
            ("any", Value::Array(tests.collect()))
        }
    }
}

fn from_literal(literal: &Literal) -> Value {
    if literal.quoted { json!({"text": literal.text, "quoted": true}) } else { json!(literal.text) }
}

fn order_key(order: Order) -> &'static str {
    match order {
        Order::Less => "less",
        Order::LessEqual => "less_equal",
        Order::Greater => "greater",
        Order::GreaterEqual => "greater_equal",
    }
}

fn order_of(key: &str) -> Option<Order> {
    [Order::Less, Order::LessEqual, Order::Greater, Order::GreaterEqual]
        .into_iter()
        .find(|order| order_key(*order) == key)
}

struct Reader {
    /// Where the reader is, for messages: `query.and[2].not`.
    path: String,
    /// Bytes of text that may still come.
    text_left: usize,
}

const NODES: &str = "all, and, or, not, word, pattern, or field with a test";
const TESTS: &str = "exists, equals, exact, contains, wildcard, matches, less, less_equal, greater, greater_equal, \
                     between, modulo, any";

impl Reader {
    fn fail<T>(&self, message: impl AsRef<str>) -> Result<T, String> {
        Err(format!("{}: {}", self.path, message.as_ref()))
    }

    fn within<T>(
        &mut self,
        step: &str,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let length = self.path.len();
        self.path.push_str(step);
        let result = read(self);
        self.path.truncate(length);
        result
    }

    fn node(&mut self, value: &Value, depth: usize) -> Result<Node, String> {
        if depth > 2 * MAX_DEPTH {
            return self.fail(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let at = Span::default();
        let Some(object) = value.as_object() else {
            return self.fail(format!("an object is needed, with one of {NODES}"));
        };
        if let Some(field) = object.get("field") {
            let field = self.within(".field", |reader| reader.text(field))?;
            let mut rest = object.iter().filter(|(key, _)| key.as_str() != "field");
            let (Some((key, value)), None) = (rest.next(), rest.next()) else {
                return self.fail(format!("a field needs one test: {TESTS}"));
            };
            let test = self.test(key, value, true)?;
            return Ok(Node::term(Name::new(field, at), test, at));
        }
        let mut entries = object.iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            return self.fail(format!("one key is needed: {NODES}"));
        };
        self.within(&format!(".{key}"), |reader| match key.as_str() {
            "all" if *value == Value::Bool(true) => Ok(Node::new(Kind::All, at)),
            "all" => reader.fail("only true is allowed"),
            "and" => Ok(Node::and(reader.parts(value, depth)?, at)),
            "or" => Ok(Node::or(reader.parts(value, depth)?, at)),
            "not" => Ok(Node::negation(reader.node(value, depth + 1)?, at)),
            "word" => Ok(Node::new(Kind::Word(reader.text(value)?), at)),
            "pattern" => Ok(Node::new(Kind::Pattern(reader.text(value)?), at)),
            _ => reader.fail(format!("this key is not known, one of {NODES} is allowed")),
        })
    }

    fn parts(&mut self, value: &Value, depth: usize) -> Result<Vec<Node>, String> {
        let Some(parts) = value.as_array().filter(|parts| !parts.is_empty()) else {
            return self.fail("a list of one or more is needed");
        };
        let mut nodes = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            self.take(1)?;
            nodes.push(self.within(&format!("[{i}]"), |reader| reader.node(part, depth + 1))?);
        }
        Ok(nodes)
    }

    fn test(&mut self, key: &str, value: &Value, lists: bool) -> Result<Test, String> {
        self.within(&format!(".{key}"), |reader| {
            Ok(match key {
                "exists" if *value == Value::Bool(true) => Test::Exists,
                "exists" => {
                    return reader.fail("only true is allowed, for the opposite put it in {\"not\": ...}");
                }
                "equals" => Test::Equals(reader.literal(value)?),
                "exact" => Test::Exact(reader.literal(value)?),
                "contains" => Test::Contains(reader.literal(value)?),
                "wildcard" => Test::Wildcard(reader.text(value)?),
                "matches" => Test::Matches(without_escaped_slashes(&reader.text(value)?)),
                "between" => match value.as_array().map(Vec::as_slice) {
                    Some([from, to]) => Test::Between(reader.end(from)?, reader.end(to)?),
                    _ => return reader.fail("a list of two is needed, null is an open end"),
                },
                "modulo" if lists => {
                    let numbers = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    match numbers.iter().map(Value::as_i64).collect::<Vec<_>>().as_slice() {
                        [Some(divisor), Some(remainder)] => {
                            Test::Modulo { divisor: *divisor, remainder: *remainder }
                        }
                        _ => return reader.fail("two whole numbers are needed, divisor and remainder"),
                    }
                }
                "any" if lists => reader.any(value)?,
                _ => match order_of(key) {
                    Some(order) => Test::Compare(order, reader.literal(value)?),
                    None => return reader.fail(format!("this test is not known here, one of {TESTS} is")),
                },
            })
        })
    }

    fn any(&mut self, value: &Value) -> Result<Test, String> {
        let mut tests = Vec::new();
        for (i, element) in value.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate() {
            self.take(1)?;
            let test = self.within(&format!("[{i}]"), |reader| {
                let mut entries = element.as_object().into_iter().flatten();
                match (entries.next(), entries.next()) {
                    (Some((key, value)), None) => reader.test(key, value, false),
                    _ => reader.fail(format!("one test is needed: {TESTS}")),
                }
            })?;
            tests.push(test);
        }
        match Test::any(tests) {
            Some(test) => Ok(test),
            None => self.fail("a list of one or more tests is needed"),
        }
    }

    fn end(&mut self, value: &Value) -> Result<Option<Literal>, String> {
        if value.is_null() { Ok(None) } else { self.literal(value).map(Some) }
    }

    fn literal(&mut self, value: &Value) -> Result<Literal, String> {
        let at = Span::default();
        match value {
            Value::Bool(value) => Ok(Literal::new(value.to_string(), false, at)),
            Value::Number(value) => Ok(Literal::new(value.to_string(), false, at)),
            Value::Object(object) => {
                let text = self.text(object.get("text").unwrap_or(&Value::Null))?;
                let quoted = object.get("quoted") == Some(&Value::Bool(true));
                if object.len() != 1 + usize::from(object.contains_key("quoted")) {
                    return self.fail("a value has `text` and `quoted`, nothing else");
                }
                Ok(Literal::new(text, quoted, at))
            }
            other => Ok(Literal::new(self.text(other)?, false, at)),
        }
    }

    fn text(&mut self, value: &Value) -> Result<String, String> {
        let Some(text) = value.as_str() else { return self.fail("a text is needed") };
        self.take(text.len())?;
        Ok(text.to_owned())
    }

    fn take(&mut self, bytes: usize) -> Result<(), String> {
        match self.text_left.checked_sub(bytes) {
            Some(left) => {
                self.text_left = left;
                Ok(())
            }
            None => self.fail(format!("the query is longer than {MAX_LENGTH} bytes")),
        }
    }
}

/// Many languages write `\/` for a slash in an expression; between our own slashes that is the printer's work.
fn without_escaped_slashes(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len());
    let mut chars = regex.chars();
    while let Some(ch) = chars.next() {
        match (ch, chars.clone().next()) {
            ('\\', Some('/')) => {}
            ('\\', Some(next)) => {
                chars.next();
                out.extend([ch, next]);
            }
            _ => out.push(ch),
        }
    }
    out
}
