//! `sheaf batch` as processes: recipes by flags, and a batch changed, split, compared and deleted from the command line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;

use std::process::Output;

use sheaf_app::Actor;
use sheaf_app::projects::{self, NewProject};
use sheaf_model::{Media, UploadId, UserId};
use sheaf_store::library::NewAsset;
use sheaf_testing::Home;

use common::sheaf;
use open::open;

/// A data folder with one project of 30 assets.
fn data() -> Home {
    let home = Home::new();
    let app = open(&home);
    let new = NewProject {
        name: "Only".into(),
        media: Media::Image,
        taxonomy: None,
        instructions: String::new(),
        attribution: None,
    };
    let admin = Actor { user: UserId(1), is_admin: true };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let project = runtime.block_on(projects::create(&app, &admin, new)).unwrap().project.id;
    let assets: Vec<NewAsset> = (0..30)
        .map(|i| NewAsset {
            name: format!("{i}.png"),
            media_type: "image/png",
            fingerprint: i,
            metadata: format!(r#"{{"n":{i},"kind":"k{}"}}"#, i % 3),
            ..NewAsset::default()
        })
        .collect();
    app.store().write_blocking(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).unwrap();
    home
}

fn batch(data: &Home, args: &[&str]) -> Output {
    sheaf(data).arg("batch").args(args).output().unwrap()
}

/// What it printed, without the ids.
#[track_caller]
fn says(data: &Home, args: &[&str]) -> Vec<String> {
    let output = batch(data, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| match line.split_once('\t') {
        Some((id, rest)) if id.starts_with("bat_") => rest.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect()
}

#[track_caller]
fn fails(data: &Home, args: &[&str], code: i32, said: &str) {
    let output = batch(data, args);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    assert!(text.contains(said), "{args:?}: `{said}` is not in:\n{text}");
}

#[test]
fn batches_are_made_changed_and_split_from_the_command_line() {
    let home = data();
    let data = &home;
    let row = |name: &str, n: u32| format!("{name}\tstaging\t0 of {n} submitted");
    assert_eq!(says(data, &["create", "top", "--top", "5", "--by", "n"]), [row("top", 5)]);
    assert_eq!(says(data, &["create", "low", "--top", "4", "--by", "n", "--asc"]), [row("low", 4)]);
    let quota = ["--quota", "12", "--by", "kind", "--share", "k0=2", "--share", "k1=1", "--seed", "3"];
    assert_eq!(says(data, &[&["create", "quota"][..], &quota].concat()), [row("quota", 12)]);
    let dry = says(data, &[&["create", "x", "--dry-run"][..], &quota].concat());
    assert_eq!(
        dry[4..],
        ["  k0: wanted 8, available 10, picked 8", "  k1: wanted 4, available 10, picked 4"]
    );
    assert_eq!(says(data, &["create", "both", "--union", "top,low"]), [row("both", 9)]);
    assert_eq!(says(data, &["create", "same", "--intersect", "top,both"]), [row("same", 5)]);
    assert_eq!(says(data, &["create", "less", "--minus", "both,top", "--query", "n>0"]), [row("less", 3)]);
    fails(data, &["create", "x", "--union", "top,nothing"], 1, "there is no batch `nothing`");
    fails(data, &["create", "x", "--top", "5"], 2, "--by");
    fails(data, &["create", "x", "--top", "5", "--by", "nn"], 1, "no field `nn` (did you mean");

    assert_eq!(says(data, &["append", "top", "--query", "n>=20", "--dry-run"]), ["added 5", "already 5"]);
    assert_eq!(says(data, &["append", "top", "--query", "n>=20"])[2], row("top", 10));
    assert_eq!(says(data, &["remove", "top", "--query", "n:29"]), ["removed 1".to_owned(), row("top", 9)]);
    let told: Vec<String> = says(data, &["revisions", "top"])
        .iter()
        .map(|line| {
            line.split('\t')
                .enumerate()
                .filter(|(i, _)| *i != 1 && *i != 2)
                .map(|it| it.1)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "3 removed 1 all of assets matching `n:29`",
            "2 appended 5 all of assets matching `n>=20`",
            "1 created 5 the 5 with the greatest `n` of the whole library",
        ]
    );
    assert_eq!(says(data, &["diff", "top"]), ["then 9", "now 9", "same 9", "added 0", "removed 0"]);
    assert_eq!(says(data, &["rerun", "top", "again"]), [row("again", 9)]);
    assert_eq!(says(data, &["rerun", "top", "once more", "--now"]), [row("once more", 9)]);
    let parts = says(data, &["split", "top", "--parts", "2", "--seed", "1", "--name", "{batch}/{n}"]);
    assert_eq!(parts, [row("top/1", 5), row("top/2", 4)]);
    assert_eq!(says(data, &["split", "again", "--by", "kind"]).len(), 3);
    fails(data, &["split", "top/1"], 2, "--parts");
    fails(data, &["split", "top/1", "--parts", "9"], 1, "more than the 5 members");
    assert!(says(data, &["delete", "top/1"]).is_empty());
    fails(data, &["show", "top/1"], 1, "there is no batch `top/1`");
}

#[test]
fn batches_are_opened_ordered_and_explained() {
    let home = data();
    let at = &home;
    let run = |args: &[&str]| {
        let output = sheaf(at).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["group", "create", "Night"]);
    let made =
        batch(at, &["create", "one", "--group", "Night", "--order", "-n", "--due", "2030-01-01T00:00:00Z"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    says(at, &["create", "two", "--order", "shuffled:7"]);
    assert!(run(&["queue", "order"]).contains("one\tstaging\t30 to label, 0 to review\tolder"));
    let order = run(&["queue", "order", "--put", "two", "one"]);
    let first = order.lines().next().unwrap();
    assert!(first.contains("two\tstaging") && first.ends_with("by_hand"), "{order}");
    assert!(run(&["queue", "order", "--reset"]).lines().next().unwrap().contains("one"));
    fails(at, &["create", "three", "--order", "-nothing"], 1, "no field `nothing`");
    fails(at, &["create", "three", "--group", "Day"], 1, "`Day` names nothing among the groups");
    let used = sheaf(at).args(["group", "delete", "Night"]).output().unwrap();
    assert!(String::from_utf8_lossy(&used.stderr).contains("batch `one` is open to group `Night`"));
    says(at, &["edit", "one", "--everybody", "--no-due"]);
    run(&["group", "delete", "Night"]);
    let shown: serde_json::Value = serde_json::from_str(&run(&["batch", "show", "one", "--json"])).unwrap();
    assert_eq!(shown["order"], serde_json::json!({ "field": { "by": "n", "descending": true } }));
    assert_eq!(
        (&shown["due_at"], &shown["open_to"]["groups"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
    let wrong = sheaf(at).args(["queue", "explain"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}
