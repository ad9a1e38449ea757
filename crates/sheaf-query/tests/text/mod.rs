//! What must hold of any text that is given as a query. `tests/laws.rs` tries some in CI, `fuzz/` looks for others.

use sheaf_query::{
    MAX_DIAGNOSTICS, Mode, Span, Tree, check, chips, complete, fix_times, has_errors, parse, print,
    print_expr, read, utf16_span,
};

pub const NOW: i64 = 1_795_523_400_000;
pub const FIELDS: [&str; 6] = ["weather", "hour", "captured", "traffic light", "a.b", "name"];

fn in_text(text: &str, span: Span) -> bool {
    span.start <= span.end && text.get(span.start..span.end).is_some()
}

/// Nothing panics, every span lies in the text, printing and reading are inverse, the JSON form, the chips and fixed times
/// keep the meaning.
pub fn holds_of_any_text(text: &str) {
    let parsed = parse(text);
    assert!(parsed.diagnostics.len() <= MAX_DIAGNOSTICS);
    for mode in [Mode::Strict, Mode::Stored] {
        let read = read(text, &FIELDS, NOW, mode);
        for diagnostic in &read.diagnostics {
            assert!(in_text(text, diagnostic.span), "{text:?}: {diagnostic:?}");
            let [from, to] = utf16_span(text, diagnostic.span);
            assert!(from <= to && to <= text.encode_utf16().count());
            assert!(sheaf_query::CODES.iter().any(|(code, _)| *code == diagnostic.code));
            assert!(!diagnostic.message.ends_with('.'), "{diagnostic:?}");
        }
        if read.has_errors() {
            assert_eq!(read.expr, sheaf_query::Expr::Nothing);
        }
    }
    for chip in chips(&parsed.tree) {
        assert!(in_text(text, chip.span), "{text:?}: {chip:?}");
    }
    for (at, _) in text.char_indices() {
        let found = complete::context(text, at);
        assert!(in_text(text, found.replace), "{text:?} at {at}: {found:?}");
        assert!(found.replace.start <= at && at <= found.replace.end, "{text:?} at {at}: {found:?}");
    }
    if has_errors(&parsed.diagnostics) {
        return;
    }
    let tree = parsed.tree;
    let normal = print(&tree);
    let again = parse(&normal);
    assert_eq!(again.tree, tree, "{text:?} prints as {normal:?}");
    assert!(!has_errors(&again.diagnostics), "{normal:?}: {:?}", again.diagnostics);
    assert_eq!(print(&again.tree), normal, "the normal form is its own");
    let json = serde_json::to_string(&tree).unwrap();
    assert_eq!(serde_json::from_str::<Tree>(&json).unwrap(), tree, "{json}");
    let joined: Vec<String> = chips(&tree).into_iter().map(|chip| chip.text).collect();
    assert_eq!(parse(&joined.join(" ")).tree, tree, "chips of {normal:?} are the query");
    let checked = check(&tree, &FIELDS, NOW, Mode::Strict);
    if has_errors(&checked.diagnostics) {
        return;
    }
    let fixed = fix_times(&tree, NOW);
    let later = check(&fixed, &FIELDS, NOW + 1_000_000_000, Mode::Strict);
    assert_eq!(later.expr, checked.expr, "{normal:?} stands still as {:?}", print(&fixed));
    let written = print_expr(&checked.expr);
    let back = read(&written, &FIELDS, NOW + 1, Mode::Strict);
    assert_eq!(back.diagnostics.iter().find(|d| d.is_error()), None, "{normal:?} is written as {written:?}");
    assert_eq!(print_expr(&back.expr), written);
}
