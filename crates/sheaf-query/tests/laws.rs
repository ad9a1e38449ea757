//! Properties of the language: nothing panics, printing and parsing are inverse, the JSON form and fixed times keep
//! the meaning, every span lies in the text.
#![allow(clippy::unwrap_used)]

mod text;

use proptest::prelude::*;
use sheaf_query::expr::Order;
use sheaf_query::tree::{Kind, Literal, Name, Node, Test, Tree};
use sheaf_query::{
    MAX_DIAGNOSTICS, Mode, Span, check, complete, has_errors, parse, print, quote_field, quote_value,
    quote_word, range, read, term,
};
use text::{FIELDS, NOW, holds_of_any_text};

/// Pieces of the grammar and of its mistakes.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        " ",
        " ",
        " ",
        "  ",
        "(",
        ")",
        "-",
        "!",
        "NOT ",
        " AND ",
        " OR ",
        " && ",
        "||",
        ",",
        ":",
        "=",
        "!=",
        "==",
        "<",
        "<=",
        ">",
        ">=",
        "~",
        "%",
        "*",
        "?",
        "..",
        ".",
        "/",
        "\\",
        "\"",
        "[",
        "]",
        " TO ",
        "{",
        "weather",
        "hour",
        "captured",
        "\"traffic light\"",
        "a.b",
        "name",
        "meta.",
        "metadata.hour",
        "uploaded",
        "labelled",
        "is",
        "batched",
        "status",
        "done",
        "label.car",
        "label",
        "type",
        "size",
        "reviewer",
        "prelabel.m",
        "id",
        "batch",
        "rain",
        "5",
        "-3",
        "0.5",
        "2026-11-20",
        "2026-11",
        "T10:00",
        "-7d",
        "today",
        "now",
        "true",
        "and",
        "or",
        "é",
        "😀",
        "\u{301}",
        "weather:rain",
        "hour:1..5",
        "frame%5=0",
        "hour%2=1",
        "weather:(rain, snow)",
        "weather:/a|b/",
        "captured>-7d",
        "uploaded:today",
        "-weather:*",
        "\"a b\"",
        "\\*",
        "\n",
    ])
    .prop_map(str::to_owned);
    prop_oneof![12 => fixed, 1 => any::<char>().prop_map(String::from), 1 => "[a-z]{1,4}"]
}

fn query() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Words and values with every sign that means something somewhere.
fn text() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        "",
        "a",
        "OR",
        "AND",
        "NOT",
        "TO",
        "or",
        "today",
        "-7d",
        "true",
        "5",
        "-5",
        "a b",
        "\"",
        "\\",
        "\\\"",
        "a..b",
        ".",
        "..",
        "/x/",
        "*",
        "?",
        ":",
        "x:y",
        "(",
        ")",
        ",",
        "!",
        "!=",
        "<5",
        "=",
        "~",
        "%",
        "[1 TO 2]",
        "&&",
        "||",
        "é",
        "e\u{301}",
        "\u{a0}",
        "\u{2003}x",
        "2026-11-20",
        "😀",
        "\n",
        "\u{0}",
        "'",
        "“",
        "a.",
        ".b",
        "-",
        "--",
        "/",
        "{",
        "NOT:",
    ])
    .prop_map(str::to_owned);
    prop_oneof![4 => signs, 2 => "[a-zA-Z0-9_.:/ -]{0,8}", 1 => any::<String>()]
}

fn at() -> Span {
    Span::default()
}

fn literal() -> impl Strategy<Value = Literal> {
    (text(), any::<bool>()).prop_map(|(text, quoted)| Literal::new(text, quoted, at()))
}

/// Wildcard notation with at least one wildcard, and not a lone `*`.
fn pattern() -> impl Strategy<Value = String> {
    let escape = |text: String| {
        text.chars().fold(String::new(), |mut out, ch| {
            if matches!(ch, '*' | '?' | '\\') {
                out.push('\\');
            }
            out.push(ch);
            out
        })
    };
    (text(), prop::sample::select(vec!["*", "?", "**", "*?"]), text())
        .prop_map(move |(a, star, b)| format!("{}{star}{}", escape(a), escape(b)))
        .prop_filter("a lone star is existence", |pattern| pattern != "*")
}

fn simple_test() -> impl Strategy<Value = Test> {
    let order =
        prop::sample::select(vec![Order::Less, Order::LessEqual, Order::Greater, Order::GreaterEqual]);
    prop_oneof![
        Just(Test::Exists),
        literal().prop_map(Test::Equals),
        literal().prop_map(Test::Exact),
        literal().prop_map(Test::Contains),
        pattern().prop_map(Test::Wildcard),
        "[a-z/\\[\\]. (),\"]{1,6}(\\\\[d/\\\\])?".prop_map(|re| Test::Matches(re.replace("\\/", "/"))),
        (order, literal()).prop_map(|(order, value)| Test::Compare(order, value)),
        ranges(),
    ]
}

fn ranges() -> impl Strategy<Value = Test> {
    // An end of a range that is the empty text is an open end.
    let end = || literal().prop_filter("not empty", |l| !l.text.is_empty());
    prop_oneof![
        (end(), end()).prop_map(|(from, to)| Test::Between(Some(from), Some(to))),
        end().prop_map(|from| Test::Between(Some(from), None)),
        end().prop_map(|to| Test::Between(None, Some(to))),
    ]
}

fn any_test() -> impl Strategy<Value = Test> {
    prop_oneof![
        6 => simple_test(),
        2 => prop::collection::vec(simple_test(), 2..4).prop_map(Test::Any),
        1 => (1_i64..100, 0_i64..100).prop_map(|(d, r)| Test::Modulo { divisor: d, remainder: r % d }),
    ]
}

/// Mostly names that mean something, so that checking gets to the values.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "weather",
        "hour",
        "captured",
        "traffic light",
        "a.b",
        "meta.name",
        "Hour",
        "name",
        "ref",
        "upload",
        "uploaded",
        "labelled",
        "label",
        "label.car",
        "width",
        "batch",
        "type",
    ])
    .prop_map(str::to_owned);
    prop_oneof![4 => known, 1 => text()]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        1 => Just(Node::new(Kind::All, at())),
        2 => text().prop_map(|word| Node::new(Kind::Word(word), at())),
        2 => pattern().prop_map(|pattern| Node::new(Kind::Pattern(pattern), at())),
        6 => (name(), any_test()).prop_map(|(name, test)| Node::term(Name::new(name, at()), test, at())),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| Node::and(parts, at())),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| Node::or(parts, at())),
            inner.prop_map(|node| Node::negation(node, at())),
        ]
    })
    .prop_map(|root| Tree { root })
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        holds_of_any_text(&text);
    }

    #[test]
    fn any_text_near_the_grammar(text in query()) {
        holds_of_any_text(&text);
    }

    #[test]
    fn printing_and_parsing_are_inverse(tree in tree()) {
        let text = print(&tree);
        let parsed = parse(&text);
        prop_assert!(!has_errors(&parsed.diagnostics), "{:?} {:?}", text, parsed.diagnostics);
        prop_assert_eq!(&parsed.tree, &tree, "{:?}", text);
        let json = serde_json::to_value(&tree).unwrap();
        let from_json = serde_json::from_value::<Tree>(json.clone());
        prop_assert!(from_json.is_ok(), "{:?} {}", from_json, json);
        prop_assert_eq!(from_json.unwrap(), tree);
        holds_of_any_text(&text);
    }

    #[test]
    fn written_pieces_say_exactly_their_text(field in text(), value in text(), other in text()) {
        let one = parse(&term(&field, &value));
        prop_assert!(one.diagnostics.is_empty(), "{:?}", one.diagnostics);
        let equals = Test::Equals(Literal::new(value.clone(), true, at()));
        prop_assert_eq!(one.tree.root, Node::term(Name::new(field.clone(), at()), equals, at()));
        let word = parse(&quote_word(&value));
        prop_assert_eq!(word.tree.root.kind, Kind::Word(value.clone()));
        let list = parse(&format!("{}:({}, {})", quote_field(&field), quote_value(&value), quote_value(&other)));
        prop_assert!(list.diagnostics.is_empty(), "{:?}", list.diagnostics);
        if !value.is_empty() && !other.is_empty() {
            let both = parse(&range(&field, Some(&value), Some(&other)));
            let (from, to) = (Literal::new(value, false, at()), Literal::new(other, false, at()));
            let between = Test::Between(Some(from), Some(to));
            prop_assert_eq!(both.tree.root, Node::term(Name::new(field, at()), between, at()));
        }
    }

    #[test]
    fn any_json_is_refused_or_read(words in prop::collection::vec(prop::sample::select(vec![
        "{\"and\":", "{\"or\":", "{\"not\":", "[", "]", "}", ",", "{\"word\":\"a\"}", "{\"all\":true}",
        "{\"field\":\"a\",\"equals\":1}", "{\"field\":\"a\",", "\"any\":[{\"equals\":\"b\"},{\"exists\":true}]",
        "\"between\":[1,null]", "\"matches\":\"a/\"", "\"wildcard\":\"*\"", "null", "{\"pattern\":\"a\"}",
    ]), 0..12)) {
        if let Ok(tree) = serde_json::from_str::<Tree>(&words.concat()) {
            holds_of_any_text(&print(&tree));
        }
    }
}

#[test]
fn bombs_are_told_and_do_not_overflow() {
    let bombs = [
        "(".repeat(10_000),
        ")".repeat(10_000),
        "-".repeat(30_000),
        "!".repeat(30_000),
        "NOT ".repeat(10_000),
        "-(".repeat(10_000),
        "a:(".repeat(10_000),
        format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}a", "-".repeat(10_000)),
        "\"".repeat(10_001),
        "a:/".repeat(10_000),
        "a OR ".repeat(10_000),
        ",".repeat(60_000),
        ":".repeat(60_000),
        "a%".repeat(20_000),
        "x:[".repeat(10_000),
        "\\".repeat(60_000),
    ];
    for bomb in &bombs {
        let parsed = parse(bomb);
        assert!(parsed.diagnostics.len() <= MAX_DIAGNOSTICS);
        check(&parsed.tree, &FIELDS, NOW, Mode::Strict);
        print(&parsed.tree);
        complete::context(bomb, bomb.len());
    }
    let code = |text: &str| parse(text).diagnostics.first().map(|d| d.code);
    assert_eq!(code(&bombs[0]), Some("too_deep"));
    assert_eq!(code(&format!("{}a", "-".repeat(10_000))), Some("too_deep"));
    assert_eq!(code(&"x ".repeat(40_000)), Some("too_long"));
    assert_eq!(code(&format!("{}a{}", "(".repeat(64), ")".repeat(64))), None, "the limit itself is allowed");
    assert_eq!(code(&format!("{}a{}", "(".repeat(65), ")".repeat(65))), Some("too_deep"));
    assert_eq!(code(&format!("{}a", "-".repeat(64))), None);
    assert_eq!(code(&format!("{}a!=1", "-".repeat(64))), Some("too_deep"));
    assert_eq!(
        parse(&format!("{}a{} b", "(".repeat(65), ")".repeat(65))).diagnostics.len(),
        1,
        "reading goes on"
    );
}

#[test]
fn json_bombs_are_refused() {
    let deep = format!("{}{{\"word\":\"a\"}}{}", "{\"not\":".repeat(65), "}".repeat(65));
    assert!(serde_json::from_str::<Tree>(&deep).is_err());
    let deeper = format!("{}{{\"word\":\"a\"}}{}", "{\"not\":".repeat(20_000), "}".repeat(20_000));
    assert!(serde_json::from_str::<Tree>(&deeper).is_err());
    let wide = format!("{{\"or\":[{}{{\"all\":true}}]}}", "{\"all\":true},".repeat(70_000));
    assert!(serde_json::from_str::<Tree>(&wide).is_err());
}

#[test]
fn many_unknown_names_over_many_fields_are_answered() {
    let fields: Vec<String> = (0..5000).map(|i| format!("field_number_{i}")).collect();
    for query in [
        (0..8000).map(|i| format!("f{i}:1 ")).collect::<String>(),
        (0..3000).map(|i| format!("FIELD_NUMBER_{i}:1 ")).collect::<String>(),
    ] {
        assert!(read(&query, &fields, NOW, Mode::Stored).diagnostics.len() <= 2 * MAX_DIAGNOSTICS);
    }
}

#[test]
fn the_work_of_one_query_is_bounded() {
    let code = |text: &str| read(text, &FIELDS, NOW, Mode::Strict).diagnostics.first().map(|d| d.code);
    assert_eq!(code(&vec!["a"; 64].join(" OR ")), None);
    assert_eq!(code(&vec!["a"; 65].join(" OR ")), Some("too_many"));
    assert_eq!(code(&format!("id:({})", vec!["x"; 4096].join(","))), None);
    assert_eq!(code(&format!("id:({})", vec!["x"; 4097].join(","))), Some("too_many"));
    assert_eq!(code("weather:/(a{1,1000}){1,1000}/"), Some("bad_regex"));
    assert_eq!(code(&format!("weather:/{}{}/", "(".repeat(60), ")".repeat(60))), Some("bad_regex"));
}
