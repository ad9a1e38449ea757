//! What is said about wrong queries: code, the text that is underlined, message and hint, for every code there is.

use sheaf_query::{CODES, Mode, Severity, code, read};

const NOW: i64 = 1_795_523_400_000;
const FIELDS: [&str; 7] = ["weather", "hour", "camera.model", "reviewer", "traffic light", "note", "frame"];

/// One line for each diagnostic: `severity code «underlined» message | hint | suggestions`.
fn told(text: &str, mode: Mode) -> String {
    let read = read(text, &FIELDS, NOW, mode);
    let lines = read.diagnostics.iter().map(|d| {
        let severity = if d.severity == Severity::Error { "error" } else { "warning" };
        let mut line = format!("{severity} {} «{}» {}", d.code, d.span.slice(text), d.message);
        if let Some(hint) = &d.hint {
            line += &format!(" | {hint}");
        }
        if !d.suggestions.is_empty() {
            line += &format!(" | {}", d.suggestions.join(", "));
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn messages() {
    let queries = [
        "wether:rain",
        "camera:x",
        "\"trafic light\">0",
        "zzz:1",
        "prediction.score<0.5",
        "scale_metadata.x:1",
        "is:batchd",
        "is:done",
        "is:bat*",
        "status:finished",
        "status>done",
        "weather:",
        "weather: rain",
        "weather :rain",
        "hour> ",
        "weather:(rain snow)",
        "weather:(rain,)",
        "weather:()",
        "weather:(rain, (snow))",
        "weather:(rain AND snow)",
        "weather:(!=rain)",
        "weather:(rain",
        "weather:rain,snow",
        "(weather:rain",
        "weather:rain)",
        "()",
        "weather:\"San Jose",
        "OR weather:rain",
        "weather:rain OR",
        "weather:rain AND OR hour:1",
        "AND",
        "- weather:rain",
        "NOT",
        "rain or snow",
        "hour:..",
        "hour:1..2..3",
        "hour:1...3",
        "hour:1*..3",
        "hour>1..3",
        "hour:5..1",
        "hour:5..noon",
        "hour:[1 2]",
        "hour>1*",
        "note~a*",
        "img(1).png",
        "note:/a(b/",
        "note:/data/raw",
        "note:/data",
        "note://",
        "note:/a/i",
        "frame%0=0",
        "frame%5=7",
        "frame%x=1",
        "frame%5",
        "50%",
        "name%5=0",
        "width:wide",
        "width:6*",
        "uploaded:soon",
        "uploaded:-7d",
        "uploaded:2026-13",
        "uploaded~2026",
        "type:image",
        "=5",
        "[",
        "<",
    ];
    let all = queries
        .map(|text| format!("{text}\n  {}", told(text, Mode::Strict).replace('\n', "\n  ")))
        .join("\n");
    insta::assert_snapshot!(all);
}

#[test]
fn every_code_is_used() {
    let long = "x".repeat(70_000);
    let deep = "(".repeat(100);
    let many = vec!["a"; 100].join(" ");
    let queries = [
        "wether:rain",
        "scale_metadata.x:1",
        "is:x",
        "status:x",
        "weather:",
        "a,b",
        "(a",
        "\"a",
        "a OR",
        "rain or",
        "hour:..",
        "hour:5..1",
        "hour:5..x",
        "hour:/(/",
        "width:x",
        "width~x",
        "uploaded:x",
        "type:image",
        ":x",
        &long,
        &deep,
        &many,
    ];
    let told: Vec<&str> = queries
        .iter()
        .flat_map(|text| read(text, &FIELDS, NOW, Mode::Strict).diagnostics)
        .map(|diagnostic| diagnostic.code)
        .collect();
    for (code, _) in CODES {
        assert!(told.contains(code), "{code}");
    }
}

#[test]
fn every_mistake_is_told_and_the_rest_is_read() {
    let text = "wether:rain hour> AND weather:(rain snow) \"traffic light\":>0 is:x";
    let codes: Vec<_> = read(text, &FIELDS, NOW, Mode::Strict).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [code::UNKNOWN_FIELD, code::MISSING_VALUE, code::UNEXPECTED_TOKEN, code::UNKNOWN_IS],);
    let codes: Vec<_> =
        read("a: b: (c", &FIELDS, NOW, Mode::Strict).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [code::MISSING_VALUE, code::MISSING_VALUE, code::UNCLOSED_PARENTHESIS]);
}

#[test]
fn stored_queries_are_warned() {
    assert_eq!(
        told("wether:rain", Mode::Stored),
        "warning unknown_field «wether» no field `wether`, so this matches nothing | did you mean `weather`? | weather"
    );
}

#[test]
fn spans_go_out_in_utf16() {
    let text = "\"😀é\" wether:x";
    let read = read(text, &FIELDS, NOW, Mode::Strict);
    assert_eq!(read.diagnostics[0].utf16(text), [6, 12]);
}
