//! Real files from packages (`tests/data/README.md`), and the samples.

use std::path::Path;

use serde_json::json;
use sheaf_formats::folder::{Disk, Memory};
use sheaf_formats::{Asset, Format, Outcome};
use sheaf_model::Media;
use sheaf_model::response::Shape;
use sheaf_model::taxonomy::{AnswerKind, Tool};

use crate::read;
use crate::samples::SAMPLES;

#[track_caller]
fn real(format: Format, path: &str, media: Media) -> (Vec<Asset>, Outcome) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path);
    read(format, &Disk::open(&path).unwrap(), media).unwrap()
}

fn notes(outcome: &Outcome) -> Vec<(String, u64)> {
    outcome.report.notes().map(|(what, n, _)| (what.to_owned(), n)).collect()
}

#[test]
fn the_samples_are_read() {
    for sample in &SAMPLES {
        let files = sample.rest.iter().copied().chain([(sample.name, sample.text)]);
        let (assets, outcome) = read(sample.format, &Memory::new(files), sample.media).unwrap();
        let all = || assets.iter().flat_map(|asset| &asset.marks).map(|marks| &marks.response);
        let annotations = all().map(|response| response.annotations.len()).sum();
        let fields = all().map(|response| response.fields.len()).sum();
        assert_eq!(
            (assets.len(), annotations, fields),
            sample.found,
            "{}: {outcome:?}",
            sample.format.as_str()
        );
        assert_eq!(outcome.taxonomy.problems(sample.media), [], "{}", sample.format.as_str());
        // What was proposed fits what was read.
        for asset in &assets {
            let text = asset.text.clone().unwrap_or_default();
            let canvas = match sample.media {
                Media::Image => sheaf_model::response::Canvas::Image(asset.size),
                Media::Text => sheaf_model::response::Canvas::Text(&text),
            };
            for marks in &asset.marks {
                let mut response = marks.response.clone();
                let mut report = sheaf_formats::Report::default();
                sheaf_formats::fit::fit(&mut response, &outcome.taxonomy, &mut report, "");
                assert_eq!(response.problems(&outcome.taxonomy, canvas), [], "{}", sample.format.as_str());
                assert!(!report.has_notes(), "{}: {report}", sample.format.as_str());
            }
        }
    }
}

#[test]
fn voc_of_deepforest() {
    let (assets, outcome) = real(Format::Voc, "deepforest/SOAP_061.xml", Media::Image);
    let [asset] = assets.as_slice() else { panic!() };
    assert_eq!((asset.name.as_str(), asset.size), ("SOAP_061.png", Some((400, 400))));
    let annotations = &asset.marks[0].response.annotations;
    assert_eq!(annotations.len(), 37);
    assert_eq!(annotations[0].shape, Shape::Box { left: 148.0, top: 104.0, width: 25.0, height: 25.0 });
    let names: Vec<&str> = outcome.taxonomy.labels.iter().map(|label| label.name.as_str()).collect();
    assert_eq!(names, ["Dead", "Alive"]);
    // The folder has two such files.
    let (assets, outcome) = real(Format::Voc, "deepforest", Media::Image);
    assert_eq!((assets.len(), outcome.report.annotations), (2, 98));
}

#[test]
fn csv_of_deepforest() {
    let (assets, outcome) = real(Format::CsvBoxes, "deepforest/testfile_multi.csv", Media::Image);
    assert_eq!((assets.len(), outcome.report.answers), (1, 1));
    assert_eq!(assets[0].name, "SOAP_061.png");
    let first = &assets[0].marks[0].response.annotations[0];
    // Every image here is said to be 100 x 80, so this box is outside; only the last ones are not.
    assert_eq!(first.label, "Dead");
    let left_out = outcome.report.notes().find(|(what, ..)| what.contains("left out")).map(|(_, n, _)| n);
    assert!(left_out.is_some_and(|n| n + outcome.report.annotations == 37), "{}", outcome.report);
}

#[test]
fn coco_of_coco_2017() {
    let (assets, outcome) = real(Format::Coco, "labelbox/coco_instances.json", Media::Image);
    assert_eq!(assets.len(), 10);
    let several = notes(&outcome).iter().find(|(what, _)| what.contains("several polygons")).map(|(_, n)| *n);
    assert_eq!(several, Some(6));
    assert!(outcome.report.annotations >= 62 + 6, "{}", outcome.report);
    assert_eq!(outcome.taxonomy.labels.len(), 80);
    assert_eq!(outcome.taxonomy.labels[0].name, "person");
    assert_eq!(outcome.taxonomy.labels[0].tools, [Tool::Polygon]);
    let asset = &assets[0];
    assert_eq!((asset.name.as_str(), asset.size), ("000000458755.jpg", Some((640, 480))));
    assert_eq!(asset.url.as_deref(), Some("http://images.cocodataset.org/val2017/000000458755.jpg"));
}

#[test]
fn label_studio_of_label_studio() {
    let (assets, outcome) = real(Format::LabelStudio, "label-studio/three_tasks_two_gts.json", Media::Image);
    assert_eq!(assets.len(), 3);
    assert_eq!(assets[0].name, "0007efdd465a14b8.jpg");
    assert_eq!(assets[0].metadata["audio"].as_str().map(|text| text.ends_with(".flac.wav")), Some(true));
    let first = &assets[0].marks[0];
    assert!(first.human && first.source == "label-studio");
    let Shape::Box { left, width, .. } = first.response.annotations[0].shape else { panic!() };
    assert!((left - 80.62).abs() < 1e-9 && (width - 3.12).abs() < 1e-9, "{left} {width}");
    assert!(outcome.report.predictions > 0, "{}", outcome.report);

    let (assets, outcome) =
        real(Format::LabelStudio, "label-studio/tasks_annotations_predictions.json", Media::Text);
    assert_eq!(assets[0].text.as_deref(), Some("Test example phrase 1"));
    assert_eq!(assets[0].metadata["int_field"], json!(1));
    let sources: Vec<_> = assets[0].marks.iter().map(|marks| (marks.source.as_str(), marks.human)).collect();
    assert_eq!(sources, [("label-studio", true), ("label-studio: model_version_A", false)]);
    assert_eq!(assets[0].marks[0].response.fields["text_class"], json!("class_A"));
    assert_eq!(outcome.taxonomy.fields[0].kind, AnswerKind::Single);

    // One task, not in a list, on many lines.
    let (assets, _) = real(Format::LabelStudio, "label-studio/previous_export.json", Media::Image);
    assert_eq!(assets[0].marks[0].source, "label-studio: annotator_from_past@project.com");
    assert_eq!(assets[0].marks[0].at.as_deref(), Some("2021-07-06T06:06:25.927570Z"));
    let (assets, _) = real(Format::LabelStudio, "label-studio/text_with_2_predictions.json", Media::Text);
    assert_eq!(assets[0].marks.len(), 2);
    let (assets, _) = real(Format::LabelStudio, "label-studio/image_urls_with_bboxes_gt.json", Media::Image);
    assert_eq!(assets[0].marks[0].response.annotations[0].uuid, "UKz0YvhhKF");
    assert_eq!(assets[0].size, Some((320, 240)));
    // Time series are not of Sheaf's world.
    let (_, outcome) = real(Format::LabelStudio, "label-studio/random-with-predictions.json", Media::Text);
    assert_eq!(notes(&outcome), [("result of the type `timeserieslabels` left out".to_owned(), 2)]);
}

#[test]
fn ndjson_of_labelbox() {
    let big = |_: &str| Some((4000, 3000));
    let read = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/labelbox").join(path);
        let mut assets = Vec::new();
        let options = sheaf_formats::Options {
            media: Media::Image,
            zero_based: false,
            sizes: &big,
            image: &|_| None,
            missing: None,
        };
        let folder = Disk::open(&path).unwrap();
        let outcome = sheaf_formats::read(Format::Labelbox, &folder, options, &mut |asset| {
            assets.push(asset);
            Ok(())
        });
        (assets, outcome.unwrap())
    };
    for name in ["image_import.json", "image_import_name_only.json"] {
        let (assets, outcome) = read(name);
        let [asset] = assets.as_slice() else { panic!() };
        assert_eq!(asset.reference.as_deref(), Some("ckrazctum0z8a0ybc0b0o0g0v"));
        let marks = &asset.marks[0];
        assert_eq!((marks.human, marks.score), (false, Some(0.834)));
        assert_eq!(marks.response.annotations.len(), 2);
        let shape = Shape::Box { left: 2275.0, top: 1352.0, width: 139.0, height: 350.0 };
        assert_eq!(marks.response.annotations[0].shape, shape);
        // The polygon is closed by its first point, which Sheaf does not repeat.
        let Shape::Polygon { vertices } = &marks.response.annotations[1].shape else { panic!() };
        assert_eq!(vertices.len(), 3);
        assert_eq!(notes(&outcome), [("mask left out".to_owned(), 1), ("point left out".to_owned(), 1)]);
    }
    let (assets, _) = read("nested_import_name_only.json");
    let annotations = &assets[0].marks[0].response.annotations;
    assert_eq!(annotations.len(), 4);
    assert_eq!(annotations[0].attributes.values().next(), Some(&json!("first answer")));
    assert_eq!(annotations[2].attributes["classification c"], json!(["third answer"]));
    assert_eq!(annotations[3].attributes["a string"], json!("a string"));
    let (assets, _) = read("classification_import_name_only.json");
    assert_eq!(assets[0].marks[0].response.fields["classification a"], json!("choice 1"));
    assert_eq!(read("rectangle_import.json").1.report.annotations, 1);
    assert_eq!(notes(&read("polyline_import.json").1), [("line left out".to_owned(), 1)]);
    let (_, outcome) = read("text_entity_import.json");
    assert!(outcome.report.has_notes() && outcome.report.annotations == 0);
}

#[test]
fn details_of_the_formats() {
    // Label Studio: percent of the image; an attribute shares its shape's id.
    let (assets, outcome) =
        read(Format::LabelStudio, &crate::one("a.json", crate::samples::LABEL_STUDIO), Media::Image).unwrap();
    let marks = &assets[0].marks;
    assert_eq!(
        (marks[0].source.as_str(), marks[1].source.as_str()),
        ("label-studio: kim@x.org", "label-studio: m1")
    );
    assert_eq!((marks[1].human, marks[1].score), (false, Some(0.7)));
    let car = &marks[0].response.annotations[0];
    assert_eq!(car.shape, Shape::Box { left: 20.0, top: 20.0, width: 60.0, height: 40.0 });
    assert_eq!(car.attributes["side"], json!("left"));
    assert_eq!(marks[0].response.fields["weather"], json!("rain"));
    assert_eq!(notes(&outcome), [("ellipse made into a polygon".to_owned(), 1)]);
    // Offsets count characters, not bytes or UTF-16.
    let text = crate::one("a.json", crate::samples::LABEL_STUDIO_TEXT);
    let (assets, outcome) = read(Format::LabelStudio, &text, Media::Text).unwrap();
    let Shape::Span { text, .. } = &assets[0].marks[0].response.annotations[1].shape else { panic!() };
    assert_eq!(text, "tea");
    assert!(!outcome.report.has_notes());
    // VOC: pixels from 1, both ends part of the box.
    let (assets, _) = read(Format::Voc, &crate::one("a.xml", crate::samples::VOC), Media::Image).unwrap();
    let annotations = &assets[0].marks[0].response.annotations;
    assert_eq!(annotations[0].shape, Shape::Box { left: 0.0, top: 1.0, width: 10.0, height: 19.0 });
    assert_eq!(json!(annotations[0].attributes), json!({"pose":"Left","truncated":true}));
    assert_eq!(annotations[1].label, "dog & cat");
    // CVAT: kinds of attributes as declared, tags as a field, sources apart.
    let cvat = crate::one("annotations.xml", crate::samples::CVAT);
    let (assets, outcome) = read(Format::Cvat, &cvat, Media::Image).unwrap();
    let marks = &assets[0].marks;
    assert_eq!(marks[0].response.fields["tags"], json!(["good"]));
    assert_eq!(json!(marks[0].response.annotations[0].attributes), json!({"old":true,"side":"left"}));
    assert_eq!((marks[1].source.as_str(), marks[1].human), ("cvat: auto", false));
    assert_eq!(outcome.taxonomy.labels[0].color, "#ff0000");
    assert_eq!(outcome.taxonomy.labels[0].attributes[0].options, ["left", "right"]);
    // Ground Truth: what people and models said is kept apart.
    let manifest = crate::one("a.manifest", crate::samples::GROUND_TRUTH);
    let (assets, _) = read(Format::GroundTruth, &manifest, Media::Image).unwrap();
    let said: Vec<_> = assets[0].marks.iter().map(|m| (m.source.as_str(), m.human, m.score)).collect();
    assert_eq!(said, [("ground-truth: j", true, Some(0.09)), ("ground-truth: k", false, Some(0.9))]);
    assert_eq!(assets[0].url.as_deref(), Some("s3://b/a.jpg"));
    assert_eq!(assets[1].marks[0].response.fields["kinds"], json!(["a", "b"]));
    // YOLO: shares of 100 x 80; one number more is a confidence.
    let yolo = &SAMPLES[7];
    let files = Memory::new(yolo.rest.iter().copied().chain([(yolo.name, yolo.text)]));
    let (assets, _) = read(Format::Yolo, &files, Media::Image).unwrap();
    assert_eq!(assets[0].name, "a.jpg");
    let shape = &assets[0].marks[0].response.annotations[0].shape;
    assert_eq!(*shape, Shape::Box { left: 40.0, top: 30.0, width: 20.0, height: 20.0 });
    assert_eq!((assets[0].marks[1].human, assets[0].marks[1].score), (false, Some(0.8)));
}
