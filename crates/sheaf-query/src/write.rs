//! Typed expression back to text, for what the program itself asks: facets, previews, links.

use crate::builtin::field_name;
use crate::expr::{self, Expr, Field, Scalar};
use crate::print::print;
use crate::span::Span;
use crate::tree::{Kind, Literal, Name, Node, Test, Tree};

/// The text of an expression. Checking it again gives an expression of the same meaning.
pub fn print_expr(expr: &Expr) -> String {
    print(&tree_of(expr))
}

/// The tree of an expression.
pub fn tree_of(expr: &Expr) -> Tree {
    Tree { root: node(expr) }
}

fn node(expr: &Expr) -> Node {
    let at = Span::default();
    match expr {
        Expr::All => Node::new(Kind::All, at),
        Expr::Nothing => Node::or(Vec::new(), at),
        Expr::And(parts) => Node::and(parts.iter().map(node).collect(), at),
        Expr::Or(parts) => match one_field(parts) {
            Some((field, tests)) => list(field, tests),
            None => Node::or(parts.iter().map(node).collect(), at),
        },
        Expr::Not(inner) => Node::negation(node(inner), at),
        Expr::Test(field, test) => single(field, test),
    }
}

/// The field that all the parts test, if it is one and can have a list.
fn one_field(parts: &[Expr]) -> Option<(&Field, Vec<&expr::Test>)> {
    let mut tests = Vec::with_capacity(parts.len());
    let mut field = None;
    for part in parts {
        let Expr::Test(this, test) = part else { return None };
        let list = !matches!(this, Field::NameOrRef | Field::Batched | Field::LabelCount(_))
            && !matches!(test, expr::Test::Modulo { .. });
        if !list || field.is_some_and(|field| field != this) {
            return None;
        }
        field = Some(this);
        tests.push(test);
    }
    Some((field?, tests)).filter(|(_, tests)| tests.len() > 1)
}

fn list(field: &Field, tests: Vec<&expr::Test>) -> Node {
    let at = Span::default();
    let tests = tests.into_iter().map(test).collect();
    match Test::any(tests) {
        Some(test) => Node::term(name(field), test, at),
        None => Node::or(Vec::new(), at),
    }
}

fn name(field: &Field) -> Name {
    Name::new(field_name(field), Span::default())
}

fn single(field: &Field, of: &expr::Test) -> Node {
    let at = Span::default();
    match (field, of) {
        (Field::NameOrRef, expr::Test::Contains(text)) => Node::new(Kind::Word(text.clone()), at),
        (Field::NameOrRef, expr::Test::Wildcard(pattern)) => Node::new(Kind::Pattern(pattern.clone()), at),
        (Field::NameOrRef, other) => Node::or(
            vec![
                Node::term(name(&Field::Name), test(other), at),
                Node::term(name(&Field::Ref), test(other), at),
            ],
            at,
        ),
        (Field::Batched, expr::Test::Equals(Scalar::Bool(yes))) => {
            let word = Literal::new(if *yes { "batched" } else { "unbatched" }, false, at);
            Node::term(name(field), Test::Equals(word), at)
        }
        _ => Node::term(name(field), test(of), at),
    }
}

fn test(test: &expr::Test) -> Test {
    let text = |text: &str| Literal::new(text, true, Span::default());
    match test {
        expr::Test::Exists => Test::Exists,
        expr::Test::Equals(value) => Test::Equals(literal(value)),
        expr::Test::EqualsExact(value) => Test::Exact(text(value)),
        expr::Test::Wildcard(pattern) => Test::Wildcard(pattern.clone()),
        expr::Test::Contains(value) => Test::Contains(text(value)),
        expr::Test::Matches(regex) => Test::Matches(regex.clone()),
        expr::Test::Compare(order, value) => Test::Compare(*order, literal(value)),
        expr::Test::Between(None, None) => Test::Exists,
        expr::Test::Between(from, to) => Test::Between(from.as_ref().map(literal), to.as_ref().map(literal)),
        expr::Test::Modulo { divisor, remainder } => {
            Test::Modulo { divisor: *divisor, remainder: *remainder }
        }
    }
}

fn literal(value: &Scalar) -> Literal {
    let at = Span::default();
    match value {
        Scalar::Number { text, .. } | Scalar::Text(text) | Scalar::Time { text, .. } => {
            Literal::new(text.clone(), true, at)
        }
        Scalar::Bool(value) => Literal::new(value.to_string(), false, at),
    }
}
