//! `sheaf batch agreement`: how far the people of a batch agree.

use anyhow::Result;
use serde_json::Value;

use super::One;
use super::change::open;

pub(super) fn agreement(one: &One) -> Result<()> {
    let (session, _, path) = open(one)?;
    let found: Value = session.client.get(&format!("{path}/agreement"))?;
    super::super::print(&if one.place.json { found.to_string() } else { told(&found) })
}

fn told(found: &Value) -> String {
    if found["overlap"] == 1 {
        return "each task needs one judgement, so there is nothing to compare".to_owned();
    }
    let mut out = format!("compared\t{} of {} tasks", found["compared"], found["members"]);
    if found["compared"] == 0 {
        return out;
    }
    out.push_str(&format!("\nagreement\t{}\ndisputed\t{}", score(&found["mean"]), found["disputed"]));
    for it in list(&found["questions"]) {
        out.push_str(&format!("\nquestion\t{}\t{}", text(&it["title"]), score(&it["mean"])));
        if !it["alpha"].is_null() {
            out.push_str(&format!("\talpha {}", score(&it["alpha"])));
        }
    }
    for it in list(&found["labels"]) {
        let overlap = score(&it["mean_iou"]);
        out.push_str(&format!(
            "\nlabel\t{}\t{}\tmean overlap {overlap}",
            text(&it["label"]),
            score(&it["score"])
        ));
    }
    for it in list(&found["people"]) {
        out.push_str(&format!("\nperson\t{}\t{}", text(&it["person"]["name"]), score(&it["mean"])));
    }
    for it in list(&found["pairs"]) {
        let names: Vec<String> = list(&it["people"]).map(|person| text(&person["name"])).collect();
        out.push_str(&format!(
            "\npair\t{}\t{}\t{} tasks",
            names.join(" and "),
            score(&it["mean"]),
            it["tasks"]
        ));
        for of in list(&it["kappa"]) {
            out.push_str(&format!("\t{} kappa {}", text(&of["field"]), score(&of["kappa"])));
        }
    }
    for it in list(&found["disputed_tasks"]) {
        out.push_str(&format!(
            "\ntask\t{}\t{}\t{}",
            text(&it["task_id"]),
            text(&it["name"]),
            score(&it["score"])
        ));
    }
    out
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("somebody").to_owned()
}

/// Three digits; a dash where there is nothing to tell.
fn score(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |score| format!("{score:.3}"))
}
