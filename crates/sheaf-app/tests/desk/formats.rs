//! Exports in the formats of other tools, read again by the readers of `sheaf_formats` and by Parquet's own.

use std::io::{Cursor, Read};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::export::{Format, Spec, export};
use sheaf_app::queue::submit::submit;
use sheaf_app::taxonomies;
use sheaf_formats::folder::Memory;
use sheaf_formats::{Asset, Options, read};
use sheaf_model::project::Media;
use sheaf_model::{Recipe, Response, UploadId};
use sheaf_store::library::NewAsset;

use crate::queue::answer;
use crate::{Desk, code};

/// Three images, of which the last has no known size; the first two and the last are answered.
async fn world() -> Desk {
    let desk = Desk::new(0).await;
    let taxonomy = json!({
        "labels": [{"name":"car","color":"#ff0000","tools":["box","polygon"],"attributes":[]}],
        "fields": [{"id":"kind","title":"Kind","type":"single","options":[{"value":"a"},{"value":"b"}]}],
    });
    let taxonomy = serde_json::from_value(taxonomy).unwrap();
    taxonomies::put(&desk.app, &desk.manager, desk.project, taxonomy, 1).await.unwrap();
    let project = desk.project;
    let assets: Vec<NewAsset> = (0..3u32)
        .map(|i| NewAsset {
            name: if i == 1 { "../day 1/a.jpg".into() } else { "day 1/a.jpg".into() },
            reference: Some(format!("r{i}")),
            media_type: "image/jpeg",
            width: (i < 2).then_some(100),
            height: (i < 2).then_some(80),
            url: (i == 2).then(|| "https://x.org/c.jpg".into()),
            fingerprint: i64::from(i),
            metadata: "{\"hour\":3}".into(),
            ..NewAsset::default()
        })
        .collect();
    desk.app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).await.unwrap();
    desk.batch(true).await;
    let annotator = desk.annotator(10).await;
    for task in desk.claim(&annotator, 1, 3).await {
        let mut said = answer("a");
        said.response = serde_json::from_value::<Response>(json!({
            "annotations": [
                {"uuid":"1","label":"car","type":"box","left":10,"top":20,"width":30,"height":40,"attributes":{}},
                {"uuid":"2","label":"car","type":"polygon","attributes":{},
                 "vertices":[{"x":0,"y":0},{"x":50,"y":0},{"x":50,"y":20}]}],
            "fields": {"kind":"b"}}))
        .unwrap();
        submit(&desk.app, &annotator, task.lease, said).await.unwrap();
    }
    desk
}

fn spec(format: Format) -> Spec {
    Spec { format, query: String::new(), batch: None, all: false, merged: None, prelabels: false }
}

fn read_all(format: sheaf_formats::Format, files: &Memory) -> Vec<Asset> {
    let mut out = Vec::new();
    let (sizes, image) = (|_: &str| Some((100, 80)), |stem: &str| Some(format!("{stem}.jpg")));
    let options =
        Options { media: Media::Image, zero_based: false, sizes: &sizes, image: &image, missing: None };
    read(format, files, options, &mut |asset| {
        out.push(asset);
        Ok(())
    })
    .unwrap();
    out
}

fn unzip(bytes: Vec<u8>) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_read_again_by_the_readers() {
    let desk = world().await;
    let text = desk.export(spec(Format::LabelStudio)).await;
    let tasks: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(tasks.as_array().unwrap().len(), 3);
    assert_eq!(tasks[0]["annotations"][0]["completed_by"]["email"], "p10@x");
    assert_eq!(tasks[2]["meta"]["sheaf"]["left_out"].as_array().unwrap().len(), 2);
    let files = Memory::new([("a.json", json!([tasks[0], tasks[2]]).to_string())]);
    let assets = read_all(sheaf_formats::Format::LabelStudio, &files);
    assert_eq!(assets[0].marks[0].source, "label-studio: p10@x");
    assert_eq!(assets[0].marks[0].response.annotations.len(), 2);
    assert_eq!((assets[0].reference.as_deref(), &assets[0].metadata["hour"]), (Some("r0"), &json!(3)));
    assert_eq!(assets[1].marks[0].response.fields["kind"], json!("b"));

    let files = unzip(desk.export_bytes(spec(Format::Yolo)).await);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["data.yaml", "labels/day 1/a.txt", "labels/day 1/a-1.txt", "assets.csv"]);
    let list = files.last().unwrap().1.clone();
    assert!(
        list.contains("labels/day 1/a-1.txt,ast_") && list.contains("size of the image is not known"),
        "{list}"
    );
    let assets = read_all(sheaf_formats::Format::Yolo, &Memory::new(files));
    assert_eq!(assets.len(), 2);
    assert_eq!(assets[0].marks[0].response.annotations.len(), 2);

    let files = unzip(desk.export_bytes(spec(Format::Voc)).await);
    assert_eq!(files.len(), 4);
    let first = files[0].1.clone();
    assert!(first.contains("<xmin>11</xmin>") && first.contains("<ymax>60</ymax>"), "{first}");
    let assets = read_all(sheaf_formats::Format::Voc, &Memory::new([files[0].clone()]));
    assert_eq!(assets[0].marks[0].response.annotations.len(), 2);

    let manifest = desk.export(spec(Format::GroundTruth)).await;
    let first: Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
    assert_eq!(first["kind-metadata"]["class-name"], "b");
    let assets = read_all(
        sheaf_formats::Format::GroundTruth,
        &Memory::new([("a.manifest", manifest.lines().last().unwrap())]),
    );
    assert_eq!(assets[0].url.as_deref(), Some("https://x.org/c.jpg"));
    assert_eq!(assets[0].marks[0].response.annotations.len(), 2);

    let coco = desk.export(spec(Format::Coco)).await.replace("../day", "day");
    let assets = read_all(sheaf_formats::Format::Coco, &Memory::new([("a.json", coco)]));
    assert_eq!((assets.len(), assets[0].marks[0].response.annotations.len()), (3, 2));
}

/// An empty file says that there is nothing to see, which nobody has said of these.
#[tokio::test(flavor = "multi_thread")]
async fn images_without_an_answer_have_no_file_in_a_zip() {
    let desk = world().await;
    let project = desk.project;
    let new = NewAsset {
        name: "b.jpg".into(),
        media_type: "image/jpeg",
        width: Some(100),
        height: Some(80),
        fingerprint: 9,
        metadata: "{}".into(),
        ..NewAsset::default()
    };
    desk.app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &[new])).await.unwrap();
    // Answered with nothing, which is an answer; the one after it waits in the same batch.
    let more = |n: u32| NewAsset {
        name: format!("c{n}.jpg"),
        media_type: "image/jpeg",
        width: Some(100),
        height: Some(80),
        fingerprint: 10 + i64::from(n),
        metadata: "{\"more\":1}".into(),
        ..NewAsset::default()
    };
    let more = [more(0), more(1)];
    desk.app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &more)).await.unwrap();
    let recipe = Recipe { query: Some("more:1".into()), ..Recipe::default() };
    let batch = NewBatch { name: "More".into(), launch: true, ..NewBatch::default() };
    batches::create(&desk.app, &desk.manager, project, batch, recipe).await.unwrap();
    let annotator = desk.annotator(11).await;
    let task = desk.claim(&annotator, 2, 1).await.remove(0);
    submit(&desk.app, &annotator, task.lease, answer("a")).await.unwrap();

    for (format, wanted) in [
        (Format::Yolo, vec!["labels/day 1/a.txt", "labels/day 1/a-1.txt", "labels/c0.txt"]),
        (
            Format::Voc,
            vec![
                "Annotations/day 1/a.xml",
                "Annotations/day 1/a-1.xml",
                "Annotations/day 1/a-2.xml",
                "Annotations/c0.xml",
            ],
        ),
    ] {
        let files = unzip(desk.export_bytes(Spec { all: true, ..spec(format) }).await);
        let (list, files) = files.split_last().unwrap();
        let names = files.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "data.yaml");
        assert_eq!(names.collect::<Vec<_>>(), wanted);
        for name in ["b.jpg", "c1.jpg"] {
            let row = list.1.lines().find(|line| line.contains(&format!(",{name},"))).unwrap();
            assert!(row.starts_with(",ast_") && row.ends_with(",no answer yet"), "{row}");
        }
        assert_eq!(list.1.matches("no answer yet").count(), 2, "{}", list.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_out_whole_however_many_and_long() {
    let desk = Desk::new(0).await;
    let project = desk.project;
    // More than are read at once, by their number and by their length.
    let long = "long ".repeat(1_000_000);
    let texts: Vec<String> =
        (0..1_100).map(|n| if n % 400 == 7 { format!("{n} {long}") } else { format!("text {n}") }).collect();
    let assets: Vec<NewAsset> = (0..)
        .zip(&texts)
        .map(|(n, text): (i64, _)| NewAsset {
            name: format!("t{n}"),
            media_type: "text/plain",
            size: (n % 2 == 0).then_some(i64::try_from(text.len()).unwrap()),
            text: Some(text.clone()),
            fingerprint: n,
            metadata: "{}".into(),
            ..NewAsset::default()
        })
        .collect();
    desk.app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).await.unwrap();
    let all = |format| Spec { all: true, ..spec(format) };
    let tasks: Value = serde_json::from_str(&desk.export(all(Format::LabelStudio)).await).unwrap();
    let told: Vec<&str> =
        tasks.as_array().unwrap().iter().filter_map(|task| task["data"]["text"].as_str()).collect();
    assert!(told == texts, "{} texts", told.len());
    let manifest = desk.export(all(Format::GroundTruth)).await;
    assert_eq!(manifest.lines().count(), texts.len());
    let last: Value = serde_json::from_str(manifest.lines().last().unwrap()).unwrap();
    assert_eq!(last["source"], "text 1099");
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_has_a_row_an_answer() {
    let desk = world().await;
    let bytes = desk.export_bytes(Spec { all: true, ..spec(Format::Parquet) }).await;
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows: Vec<_> = file.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].get_string(2).unwrap(), "r0");
    assert_eq!(rows[1].get_long(6).unwrap(), 100);
    assert!(rows[2].get_long(6).is_err(), "a width that is not known is null");
    let names: Vec<String> = rows[0].get_column_iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names.len(), 22);
    let at = names.iter().position(|name| name == "response").unwrap();
    let text = format!("{}", rows[0].get_column_iter().nth(at).unwrap().1);
    assert!(text.contains("kind"), "{text}");
    let empty = desk.export_bytes(Spec { query: "hour:9".into(), ..spec(Format::Parquet) }).await;
    assert_eq!(
        SerializedFileReader::new(bytes::Bytes::from(empty)).unwrap().metadata().file_metadata().num_rows(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_of_images_are_refused_to_texts() {
    let desk = Desk::new(0).await;
    let new = sheaf_app::projects::NewProject {
        name: "t".into(),
        media: Media::Text,
        taxonomy: None,
        instructions: String::new(),
        attribution: None,
    };
    let texts = sheaf_app::projects::create(&desk.app, &desk.manager, new).await.unwrap().project.id;
    for (format, refused) in [
        (Format::Yolo, true),
        (Format::Voc, true),
        (Format::Coco, true),
        (Format::LabelStudio, false),
        (Format::GroundTruth, false),
        (Format::Parquet, false),
    ] {
        let got = export(&desk.app, &desk.manager, texts, spec(format)).await;
        assert_eq!(got.err().map(|error| code(&error)), refused.then_some("bad_format"), "{format:?}");
    }
}
