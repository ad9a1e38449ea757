//! Every form that the manual names, with the expression that it means and the normal form that it prints as.

use sheaf_query::expr::{Expr, Field, Order, Scalar, Test};
use sheaf_query::{FieldNames, Mode, Schema, has_errors, print, print_expr, read};

/// 2026-11-24T12:30:00Z
const NOW: i64 = 1_795_523_400_000;
const DAY: i64 = 86_400_000;
/// 2026-11-24T00:00:00Z
const TODAY: i64 = NOW - 45_000_000;

const FIELDS: [&str; 20] = [
    "weather",
    "hour",
    "year",
    "confidence",
    "city",
    "note",
    "frame",
    "traffic light",
    "camera.model",
    "captured",
    "ok",
    "Speed",
    "name",
    "reviewer",
    "path",
    "version",
    "KEY",
    "Key",
    "metadata.odd",
    "temp",
];

#[track_caller]
fn expr(text: &str) -> Expr {
    let read = read(text, &FIELDS, NOW, Mode::Strict);
    assert!(!read.has_errors(), "{text}: {:?}", read.diagnostics);
    read.expr
}

/// `text` means `want`; its normal form is `normal`, which means the same.
#[track_caller]
fn check(text: &str, normal: &str, want: Expr) {
    assert_eq!(expr(text), want, "{text}");
    let read = read(text, &FIELDS, NOW, Mode::Strict);
    assert_eq!(print(&read.tree), normal, "{text}");
    assert_eq!(expr(normal), want, "{normal}");
    let again = print_expr(&want);
    assert_eq!(expr(&again), want, "print_expr of {text} gives {again}");
}

fn meta(name: &str) -> Field {
    Field::Meta(name.into())
}

fn test(field: Field, test: Test) -> Expr {
    Expr::Test(field, test)
}

fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

fn number(value: f64, text: &str) -> Scalar {
    Scalar::Number { value, text: text.into() }
}

fn time(from_ms: i64, width: i64, text: &str) -> Scalar {
    Scalar::Time { from_ms, until_ms: from_ms + width, text: text.into() }
}

fn is(field: &str, value: &str) -> Expr {
    test(meta(field), Test::Equals(text(value)))
}

fn not(expr: Expr) -> Expr {
    Expr::Not(Box::new(expr))
}

fn compare(field: &str, order: Order, value: Scalar) -> Expr {
    test(meta(field), Test::Compare(order, value))
}

fn between(field: Field, from: Option<Scalar>, to: Option<Scalar>) -> Expr {
    test(field, Test::Between(from, to))
}

#[test]
fn equality_and_boolean_operators() {
    let rain = || is("weather", "rain");
    let snow = || is("weather", "snow");
    let early = || compare("hour", Order::Less, number(6.0, "6"));
    check("", "", Expr::All);
    check(" \t\n ", "", Expr::All);
    check("*", "", Expr::All);
    check("*:*", "", Expr::All);
    check("weather:rain", "weather:rain", rain());
    check("weather=rain", "weather:rain", rain());
    check("weather = rain", "weather:rain", rain());
    check("weather:=rain", "weather:rain", rain());
    check("weather:\"rain\"", "weather:rain", rain());
    check("weather:rain hour<6", "weather:rain hour<6", Expr::And(vec![rain(), early()]));
    check("weather:rain AND hour<6", "weather:rain hour<6", Expr::And(vec![rain(), early()]));
    check("weather:rain && hour<6", "weather:rain hour<6", Expr::And(vec![rain(), early()]));
    check("(weather:rain (hour<6))", "weather:rain hour<6", Expr::And(vec![rain(), early()]));
    check("weather:(rain, snow)", "weather:(rain, snow)", Expr::Or(vec![rain(), snow()]));
    check("weather:( rain OR snow )", "weather:(rain, snow)", Expr::Or(vec![rain(), snow()]));
    check("weather:(rain)", "weather:rain", rain());
    check("weather:rain OR weather:snow", "weather:rain OR weather:snow", Expr::Or(vec![rain(), snow()]));
    check("weather:rain || weather:snow", "weather:rain OR weather:snow", Expr::Or(vec![rain(), snow()]));
    for negated in [
        "-weather:rain",
        "NOT weather:rain",
        "weather!=rain",
        "!weather:rain",
        "weather:!=rain",
        "NOT(weather:rain)",
    ] {
        check(negated, "-weather:rain", not(rain()));
    }
    check("--weather:rain", "--weather:rain", not(not(rain())));
    check("weather!=(rain, snow)", "-weather:(rain, snow)", not(Expr::Or(vec![rain(), snow()])));
    check(
        "weather:rain OR weather:snow hour<6",
        "weather:rain OR weather:snow hour<6",
        Expr::Or(vec![rain(), Expr::And(vec![snow(), early()])]),
    );
    check(
        "(weather:rain OR weather:snow) hour<6",
        "(weather:rain OR weather:snow) hour<6",
        Expr::And(vec![Expr::Or(vec![rain(), snow()]), early()]),
    );
    check("-(weather:rain hour<6)", "-(weather:rain hour<6)", not(Expr::And(vec![rain(), early()])));
    check("-*", "-*", not(Expr::All));
}

#[test]
fn comparisons_and_ranges() {
    let confidence = |order| compare("confidence", order, number(0.4, "0.4"));
    for (sign, order) in
        [("<", Order::Less), ("<=", Order::LessEqual), (">", Order::Greater), (">=", Order::GreaterEqual)]
    {
        let normal = format!("confidence{sign}0.4");
        check(&normal, &normal, confidence(order));
        check(&format!("confidence:{sign}0.4"), &normal, confidence(order));
        check(&format!("confidence {sign} 0.4"), &normal, confidence(order));
    }
    check("temp<-5", "temp<-5", compare("temp", Order::Less, number(-5.0, "-5")));
    check("city>M", "city>M", compare("city", Order::Greater, text("M")));
    check(
        "hour:(<3, >=20, 12)",
        "hour:(<3, >=20, 12)",
        Expr::Or(vec![
            compare("hour", Order::Less, number(3.0, "3")),
            compare("hour", Order::GreaterEqual, number(20.0, "20")),
            test(meta("hour"), Test::Equals(number(12.0, "12"))),
        ]),
    );
    let closed = || between(meta("hour"), Some(number(0.0, "0")), Some(number(5.0, "5")));
    for text in ["hour:0..5", "hour=0..5", "hour:[0 TO 5]", "hour:\"0\"..\"5\""] {
        check(text, "hour:0..5", closed());
    }
    check("year:2018..", "year:2018..", between(meta("year"), Some(number(2018.0, "2018")), None));
    check("year:2018..*", "year:2018..", between(meta("year"), Some(number(2018.0, "2018")), None));
    check("year:..2018", "year:..2018", between(meta("year"), None, Some(number(2018.0, "2018"))));
    check("year:[* TO 2018]", "year:..2018", between(meta("year"), None, Some(number(2018.0, "2018"))));
    check(
        "temp:-5..-1",
        "temp:-5..-1",
        between(meta("temp"), Some(number(-5.0, "-5")), Some(number(-1.0, "-1"))),
    );
    check("frame%5=0", "frame%5=0", test(meta("frame"), Test::Modulo { divisor: 5, remainder: 0 }));
    check("frame % 5 == 2", "frame%5=2", test(meta("frame"), Test::Modulo { divisor: 5, remainder: 2 }));
}

#[test]
fn existence_wildcards_quotes_contains_and_expressions() {
    check("city:*", "city:*", test(meta("city"), Test::Exists));
    check("-city:*", "-city:*", not(test(meta("city"), Test::Exists)));
    check("name:*.jpg", "name:*.jpg", test(Field::Name, Test::Wildcard("*.jpg".into())));
    check("city:San*", "city:San*", test(meta("city"), Test::Wildcard("San*".into())));
    check("note:*cone*", "note:*cone*", test(meta("note"), Test::Wildcard("*cone*".into())));
    check(
        "note:*\"wet road\"*",
        "note:*\"wet road\"*",
        test(meta("note"), Test::Wildcard("*wet road*".into())),
    );
    check("note:a\\*b*", "note:\"a*b\"*", test(meta("note"), Test::Wildcard("a\\*b*".into())));
    check("note:\"a*\"", "note:\"a*\"", is("note", "a*"));
    check("note:\"*\"", "note:\"*\"", is("note", "*"));
    check("note:San\\ Jose", "note:\"San Jose\"", is("note", "San Jose"));
    check("note:C:\\data", "note:\"C:\\\\data\"", is("note", "C:\\data"));
    check("city:\"San Jose\"", "city:\"San Jose\"", is("city", "San Jose"));
    check(r#"note:"say \"hi\"""#, r#"note:"say \"hi\"""#, is("note", "say \"hi\""));
    check("note:\"\"", "note:\"\"", is("note", ""));
    check(
        "\"traffic light\":>0",
        "\"traffic light\">0",
        compare("traffic light", Order::Greater, number(0.0, "0")),
    );
    check(
        "city==\"San Jose\"",
        "city==\"San Jose\"",
        test(meta("city"), Test::EqualsExact("San Jose".into())),
    );
    check("year==2018", "year==2018", test(meta("year"), Test::Equals(number(2018.0, "2018"))));
    check("note~\"wet road\"", "note~\"wet road\"", test(meta("note"), Test::Contains("wet road".into())));
    check("note:~wet", "note~wet", test(meta("note"), Test::Contains("wet".into())));
    check(
        "note:/wet (road|lane)/",
        "note:/wet (road|lane)/",
        test(meta("note"), Test::Matches("wet (road|lane)".into())),
    );
    check("note~/a\\/b\\d/", "note:/a\\/b\\d/", test(meta("note"), Test::Matches("a/b\\d".into())));
    check(
        "note:(/a,b/, x)",
        "note:(/a,b/, x)",
        Expr::Or(vec![test(meta("note"), Test::Matches("a,b".into())), is("note", "x")]),
    );
    check("path:\"/data/x\"", "path:\"/data/x\"", is("path", "/data/x"));
    check("path:http://a/b", "path:http://a/b", is("path", "http://a/b"));
    check("version:\"1..2\"", "version:\"1..2\"", is("version", "1..2"));
    check("city:OR", "city:\"OR\"", is("city", "OR"));
    check(
        "note:cafe\u{301}",
        "note:cafe\u{301}".replace("cafe\u{301}", "\"cafe\u{301}\"").as_str(),
        is("note", "café"),
    );
}

#[test]
fn bare_words() {
    let word = |w: &str| test(Field::NameOrRef, Test::Contains(w.into()));
    check("abc123", "abc123", word("abc123"));
    check("\"abc 123\"", "\"abc 123\"", word("abc 123"));
    check("-abc", "-abc", not(word("abc")));
    check("\"-abc\"", "\"-abc\"", word("-abc"));
    check("\"OR\"", "\"OR\"", word("OR"));
    check("IMG_*.png", "IMG_*.png", test(Field::NameOrRef, Test::Wildcard("IMG_*.png".into())));
    check("a/b.png", "a/b.png", word("a/b.png"));
    check("NOTE ANDROID", "NOTE ANDROID", Expr::And(vec![word("NOTE"), word("ANDROID")]));
    check("über", "über", word("über"));
}

#[test]
fn times_of_the_asset() {
    let uploaded = |t| test(Field::Uploaded, t);
    let nov20 = TODAY - 4 * DAY;
    check(
        "uploaded:2026-11-20",
        "uploaded:2026-11-20",
        uploaded(Test::Equals(time(nov20, DAY, "2026-11-20"))),
    );
    check(
        "uploaded:2026-11",
        "uploaded:2026-11",
        uploaded(Test::Equals(time(TODAY - 23 * DAY, 30 * DAY, "2026-11"))),
    );
    check(
        "labelled:2026",
        "labelled:2026",
        test(Field::Labelled, Test::Equals(time(TODAY - 327 * DAY, 365 * DAY, "2026"))),
    );
    check(
        "uploaded:2026-11-20T10:00+02:00",
        "uploaded:\"2026-11-20T10:00+02:00\"".replace('"', "").as_str(),
        uploaded(Test::Equals(time(nov20 + 8 * 3_600_000, 60_000, "2026-11-20T10:00+02:00"))),
    );
    check(
        "uploaded:2026-11-01..2026-11-07",
        "uploaded:2026-11-01..2026-11-07",
        between(
            Field::Uploaded,
            Some(time(TODAY - 23 * DAY, DAY, "2026-11-01")),
            Some(time(TODAY - 17 * DAY, DAY, "2026-11-07")),
        ),
    );
    // Relative ones: the tree keeps the word, the expression is absolute.
    let relative = |text: &str, want: Test| assert_eq!(expr(text), uploaded(want), "{text}");
    relative("uploaded:today", Test::Equals(time(TODAY, DAY, "2026-11-24")));
    relative("uploaded:\"today\"", Test::Equals(time(TODAY, DAY, "2026-11-24")));
    relative("uploaded:yesterday", Test::Equals(time(TODAY - DAY, DAY, "2026-11-23")));
    let week = || time(NOW - 7 * DAY, 1, "2026-11-17T12:30:00.000Z");
    relative("uploaded:>-7d", Test::Compare(Order::Greater, week()));
    relative("uploaded>=-1w", Test::Compare(Order::GreaterEqual, week()));
    relative("uploaded:-7d..", Test::Between(Some(week()), None));
    relative(
        "uploaded:-7d..now",
        Test::Between(Some(week()), Some(time(NOW, 1, "2026-11-24T12:30:00.000Z"))),
    );
    relative(
        "uploaded<-3h",
        Test::Compare(Order::Less, time(NOW - 10_800_000, 1, "2026-11-24T09:30:00.000Z")),
    );
    relative(
        "uploaded>-1m",
        Test::Compare(Order::Greater, time(NOW - 31 * DAY, 1, "2026-10-24T12:30:00.000Z")),
    );
}

#[test]
fn values_of_metadata() {
    let captured = |t| test(meta("captured"), t);
    check("year:2018", "year:2018", test(meta("year"), Test::Equals(number(2018.0, "2018"))));
    check("year:\"2018\"", "year:2018", test(meta("year"), Test::Equals(number(2018.0, "2018"))));
    check("ok:true", "ok:true", test(meta("ok"), Test::Equals(Scalar::Bool(true))));
    check("ok!=FALSE", "-ok:FALSE", not(test(meta("ok"), Test::Equals(Scalar::Bool(false)))));
    check(
        "captured:2026-11-24",
        "captured:2026-11-24",
        captured(Test::Equals(time(TODAY, DAY, "2026-11-24"))),
    );
    check(
        "captured>2026-11-24",
        "captured>2026-11-24",
        captured(Test::Compare(Order::Greater, time(TODAY, DAY, "2026-11-24"))),
    );
    check("captured:\"today\"", "captured:\"today\"", is("captured", "today"));
    check("captured:-7d", "captured:-7d", is("captured", "-7d"));
    check("captured>\"-7d\"", "captured>\"-7d\"", captured(Test::Compare(Order::Greater, text("-7d"))));
    assert_eq!(expr("captured:today"), captured(Test::Equals(time(TODAY, DAY, "2026-11-24"))));
    assert_eq!(
        expr("captured>-7d"),
        captured(Test::Compare(Order::Greater, time(NOW - 7 * DAY, 1, "2026-11-17T12:30:00.000Z")))
    );
    for word in ["inf", "nan", "NaN", "infinity", "1_000", "0x10", "1e999", "٣"] {
        assert_eq!(expr(&format!("year:{word}")), is("year", word), "{word} is a text");
    }
    check(
        "version:1.2..1.2.3",
        "version:1.2..1.2.3",
        between(meta("version"), Some(text("1.2")), Some(text("1.2.3"))),
    );
}

#[test]
fn fields_of_the_asset() {
    let is_text = |field, value: &str| test(field, Test::Equals(text(value)));
    check("id:ast_1", "id:ast_1", is_text(Field::Id, "ast_1"));
    check("ref:007", "ref:007", is_text(Field::Ref, "007"));
    check("ref:true", "ref:true", is_text(Field::Ref, "true"));
    check("name:2026-11-20", "name:2026-11-20", is_text(Field::Name, "2026-11-20"));
    check("upload:today", "upload:today", is_text(Field::Upload, "today"));
    check("type:image/png", "type:image/png", is_text(Field::Type, "image/png"));
    check("type:image/*", "type:image/*", test(Field::Type, Test::Wildcard("image/*".into())));
    check(
        "size>1000000",
        "size>1000000",
        test(Field::Size, Test::Compare(Order::Greater, number(1e6, "1000000"))),
    );
    check(
        "width:640..1280",
        "width:640..1280",
        between(Field::Width, Some(number(640.0, "640")), Some(number(1280.0, "1280"))),
    );
    check("height:480", "height:480", test(Field::Height, Test::Equals(number(480.0, "480"))));
    check("duration:*", "duration:*", test(Field::Duration, Test::Exists));
}

#[test]
fn fields_of_the_labelling() {
    let is_text = |field, value: &str| test(field, Test::Equals(text(value)));
    check("batch:\"batch one\"", "batch:\"batch one\"", is_text(Field::Batch, "batch one"));
    check("batch:*", "batch:*", test(Field::Batch, Test::Exists));
    check("is:batched", "is:batched", test(Field::Batched, Test::Equals(Scalar::Bool(true))));
    check("is:unbatched", "is:unbatched", test(Field::Batched, Test::Equals(Scalar::Bool(false))));
    check("-is:batched", "-is:batched", not(test(Field::Batched, Test::Equals(Scalar::Bool(true)))));
    let disputed = Test::Compare(Order::Less, number(0.75, "0.75"));
    check("is:disputed", "is:disputed", test(Field::Agreement, disputed));
    assert_eq!(expr("is:Labelled"), test(Field::Labelled, Test::Exists));
    assert_eq!(expr("is:labeled"), test(Field::Labelled, Test::Exists));
    assert_eq!(expr("is:skipped"), is_text(Field::Status, "skipped"));
    for status in ["pending", "claimed", "submitted", "in_review", "rejected", "done", "cancelled", "skipped"]
    {
        let query = format!("status:{status}");
        check(&query, &query, is_text(Field::Status, status));
    }
    assert_eq!(expr("status:Canceled"), is_text(Field::Status, "cancelled"));
    assert_eq!(expr("status:\"in review\""), is_text(Field::Status, "in_review"));
    check("status:*", "status:*", test(Field::Status, Test::Exists));
    check("label:car", "label:car", is_text(Field::Label, "car"));
    check("label:car*", "label:car*", test(Field::Label, Test::Wildcard("car*".into())));
    let count = |n: &str| test(Field::LabelCount(n.into()), Test::Compare(Order::Greater, number(3.0, "3")));
    check("label.car>3", "label.car>3", count("car"));
    check("label.\"traffic light\">3", "\"label.traffic light\">3", count("traffic light"));
    assert_eq!(expr("label.car:*"), is_text(Field::Label, "car"));
    check("annotator:jane@x.org", "annotator:jane@x.org", is_text(Field::Annotator, "jane@x.org"));
    assert_eq!(expr("labeled:*"), test(Field::Labelled, Test::Exists));
    check("prelabel:yolo-v8", "prelabel:yolo-v8", is_text(Field::Prelabel, "yolo-v8"));
    check("prelabel:*", "prelabel:*", test(Field::Prelabel, Test::Exists));
    let unsure = |source: &str| {
        test(Field::PrelabelScore(source.into()), Test::Compare(Order::Less, number(0.4, "0.4")))
    };
    check("prelabel.yolo-v8<0.4", "prelabel.yolo-v8<0.4", unsure("yolo-v8"));
    check(
        "prelabel.\"label-studio: Kim\"<0.4",
        "\"prelabel.label-studio: Kim\"<0.4",
        unsure("label-studio: Kim"),
    );
    check("prelabel.m:*", "prelabel.m:*", test(Field::PrelabelScore("m".into()), Test::Exists));
}

#[test]
fn names_of_fields() {
    for (name, field) in [
        ("meta.weather", meta("weather")),
        ("metadata.weather", meta("weather")),
        ("meta.name", meta("name")),
        ("meta.reviewer", meta("reviewer")),
        ("meta.camera.model", meta("camera.model")),
        ("camera.model", meta("camera.model")),
        ("Camera.Model", meta("camera.model")),
        ("speed", meta("Speed")),
        ("meta.SPEED", meta("Speed")),
        ("Key", meta("Key")),
        ("metadata.odd", meta("metadata.odd")),
        ("name", Field::Name),
        ("NAME", Field::Name),
        ("Label", Field::Label),
        ("scale_metadata.task_status", Field::Status),
        ("scale_metadata.completed_at", Field::Labelled),
    ] {
        assert_eq!(expr(&format!("{name}:*")), test(field, Test::Exists), "{name}");
    }
    let truck = || test(Field::LabelCount("truck".into()), Test::Compare(Order::Greater, number(0.0, "0")));
    check("annotations.truck > 0", "annotations.truck>0", truck());
    assert_eq!(expr("scale_metadata.task_status:completed"), test(Field::Status, Test::Equals(text("done"))));
    let ambiguous = read("key:1", &FIELDS, NOW, Mode::Strict);
    assert!(ambiguous.has_errors(), "`KEY` and `Key` are both meant");
}

#[test]
fn stored_queries_go_on_without_a_field() {
    let gone = |text: &str| {
        let read = read(text, &FIELDS, NOW, Mode::Stored);
        assert!(!has_errors(&read.diagnostics), "{text}");
        assert_eq!(read.diagnostics[0].code, "unknown_field");
        read.expr
    };
    assert_eq!(gone("gone:1"), Expr::Nothing);
    assert_eq!(gone("-gone:1"), not(Expr::Nothing));
    assert_eq!(gone("gone:(1, 2) weather:rain"), Expr::And(vec![Expr::Nothing, is("weather", "rain")]));
    assert_eq!(print_expr(&Expr::Nothing), "-*");
}

#[test]
fn schemas_can_be_lists() {
    let owned: Vec<String> = vec!["c".into(), "a".into(), "c".into()];
    let sorted = FieldNames::new(owned.clone());
    assert_eq!(sorted.fields(), ["a", "c"]);
    for schema in [&owned as &dyn Schema, &sorted] {
        assert!(schema.has_field("a") && schema.has_field("c") && !schema.has_field("b"));
        assert_eq!(read("a:1 OR a:2", schema, NOW, Mode::Strict).diagnostics, vec![]);
    }
}

#[test]
fn predictions_are_nested_metadata() {
    const FIELDS: [&str; 3] = ["prediction.score", "prediction.label", "prediction.model"];
    let query = |text: &str| read(text, &FIELDS, NOW, Mode::Strict);
    for (text, want) in [
        ("prediction.score<0.4", compare("prediction.score", Order::Less, number(0.4, "0.4"))),
        ("prediction.label:car", is("prediction.label", "car")),
        ("Prediction.Model:v3", is("prediction.model", "v3")),
        ("meta.prediction.model:v3", is("prediction.model", "v3")),
        ("-prediction.model:*", not(test(meta("prediction.model"), Test::Exists))),
    ] {
        assert_eq!(query(text).diagnostics, vec![], "{text}");
        assert_eq!(query(text).expr, want, "{text}");
        assert_eq!(query(&print_expr(&want)).expr, want, "{text}");
    }
    for (text, suggested) in
        [("prediction.scor>1", "prediction.score"), ("prediction:car", "prediction.label")]
    {
        let wrong = &query(text).diagnostics[0];
        assert_eq!(wrong.code, "unknown_field", "{text}");
        assert!(wrong.suggestions.iter().any(|s| s == suggested), "{text}: {wrong:?}");
    }
    let none = read("prediction.score>1", &["weather"], NOW, Mode::Strict).diagnostics.remove(0);
    assert_eq!(none.code, "unknown_field");
    assert!(none.hint.is_some_and(|hint| hint.contains("`prediction`")));
}
