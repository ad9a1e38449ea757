//! `sheaf batch progress` and `sheaf batch rehearse`: how a batch goes, and how it would go.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{One, Where, batch_id};
use crate::commands::print;
use crate::commands::project::find;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Rehearse {
    /// Name or id of the batch.
    batch: String,
    /// How many annotators work; else those who are in the project.
    #[arg(long)]
    annotators: Option<u32>,
    /// How many reviewers work; else those who are in the project.
    #[arg(long)]
    reviewers: Option<u32>,
    /// Judgements that each task needs; of a batch that is not launched.
    #[arg(long)]
    overlap: Option<u8>,
    /// Reviews that each task needs; of a batch that is not launched.
    #[arg(long)]
    review_levels: Option<u8>,
    #[arg(long, allow_negative_numbers = true)]
    priority: Option<i64>,
    /// Seconds that an answer takes; else what was measured.
    #[arg(long)]
    seconds: Option<f64>,
    /// Of a person's tasks, how many in a hundred are gold; else as the gold batches under way say.
    #[arg(long)]
    gold_rate: Option<u8>,
    #[command(flatten)]
    place: Where,
}

/// The address of a batch that a person named.
fn address(session: &Session, place: &Where, batch: &str) -> Result<String> {
    let project = find(&session.client, place.project.as_deref())?;
    let id = batch_id(&session.client, &project, batch)?;
    Ok(format!("/api/projects/{}/batches/{id}", project.id))
}

pub(super) fn progress(one: &One) -> Result<()> {
    let session = Session::connect(&one.place.connect)?;
    let path = format!("{}/progress", address(&session, &one.place, &one.batch)?);
    let it: Value = session.client.get(&path)?;
    if one.place.json {
        return print(&it.to_string());
    }
    let (counts, pace) = (&it["batch"]["counts"], &it["batch"]["pace"]);
    print(&format!(
        "{} of {} tasks done, {} labelled, {} being labelled, {} to review, {} being reviewed, {} blocked",
        counts["done"],
        counts["members"],
        counts["submitted"],
        counts["claimed"],
        counts["to_review"],
        counts["reviewing"],
        counts["blocked"],
    ))?;
    if let (Some(since), Some(rate)) = (pace["since"].as_str(), pace["per_hour"].as_f64()) {
        print(&format!("{rate:.1} answers an hour since {since}"))?;
    }
    match (pace["expected_end"].as_str(), pace["missing"].as_str()) {
        (Some(end), _) => print(&format!("ends {end} at this pace"))?,
        (None, Some(missing)) => print(&format!("no end in sight: no {missing} came in for a day"))?,
        (None, None) => {}
    }
    for person in it["people"].as_array().into_iter().flatten() {
        print(&format!(
            "{}\t{} answers, {} sent back\t{} reviews\tholds {}",
            person["name"].as_str().unwrap_or_default(),
            person["labels"],
            person["sent_back"],
            person["reviews"],
            person["labelling"].as_i64().unwrap_or(0) + person["reviewing"].as_i64().unwrap_or(0),
        ))?;
    }
    Ok(())
}

pub(super) fn rehearse(args: &Rehearse) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let path = format!("{}/rehearse", address(&session, &args.place, &args.batch)?);
    let assume = json!({
        "annotators": args.annotators, "reviewers": args.reviewers, "overlap": args.overlap,
        "review_levels": args.review_levels, "priority": args.priority, "seconds": args.seconds, "gold_rate": args.gold_rate,
    });
    let it: Value = session.client.post(&path, &assume)?;
    if args.place.json {
        return print(&it.to_string());
    }
    let (assumed, outcome) = (&it["assumed"], &it["outcome"]);
    let hours = |value: &Value| value.as_f64().unwrap_or(0.0) / 3_600.0;
    print(&format!(
        "{:.1} hours of work with {} annotators and {} reviewers, {:.0} s an answer ({})",
        hours(&outcome["ends"]),
        assumed["annotators"],
        assumed["reviewers"],
        assumed["seconds"].as_f64().unwrap_or(0.0),
        assumed["seconds_from"].as_str().unwrap_or_default(),
    ))?;
    if outcome["stuck"] != json!(0) {
        print(&format!("{} tasks are never done", outcome["stuck"]))?;
    }
    for warning in it["warnings"].as_array().into_iter().flatten() {
        let text = |name: &str| warning[name].as_str().unwrap_or_default().to_owned();
        print(&format!("warning: {}; {}", text("message"), text("hint")))?;
    }
    Ok(())
}
