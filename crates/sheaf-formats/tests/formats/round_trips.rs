//! What is written is read again, for all that the format can hold.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sheaf_formats::folder::Memory;
use sheaf_formats::{Asset, Format, Marks, coco, label_studio};
use sheaf_model::response::{Annotation, Shape, Vertex};
use sheaf_model::taxonomy::Tool;
use sheaf_model::{Media, Response, Taxonomy};

use crate::{one, read};

const NAMES: [&str; 3] = ["car", "dög & <cat>", "a, b"];
const CONTENT: &str = "Jané met 😀 Kim at the café, twice.";

fn taxonomy(media: Media) -> Taxonomy {
    let tools = if media == Media::Image { vec![Tool::Box, Tool::Polygon] } else { vec![Tool::Span] };
    let labels: Vec<Value> = NAMES
        .iter()
        .map(|name| json!({"name":name,"color":"#ff0000","tools":tools,"attributes":[]}))
        .collect();
    serde_json::from_value(json!({"labels": labels, "fields": [
        {"id":"weather","title":"W","type":"single","options":[{"value":"rain"},{"value":"fog"}]},
        {"id":"kinds","title":"K","type":"multiple","options":[{"value":"x"},{"value":"y"}]},
        {"id":"n","title":"N","type":"number"},
        {"id":"note","title":"T","type":"text"}]}))
    .unwrap()
}

/// Whole pixels within 100 x 80.
fn shape(polygons: bool) -> impl Strategy<Value = Shape> {
    let rectangle = (0..90u32, 0..70u32, 1..10u32, 1..10u32).prop_map(|(x, y, w, h)| Shape::Box {
        left: x.into(),
        top: y.into(),
        width: w.into(),
        height: h.into(),
    });
    let vertex = (0..=100u32, 0..=80u32).prop_map(|(x, y)| Vertex { x: x.into(), y: y.into() });
    let polygon = prop::collection::vec(vertex, 3..8)
        .prop_filter("closed", |vertices| vertices.first() != vertices.last())
        .prop_map(|vertices| Shape::Polygon { vertices });
    prop_oneof![rectangle, polygon]
        .prop_filter("only boxes", move |shape| polygons || matches!(shape, Shape::Box { .. }))
}

fn span() -> impl Strategy<Value = Shape> {
    let n = CONTENT.chars().count() as u64;
    (0..n, 1..n).prop_map(move |(start, len)| {
        let end = (start + len).min(n);
        let text = CONTENT.chars().skip(start as usize).take((end - start) as usize).collect();
        Shape::Span { start, end, text }
    })
}

fn annotations(
    shape: impl Strategy<Value = Shape>,
    attributes: bool,
) -> impl Strategy<Value = Vec<Annotation>> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-99..99i32).prop_map(Value::from),
        "[a-z<&]{1,6}".prop_map(Value::from)
    ];
    let given = prop::collection::btree_map("[a-e]{1,2}", value, 0..if attributes { 3 } else { 1 });
    prop::collection::vec((0..NAMES.len(), shape, given), 0..6).prop_map(|all| {
        let make = |(i, (name, shape, attributes)): (usize, (usize, Shape, BTreeMap<String, Value>))| {
            Annotation { uuid: format!("u{i}"), label: NAMES[name].to_owned(), shape, attributes }
        };
        all.into_iter().enumerate().map(make).collect()
    })
}

fn asset(annotations: Vec<Annotation>, fields: BTreeMap<String, Value>, source: &str) -> Asset {
    let response = Response { annotations, fields };
    Asset {
        name: "day 1/a.jpg".into(),
        size: Some((100, 80)),
        marks: vec![Marks { source: source.into(), human: true, response, ..Marks::default() }],
        ..Asset::default()
    }
}

/// A box as a polygon; a polygon as it is.
fn corners(shape: &Shape) -> Shape {
    let Shape::Box { left, top, width, height } = shape else { return shape.clone() };
    let all = [(0.0, 0.0), (*width, 0.0), (*width, *height), (0.0, *height)];
    Shape::Polygon { vertices: all.map(|(x, y)| Vertex { x: left + x, y: top + y }).into() }
}

fn names() -> Vec<String> {
    NAMES.iter().map(|name| (*name).to_owned()).collect()
}

/// Equal but for what rounding does.
#[track_caller]
fn same(got: &Asset, wanted: &Asset) {
    let shapes = |asset: &Asset| -> Vec<Shape> {
        let round = |x: f64| (x * 1e6).round() / 1e6 + 0.0;
        let all = asset.marks.iter().flat_map(|marks| &marks.response.annotations);
        all.map(|annotation| match annotation.shape.clone() {
            Shape::Box { left, top, width, height } => {
                Shape::Box { left: round(left), top: round(top), width: round(width), height: round(height) }
            }
            Shape::Polygon { vertices } => Shape::Polygon {
                vertices: vertices.iter().map(|v| Vertex { x: round(v.x), y: round(v.y) }).collect(),
            },
            span => span,
        })
        .collect()
    };
    assert_eq!(shapes(got), shapes(wanted));
    let rest = |asset: &Asset| {
        let mut asset = asset.clone();
        for annotation in asset.marks.iter_mut().flat_map(|marks| &mut marks.response.annotations) {
            annotation.shape = Shape::Span { start: 0, end: 0, text: String::new() };
        }
        asset
    };
    assert_eq!(rest(got), rest(wanted));
}

#[track_caller]
fn read_one(format: Format, files: &Memory, media: Media) -> Asset {
    let (mut assets, outcome) = read(format, files, media).unwrap();
    assert!(!outcome.report.has_notes(), "{}", outcome.report);
    assert_eq!(assets.len(), 1);
    assets.remove(0)
}

proptest! {
    #[test]
    fn coco_comes_back(annotations in annotations(shape(true), true)) {
        let wanted = asset(annotations, BTreeMap::new(), "coco");
        let rows: Vec<Value> = (1..).zip(&wanted.marks[0].response.annotations)
            .filter_map(|(id, annotation)| coco::object_row(annotation, id, 7, &names())).collect();
        let text = json!({
            "images": [coco::image_row(7, &wanted, Map::new())],
            "annotations": rows,
            "categories": coco::category_rows(&names()),
        });
        let got = read_one(Format::Coco, &one("a.json", text.to_string()), Media::Image);
        let mut wanted = wanted;
        // COCO does not say that somebody looked and found nothing.
        wanted.marks.retain(|marks| !marks.response.annotations.is_empty());
        same(&got, &wanted);
    }

    #[test]
    fn label_studio_comes_back(
        annotations in annotations(shape(true), false),
        side in prop::option::of("[a-z]{1,5}"),
        number in prop::option::of(-9..9i32),
        weather in prop::sample::select(vec!["rain", "fog"]),
        human: bool,
    ) {
        let mut fields = BTreeMap::from([("weather".to_owned(), json!(weather)), ("kinds".to_owned(), json!(["x", "y"]))]);
        fields.extend(number.map(|n| ("n".to_owned(), json!(f64::from(n)))));
        fields.extend(side.clone().map(|text| ("note".to_owned(), json!(text))));
        let mut wanted = asset(annotations, fields, "label-studio: kim@x.org");
        for annotation in &mut wanted.marks[0].response.annotations {
            annotation.attributes = side.iter().map(|side| ("side".to_owned(), json!(side))).collect();
        }
        wanted.marks[0].human = human;
        wanted.marks[0].score = (!human).then_some(0.5);
        wanted.metadata = Map::from_iter([("hour".to_owned(), json!(3))]);
        wanted.reference = Some("ref".to_owned());
        let task = label_studio::task(7, &wanted, &taxonomy(Media::Image), Map::new());
        let got = read_one(Format::LabelStudio, &one("a.json", json!([task]).to_string()), Media::Image);
        same(&got, &wanted);
    }

    #[test]
    fn spans_come_back_by_label_studio_and_ground_truth(annotations in annotations(span(), false), weather in prop::sample::select(vec!["rain", "fog"])) {
        let mut annotations = annotations;
        annotations.iter_mut().for_each(|annotation| annotation.attributes.clear());
        let fields = BTreeMap::from([("weather".to_owned(), json!(weather))]);
        let mut wanted = asset(annotations, fields, "label-studio: kim@x.org");
        (wanted.name, wanted.size, wanted.text) = (String::new(), None, Some(CONTENT.to_owned()));
        let task = label_studio::task(7, &wanted, &taxonomy(Media::Text), Map::new());
        let got = read_one(Format::LabelStudio, &one("a.json", json!([task]).to_string()), Media::Text);
        prop_assert_eq!(&got, &wanted);

        wanted.marks[0].source = "ground-truth: kim@x.org".to_owned();
        // Ground Truth has a confidence for classes, and no ids.
        wanted.marks[0].score = Some(1.0);
        for (i, annotation) in wanted.marks[0].response.annotations.iter_mut().enumerate() {
            annotation.uuid = (i + 1).to_string();
        }
        let line = sheaf_formats::ground_truth_line(&wanted, &taxonomy(Media::Text), &names(), "2026-01-01T00:00:00Z", Map::new());
        let got = read_one(Format::GroundTruth, &one("a.manifest", format!("{line}\n")), Media::Text);
        prop_assert_eq!(&got, &wanted);
    }

    #[test]
    fn ground_truth_comes_back(annotations in annotations(shape(false), false), weather in prop::sample::select(vec!["rain", "fog"])) {
        let mut annotations = annotations;
        for (i, annotation) in annotations.iter_mut().enumerate() {
            annotation.attributes.clear();
            annotation.uuid = (i + 1).to_string();
        }
        let fields = BTreeMap::from([("weather".to_owned(), json!(weather)), ("kinds".to_owned(), json!(["y"]))]);
        let mut wanted = asset(annotations, fields, "ground-truth: kim@x.org");
        wanted.marks[0].score = Some(1.0);
        wanted.url = Some("s3://b/day 1/a.jpg".to_owned());
        wanted.name = "a.jpg".to_owned();
        let line = sheaf_formats::ground_truth_line(&wanted, &taxonomy(Media::Image), &names(), "2026-01-01T00:00:00Z", Map::new());
        let got = read_one(Format::GroundTruth, &one("a.manifest", format!("{line}\n")), Media::Image);
        same(&got, &wanted);
    }

    #[test]
    fn voc_comes_back(annotations in annotations(shape(false), true)) {
        let mut wanted = asset(annotations, BTreeMap::new(), "voc");
        for (i, annotation) in wanted.marks[0].response.annotations.iter_mut().enumerate() {
            annotation.uuid = (i + 1).to_string();
        }
        let got = read_one(Format::Voc, &one("a.xml", sheaf_formats::voc_file(&wanted)), Media::Image);
        // A text that reads like a number or a truth value comes back as one.
        same(&got, &wanted);
    }

    #[test]
    fn yolo_comes_back(annotations in annotations(shape(true), false)) {
        let mut wanted = asset(annotations, BTreeMap::new(), "yolo");
        for (i, annotation) in wanted.marks[0].response.annotations.iter_mut().enumerate() {
            annotation.uuid = (i + 1).to_string();
            annotation.attributes.clear();
        }
        let text = sheaf_formats::yolo_file(&wanted, &names()).unwrap();
        // Boxes beside a polygon are written as polygons.
        let annotations = &mut wanted.marks[0].response.annotations;
        if annotations.iter().any(|annotation| matches!(annotation.shape, Shape::Polygon { .. })) {
            annotations.iter_mut().for_each(|annotation| annotation.shape = corners(&annotation.shape));
        }
        let files = Memory::new([("labels/day 1/a.txt", text), ("data.yaml", sheaf_formats::yolo_data(&names()))]);
        let got = read_one(Format::Yolo, &files, Media::Image);
        same(&got, &wanted);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in Format::ALL {
            for media in [Media::Image, Media::Text] {
                let files = Memory::new([("labels/a.txt", bytes.clone()), ("data.yaml", bytes.clone())]);
                drop(read(format, &files, media));
                drop(read(format, &one("a", bytes.clone()), media));
            }
        }
    }
}
