//! Annotations of other tools over HTTP: real files onto an upload, dry runs, what is wrong with a file, what is not there.

use std::io::{Cursor, Write};

use serde_json::{Value, json};

use crate::harness::{Answer, Client, TestServer, World, admin, make_project, member, taxonomy};

const BYTES: &str = "application/octet-stream";
const COCO: &str = include_str!("../../../sheaf-formats/tests/data/labelbox/coco_instances.json");
const VOC: &str = include_str!("../../../sheaf-formats/tests/data/deepforest/SOAP_061.xml");
const LABEL_STUDIO: &str =
    include_str!("../../../sheaf-formats/tests/data/label-studio/image_urls_with_bboxes_gt.json");

/// A project without a taxonomy, with an upload in it.
struct Desk {
    manager: Client,
    project: String,
    upload: String,
    _server: TestServer,
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image::GrayImage::new(width, height).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

impl Desk {
    async fn with(media: &str, files: &[(&str, Vec<u8>)]) -> Self {
        let server = TestServer::start();
        let admin = admin(&server).await;
        let project = make_project(&admin, "Birds", media).await;
        let manager = member(&server, &admin, "manager", &project, "manager").await;
        let at = format!("/api/projects/{project}");
        let made = manager.post(&format!("{at}/uploads"), &json!({ "name": "june", "source": "api" })).await;
        let upload = format!("{at}/uploads/{}", made.is(201)["id"].as_str().unwrap());
        for (path, bytes) in files {
            let path = path.replace(' ', "%20");
            let file = format!("{upload}/files?path={path}&size={}&offset=0", bytes.len());
            let sent = manager.send("PUT", &file, BYTES, bytes.clone()).await.is(200);
            assert_eq!(sent["state"], "done", "{sent}");
        }
        Self { manager, project: at, upload, _server: server }
    }

    async fn send(&self, query: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.manager.send("POST", &format!("{}/annotations?{query}", self.upload), BYTES, body.into()).await
    }

    async fn taxonomy(&self) -> Value {
        self.manager.get(&format!("{}/taxonomy", self.project)).await.is(200)["taxonomy"].clone()
    }

    async fn sources(&self) -> Value {
        self.manager.get(&format!("{}/prelabels", self.project)).await.is(200)["items"].clone()
    }

    /// Nothing was written: neither a taxonomy nor a pre-label.
    #[track_caller]
    fn untouched(&self, taxonomy: &Value, sources: &Value) {
        assert_eq!((taxonomy, sources), (&Value::Null, &json!([])));
    }

    /// What the sources say of the asset that a query finds.
    async fn said_of(&self, name: &str) -> Value {
        let found = self.manager.get(&format!("{}/assets?limit=200", self.project)).await.is(200);
        let items = found["items"].as_array().unwrap().clone();
        let asset = items.iter().find(|asset| asset["name"] == name).unwrap_or_else(|| panic!("{items:?}"));
        let one = format!("{}/assets/{}", self.project, asset["id"].as_str().unwrap());
        self.manager.get(&one).await.is(200)["prelabels"].clone()
    }
}

fn counts(report: &Value) -> [u64; 4] {
    ["added", "replaced", "unchanged", "refused"].map(|key| report["prelabels"][key].as_u64().unwrap())
}

#[tokio::test]
async fn coco_comes_in_onto_the_images_that_are_there() {
    let files = [
        ("val 2017/000000458755.jpg", png(640, 480)),
        ("val 2017/000000311303.jpg", png(640, 427)),
        ("other.png", png(4, 4)),
    ];
    let desk = Desk::with("image", &files).await;
    let dry = desk.send("format=coco&filename=coco.json&dry_run=true", COCO).await.is(200);
    assert_eq!((&dry["assets"], &dry["found"], &dry["not_found"]), (&json!(10), &json!(2), &json!(8)));
    assert_eq!(dry["not_found_first"].as_array().unwrap().len(), 8);
    assert_eq!(dry["not_found_first"][0], "000000532493.jpg");
    assert_eq!((&dry["taxonomy"], &dry["dry_run"]), (&json!({ "labels": 80, "fields": 0 }), &json!(true)));
    assert_eq!(dry["sources"], json!([{ "source": "coco", "n_prelabels": 2 }]));
    assert_eq!(counts(&dry), [2, 0, 0, 0]);
    let told: Vec<&str> =
        dry["notes"].as_array().unwrap().iter().filter_map(|it| it["what"].as_str()).collect();
    assert!(told.iter().any(|what| what.contains("several polygons")), "{told:?}");
    desk.untouched(&desk.taxonomy().await, &desk.sources().await);

    let done = desk.send("format=coco&filename=coco.json", COCO).await.is(200);
    let mut as_told = dry.clone();
    as_told["dry_run"] = json!(false);
    assert_eq!(done, as_told, "what the dry run said came true");
    assert_eq!(desk.taxonomy().await["labels"].as_array().unwrap().len(), 80);
    assert_eq!(desk.sources().await[0]["n_assets"], 2);
    let said = desk.said_of("val 2017/000000458755.jpg").await;
    assert_eq!(said[0]["source"], "coco");
    assert!(!said[0]["response"]["annotations"].as_array().unwrap().is_empty(), "{said}");

    let again = desk.send("format=coco", COCO).await.is(200);
    assert_eq!((counts(&again), &again["taxonomy"]), ([0, 0, 2, 0], &Value::Null));
    assert_eq!(desk.sources().await[0]["n_assets"], 2);
    // What the taxonomy lacks is told and not added.
    let other = COCO.replace("\"name\": \"", "\"name\": \"no ");
    let other = desk.send("format=coco", other).await.is(200);
    assert_eq!((counts(&other), &other["sources"]), ([0, 0, 0, 0], &json!([])));
    assert!(other["notes"].to_string().contains("is no label of the project"), "{other}");
    assert_eq!(desk.taxonomy().await["labels"].as_array().unwrap().len(), 80);
}

#[tokio::test]
async fn voc_is_read_from_a_zip_with_and_without_zero() {
    let desk = Desk::with("image", &[("photos/SOAP_061.png", png(400, 400))]).await;
    let nothing = VOC.split("<object>").next().unwrap().to_owned() + "</annotation>";
    let other = nothing.replace("SOAP_061.png", "missing.png");
    let zipped = zip(&[
        ("Annotations/a.xml", VOC),
        ("Annotations/b.xml", &other),
        // No annotations, and not unpacked.
        ("JPEGImages/SOAP_061.png", "no image"),
    ]);
    let done = desk.send("format=voc", zipped.clone()).await.is(200);
    assert_eq!((&done["found"], &done["not_found_first"]), (&json!(1), &json!(["missing.png"])));
    assert_eq!((counts(&done), &done["answers"]), ([1, 0, 0, 0], &json!(2)));
    let left = |said: Value| said[0]["response"]["annotations"][0]["left"].as_f64().unwrap();
    assert_eq!(left(desk.said_of("photos/SOAP_061.png").await), 148.0);
    let zero = desk.send("format=voc&zero_based=true", zipped).await.is(200);
    assert_eq!(counts(&zero), [0, 1, 0, 0]);
    assert_eq!(left(desk.said_of("photos/SOAP_061.png").await), 149.0);
    // One file of a format of many.
    assert_eq!(counts(&desk.send("format=voc&zero_based=true", VOC).await.is(200)), [0, 0, 1, 0]);
}

#[tokio::test]
async fn yolo_takes_sizes_from_the_library_and_tells_what_is_not_there() {
    let files = [("photos/train/a.png", png(200, 100)), ("photos/train/empty.png", png(20, 10))];
    let desk = Desk::with("image", &files).await;
    let zipped = zip(&[
        ("set/data.yaml", "names: [kea, emu]\n"),
        ("set/labels/train/a.txt", "1 0.5 0.5 0.1 0.2\n"),
        ("set/labels/train/b.txt", "0 0.5 0.5 0.1 0.2\n"),
        // There is nothing in it, and that is an answer.
        ("set/labels/train/empty.txt", ""),
    ]);
    let done = desk.send("format=yolo", zipped).await.is(200);
    assert_eq!((&done["assets"], &done["found"]), (&json!(3), &json!(2)), "{done}");
    assert_eq!(done["not_found_first"], json!(["set/train/b"]));
    assert_eq!(counts(&done), [2, 0, 0, 0]);
    let said = desk.said_of("photos/train/a.png").await;
    let shape = &said[0]["response"]["annotations"][0];
    assert_eq!(
        (&shape["label"], &shape["left"], &shape["width"]),
        (&json!("emu"), &json!(90.0), &json!(20.0))
    );
    assert_eq!(desk.said_of("photos/train/empty.png").await[0]["response"]["annotations"], json!([]));
}

#[tokio::test]
async fn addresses_and_keys_of_a_manifest_are_found_too() {
    let desk = Desk::with("image", &[]).await;
    let rows = "url,ref\nhttps://pytest.heartex.com/image1.jpg,\nhttps://x.org/other.jpg,https://pytest.heartex.com/image2.jpg\n";
    desk.manager
        .send("PUT", &format!("{}/manifest?filename=m.csv", desk.upload), BYTES, rows.into())
        .await
        .is(200);
    // A key that is missing in a row is not taken for one by itself.
    let columns = json!({ "columns": [{ "name": "ref", "role": "ref" }] });
    desk.manager.post(&format!("{}/manifest/commit", desk.upload), &columns).await.is(202);
    loop {
        let upload = desk.manager.get(&desk.upload).await.is(200);
        if upload["job"]["state"] != "running" {
            assert_eq!(upload["counts"]["added"], 2, "{upload}");
            break;
        }
        tokio::task::yield_now().await;
    }
    // The file has the same image twice: one of them is told.
    let twice = desk.send("format=label-studio&dry_run=true", LABEL_STUDIO).await.is(200);
    assert_eq!((&twice["assets"], &twice["found"]), (&json!(2), &json!(1)), "{twice}");
    assert!(twice["notes"].to_string().contains("another one of the file"), "{twice}");
    let two = LABEL_STUDIO.replacen("image1.jpg", "image2.jpg", 1);
    let done = desk.send("format=label-studio", two).await.is(200);
    assert_eq!(done["found"], 2, "{done}");
    assert_eq!(counts(&done), [2, 0, 0, 0]);
    assert_eq!(done["sources"][0]["source"], "label-studio");

    // Texts have keys alone; those that the command line gives them are found.
    let texts = Desk::with("text", &[]).await;
    let manifest =
        "{\"text\":\"good\",\"ref\":\"june#770e607624d68926\"}\n{\"text\":\"bad\",\"ref\":\"t2\"}\n";
    let at = format!("{}/manifest?filename=m.jsonl", texts.upload);
    texts.manager.send("PUT", &at, BYTES, manifest.into()).await.is(200);
    texts.manager.post(&format!("{}/manifest/commit", texts.upload), &json!({})).await.is(202);
    while texts.manager.get(&texts.upload).await.is(200)["job"]["state"] == "running" {
        tokio::task::yield_now().await;
    }
    let answer = json!({ "result": [{ "from_name": "mood", "to_name": "text", "type": "choices", "value": { "choices": ["fine"] } }] });
    let tasks = json!([
        { "data": { "text": "good" }, "annotations": [answer] },
        { "data": { "text": "nobody knows this one" }, "annotations": [answer] },
    ]);
    let done = texts.send("format=label-studio", tasks.to_string()).await.is(200);
    assert_eq!((&done["found"], &done["not_found_first"]), (&json!(1), &json!(["nobody knows this one"])));
    assert_eq!((counts(&done), &done["taxonomy"]), ([1, 0, 0, 0], &json!({ "labels": 0, "fields": 1 })));
}

#[tokio::test]
async fn texts_and_addresses_become_assets_when_that_is_asked_for() {
    let desk = Desk::with("image", &[]).await;
    let two = LABEL_STUDIO.replacen("image1.jpg", "image2.jpg", 1);
    let told = desk.send("format=label-studio", two.clone()).await.is(200);
    assert_eq!((&told["not_found"], &told["assets_addable"]), (&json!(2), &json!(2)));
    desk.untouched(&desk.taxonomy().await, &desk.sources().await);
    let dry = desk.send("format=label-studio&add_assets=true&dry_run=true", two.clone()).await.is(200);
    assert_eq!((&dry["assets_added"], &dry["not_found"], counts(&dry)), (&json!(2), &json!(0), [2, 0, 0, 0]));
    desk.untouched(&desk.taxonomy().await, &desk.sources().await);
    let received = |upload: Value| upload["counts"]["received"].clone();
    assert_eq!(received(desk.manager.get(&desk.upload).await.is(200)), 0);

    let done = desk.send("format=label-studio&add_assets=true", two.clone()).await.is(200);
    let mut as_told = dry;
    as_told["dry_run"] = json!(false);
    assert_eq!(done, as_told);
    let upload = desk.manager.get(&desk.upload).await.is(200);
    assert_eq!((&upload["state"], &upload["counts"]["added"]), (&json!("finished"), &json!(2)));
    let said = desk.said_of("image2.jpg").await;
    assert_eq!(said[0]["response"]["annotations"][0]["label"], "Cat");
    let again = desk.send("format=label-studio&add_assets=true", two).await.is(200);
    assert_eq!(
        (&again["found"], &again["assets_added"], counts(&again)),
        (&json!(2), &json!(0), [0, 0, 2, 0])
    );
    // One more comes into the upload that was finished.
    let three = LABEL_STUDIO.replacen("image1.jpg", "image3.jpg", 1);
    let more = desk.send("format=label-studio&add_assets=true", three).await.is(200);
    assert_eq!((&more["found"], &more["assets_added"], counts(&more)), (&json!(1), &json!(1), [1, 0, 1, 0]));
    let upload = desk.manager.get(&desk.upload).await.is(200);
    assert_eq!((&upload["state"], &upload["counts"]["added"]), (&json!("finished"), &json!(3)));

    // Texts have no key but themselves; twice the same file is the same assets.
    let texts = Desk::with("text", &[]).await;
    let task = |text: &str| {
        json!({ "data": { "text": text, "stars": 3 }, "predictions": [{ "model_version": "m", "result": [
            { "from_name": "label", "to_name": "text", "type": "labels",
              "value": { "start": 0, "end": 4, "text": "good", "labels": ["praise"] } }] }] })
    };
    let tasks = json!([task("good one"), task("good two")]).to_string();
    for added in [2, 0] {
        let done = texts.send("format=label-studio&add_assets=true", tasks.clone()).await.is(200);
        assert_eq!(done["assets_added"], added, "{done}");
        assert_eq!(counts(&done), if added == 2 { [2, 0, 0, 0] } else { [0, 0, 2, 0] });
    }
    let assets = texts.manager.get(&format!("{}/assets?limit=10", texts.project)).await.is(200);
    assert_eq!((&assets["total"], &assets["items"][0]["metadata"]["stars"]), (&json!(2), &json!(3)));
    // A later file has other texts before the old ones, and one of them twice: each is found wherever it stands.
    let later = [task("good old"), task("good two"), task("good one"), task("good two")];
    let done = texts.send("format=label-studio&add_assets=true", json!(later).to_string()).await.is(200);
    assert_eq!((&done["found"], &done["assets_added"]), (&json!(2), &json!(2)), "{done}");
    assert_eq!(counts(&done), [2, 0, 2, 0]);
    let again = texts.send("format=label-studio", json!(later[1..]).to_string()).await.is(200);
    assert_eq!((&again["found"], counts(&again)), (&json!(3), [0, 0, 3, 0]), "{again}");
    let named = |text: &str| format!("june#{text}");
    let found = texts.manager.get(&format!("{}/assets?limit=10", texts.project)).await.is(200);
    let mut keys: Vec<&str> =
        found["items"].as_array().unwrap().iter().filter_map(|it| it["reference_id"].as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys.len(), 4, "{found}");
    assert!(keys.contains(&named("bc4159bea41e075d").as_str()), "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.ends_with("-2")).count(), 1, "{keys:?}");
    // Files are never made of their names.
    let files = Desk::with("image", &[]).await;
    let report = files.send("format=voc&add_assets=true", VOC).await.is(200);
    assert_eq!((&report["assets_added"], &report["not_found"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn more_texts_than_are_looked_up_at_once_are_all_found() {
    const TEXTS: usize = 2_100;
    let desk = Desk::with("text", &[]).await;
    let result = json!([{ "from_name": "mood", "to_name": "text", "type": "choices", "value": { "choices": ["fine"] } }]);
    let task =
        |n: usize| json!({ "data": { "text": format!("text {n}") }, "annotations": [{ "result": result }] });
    let tasks: Vec<Value> = (0..TEXTS).map(task).collect();
    let made = desk.send("format=label-studio&add_assets=true", json!(tasks).to_string()).await.is(200);
    assert_eq!((&made["assets_added"], counts(&made)), (&json!(TEXTS), [2_100, 0, 0, 0]));
    // The other way round, with one at the front that is not there.
    let tasks: Vec<Value> = (0..=TEXTS).rev().map(task).collect();
    let found = desk.send("format=label-studio", json!(tasks).to_string()).await.is(200);
    assert_eq!((&found["found"], &found["not_found"]), (&json!(TEXTS), &json!(1)));
    assert_eq!(counts(&found), [0, 0, 2_100, 0]);
}

#[tokio::test]
async fn a_file_that_is_wrong_writes_nothing_and_says_where() {
    let desk = Desk::with("image", &[("000000458755.jpg", png(640, 480))]).await;
    let bad = |name: &str| COCO.replace("000000532493.jpg", name);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("coco", Vec::new(), "the file is empty"),
        ("coco", COCO.as_bytes()[..COCO.len() / 2].to_vec(), "my.json"),
        ("coco", b"[]".to_vec(), "my.json"),
        ("coco", bad("../../etc/passwd").into(), "leads out"),
        ("coco", bad("/etc/passwd").into(), "absolute"),
        ("voc", COCO.into(), "my.json"),
        ("cvat", VOC.into(), "my.json"),
        ("yolo", COCO.into(), "data.yaml"),
        ("label-studio", b"{\"data\":{}}".to_vec(), "my.json"),
        ("ground-truth", b"not json\n".to_vec(), "my.json"),
        ("csv-boxes", b"a,b\n1,2\n".to_vec(), "image_path"),
        ("coco", zip(&[("../coco.json", COCO)]), "leads out"),
        ("coco", zip(&[("a.json", COCO), ("b.json", COCO)]), "not the only one"),
        ("coco", zip(&[("a.png", COCO)]), "no file of the kind"),
        ("coco", zip(&[("a.json", COCO)])[..500].to_vec(), "damaged"),
    ];
    for dry in [true, false] {
        for (format, body, said) in &cases {
            let query = format!("format={format}&filename=my.json&dry_run={dry}");
            let error = desk.send(&query, body.clone()).await.is_error(422, "bad_annotations");
            assert!(error["message"].as_str().unwrap().contains(said), "{format}: {error}");
            assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{format}: {error}");
        }
    }
    let cut =
        desk.send("format=coco&filename=my.json", bad("../x.jpg")).await.is_error(422, "bad_annotations");
    let problem = &cut["details"]["problems"][0];
    assert_eq!(problem["path"], "my.json, images[2]", "{cut}");
    // What is well-formed and makes no taxonomy.
    let empty = json!({ "images": [{ "id": 1, "file_name": "000000458755.jpg" }], "annotations": [], "categories": [] });
    desk.send("format=coco", empty.to_string()).await.is_error(422, "bad_taxonomy");
    for query in ["", "format=kitti", "format=coco&dry_run=perhaps", "format=coco&zero_based=1"] {
        desk.send(query, COCO).await.is_error(422, "invalid");
    }
    desk.untouched(&desk.taxonomy().await, &desk.sources().await);
}

#[tokio::test]
async fn what_finds_nothing_makes_no_taxonomy_and_names_in_doubt_are_not_guessed() {
    let desk = Desk::with("image", &[("train/a.png", png(10, 10)), ("val/a.png", png(11, 11))]).await;
    let coco = |names: [&str; 2]| {
        json!({
            "images": [{ "id": 1, "file_name": names[0], "width": 10, "height": 10 },
                       { "id": 2, "file_name": names[1], "width": 10, "height": 10 }],
            "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4] },
                            { "id": 2, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4] }],
            "categories": [{ "id": 1, "name": "kea" }],
        })
        .to_string()
    };
    let nothing = desk.send("format=coco", coco(["a.png", "b.png"])).await.is(200);
    assert_eq!((&nothing["found"], &nothing["not_found"]), (&json!(0), &json!(2)));
    assert_eq!((counts(&nothing), &nothing["taxonomy"]), ([0; 4], &Value::Null));
    desk.untouched(&desk.taxonomy().await, &desk.sources().await);
    // The first is in a folder of the same name; the second would be the first again.
    let once = desk.send("format=coco", coco(["set/train/a.png", "train/a.png"])).await.is(200);
    assert_eq!((&once["found"], &once["not_found"]), (&json!(1), &json!(0)), "{once}");
    assert!(once["notes"].to_string().contains("another one of the file"), "{once}");
    // An image of another size than the file says is taken and told.
    let resized = desk.send("format=coco", coco(["val/a.png", "b.png"])).await.is(200);
    assert_eq!(counts(&resized), [1, 0, 0, 0]);
    assert!(resized["notes"].to_string().contains("10 × 10 instead of 11 × 11"), "{resized}");
}

#[tokio::test]
async fn a_pre_label_that_cannot_be_is_refused_by_name_and_the_others_are_written() {
    let desk = Desk::with("image", &[("a.png", png(10, 10)), ("b.png", png(10, 10))]).await;
    let coco = json!({
        "images": [{ "id": 1, "file_name": "a.png", "width": 90, "height": 90 }, { "id": 2, "file_name": "b.png" }],
        "annotations": [{ "id": 1, "image_id": 1, "category_id": 1, "bbox": [50, 50, 9, 9] },
                        { "id": 2, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4] }],
        "categories": [{ "id": 1, "name": "kea" }],
    });
    for query in ["format=coco&dry_run=true", "format=coco"] {
        let report = desk.send(query, coco.to_string()).await.is(200);
        assert_eq!(counts(&report), [1, 0, 0, 1], "{report}");
        let problem = &report["prelabels"]["problems"][0];
        assert_eq!((&problem["asset"], &problem["source"]), (&json!("a.png"), &json!("coco")));
        assert!(problem["path"].as_str().unwrap().starts_with("response.annotations[0]"), "{problem}");
        assert!(problem["message"].as_str().unwrap().contains("outside"), "{problem}");
    }
}

#[tokio::test]
async fn managers_may_and_others_may_not() {
    let world = World::seed().await;
    let at = world.path(&format!("/uploads/{}/annotations?format=coco", world.id("upload")));
    for client in [&world.annotator, &world.reviewer] {
        client.send("POST", &at, BYTES, COCO.into()).await.is_error(403, "forbidden");
    }
    world.stranger.send("POST", &at, BYTES, COCO.into()).await.is_error(404, "not_found");
    world.anonymous.send("POST", &at, BYTES, COCO.into()).await.is_error(401, "unauthenticated");
    // A program with a key; the project has a taxonomy, which stays.
    let report = world.program.send("POST", &at, BYTES, COCO.into()).await.is(200);
    assert_eq!((&report["found"], &report["taxonomy"]), (&json!(0), &Value::Null));
    let known = world.manager.get(&world.path("/taxonomy")).await.is(200);
    assert_eq!(known["taxonomy"]["labels"][0]["name"], taxonomy(0)["taxonomy"]["labels"][0]["name"]);
    let nowhere = world.path("/uploads/upl_0000000000002/annotations?format=coco");
    world.manager.send("POST", &nowhere, BYTES, COCO.into()).await.is_error(404, "not_found");
}
