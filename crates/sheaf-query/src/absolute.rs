//! Makes a query stand still: relative times become the absolute ones that they mean now.

use crate::builtin::{Builtin, builtin};
use crate::expr::Field;
use crate::time::read_relative;
use crate::tree::{Literal, Name, Test, Tree};

/// The tree with `today`, `-7d` and their like fixed at `now_ms`, as a stored recipe keeps it. What cannot be a time
/// where it stands (a word in quotes, a file's name) stays.
pub fn fix_times(tree: &Tree, now_ms: i64) -> Tree {
    Tree { root: tree.root.map_literals(&|name, test, literal| fixed(name, test, literal, now_ms)) }
}

fn fixed(name: &Name, test: &Test, literal: &Literal, now_ms: i64) -> Literal {
    let keep = || literal.clone();
    let Some(relative) = read_relative(&literal.text) else { return keep() };
    let ordered = match test {
        Test::Compare(..) | Test::Between(..) => true,
        Test::Equals(_) | Test::Exact(_) => false,
        _ => return keep(),
    };
    if !ordered && !relative.is_day() {
        return keep();
    }
    let lower = name.text.to_lowercase();
    match builtin(&name.text).or_else(|| builtin(&lower)) {
        Some(Builtin::Field(Field::Uploaded | Field::Labelled)) => {}
        Some(Builtin::Meta(_)) | None if !literal.quoted => {}
        _ => return keep(),
    }
    match relative.resolve(now_ms) {
        Some((_, text)) => Literal::new(text, false, literal.span()),
        None => keep(),
    }
}
