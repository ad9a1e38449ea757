//! Manifests: previews, roles, types, rows, and every way in which a row can be wrong.

use std::io::{self, Cursor, Read};

use serde_json::{Value, json};
use sheaf_intake::{
    Error, Limits, ProblemCode,
    manifest::{ColumnPlan, ColumnType, Format, Preview, Role, Row, RowContent, preview, rows},
};

use crate::samples::code;

fn look(name: &str, bytes: &[u8]) -> Preview {
    preview(bytes, name, &Limits::default()).unwrap()
}

type Refusal = (Option<u64>, ProblemCode);

fn all_within(bytes: &[u8], preview: &Preview, limits: &Limits) -> (Vec<Row>, Vec<Refusal>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows(bytes, &preview.plan(), limits).unwrap() {
        match row {
            Ok(row) => good.push(row),
            Err(Error::Refused(problem)) => bad.push((problem.row, problem.code)),
            Err(Error::Io(error)) => panic!("{error}"),
        }
    }
    (good, bad)
}

fn all(name: &str, bytes: &[u8]) -> (Vec<Row>, Vec<Refusal>) {
    all_within(bytes, &look(name, bytes), &Limits::default())
}

fn columns(preview: &Preview) -> Vec<(&str, Role, ColumnType)> {
    preview.columns.iter().map(|column| (column.name.as_str(), column.role, column.kind)).collect()
}

#[test]
fn a_csv_is_understood() {
    let bytes = b"id,text,weather,hour,zip,night,taken,tags,none\n\
        k1,hello,rain,5,00123,true,2026-11-24,\"[\"\"a\"\"]\",\n\
        k2,\"two\nlines, and \"\"quotes\"\"\",,6.5,12345,FALSE,2026-11-24T02:10:00Z,[],\n";
    let preview = look("a.csv", bytes);
    assert_eq!((preview.rows, preview.format, preview.n_problems), (2, Format::Csv, 0));
    assert_eq!(
        columns(&preview),
        [
            ("id", Role::Ref, ColumnType::Text),
            ("text", Role::Text, ColumnType::Text),
            ("weather", Role::Meta, ColumnType::Text),
            ("hour", Role::Meta, ColumnType::Number),
            ("zip", Role::Meta, ColumnType::Text),
            ("night", Role::Meta, ColumnType::Boolean),
            ("taken", Role::Meta, ColumnType::Time),
            ("tags", Role::Meta, ColumnType::List),
            ("none", Role::Meta, ColumnType::Empty),
        ]
    );
    assert_eq!((preview.columns[2].n_missing, &preview.columns[2].samples), (1, &vec!["rain".to_owned()]));
    assert_eq!(preview.sample_rows[0]["hour"], json!(5));
    let (good, bad) = all("a.csv", bytes);
    assert!(bad.is_empty());
    assert_eq!((good[0].row, good[0].name.as_str(), good[0].reference.as_deref()), (1, "k1", Some("k1")));
    assert_eq!(good[1].content, RowContent::Text("two\nlines, and \"quotes\"".to_owned()));
    let expected = json!({"hour": 5, "zip": "00123", "night": true, "taken": "2026-11-24", "tags": ["a"], "weather": "rain"});
    assert_eq!(Value::Object(good[0].metadata.clone()), expected);
    let expected =
        json!({"hour": 6.5, "zip": "12345", "night": false, "taken": "2026-11-24T02:10:00Z", "tags": []});
    assert_eq!(Value::Object(good[1].metadata.clone()), expected);
}

#[test]
fn a_csv_may_come_with_a_mark_and_another_delimiter() {
    for bytes in [
        &b"\xef\xbb\xbftext;n\nhello;1\n"[..],
        b"text\tn\r\nhello\t1\r\n",
        b"text|n\nhello|1",
        b"\"text\",\"n\"\n\"hello\",\"1\"\n\n\n",
        b"  text , n \nhello, 1 \n",
    ] {
        let (good, bad) = all("a.csv", bytes);
        assert!(bad.is_empty(), "{bad:?}");
        assert_eq!(good.len(), 1);
        assert_eq!(
            good[0].content,
            RowContent::Text("hello".to_owned()),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
        assert_eq!(good[0].metadata["n"], json!(1));
    }
    // Without an extension that says anything, the content does.
    assert_eq!(look("data", b"{\"text\":\"a\"}").format, Format::Jsonl);
    assert_eq!(look("data", b"text,a\nb,c").format, Format::Csv);
}

#[test]
fn jsonl_keeps_its_nesting() {
    let bytes = br#"{"source-ref":"https://x.org/a/b.png","width":640,"height":480,"metadata":{"weather":"rain","camera":{"id":7}},"label":3}

{"source-ref":"https://x.org/c.png?v=1","width":640.0,"metadata":{"weather":null,"tags":["a"]},"label":"x"}
"#;
    let preview = look("a.manifest", bytes);
    assert_eq!((preview.rows, preview.format), (2, Format::Jsonl));
    let mut found = columns(&preview);
    found.sort_by_key(|column| column.0);
    assert_eq!(
        found,
        [
            ("height", Role::Height, ColumnType::Number),
            ("label", Role::Meta, ColumnType::Mixed),
            ("metadata.camera", Role::Meta, ColumnType::Object),
            ("metadata.tags", Role::Meta, ColumnType::List),
            ("metadata.weather", Role::Meta, ColumnType::Text),
            ("source-ref", Role::Url, ColumnType::Text),
            ("width", Role::Meta, ColumnType::Number),
        ]
    );
    let (good, bad) = all("a.manifest", bytes);
    assert!(bad.is_empty(), "{bad:?}");
    assert_eq!(good[0].content, RowContent::Url("https://x.org/a/b.png".to_owned()));
    assert_eq!((good[0].name.as_str(), good[0].height), ("b.png", Some(480)));
    assert_eq!(
        Value::Object(good[0].metadata.clone()),
        json!({"weather":"rain","camera":{"id":7},"label":3,"width":640})
    );
    assert_eq!((good[1].row, good[1].name.as_str()), (3, "c.png"));
    assert_eq!(good[1].metadata["tags"], json!(["a"]));
    assert!(!good[1].metadata.contains_key("weather"));
}

#[test]
fn ground_truth_texts_and_file_columns_are_understood() {
    let (good, _) = all("a.jsonl", b"{\"source\":\"a text\"}\n{\"source\":\"another\"}");
    assert_eq!(good[1].content, RowContent::Text("another".to_owned()));
    assert_eq!(good[1].name, "row 2");
    let (good, bad) = all("a.csv", b"file_name,weather\n./day 1//a.png,rain\nday 2/b.png,sun\n../c.png,x\n");
    assert_eq!(good[0].content, RowContent::File("day 1/a.png".to_owned()));
    assert_eq!(good[0].name, "day 1/a.png");
    assert_eq!(bad, [(Some(3), ProblemCode::BadPath)]);
    // An update of metadata, for assets known by their reference.
    let (good, bad) = all("a.csv", b"reference_id,weather\nk1,rain\n,sun\n");
    assert_eq!((good.len(), bad.len()), (0, 2), "{bad:?}");
    let (good, _) = all("a.csv", b"reference_id,weather\nk1,rain\nk2,sun\n");
    assert_eq!((&good[0].content, good[0].reference.as_deref()), (&RowContent::None, Some("k1")));
}

#[test]
fn unnamed_columns_of_data_frames_are_passed_over() {
    let preview = look("a.csv", b",text\n0,a\n1,b\n");
    assert_eq!(columns(&preview)[0], ("column 1", Role::Ignore, ColumnType::Number));
    assert!(all("a.csv", b",text\n0,a\n1,b\n").0[0].metadata.is_empty());
}

#[test]
fn whole_manifests_are_refused_with_a_reason() {
    for (name, bytes, expected) in [
        ("a.csv", &b""[..], ProblemCode::Empty),
        ("a.csv", b"\n \n\n", ProblemCode::Empty),
        ("a.csv", b"text,n\n", ProblemCode::Empty),
        ("a.jsonl", b"\n\n", ProblemCode::Empty),
        ("a.csv", b"a,b,a\n1,2,3\n", ProblemCode::BadHeader),
        ("a.csv", b"1,2\n3,4\n", ProblemCode::BadHeader),
        ("a.csv", b"https://x.org/a.png\nhttps://x.org/b.png\n", ProblemCode::BadHeader),
        ("a.csv", b",,\n1,2,3\n", ProblemCode::BadHeader),
        ("a.csv", b"t\xe9xt,n\na,1\n", ProblemCode::NotUtf8),
        ("a.csv", b"\xff\xfet\x00e\x00", ProblemCode::NotUtf8),
        ("a.json", b"[{\"text\":\"a\"}]", ProblemCode::BadJson),
    ] {
        assert_eq!(
            code(preview(bytes, name, &Limits::default())),
            expected,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    let header: String = (0..2001).map(|n| format!("c{n},")).collect();
    assert_eq!(
        code(preview(format!("{header}\n").as_bytes(), "a.csv", &Limits::default())),
        ProblemCode::BadHeader
    );
    let plan = look("a.csv", b"text,n\na,1\n").plan();
    assert_eq!(
        code(rows(&b"n,text\n1,a\n"[..], &plan, &Limits::default()).map(|_| ())),
        ProblemCode::BadHeader
    );
}

#[test]
fn bad_rows_are_refused_one_by_one_and_the_rest_goes_on() {
    let csv = b"text,url,n\ngood,,1\nshort\nlong,,1,2\nbad \xff byte,,1\n,,1\n,ftp://x,1\n  ,,\n,https://x.org/a.png,\ngood,,2\n";
    // `url` holds one http address in two values: enough to be believed beside the text.
    let mut plan = look("a.csv", csv).plan();
    assert_eq!(plan.columns[0].role, Role::Text);
    plan = plan.with(&[ColumnPlan { name: "url".to_owned(), role: Role::Url, kind: None }]).unwrap();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows(&csv[..], &plan, &Limits::default()).unwrap() {
        match row {
            Ok(row) => good.push(row.row),
            Err(error) => bad.push((error.problem().unwrap().row.unwrap(), error.problem().unwrap().code)),
        }
    }
    assert_eq!(good, [1, 8, 9]);
    assert_eq!(
        bad,
        [
            (2, ProblemCode::RaggedRow),
            (3, ProblemCode::RaggedRow),
            (4, ProblemCode::NotUtf8),
            (5, ProblemCode::MissingContent),
            (6, ProblemCode::BadUrl),
            (7, ProblemCode::MissingContent),
        ]
    );
    // What belongs to the structure is in the preview already.
    let found = look("a.csv", csv);
    assert_eq!((found.rows, found.n_problems), (6, 3));
    assert_eq!(found.problems[0].row, Some(2));
    assert!(found.problems[0].message.contains("line 3"), "{}", found.problems[0]);

    let jsonl = b"{\"text\":\"a\"}\n[1]\n{\"text\":\n\"x\"\n{\"text\":\"\xff\"}\n{\"text\":\"a\\u0000b\"}\n{\"text\":\"b\"} trailing\n{\"text\":\"c\"}";
    let (good, bad) = all("a.jsonl", jsonl);
    assert_eq!(good.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 8]);
    let expected = ["bad_json", "bad_json", "bad_json", "not_utf8", "unsupported_type", "bad_json"];
    assert_eq!(bad.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(bad.iter().map(|(row, _)| row.unwrap()).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
}

#[test]
fn halves_of_a_character_in_two_fields_are_not_utf8() {
    let csv = b"text,n\n\xc3,\xa9\nok,1\n";
    let (good, bad) = all("a.csv", csv);
    assert_eq!((good.len(), bad), (1, vec![(Some(1), ProblemCode::NotUtf8)]));
}

#[test]
fn rows_beyond_the_limits_are_refused() {
    let limits = Limits { metadata_bytes_max: 40, text_bytes_max: 10, ..Limits::default() };
    let jsonl = b"{\"text\":\"a\",\"m\":\"0123456789012345678901234567890123456789\"}\n{\"text\":\"01234567890\"}\n{\"text\":\"ok\"}";
    let (good, bad) = all_within(jsonl, &look("a.jsonl", jsonl), &limits);
    assert_eq!(good.len(), 1);
    assert_eq!(bad, [(Some(1), ProblemCode::MetadataTooLarge), (Some(2), ProblemCode::TooLarge)]);
    let csv = format!("text,id\na,{}\nb,k\n", "k".repeat(1025));
    assert_eq!(all("a.csv", csv.as_bytes()).1, [(Some(1), ProblemCode::TooLarge)]);
}

/// A line that is made while it is read, and stored by nobody.
fn endless(before: &'static [u8], n: u64, after: &'static [u8]) -> impl Read {
    Cursor::new(before).chain(io::repeat(b'x').take(n)).chain(Cursor::new(after))
}

#[test]
fn a_line_of_a_hundred_megabytes_is_skipped_unheld() {
    const N: u64 = 100 * 1024 * 1024;
    let jsonl = || endless(b"{\"text\":\"a\"}\n{\"text\":\"", N, b"\"}\n{\"text\":\"b\"}\n");
    let found = preview(jsonl(), "a.jsonl", &Limits::default()).unwrap();
    assert_eq!((found.rows, found.n_problems), (2, 1));
    assert_eq!((found.problems[0].row, found.problems[0].code), (Some(2), ProblemCode::LineTooLong));
    let read: Vec<_> = rows(jsonl(), &found.plan(), &Limits::default()).unwrap().collect();
    assert_eq!((read.len(), read[2].as_ref().unwrap().row), (3, 3));

    let csv = || endless(b"text,n\na,1\n", N, b",2\nb,3\n");
    let found = preview(csv(), "a.csv", &Limits::default()).unwrap();
    assert_eq!((found.rows, found.problems[0].code), (2, ProblemCode::LineTooLong));
    let read: Vec<_> = rows(csv(), &found.plan(), &Limits::default()).unwrap().collect();
    assert_eq!(read[2].as_ref().unwrap().metadata["n"], json!(3));

    // A quote that is never closed swallows the rest, and says where it began.
    let found = preview(endless(b"text,n\na,1\n\"open,", N, b""), "a.csv", &Limits::default()).unwrap();
    assert_eq!((found.rows, found.n_problems), (1, 1));
    assert!(found.problems[0].hint.as_ref().unwrap().contains("line 3"), "{:?}", found.problems[0]);
    // Fields without end, and a header without end.
    let commas = Cursor::new(b"text,n\n").chain(io::repeat(b',').take(N)).chain(Cursor::new(b"\nb,3\n"));
    let found = preview(commas, "a.csv", &Limits::default()).unwrap();
    assert_eq!((found.rows, found.problems[0].code), (1, ProblemCode::RaggedRow));
    assert_eq!(code(preview(io::repeat(b'x').take(N), "a.csv", &Limits::default())), ProblemCode::BadHeader);
}

#[test]
fn an_error_of_the_reader_is_no_problem_of_the_user() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }
    let plan = look("a.jsonl", b"{\"text\":\"a\"}").plan();
    let head = b"{\"text\":\"a\"}\n".repeat(10_000);
    let read: Vec<_> = rows(Cursor::new(head).chain(Failing), &plan, &Limits::default()).unwrap().collect();
    assert_eq!(read.len(), 10_001);
    assert!(matches!(read.last(), Some(Err(Error::Io(_)))));
}

#[test]
fn a_plan_survives_being_stored_and_corrections_are_obeyed() {
    let csv = b"text,zip,n\nhello,123,1\nworld,456,2\n";
    let plan = look("a.csv", csv).plan();
    let stored: sheaf_intake::manifest::Plan =
        serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(stored, plan);
    let corrections: Vec<ColumnPlan> = serde_json::from_value(json!([
        {"name": "zip", "role": "meta", "type": "text"},
        {"name": "n", "role": "ignore"},
    ]))
    .unwrap();
    let plan = plan.with(&corrections).unwrap();
    let row = rows(&csv[..], &plan, &Limits::default()).unwrap().next().unwrap().unwrap();
    assert_eq!(Value::Object(row.metadata), json!({"zip": "123"}));
    let corrections = [ColumnPlan { name: "zip".to_owned(), role: Role::Ref, kind: None }];
    let row = rows(&csv[..], &plan.with(&corrections).unwrap(), &Limits::default())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(row.reference.as_deref(), Some("123"));
}

#[test]
fn equal_rows_have_equal_fingerprints_and_others_do_not() {
    let fingerprints =
        |bytes: &[u8]| all("a.jsonl", bytes).0.iter().map(|row| row.fingerprint).collect::<Vec<_>>();
    let same = fingerprints(b"{\"text\":\"a\",\"x\":1,\"y\":{\"b\":1,\"a\":2}}\n{\"y\":{\"a\":2,\"b\":1},\"x\":1,\"text\":\"a\"}\n");
    assert_eq!(same[0], same[1]);
    let mut all = fingerprints(
        b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n{\"text\":\"a\",\"x\":1}\n{\"text\":\"a\",\"x\":\"1\"}\n{\"text\":\"a\",\"name\":\"n\"}\n{\"text\":\"a\",\"x\":null,\"y\":0}\n",
    );
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 6);
    // Written down, so that a change that would add every row again is noticed.
    assert_eq!(fingerprints(b"{\"text\":\"a\",\"x\":1}"), [4_524_325_161_727_929_945]);
}

#[test]
fn keys_without_end_do_not_fill_the_preview() {
    let jsonl: String = (0..5000).map(|n| format!("{{\"text\":\"a\",\"k{n}\":1}}\n")).collect();
    let found = look("a.jsonl", jsonl.as_bytes());
    assert_eq!((found.columns.len(), found.rows), (2000, 5000));
    assert_eq!(all("a.jsonl", jsonl.as_bytes()).0[4999].metadata["k4999"], json!(1));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        bytes in proptest::collection::vec(proptest::prop_oneof![
            proptest::num::u8::ANY,
            proptest::sample::select(b"\",;\t\n\r{}[]:ab1.-\\".to_vec()),
        ], 0..300),
        name in proptest::sample::select(vec!["a.csv", "a.jsonl", "a"]),
    ) {
        let limits = Limits { line_bytes_max: 50, ..Limits::default() };
        for limits in [Limits::default(), limits] {
            if let Ok(found) = preview(&bytes[..], name, &limits) {
                proptest::prop_assert!(found.problems.len() <= 20);
                let read = rows(&bytes[..], &found.plan(), &limits).unwrap();
                let (good, bad): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
                // Every record is either a row or a problem, in both passes.
                proptest::prop_assert_eq!(good.len() + bad.len(), (found.rows + found.n_problems) as usize);
            }
        }
    }

    #[test]
    fn a_csv_row_comes_back_as_it_was_written(cells in proptest::collection::vec("[a-z\"\n\r,;éß ]{0,8}x", 1..6)) {
        let header: Vec<String> = (0..cells.len()).map(|n| format!("c{n}")).collect();
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let csv = format!("text,{}\nt,{}\n", header.join(","), quoted.join(","));
        let (good, bad) = all("a.csv", csv.as_bytes());
        proptest::prop_assert!(bad.is_empty());
        for (name, cell) in header.iter().zip(&cells) {
            proptest::prop_assert_eq!(good[0].metadata[name].as_str(), Some(cell.trim()));
        }
    }
}
