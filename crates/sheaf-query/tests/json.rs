//! The JSON form of queries, and what it refuses.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use sheaf_query::{parse, print, tree_from_json};

#[track_caller]
fn check(text: &str, want: Value) {
    let tree = parse(text).tree;
    assert_eq!(serde_json::to_value(&tree).unwrap(), want, "{text}");
    let back = tree_from_json(&want).unwrap();
    assert_eq!(back, tree);
    assert_eq!(print(&back), text);
}

#[test]
fn forms() {
    check("", json!({"all": true}));
    check("weather:rain", json!({"field": "weather", "equals": "rain"}));
    check(
        "weather:rain -abc",
        json!({"and": [{"field": "weather", "equals": "rain"}, {"not": {"word": "abc"}}]}),
    );
    check("a OR *.jpg", json!({"or": [{"word": "a"}, {"pattern": "*.jpg"}]}));
    check(
        "hour:(1, 3..5, >9)",
        json!({"field": "hour", "any": [{"equals": "1"}, {"between": ["3", "5"]}, {"greater": "9"}]}),
    );
    check("hour:..5", json!({"field": "hour", "between": [null, "5"]}));
    check("frame%5=0", json!({"field": "frame", "modulo": [5, 0]}));
    check("city:*", json!({"field": "city", "exists": true}));
    check("note:/a\\/b/", json!({"field": "note", "matches": "a/b"}));
    check("note:\"today\"", json!({"field": "note", "equals": {"text": "today", "quoted": true}}));
    check("a<1", json!({"field": "a", "less": "1"}));
    check("a<=1", json!({"field": "a", "less_equal": "1"}));
    check("a>=1", json!({"field": "a", "greater_equal": "1"}));
    check("a==b", json!({"field": "a", "exact": "b"}));
    check("a~b", json!({"field": "a", "contains": "b"}));
    check("a:b*", json!({"field": "a", "wildcard": "b*"}));
}

#[test]
fn convenient_spellings() {
    let text = |value: Value| print(&tree_from_json(&value).unwrap());
    assert_eq!(text(json!({"field": "year", "equals": 2018})), "year:2018");
    assert_eq!(text(json!({"field": "ok", "equals": true})), "ok:true");
    assert_eq!(text(json!({"field": "x", "less": -0.5})), "x<-0.5");
    assert_eq!(
        text(json!({"and": [{"and": [{"word": "a"}, {"word": "b"}]}, {"or": [{"word": "c"}]}]})),
        "a b c"
    );
    assert_eq!(text(json!({"field": "note", "matches": "a\\/b"})), "note:/a\\/b/");
    assert_eq!(text(json!({"field": "w", "any": [{"equals": "a b"}]})), "w:\"a b\"");
    assert_eq!(text(json!({"word": "x:y) OR *"})), "\"x:y) OR *\"", "nothing can be smuggled in");
    assert_eq!(text(json!({"field": "a:b OR c", "equals": "d\" OR e"})), r#""a:b OR c":"d\" OR e""#);
}

#[test]
fn what_is_refused_says_where() {
    for (value, want) in [
        (json!(null), "query: an object is needed"),
        (json!({}), "query: one key is needed"),
        (json!({"and": []}), "query.and: a list of one or more is needed"),
        (
            json!({"and": [{"word": "a"}, {"not": {"wort": "a"}}]}),
            "query.and[1].not.wort: this key is not known",
        ),
        (json!({"field": "a"}), "query: a field needs one test"),
        (json!({"field": "a", "equals": 1, "less": 2}), "query: a field needs one test"),
        (json!({"field": "a", "equals": null}), "query.equals: a text is needed"),
        (
            json!({"field": "a", "equals": {"text": "x", "qouted": true}}),
            "query.equals: a value has `text` and `quoted`",
        ),
        (json!({"field": 1, "equals": "b"}), "query.field: a text is needed"),
        (json!({"field": "a", "exists": false}), "query.exists: only true is allowed"),
        (json!({"field": "a", "between": [null, null]}), "the query cannot be written as text"),
        (json!({"field": "a", "modulo": [0, 0]}), "the query cannot be written as text"),
        (json!({"field": "a", "modulo": [5.5, 0]}), "query.modulo: two whole numbers are needed"),
        (json!({"field": "a", "matches": ""}), "the query cannot be written as text"),
        (json!({"field": "a", "matches": "x\\"}), "the query cannot be written as text"),
        (json!({"field": "a", "wildcard": "no wildcard"}), "the query cannot be written as text"),
        (
            json!({"field": "a", "any": [{"any": [{"equals": "b"}]}]}),
            "query.any[0].any: this test is not known here",
        ),
        (json!({"invalid": "("}), "query.invalid: this key is not known"),
    ] {
        let error = tree_from_json(&value).unwrap_err();
        assert!(error.starts_with(want), "{value}: {error}");
    }
}
