//! Chips of a query, and recipes whose times are fixed.

use sheaf_query::{chips, fix_times, parse, print};

#[test]
fn chips_are_the_terms_of_the_top() {
    #[track_caller]
    fn check(text: &str, want: &[(&str, &str)]) {
        let found = chips(&parse(text).tree);
        let found: Vec<_> = found.iter().map(|chip| (chip.text.as_str(), chip.span.slice(text))).collect();
        assert_eq!(found, want, "{text}");
    }
    check("", &[]);
    check("*", &[]);
    check("weather = rain", &[("weather:rain", "weather = rain")]);
    check(
        "weather:rain  NOT hour<6 (a OR b)",
        &[("weather:rain", "weather:rain"), ("-hour<6", "NOT hour<6"), ("(a OR b)", "(a OR b)")],
    );
    check("a OR b", &[("a OR b", "a OR b")]);
    check("é😀 weather!=x", &[("\"é😀\"", "é😀"), ("-weather:x", "weather!=x")]);
}

#[test]
fn relative_times_are_fixed() {
    /// 2026-11-24T12:30:00Z
    const NOW: i64 = 1_795_523_400_000;
    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(print(&fix_times(&parse(text).tree, NOW)), want, "{text}");
    }
    check("uploaded:today", "uploaded:2026-11-24");
    check("labelled>-7d", "labelled>2026-11-17T12:30:00.000Z");
    check("-(uploaded:-1w..now OR a)", "-(uploaded:2026-11-17T12:30:00.000Z..2026-11-24T12:30:00.000Z OR a)");
    check("uploaded:(today, yesterday)", "uploaded:(2026-11-24, 2026-11-23)");
    check("Uploaded:\"today\"", "Uploaded:2026-11-24");
    check("captured:today captured>-1y", "captured:2026-11-24 captured>2025-11-24T12:30:00.000Z");
    check("meta.uploaded>now", "meta.uploaded>2026-11-24T12:30:00.000Z");
    // What is no time where it stands.
    for text in [
        "name:today",
        "note:\"today\"",
        "note~today",
        "note:-7d",
        "today",
        "uploaded:2026-11-20",
        "upload:now",
    ] {
        check(text, text);
    }
}
