//! `sheaf import` and `sheaf serve` as processes: exit codes, resuming, and a server that is killed in the middle.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;
#[path = "common/project.rs"]
mod project;
#[path = "common/serving.rs"]
mod serving;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use sheaf_model::{Media, ProjectId};
use sheaf_testing::Home;

use common::sheaf;
use open::open;
use project::project;
use serving::serve;

/// A data folder with one project.
fn data(media: Media) -> (Home, ProjectId) {
    // Of several nodes, `nodes.rs` tells.
    let home = Home::sqlite();
    let project = project(&open(&home), media);
    (home, project)
}

fn import(data: &Home, args: &[&str], what: &Path) -> Output {
    sheaf(data).arg("import").args(args).arg(what).output().unwrap()
}

#[track_caller]
fn check(output: &Output, code: i32, said: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(said), "`{said}` is not in:\n{text}");
}

fn n_assets(data: &Home, project: ProjectId) -> u32 {
    open(data).store().read_blocking(|tx| tx.project(project)).unwrap().unwrap().n_assets
}

#[test]
fn a_folder_is_imported_once_however_often_it_is_tried() {
    let (data, project) = data(Media::Text);
    let folder = tempfile::tempdir().unwrap();
    for n in 0..5 {
        std::fs::write(folder.path().join(format!("{n}.txt")), format!("text number {n}")).unwrap();
    }
    let first = import(&data, &["--name", "texts", "--json"], folder.path());
    check(&first, 0, "5 received: 5 added");
    let upload: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(upload["state"], "finished");
    std::fs::write(folder.path().join("bad.txt"), b"\x00\xff\xfe").unwrap();
    check(&import(&data, &["--name", "texts"], folder.path()), 1, "bad.txt: ");
    let again = import(&data, &["--name", "texts", "--allow-refused"], folder.path());
    check(&again, 0, "5 of 6 files are there already");
    assert!(again.stdout.is_empty());
    assert_eq!(n_assets(&data, project), 5);
    check(&import(&data, &["--project", "No such"], folder.path()), 1, "there are: `Only`");
    check(&import(&data, &["--launch"], folder.path()), 2, "--batch");
    let mut nowhere = sheaf(&data);
    nowhere.env("SHEAF_DATA", data.path().join("nothing")).arg("import").arg(folder.path());
    check(&nowhere.output().unwrap(), 1, "there is no data in");
}

#[test]
fn a_manifest_brings_its_files() {
    let (data, project) = data(Media::Text);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("t")).unwrap();
    for n in 0..3 {
        std::fs::write(folder.path().join(format!("t/{n}.txt")), format!("text number {n}")).unwrap();
    }
    std::fs::write(folder.path().join("t/not named.txt"), "not named").unwrap();
    let manifest = folder.path().join("m.csv");
    std::fs::write(&manifest, "file,mood\nt/0.txt,good\nt/1.txt,bad\nt/2.txt,good\nt/3.txt,lost\n").unwrap();
    let done = import(&data, &["--batch", "All of it"], &manifest);
    check(&done, 1, "t/3.txt (row 4): the file that the manifest names was not sent");
    check(&done, 1, "was made of it");
    assert_eq!(n_assets(&data, project), 3);
    let asset = open(&data).store().read_blocking(|tx| tx.asset(project, 0)).unwrap().unwrap();
    assert!(asset.metadata.contains("\"mood\":"), "{}", asset.metadata);
}

/// A server process that is killed when the test ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(data: &Home) -> Server {
    Server(serve(sheaf(data), data.path()).0)
}

/// Looks again and again: a process that writes tells nobody.
fn wait_until(mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not happen");
        std::thread::yield_now();
    }
}

#[test]
fn a_server_that_is_killed_goes_on_with_its_manifest() {
    const ROWS: u32 = 150_000;
    let (data, project) = data(Media::Text);
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("large.csv");
    let mut csv = String::from("text,n\n");
    for n in 0..ROWS {
        writeln!(csv, "text number {n},{n}").unwrap();
    }
    std::fs::write(&manifest, csv).unwrap();

    let mut server = start(&data);
    let wal = data.path().join("sheaf.db-wal");
    let before = std::fs::metadata(&wal).map_or(0, |meta| meta.len());
    let mut client = sheaf(&data).arg("import").arg(&manifest).stderr(Stdio::null()).spawn().unwrap();
    // Rows are being written.
    wait_until(|| std::fs::metadata(&wal).is_ok_and(|meta| meta.len() > before + (2 << 20)));
    server.0.kill().unwrap();
    server.0.wait().unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(1), "the client says that it did not end well");
    let interrupted = n_assets(&data, project);
    assert!(interrupted > 0 && interrupted < ROWS, "it was killed in the middle, at {interrupted}");

    let _server = start(&data);
    let done = import(&data, &[], &manifest);
    check(&done, 0, &format!("{ROWS} added, 0 updated"));
    drop(_server);
    assert_eq!(n_assets(&data, project), ROWS);
}

/// COCO beside its images: the taxonomy, the assets and the pre-labels come in; a file that is wrong leaves nothing.
#[test]
fn a_project_of_another_tool_is_imported() {
    let (data, project) = data(Media::Image);
    let folder = tempfile::tempdir().unwrap();
    let svg = |n: u32| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='80'><rect width='{n}' height='9'/></svg>"
        )
    };
    std::fs::create_dir(folder.path().join("images")).unwrap();
    for n in 1..=2 {
        std::fs::write(folder.path().join(format!("images/{n}.svg")), svg(n)).unwrap();
    }
    let coco = |name: &str| {
        serde_json::json!({
            "images": [{"id":1,"file_name":"1.svg","width":100,"height":80},{"id":2,"file_name":name,"width":100,"height":80}],
            "annotations": [{"id":5,"image_id":2,"category_id":1,"bbox":[1,2,30,40]}],
            "categories": [{"id":1,"name":"kea"}],
        })
        .to_string()
    };
    let file = folder.path().join("coco.json");
    let images = folder.path().join("images");
    let rows = folder.path().join("rows.jsonl");
    let args =
        ["--format", "coco", "--images", images.to_str().unwrap(), "--prelabels", rows.to_str().unwrap()];
    std::fs::write(&file, coco("../2.svg")).unwrap();
    check(&import(&data, &args, &file), 1, "images[1]: the name `../2.svg`: the path leads out");
    assert_eq!(n_assets(&data, project), 0);
    std::fs::write(&file, coco("2.svg")).unwrap();
    let said = import(&data, &args, &file);
    check(&said, 0, "1 pre-labels are in");
    check(&said, 0, "it got one of 1 labels and 0 fields");
    check(&said, 0, "2 received: 2 added");
    assert_eq!(n_assets(&data, project), 2);
    let text = std::fs::read_to_string(&rows).unwrap();
    let row: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!((&row["path"], &row["source"]), (&"2.svg".into(), &"coco".into()));
    assert_eq!(row["response"]["annotations"][0]["label"], "kea");
    // What is in the library already gets pre-labels by the upload's name; what the taxonomy lacks is told.
    std::fs::write(&file, coco("2.svg").replace("kea", "emu")).unwrap();
    let args = ["--format", "coco", "--onto", "coco.json", "--prelabels", rows.to_str().unwrap()];
    check(&import(&data, &args, &file), 0, "`emu` is no label of the project");
    assert_eq!(n_assets(&data, project), 2);
    // The files of the upload are found by their ends.
    std::fs::write(&file, coco("photos/2.svg")).unwrap();
    check(&import(&data, &args, &file), 0, "1 pre-labels are in");
    let text = std::fs::read_to_string(&rows).unwrap();
    let row: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(row["path"], "2.svg");
    let onto = |upload: &str| import(&data, &["--format", "coco", "--onto", upload], &file);
    check(&onto(row["upload"].as_str().unwrap()), 0, "1 pre-labels: 1 added");
    check(&onto("july"), 1, "there is no upload `july` in the project");
    check(&import(&data, &["--format", "kitti"], &file), 2, "it must be one of label-studio, coco");
}

/// Of some assets there is a key, of others an address or a file alone, and one is there twice.
#[test]
fn keys_that_only_some_assets_have_are_keys() {
    let (data, project) = data(Media::Image);
    let folder = tempfile::tempdir().unwrap();
    for n in 1..=2 {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='8'><rect width='{n}' height='9'/></svg>"
        );
        std::fs::write(folder.path().join(format!("{n}.svg")), svg).unwrap();
    }
    let task = |image: &str, meta: serde_json::Value| {
        let choice = serde_json::json!({"from_name":"mood","to_name":"image","type":"choices","value":{"choices":["good"]}});
        serde_json::json!({"data":{"image":image},"meta":meta,"annotations":[{"result":[choice]}]})
    };
    let (nothing, keyed) = (serde_json::json!({}), serde_json::json!({"sheaf":{"reference_id":"k"}}));
    let tasks = [
        task("https://x.org/1.jpg", nothing.clone()),
        task("https://x.org/1.jpg", nothing.clone()),
        task("1.svg", nothing),
        task("2.svg", keyed),
    ];
    let file = folder.path().join("studio.json");
    std::fs::write(&file, serde_json::json!(tasks).to_string()).unwrap();
    let args = ["--format", "label-studio", "--images", folder.path().to_str().unwrap()];
    let said = import(&data, &args, &file);
    check(&said, 0, "3 pre-labels: 3 added");
    check(&said, 0, "1 x asset left out: it is found where another one of the file was; first: 1.jpg");
    assert_eq!(n_assets(&data, project), 3);
    let by_key = |key: &str| {
        open(&data).store().read_blocking(|tx| tx.asset_by_reference(project, key)).unwrap().map(|it| it.name)
    };
    assert_eq!(by_key("k").as_deref(), Some("2.svg"));
    assert_eq!(by_key("https://x.org/1.jpg").as_deref(), Some("1.jpg"));
    check(&import(&data, &args, &file), 0, "3 pre-labels: 0 added");
    assert_eq!(n_assets(&data, project), 3);
}

/// Label Studio with two annotators and a model: what people said is answers then, what the model said a pre-label.
#[test]
fn answers_of_another_tool_come_in_as_answers() {
    let (data, project) = data(Media::Text);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("studio.json");
    let span = |start: u32, end: u32, text: &str, label: &str| {
        serde_json::json!({"id":"s","from_name":"label","to_name":"text","type":"labels",
            "value":{"start":start,"end":end,"text":text,"labels":[label]}})
    };
    let by = |email: &str, result: serde_json::Value| serde_json::json!({"completed_by":{"id":1,"email":email},"was_cancelled":false,"created_at":"2024-05-31T12:00:00.5Z","result":result});
    let (jane, tea) = (span(0, 4, "Jane", "person"), span(11, 14, "tea", "drink"));
    let tasks = serde_json::json!([
        {"id":1,"data":{"text":"Jane likes tea"},
         "annotations":[by("kim@x.org", serde_json::json!([jane.clone(), tea])), by("lee@x.org", serde_json::json!([jane.clone()]))],
         "predictions":[{"model_version":"m1","score":0.5,"result":[jane]}]},
        {"id":2,"data":{"text":"Rain again"},"annotations":[by("kim@x.org", serde_json::json!([]))]},
    ]);
    std::fs::write(&file, tasks.to_string()).unwrap();
    let args = ["--format", "label-studio", "--answers", "From there"];
    let said = import(&data, &args, &file);
    check(&said, 0, "3 answers: 3 added, 0 as they were, 0 refused");
    check(&said, 0, "1 pre-labels: 1 added");
    let again = import(&data, &args, &file);
    check(&again, 0, "3 answers: 0 added, 3 as they were, 0 refused");
    // A later file has another text before them: they are the same assets wherever they stand.
    let mut later = vec![serde_json::json!({"id":3,"data":{"text":"Before them"}})];
    later.extend(tasks.as_array().unwrap().iter().cloned());
    std::fs::write(&file, serde_json::json!(later).to_string()).unwrap();
    let said = import(&data, &args, &file);
    check(&said, 0, "3 answers: 0 added, 3 as they were, 0 refused");
    check(&said, 0, ", 0 updated");
    assert_eq!(n_assets(&data, project), 3);
    let run = |args: &[&str]| {
        let done = sheaf(&data).args(args).output().unwrap();
        check(&done, 0, "");
        String::from_utf8(done.stdout).unwrap()
    };
    let text = run(&["export", "--format", "jsonl", "--query", "label:person batch:\"From there\""]);
    let lines: Vec<serde_json::Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let told: Vec<_> =
        lines.iter().map(|it| (it["annotator"].as_str(), &it["status"], &it["brought_in"])).collect();
    let (done, yes) = ("done".into(), true.into());
    let wanted = ["label-studio: kim@x.org", "label-studio: lee@x.org"].map(|who| (Some(who), &done, &yes));
    assert_eq!(told, wanted, "{text}");
    assert!(lines.iter().all(|it| it["submitted_at"] == "2024-05-31T12:00:00.500Z"), "{text}");
    assert!(run(&["batch", "list"]).contains("From there"));

    // Row by row it is the same, and a batch that is labelled here takes none.
    let rows = folder.path().join("rows.jsonl");
    let row =
        serde_json::json!({"reference_id":"studio.json#c8a6cef7f9d6727b","annotator":"mo","response":{}});
    std::fs::write(&rows, format!("{row}\n{{}}\n")).unwrap();
    let put = |more: &[&str]| {
        let args = [&["answers", "put", rows.to_str().unwrap(), "--batch", "From there"], more].concat();
        sheaf(&data).args(args).output().unwrap()
    };
    check(&put(&["--dry-run"]), 1, "2 answers: 1 added, 0 as they were, 1 refused, if it were written");
    check(&put(&["--allow-refused"]), 0, "row 2: ");
    check(&put(&["--allow-refused"]), 0, "2 answers: 0 added, 1 as they were, 1 refused");
}
