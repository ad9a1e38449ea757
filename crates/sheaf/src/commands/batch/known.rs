//! `sheaf batch known-answers|accuracy`: what is known of quality tasks, and how people do on them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::super::project::find;
use super::change::open;
use super::{One, Where, batch_id};
use crate::session::Session;

#[derive(Args)]
pub(crate) struct KnownAnswers {
    #[command(flatten)]
    one: One,
    /// Write the answers of this file: a line each, {"asset_id": ..., "response": ..., "note": ...}.
    #[arg(long, value_name = "JSONL", conflicts_with = "from")]
    file: Option<PathBuf>,
    /// Take the answers of this batch's done tasks.
    #[arg(long, value_name = "BATCH")]
    from: Option<String>,
}

/// Answers in one request.
const AT_ONCE: usize = 500;

pub(super) fn known_answers(args: &KnownAnswers) -> Result<()> {
    let (session, project, path) = open(&args.one)?;
    let (client, path) = (&session.client, format!("{path}/known-answers"));
    if let Some(from) = &args.from {
        let from = batch_id(client, &project, from)?;
        let done: Value = client.post(&format!("{path}/copy"), &json!({ "from_batch_id": from }))?;
        return told(&done, args.one.place.json);
    }
    if let Some(file) = &args.file {
        let (mut last, mut written) = (json!(null), 0);
        for some in lines(file)?.chunks(AT_ONCE) {
            last = client.put(&path, &json!({ "items": some }))?;
            written += last["written"].as_u64().unwrap_or_default();
        }
        last["written"] = json!(written);
        return told(&last, args.one.place.json);
    }
    for item in client.all::<Value>(&format!("{path}?limit=500"))? {
        let score = item["mean_score"].as_f64().map_or_else(|| "-".to_owned(), |score| format!("{score:.2}"));
        let (asset, people) = (&item["asset"], &item["n_people"]);
        let line = match args.one.place.json {
            true => item.to_string(),
            false => [text(&asset["id"]), text(&asset["name"]), format!("{people} people"), score].join("\t"),
        };
        super::super::print(&line)?;
    }
    Ok(())
}

fn lines(file: &Path) -> Result<Vec<Value>> {
    let shown = file.display();
    let whole = std::fs::read_to_string(file).with_context(|| format!("cannot read `{shown}`"))?;
    let mut out = Vec::new();
    for (n, line) in whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        out.push(serde_json::from_str(line).with_context(|| format!("line {} of `{shown}`", n + 1))?);
    }
    if out.is_empty() {
        bail!("`{shown}` has no answers");
    }
    Ok(out)
}

fn told(done: &Value, json: bool) -> Result<()> {
    let words = format!("{} written, {} missing", done["written"], done["missing"]);
    super::super::print(&if json { done.to_string() } else { words })
}

pub(super) fn accuracy(place: &Where) -> Result<()> {
    let session = Session::connect(&place.connect)?;
    let project = find(&session.client, place.project.as_deref())?;
    let all: Value = session.client.get(&format!("/api/projects/{}/quality", project.id))?;
    if place.json {
        return super::super::print(&all.to_string());
    }
    for one in all["items"].as_array().into_iter().flatten() {
        let score = |of: &str, n: &str| match one[of].as_f64() {
            Some(score) => format!("{score:.2} of {}", one[n]),
            None => "-".to_owned(),
        };
        let (gold, training) = (score("gold_score", "n_gold"), score("training_score", "n_training"));
        let name = text(&one["person"]["name"]);
        super::super::print(&format!("{name}\tgold {gold}\ttraining {training}"))?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
