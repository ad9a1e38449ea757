//! Details of single formats, by small files: what is left out and told, and what is written for other tools to read.

use serde_json::{Map, Value, json};
use sheaf_formats::{Asset, Format, Marks, Outcome, coco, label_studio};
use sheaf_model::response::{Annotation, Shape, Vertex};
use sheaf_model::taxonomy::AnswerKind;
use sheaf_model::{Media, Taxonomy};

use crate::samples::CVAT;
use crate::{one, read};

fn notes(outcome: &Outcome) -> Vec<(&str, u64)> {
    outcome.report.notes().map(|(what, n, _)| (what, n)).collect()
}

/// The only asset of a task of Label Studio with these results.
#[track_caller]
fn task(data: &Value, results: &[Value], media: Media) -> (Asset, Outcome) {
    let file = json!([{ "data": data, "annotations": [{ "result": results }] }]).to_string();
    let (mut assets, outcome) = read(Format::LabelStudio, &one("a.json", file), media).unwrap();
    assert_eq!(assets.len(), 1);
    (assets.remove(0), outcome)
}

#[test]
fn regions_of_label_studio_that_are_of_something_else_are_left_out() {
    let audio = json!({"id":"a","from_name":"l","to_name":"audio","type":"labels",
        "value":{"start":1.27,"end":2.5,"channel":0,"labels":["speech"]}});
    let said = json!({"id":"a","from_name":"said","to_name":"audio","type":"textarea",
        "value":{"start":1.27,"end":2.5,"channel":0,"text":["hello"]}});
    let seconds = json!({"id":"b","from_name":"l","to_name":"audio","type":"labels",
        "value":{"start":1,"end":2,"channel":0,"labels":["speech"]}});
    let html = json!({"id":"h","from_name":"l","to_name":"html","type":"hypertextlabels",
        "value":{"start":"/p[1]/text()[1]","end":"/p[2]/text()[1]","startOffset":1,"endOffset":9,
            "globalOffsets":{"start":1,"end":900},"hypertextlabels":["name"]}});
    let paths = json!({"id":"p","from_name":"l","to_name":"html","type":"labels",
        "value":{"start":"/p[1]/text()[1]","end":"/p[2]/text()[1]","labels":["name"]}});
    let good = json!({"from_name":"good","to_name":"image","type":"choices","value":{"choices":["yes"]}});
    let results = [audio, said, seconds, html, paths, good];

    let data = json!({"image":"/data/upload/3/1a2b3c4d-a%20b.jpg","audio":"/data/upload/3/1a2b3c4d-a.wav"});
    let (asset, outcome) = task(&data, &results, Media::Image);
    assert_eq!(asset.name, "upload/3/1a2b3c4d-a b.jpg");
    let response = &asset.marks[0].response;
    assert_eq!((response.annotations.len(), json!(response.fields)), (0, json!({"good":"yes"})));
    assert_eq!(
        notes(&outcome),
        [
            ("answer about a region that is not there left out", 1),
            ("region from a start to an end left out: the asset is no text", 3),
            ("result of the type `hypertextlabels` left out", 1)
        ]
    );

    let span = json!({"id":"s","from_name":"l","to_name":"text","type":"labels",
        "value":{"start":0,"end":4,"text":"Jané","labels":["person"]}});
    let results: Vec<Value> = results.into_iter().chain([span]).collect();
    let (asset, outcome) = task(&json!({"text":"Jané likes tea"}), &results, Media::Text);
    let response = &asset.marks[0].response;
    let shape = Shape::Span { start: 0, end: 4, text: "Jané".into() };
    assert_eq!(response.annotations.iter().map(|one| &one.shape).collect::<Vec<_>>(), [&shape]);
    assert_eq!(json!(response.fields), json!({"good":"yes"}));
    assert_eq!(
        notes(&outcome),
        [
            ("answer about a region that is not there left out", 1),
            ("region whose start and end do not count characters left out", 3),
            ("result of the type `hypertextlabels` left out", 1)
        ]
    );
}

#[test]
fn answers_about_a_region_that_is_left_out_are_none_about_the_image() {
    let sized = |mut result: Value| {
        (result["original_width"], result["original_height"]) = (json!(100), json!(80));
        result
    };
    let results = [
        // A brush, and what is said of it: with its pixels, and by its id alone.
        json!({"id":"b","from_name":"l","type":"brushlabels",
            "value":{"format":"rle","rle":[0,1],"brushlabels":["car"]}}),
        json!({"id":"b","from_name":"side","type":"choices",
            "value":{"format":"rle","rle":[0,1],"choices":["left"]}}),
        json!({"id":"b","from_name":"old","type":"choices","value":{"choices":["yes"]}}),
        // A box in a video: its label and its rating are results of their own, and the region comes last.
        json!({"id":"v","from_name":"l","type":"labels","value":{"labels":["car"]}}),
        json!({"id":"v","from_name":"stars","type":"rating","value":{"sequence":[],"rating":3}}),
        json!({"id":"v","from_name":"l","type":"videorectangle","value":{"sequence":[]}}),
        // An answer that comes before its box, which has two labels.
        json!({"id":"r","from_name":"side","type":"choices","value":{"choices":["right"]}}),
        sized(json!({"id":"r","from_name":"l","type":"rectanglelabels",
            "value":{"x":10,"y":10,"width":10,"height":10,"rectanglelabels":["car","red"]}})),
        json!({"id":"alone","from_name":"l","type":"labels","value":{"labels":["dog"]}}),
        json!({"id":"w","from_name":"weather","type":"choices","value":{"choices":["rain"]}}),
    ];
    let (asset, outcome) = task(&json!({"image":"a.jpg"}), &results, Media::Image);
    let response = &asset.marks[0].response;
    assert_eq!(json!(response.fields), json!({"weather":"rain"}));
    let [car] = response.annotations.as_slice() else { panic!("{response:?}") };
    assert_eq!((car.label.as_str(), json!(car.attributes)), ("car", json!({"side":"right"})));
    assert_eq!(
        notes(&outcome),
        [
            ("answer about a region that is not there left out", 3),
            ("label of a region beyond its first left out", 1),
            ("label without a region left out", 1),
            ("result of the type `brushlabels` left out", 1),
            ("result of the type `videorectangle` left out", 1)
        ]
    );
}

fn box_with(attributes: Value) -> Annotation {
    let shape = Shape::Box { left: 1.0, top: 2.0, width: 30.0, height: 40.0 };
    Annotation {
        uuid: "u".into(),
        label: "car".into(),
        shape,
        attributes: serde_json::from_value(attributes).unwrap(),
    }
}

fn asset(annotation: Annotation) -> Asset {
    let mut marks = Marks { human: true, source: "kim@x.org".into(), ..Marks::default() };
    marks.response.annotations.push(annotation);
    Asset { name: "a.jpg".into(), size: Some((100, 80)), marks: vec![marks], ..Asset::default() }
}

#[test]
fn attributes_are_written_to_label_studio_in_their_kinds() {
    let taxonomy: Taxonomy = serde_json::from_value(json!({"fields":[],"labels":[
        {"name":"car","color":"#ff0000","tools":["box"],"attributes":[
            {"name":"plate","type":"text"},{"name":"side","type":"single","options":["left"]}]}]}))
    .unwrap();
    let asset = asset(box_with(json!({"plate":"AB 12","side":"left","old":"yes"})));
    let task = label_studio::task(1, &asset, &taxonomy, Map::new());
    let results = task["annotations"][0]["result"].as_array().unwrap();
    let kinds: Vec<&Value> =
        results.iter().flat_map(|result| [&result["from_name"], &result["type"]]).collect();
    let wanted = json!(["box", "rectanglelabels", "old", "choices", "plate", "textarea", "side", "choices"]);
    assert_eq!(json!(kinds), wanted);
    let (assets, _) =
        read(Format::LabelStudio, &one("a.json", json!([task]).to_string()), Media::Image).unwrap();
    assert_eq!(assets[0].marks[0].response, asset.marks[0].response);
}

#[test]
fn only_one_address_is_written_to_label_studio_as_who_annotated() {
    let mut asset = asset(box_with(json!({})));
    let sources = ["kim@x.org", "kim@x.org; lee@x.org", "coco", "label-studio", "label-studio: lee@x.org"];
    asset.marks = sources.map(|source| Marks { source: source.into(), ..asset.marks[0].clone() }).into();
    let task = label_studio::task(1, &asset, &Taxonomy::default(), Map::new());
    let by = |n: usize| task["annotations"][n].get("completed_by");
    assert_eq!(by(0), Some(&json!({"email":"kim@x.org"})));
    assert_eq!((by(1), by(2), by(3)), (None, None, None));
    assert_eq!(by(4), Some(&json!({"email":"lee@x.org"})));
    let (assets, _) =
        read(Format::LabelStudio, &one("a.json", json!([task]).to_string()), Media::Image).unwrap();
    let got: Vec<&str> = assets[0].marks.iter().map(|marks| marks.source.as_str()).collect();
    assert_eq!(
        got,
        [
            "label-studio: kim@x.org",
            "label-studio: kim@x.org; lee@x.org",
            "label-studio: coco",
            "label-studio",
            "label-studio: lee@x.org"
        ]
    );
}

#[test]
fn crowds_and_masks_of_coco() {
    let names = ["car".to_owned()];
    let crowd = |attributes: Value| {
        coco::object_row(&box_with(attributes), 1, 1, &names).unwrap()["iscrowd"].as_u64()
    };
    assert_eq!(crowd(json!({})), Some(0));
    assert_eq!(crowd(json!({"iscrowd":false})), Some(0));
    assert_eq!(crowd(json!({"iscrowd":true})), Some(1));

    // 4 high, 5 wide: the rows 1 and 2 of the columns 2 and 3, as numbers and as a text.
    let mask = |counts: Value| json!({"size":[4,5],"counts":counts});
    let object = |id: u32, segmentation: Value| json!({"id":id,"image_id":1,"category_id":1,"iscrowd":1,"segmentation":segmentation});
    let file = |objects: &[Value]| {
        json!({"images":[{"id":1,"file_name":"a.jpg","width":5,"height":4}],"annotations":objects,
            "categories":[{"id":1,"name":"car"}]})
        .to_string()
    };
    let objects = [
        object(1, mask(json!([9, 2, 2, 2, 5]))),
        object(2, mask(json!("92203"))),
        object(3, mask(json!([20]))),
        object(4, json!([])),
    ];
    let (assets, outcome) = read(Format::Coco, &one("a.json", file(&objects)), Media::Image).unwrap();
    let wanted = Shape::Box { left: 2.0, top: 1.0, width: 2.0, height: 2.0 };
    let shapes: Vec<_> = assets[0].marks[0].response.annotations.iter().map(|one| &one.shape).collect();
    assert_eq!(shapes, [&wanted, &wanted]);
    assert_eq!(
        notes(&outcome),
        [("mask (RLE) taken as its box", 2), ("object without a box or a polygon left out", 2)]
    );
    let wrong = file(&[object(1, mask(json!([21])))]);
    let error = read(Format::Coco, &one("a.json", wrong), Media::Image).unwrap_err();
    assert_eq!(error.place, "annotations[0].segmentation.counts");
}

#[test]
fn entities_of_ground_truth_have_confidences() {
    let line = json!({"source":"Jané likes tea","ner":{"annotations":{"entities":[
        {"label":"person","startOffset":0,"endOffset":4},{"label":"drink","startOffset":11,"endOffset":14}]}},
        "ner-metadata":{"job-name":"labeling-job/j","type":"groundtruth/text-span","human-annotated":"no",
            "entities":[{"confidence":0.7},{"confidence":0.2}]}});
    let (assets, _) = read(Format::GroundTruth, &one("a.manifest", line.to_string()), Media::Text).unwrap();
    assert_eq!(assets[0].marks[0].score, Some(0.2));

    let taxonomy: Taxonomy = serde_json::from_value(json!({"fields":[],"labels":[
        {"name":"person","color":"#ff0000","tools":["span"]},
        {"name":"drink","color":"#ff0000","tools":["span"]}]}))
    .unwrap();
    let names = ["person".to_owned(), "drink".to_owned()];
    let at = "2026-01-01T00:00:00Z";
    let written = sheaf_formats::ground_truth_line(&assets[0], &taxonomy, &names, at, Map::new());
    assert_eq!(written["labels-metadata"]["type"], "groundtruth/text-span");
    assert_eq!(written["labels-metadata"]["entities"], json!([{"confidence":0.2},{"confidence":0.2}]));
    let (again, _) = read(Format::GroundTruth, &one("a.manifest", written.to_string()), Media::Text).unwrap();
    assert_eq!(again[0].marks, assets[0].marks);
}

#[test]
fn tags_of_cvat_are_of_several_also_when_no_image_has_one() {
    let unused = CVAT.replace("<tag label=\"good\" source=\"manual\"></tag>", "");
    let (_, outcome) = read(Format::Cvat, &one("annotations.xml", unused), Media::Image).unwrap();
    assert_eq!((outcome.taxonomy.fields.len(), outcome.taxonomy.fields[0].kind), (1, AnswerKind::Multiple));
}

#[test]
fn a_polygon_that_reaches_past_the_image_keeps_its_edges() {
    let polygon = Shape::Polygon {
        vertices: [(50.0, 10.0), (150.0, 10.0), (50.0, 40.0)].map(|(x, y)| Vertex { x, y }).into(),
    };
    let annotation = Annotation { shape: polygon, ..box_with(json!({})) };
    let row = coco::object_row(&annotation, 1, 1, &["car".to_owned()]);
    let file = json!({"images":[{"id":1,"file_name":"a.jpg","width":100,"height":80}],"annotations":[row],
        "categories":[{"id":1,"name":"car"}]});
    let (assets, outcome) = read(Format::Coco, &one("a.json", file.to_string()), Media::Image).unwrap();
    let Shape::Polygon { vertices } = &assets[0].marks[0].response.annotations[0].shape else { panic!() };
    let corners: Vec<_> = vertices.iter().map(|v| (v.x.round(), v.y.round())).collect();
    assert_eq!(corners, [(50.0, 10.0), (100.0, 10.0), (100.0, 25.0), (50.0, 40.0)]);
    assert_eq!(notes(&outcome), [("polygon that reached past the image cut at its edge", 1)]);
}
