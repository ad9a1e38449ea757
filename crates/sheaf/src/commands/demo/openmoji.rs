//! The picture project: OpenMoji's colour pictures with their metadata.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use sheaf_app::App;
use sheaf_app::batches::NewBatch;
use sheaf_app::projects::NewProject;
use sheaf_intake::manifest::Role;
use sheaf_model::project::Attribution;
use sheaf_model::response::{Response, Shape};
use sheaf_model::{BatchKind, Media, Pick, Recipe, TaskRules};

use super::people::Team;
use super::{answers, seed};

const INSTRUCTIONS: &str = "\
# Faces, hands and things

Mark what the picture shows and say what mood it has.

- **Face**: draw a box around the whole face, ears and hats left out.
- **Hand**: draw a box or a polygon around every hand.
- **Thing**: draw a box around anything else that stands out.
- The **mood** is that of the picture as a whole. Take *none* when there is nobody to have one.

When you cannot tell what a picture shows, skip it and say why.
";

pub(super) async fn seed(app: &App, team: &Team, package: &Path) -> Result<()> {
    let new = NewProject {
        name: "OpenMoji".into(),
        media: Media::Image,
        taxonomy: Some(serde_json::from_value(taxonomy())?),
        instructions: INSTRUCTIONS.into(),
        attribution: Some(Attribution {
            title: "OpenMoji 17".into(),
            source: "OpenMoji, the open-source emoji and icon project (HfG Schwäbisch Gmünd)".into(),
            licence: "CC-BY-SA-4.0".into(),
            url: Some("https://openmoji.org/".into()),
        }),
    };
    let project = seed::project(app, team, new).await?;
    let text = std::fs::read_to_string(package.join("data/openmoji.json")).context("openmoji.json")?;
    let entries: Vec<Map<String, Value>> = serde_json::from_str(&text).context("openmoji.json")?;
    let (mut rows, mut files) = (Vec::new(), Vec::new());
    for entry in entries {
        let Some(code) = entry.get("hexcode").and_then(Value::as_str).map(str::to_owned) else { continue };
        let file = package.join("color/svg").join(format!("{code}.svg"));
        if file.exists() {
            rows.push(row(&code, entry));
            files.push((format!("{code}.svg"), file));
        }
    }
    let roles = [("file", Role::File), ("name", Role::Name), ("hexcode", Role::Ref)];
    seed::upload(app, &team.manager, project, "OpenMoji 17", &rows, &roles, files).await?;

    let faces = Recipe {
        query: Some(sheaf_query::term("group", "smileys-emotion")),
        pick: Pick::Random { count: 60, seed: Some(17) },
        ..Recipe::default()
    };
    let new = NewBatch {
        name: "Moods".into(),
        kind: BatchKind::Production,
        priority: 0,
        launch: true,
        ..NewBatch::default()
    };
    let (_, done) = seed::batch(app, &team.manager, project, new, faces).await?;
    answers::hand_in(app, team, project, done, 18, |seen| marked(seen, false)).await?;

    // Both judge each of these, and do not always agree; then a reviewer has them.
    let twice = Recipe {
        query: Some("subgroups:face*".into()),
        pick: Pick::Random { count: 12, seed: Some(5) },
        ..Recipe::default()
    };
    let new = NewBatch {
        name: "Moods, by two".into(),
        priority: 1,
        launch: true,
        rules: TaskRules { overlap: 2, review_levels: 1 },
        ..NewBatch::default()
    };
    let (_, done) = seed::batch(app, &team.manager, project, new, twice).await?;
    answers::hand_in(app, team, project, done, 16, |seen| marked(seen, seen.person == 1)).await?;

    let animals = Recipe {
        query: Some(sheaf_query::term("group", "animals-nature")),
        pick: Pick::First { count: 100 },
        ..Recipe::default()
    };
    let new = NewBatch { name: "Animals and plants".into(), ..NewBatch::default() };
    seed::batch(app, &team.manager, project, new, animals).await?;
    Ok(())
}

/// One row of the manifest: lists as lists, numbers as numbers, what is empty left out.
fn row(code: &str, entry: Map<String, Value>) -> Value {
    let mut row = Map::new();
    row.insert("file".into(), json!(format!("{code}.svg")));
    for (key, value) in entry {
        let value = match (key.as_str(), value) {
            (_, Value::String(text)) if text.is_empty() => continue,
            ("annotation", value) => {
                row.insert("name".into(), value);
                continue;
            }
            ("tags" | "openmoji_tags", Value::String(text)) => {
                let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
                json!(tags.collect::<Vec<_>>())
            }
            (_, value) => value,
        };
        row.insert(key, value);
    }
    Value::Object(row)
}

/// What an annotator says of a picture; a `hasty` one is less exact, and sees a mood where it is not plain.
fn marked(seen: &answers::Seen<'_>, hasty: bool) -> Response {
    let (row, odd) = (&seen.task.asset.row, seen.task.task.ordinal.is_multiple_of(3));
    let (width, height) = (f64::from(row.width.unwrap_or(1)), f64::from(row.height.unwrap_or(1)));
    let kind = seen.metadata.get("subgroups").and_then(Value::as_str).unwrap_or("");
    let mut annotations = Vec::new();
    if kind.starts_with("face") {
        // OpenMoji draws faces as a circle of the same place and size.
        let slip = if hasty { 0.03 } else { 0.0 };
        let shape = Shape::Box {
            left: width * (0.17 - slip),
            top: height * 0.17,
            width: width * (0.66 + slip),
            height: height * (0.66 + slip),
        };
        annotations.push(answers::annotation(0, "face", shape));
        if hasty && odd {
            let (left, top, width, height) = (width * 0.35, height * 0.58, width * 0.3, height * 0.12);
            annotations.push(answers::annotation(1, "thing", Shape::Box { left, top, width, height }));
        }
    }
    let mood = if hasty && odd { "none" } else { mood(kind) };
    let fields = [("mood".to_owned(), json!(mood)), ("clear".to_owned(), json!(true))];
    Response { annotations, fields: fields.into() }
}

fn mood(kind: &str) -> &'static str {
    match kind {
        "face-smiling" | "face-affection" | "face-tongue" | "face-hand" => "happy",
        "face-concerned" | "face-sleepy" | "face-unwell" => "sad",
        "face-negative" => "angry",
        kind if kind.starts_with("face") => "neutral",
        _ => "none",
    }
}

fn taxonomy() -> Value {
    json!({
        "labels": [
            { "name": "face", "title": "Face", "color": "#f08c00", "hotkey": "1", "tools": ["box", "polygon"],
              "attributes": [{ "name": "covered", "title": "Partly covered", "type": "boolean", "required": false }] },
            { "name": "hand", "title": "Hand", "color": "#1971c2", "hotkey": "2", "tools": ["box", "polygon"], "attributes": [] },
            { "name": "thing", "title": "Thing", "color": "#2f9e44", "hotkey": "3", "tools": ["box"], "attributes": [] },
        ],
        "fields": [
            { "id": "mood", "title": "Which mood is it?", "type": "single", "required": true, "options": [
                { "value": "happy", "title": "Happy", "hotkey": "h" },
                { "value": "sad", "title": "Sad", "hotkey": "s" },
                { "value": "angry", "title": "Angry", "hotkey": "a" },
                { "value": "neutral", "title": "Neutral", "hotkey": "n" },
                { "value": "none", "title": "None", "hotkey": "o" } ] },
            { "id": "clear", "title": "Is the picture clear at this size?", "type": "boolean", "required": false },
            { "id": "note", "title": "Anything odd?", "type": "text", "required": false, "max": 500.0 },
        ],
    })
}
