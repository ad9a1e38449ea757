//! What is offered at the cursor, which stands at `|` in the texts.

use sheaf_query::complete::{Completion, Kind, OPERATORS, context, fixed_values};

fn at(text: &str) -> (Completion, String) {
    let cursor = text.find('|').expect("a cursor");
    let whole = text.replacen('|', "", 1);
    let found = context(&whole, cursor);
    let replaced = found.replace.slice(&whole).to_owned();
    (found, replaced)
}

#[track_caller]
fn field(text: &str, prefix: &str, replaced: &str, keywords: &[&str]) {
    let (found, text_replaced) = at(text);
    let Kind::Field { prefix: got, .. } = &found.kind else { panic!("{text}: {found:?}") };
    assert_eq!((got.as_str(), text_replaced.as_str()), (prefix, replaced), "{text}");
    assert_eq!(found.keywords, keywords, "{text}");
}

#[track_caller]
fn value(text: &str, field: &str, prefix: &str, replaced: &str) {
    let (found, text_replaced) = at(text);
    assert_eq!(found.kind, Kind::Value { field: field.into(), prefix: prefix.into() }, "{text}");
    assert_eq!(text_replaced, replaced, "{text}");
}

#[test]
fn fields_and_keywords() {
    field("|", "", "", &["NOT"]);
    field("wea|", "wea", "wea", &[]);
    field("wea|ther", "wea", "weather", &[]);
    field("-wea|", "wea", "wea", &[]);
    field("(wea|", "wea", "wea", &[]);
    field("a OR wea|", "wea", "wea", &[]);
    field("weather:rain |", "", "", &["AND", "OR", "NOT"]);
    field("weather:rain o|", "o", "o", &["OR"]);
    field("weather:rain AND|", "AND", "AND", &["AND"]);
    field("weather:rain AND |", "", "", &["NOT"]);
    field("weather:(a, b) n|", "n", "n", &["NOT"]);
    field("hour%5=0 w|", "w", "w", &[]);
    field("note:/a b/ w|", "w", "w", &[]);
    field("\"traffic l|", "traffic l", "\"traffic l", &[]);
    field("|weather:rain", "", "weather", &["NOT"]);
}

#[test]
fn an_operator_that_is_there_is_told() {
    for (text, want) in [("wea|:rain", true), ("wea|>5", true), ("wea|", false), ("wea| b", false)] {
        let Kind::Field { has_operator, .. } = at(text).0.kind else { panic!("{text}") };
        assert_eq!(has_operator, want, "{text}");
    }
}

#[test]
fn values() {
    value("weather:|", "weather", "", "");
    value("weather:ra|", "weather", "ra", "ra");
    value("weather:ra|in hour<6", "weather", "ra", "rain");
    value("weather!=|", "weather", "", "");
    value("weather = ra|", "weather", "ra", "ra");
    value("hour:>=|", "hour", "", "");
    value("city:\"San J|", "city", "San J", "\"San J");
    value("city:\"San J| weather:rain", "city", "San J", "\"San J");
    value("city:\"San J|ose\" x", "city", "San J", "\"San Jose\"");
    value("weather:(|", "weather", "", "");
    value("weather:(rain, sn|", "weather", "sn", "sn");
    value("weather:(rain, sn|ow)", "weather", "sn", "snow");
    value("weather:(rain OR |", "weather", "", "");
    value("hour:0..|", "hour", "", "");
    value("hour:0..5|", "hour", "5", "5");
    value("\"traffic light\":|", "traffic light", "", "");
    value("uploaded:2026-11-20T10:|", "uploaded", "2026-11-20T10:", "2026-11-20T10:");
    value("a:b -is:un|", "is", "un", "un");
}

#[test]
fn operators() {
    let (found, replaced) = at("\"traffic light\"|");
    assert_eq!((found.kind, replaced.as_str()), (Kind::Operator { field: "traffic light".into() }, ""));
    assert_eq!(at("hour|").0.operators_for.as_deref(), Some("hour"));
    assert_eq!(at("hour |").0.operators_for.as_deref(), Some("hour"));
    assert_eq!(at("hour:5 |").0.operators_for, None);
    assert!(OPERATORS.iter().any(|operator| operator.name == "~"));
}

#[test]
fn nothing_in_numbers_and_expressions() {
    for text in ["hour%|", "hour%5=|", "note:/a|", "note:/a b|"] {
        assert_eq!(at(text).0.kind, Kind::Nothing, "{text}");
    }
}

#[test]
fn words_of_is_and_status() {
    assert!(fixed_values("is").iter().any(|entry| entry.name == "unbatched"));
    assert!(fixed_values("Status").iter().any(|entry| entry.name == "in_review"));
    assert!(fixed_values("weather").is_empty());
}
