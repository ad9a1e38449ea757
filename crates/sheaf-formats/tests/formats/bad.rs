//! Files that are wrong: cut, of wrong types, declaring the impossible, leading out of their folder, with entities.

use serde_json::{Value, json};
use sheaf_formats::folder::Memory;
use sheaf_formats::{Error, Format};
use sheaf_model::Media;

use crate::samples::{COCO, CVAT, GROUND_TRUTH, LABEL_STUDIO, LABELBOX, SAMPLES, Sample, VOC};
use crate::{one, read};

fn with(sample: &Sample, text: impl Into<Vec<u8>>) -> Memory {
    let rest = sample.rest.iter().map(|(name, text)| (*name, text.as_bytes().to_vec()));
    Memory::new(rest.chain([(sample.name, text.into())]))
}

#[track_caller]
fn good(error: &Error) {
    assert!(!error.file.is_empty() && !error.message.is_empty() && !error.hint.is_empty(), "{error:?}");
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_shorter() {
    for sample in &SAMPLES {
        let whole = read(sample.format, &with(sample, sample.text), sample.media).unwrap().0;
        // Formats that have an end notice every cut.
        let has_end = matches!(sample.name.rsplit('.').next(), Some("json" | "xml"));
        for at in (0..sample.text.trim_end().len()).step_by(7) {
            match read(sample.format, &with(sample, &sample.text.as_bytes()[..at]), sample.media) {
                Err(error) => good(&error),
                Ok((assets, _)) => {
                    let shorter = assets.len() < whole.len() || assets != whole;
                    let name = sample.format.as_str();
                    assert!(shorter, "{name} cut at {at} is as good as whole");
                    // An empty list of records is a file without records.
                    assert!(!has_end || at == 0, "{name} cut at {at} is read");
                }
            }
        }
    }
}

#[test]
fn any_value_of_a_wrong_type_is_an_error_or_noted_and_never_a_panic() {
    let wrong =
        [json!(null), json!(true), json!(-12), json!(1e300), json!("x"), json!([]), json!({}), json!([[1]])];
    let (mut errors, mut tried) = (0, 0);
    for sample in SAMPLES.iter().filter(|sample| sample.text.starts_with(['{', '['])) {
        for (n, line) in
            sample.text.split_inclusive('\n').enumerate().take(if is_lines(sample) { 9 } else { 1 })
        {
            let text = if is_lines(sample) { line } else { sample.text };
            let whole: Value = serde_json::from_str(text).unwrap();
            for path in paths(&whole) {
                for value in &wrong {
                    let mut changed = whole.clone();
                    *changed.pointer_mut(&path).unwrap() = value.clone();
                    tried += 1;
                    if let Err(error) = read(sample.format, &with(sample, changed.to_string()), sample.media)
                    {
                        good(&error);
                        errors += 1;
                    }
                }
            }
            assert!(n < 9);
        }
    }
    // Most are errors; the others are values that nothing is made of, such as a time.
    assert!(tried > 1_500 && errors * 2 > tried, "{errors} of {tried}");
}

fn is_lines(sample: &Sample) -> bool {
    matches!(sample.format, Format::GroundTruth | Format::Labelbox)
}

/// The pointer of every value.
fn paths(value: &Value) -> Vec<String> {
    let mut out = vec![String::new()];
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                out.extend(paths(value).into_iter().map(|rest| format!("/{key}{rest}")));
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                out.extend(paths(value).into_iter().map(|rest| format!("/{i}{rest}")));
            }
        }
        _ => {}
    }
    out
}

#[test]
fn any_number_of_an_xml_file_that_is_none_is_an_error() {
    let numbers = |text: &str| -> Vec<(usize, usize)> {
        let (mut out, bytes, mut at) = (Vec::new(), text.as_bytes(), 0);
        while at < bytes.len() {
            let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if end > at {
                out.push((at, end));
            }
            at = end + 1;
        }
        out
    };
    for sample in SAMPLES.iter().filter(|sample| sample.text.starts_with('<')) {
        for (from, to) in numbers(sample.text) {
            for put in ["x", "", "NaN", "-1e999", "9999999999999999999", "&e;"] {
                let text = format!("{}{put}{}", &sample.text[..from], &sample.text[to..]);
                if let Err(error) = read(sample.format, &with(sample, text), sample.media) {
                    good(&error);
                }
            }
        }
    }
}

#[track_caller]
fn refused(format: Format, name: &str, text: &str, place: &str, message: &str) {
    let media = Media::Image;
    let files = Memory::new([(name, text), ("data.yaml", "names: [car, dog]")]);
    let error = match name {
        "labels/a.txt" => read(format, &files, media),
        _ => read(format, &one(name, text), media),
    }
    .expect_err(text);
    good(&error);
    assert!(error.place.contains(place), "{error}");
    assert!(error.message.contains(message), "{error}");
}

#[test]
fn errors_say_where_and_what() {
    use Format::{Coco, CsvBoxes, Cvat, GroundTruth, LabelStudio, Labelbox, Voc, Yolo};
    let coco = |from: &str, to: &str| COCO.replacen(from, to, 1);
    let cases: &[(Format, &str, String, &str, &str)] = &[
        (
            Coco,
            "a.json",
            coco("[1,2,30.5,40]", "[1,2,\"x\",40]"),
            "annotations[0].bbox[2]",
            "is a text, not a number",
        ),
        (Coco, "a.json", coco("[1,2,30.5,40]", "[1,2,3]"), "annotations[0].bbox", "3 numbers, not 4"),
        (
            Coco,
            "a.json",
            coco("\"width\":100", "\"width\":10000000000"),
            "images[0].width",
            "no size in pixels",
        ),
        (Coco, "a.json", coco("a/b.jpg", "../../etc/passwd"), "images[0]", "leads out"),
        (Coco, "a.json", coco("a/b.jpg", "/etc/passwd"), "images[0]", "absolute"),
        (
            Coco,
            "a.json",
            coco("\"image_id\":2", "\"image_id\":99"),
            "annotations[1]",
            "image 99, which is not",
        ),
        (Coco, "a.json", coco("\"category_id\":4", "\"category_id\":99"), "annotations[1]", "category 99"),
        (Coco, "a.json", coco("\"id\":2,", "\"id\":1,"), "images[1]", "of another image"),
        (Coco, "a.json", "[{\"image_id\":1}]".into(), "line 1", "the file is a list"),
        (Coco, "a.json", "{}".into(), "", "has no `images`"),
        (
            Coco,
            "a.json",
            coco("\"size\":[50,50]", "\"size\":[10000000000,1]"),
            "segmentation.size[0]",
            "no size",
        ),
        (
            LabelStudio,
            "a.json",
            LABEL_STUDIO.replace("\"x\":10", "\"x\":[]"),
            "[0].annotations[0].result[0].value.x",
            "a list",
        ),
        (LabelStudio, "a.json", LABEL_STUDIO.replace("https://x.org/", "../"), "[0]", "leads out"),
        (LabelStudio, "a.json", LABEL_STUDIO.replace("200", "0"), "original_width", "no size in pixels"),
        (LabelStudio, "a.json", "[{\"data\":{\"n\":1}}]".into(), "[0].data", "no text that could be"),
        (Voc, "a.xml", VOC.replace("<xmin>1<", "<xmin>one<"), "byte", "<xmin> is `one`, not a number"),
        (Voc, "a.xml", VOC.replace("<width>100<", "<width>10000000000<"), "byte", "no size in pixels"),
        (Voc, "a.xml", VOC.replace("a.jpg", "../a.jpg"), "", "leads out"),
        (Voc, "a.xml", VOC.replace("<name>car</name>", ""), "byte", "has no <name>"),
        (
            Voc,
            "a.xml",
            format!("<!DOCTYPE a [<!ENTITY b \"x\">]>{VOC}").replace("<?xml version=\"1.0\"?>\n", ""),
            "byte",
            "document type",
        ),
        (Voc, "a.xml", VOC.replace("&amp;", "&lol;"), "byte", "entity `&lol;`"),
        (Voc, "a.xml", "<annotations/>".into(), "byte", "begins with <annotations>"),
        (Voc, "a.xml", "<a>".repeat(100), "byte", "begins with <a>"),
        (Voc, "a.xml", format!("<annotation>{}", "<a>".repeat(100)), "byte", "more than 64 elements"),
        (
            Cvat,
            "annotations.xml",
            CVAT.replace("width=\"100\"", "width=\"10000000000\""),
            "byte",
            "no size in pixels",
        ),
        (Cvat, "annotations.xml", CVAT.replace("day/a.jpg", "../a.jpg"), "byte", "leads out"),
        (Cvat, "annotations.xml", CVAT.replace("20,20.5", "20;20.5"), "byte", "not x,y"),
        (Cvat, "annotations.xml", CVAT.replace("<version>1.1", "<version>2.0"), "byte", "not 1.1"),
        (Cvat, "annotations.xml", CVAT.replace("<image id", "<track id"), "", ""),
        (
            Cvat,
            "annotations.xml",
            CVAT.replace("label=\"car\" source=\"manual\"", "label=\"&x;\" source=\"manual\""),
            "byte",
            "attribute cannot be read",
        ),
        (
            GroundTruth,
            "a.manifest",
            GROUND_TRUTH.replace("\"class_id\":1", "\"class_id\":7"),
            "record 1, boxes.annotations[0].class_id",
            "class 7 has no name",
        ),
        (
            GroundTruth,
            "a.manifest",
            GROUND_TRUTH.replace("\"kinds\":[0,2]", "\"kinds\":[0,\"b\"]"),
            "record 2, kinds[1]",
            "is a text",
        ),
        (GroundTruth, "a.manifest", "{\"x\":1}".into(), "record 1", "neither `source-ref` nor"),
        (
            Labelbox,
            "a.ndjson",
            LABELBOX.replace("\"top\":2", "\"top\":\"2\""),
            "record 1, projects.p.labels[0].annotations.objects[0].bounding_box.top",
            "a text",
        ),
        (Labelbox, "a.ndjson", "{\"name\":\"x\"}".into(), "record 1", "has no `dataRow`"),
        (Yolo, "labels/a.txt", "0 0.5 0.5 0.2".into(), "line 1", "3 numbers"),
        (
            Yolo,
            "labels/a.txt",
            "0 0.5 0.5 0.2 0.1\n5 0.5 0.5 0.2 0.1".into(),
            "line 2",
            "class 5, which has no name",
        ),
        (Yolo, "labels/a.txt", "0 320 240 20 10".into(), "line 1", "has the coordinate 320"),
        (Yolo, "labels/a.txt", "car 0.1 0.1 0.1 0.1".into(), "line 1", "class `car`"),
        (CsvBoxes, "a.csv", "image_path,xmin,ymin,xmax,ymax\n".into(), "line 1", "no column `label`"),
        (
            CsvBoxes,
            "a.csv",
            "image_path,xmin,ymin,xmax,ymax,label\na.jpg,1,2,x,4,t\n".into(),
            "line 2",
            "`xmax` is `x`",
        ),
        (
            CsvBoxes,
            "a.csv",
            "image_path,xmin,ymin,xmax,ymax,label\n../a.jpg,1,2,3,4,t\n".into(),
            "line 2",
            "leads out",
        ),
        (
            CsvBoxes,
            "a.csv",
            "image_path,xmin,ymin,xmax,ymax,label\na.jpg,1,2,3\n".into(),
            "line 2",
            "has 4 cells",
        ),
    ];
    for (format, name, text, place, message) in cases {
        refused(*format, name, text, place, message);
    }
}

#[test]
fn a_document_of_entities_is_refused_at_once() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY a0 \"lol\">");
    for i in 1..10 {
        bomb.push_str(&format!("<!ENTITY a{i} \"{}\">", format!("&a{};", i - 1).repeat(10)));
    }
    bomb.push_str("]><annotation><filename>&a9;</filename></annotation>");
    refused(Format::Voc, "a.xml", &bomb, "byte", "document type");
    let outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><annotations><version>&x;</version></annotations>";
    refused(Format::Cvat, "annotations.xml", outside, "byte", "document type");
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("[{}", "{\"data\":[".repeat(100_000));
    refused(Format::LabelStudio, "a.json", &deep, "line 1", "recursion limit");
    let deep = format!("{{\"images\":{}", "[".repeat(100_000));
    refused(Format::Coco, "a.json", &deep, "line 1", "recursion limit");
}

#[test]
fn the_wrong_format_is_told() {
    for sample in &SAMPLES {
        for other in &SAMPLES {
            if sample.format != other.format
                && let Err(error) = read(sample.format, &with(other, other.text), sample.media)
            {
                good(&error);
            }
        }
    }
    refused(Format::Coco, "a.json", LABEL_STUDIO, "line 1", "the file is a list");
    refused(Format::Cvat, "a.xml", VOC, "byte", "begins with <annotation>, not <annotations>");
}
