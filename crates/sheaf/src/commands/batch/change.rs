//! `sheaf batch append|remove|split|revisions|diff|rerun|delete`: changing a batch, and looking at how it came about.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::super::project::{Project, find};
use super::recipe::RecipeArgs;
use super::{One, batch_id, show};
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Change {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    recipe: RecipeArgs,
    /// Only say how many it would be.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Split {
    #[command(flatten)]
    one: One,
    /// In so many equal parts.
    #[arg(long, value_name = "K", required_unless_present = "by", conflicts_with = "by")]
    parts: Option<u32>,
    /// Deal the members of --parts at random; without it they are cut in upload order.
    #[arg(long, requires = "parts")]
    seed: Option<u64>,
    /// One part for each value of this field.
    #[arg(long, value_name = "FIELD")]
    by: Option<String>,
    /// Names of the parts, with {batch}, {n} and {value} filled in.
    #[arg(long, value_name = "PATTERN")]
    name: Option<String>,
}

#[derive(Args)]
pub(crate) struct Rerun {
    #[command(flatten)]
    one: One,
    /// Name of the new batch.
    name: String,
    /// Carry the recipe out on the library as it is now; without it the new batch has the same members.
    #[arg(long)]
    now: bool,
    /// Launch it at once; otherwise it stays in staging.
    #[arg(long)]
    launch: bool,
}

/// A session, and the address of a batch.
pub(super) fn open(one: &One) -> Result<(Session, Project, String)> {
    let session = Session::connect(&one.place.connect)?;
    let project = find(&session.client, one.place.project.as_deref())?;
    let id = batch_id(&session.client, &project, &one.batch)?;
    let path = format!("/api/projects/{}/batches/{id}", project.id);
    Ok((session, project, path))
}

/// Appends or removes.
pub(super) fn change(args: &Change, verb: &str) -> Result<()> {
    let (session, project, path) = open(&args.one)?;
    let recipe = args.recipe.recipe(&session.client, &project)?;
    let body = json!({ "recipe": recipe, "dry_run": args.dry_run });
    let done: Value = session.client.post(&format!("{path}/{verb}"), &body)?;
    if args.one.place.json {
        return super::super::print(&done.to_string());
    }
    for (key, value) in done.as_object().into_iter().flatten().filter(|(_, value)| value.is_number()) {
        super::super::print(&format!("{key} {value}"))?;
    }
    if args.dry_run { Ok(()) } else { show(&done["batch"], false) }
}

pub(super) fn split(args: &Split) -> Result<()> {
    let (session, _, path) = open(&args.one)?;
    let body = json!({ "parts": args.parts, "seed": args.seed, "by": args.by, "name": args.name });
    let made: Value = session.client.post(&format!("{path}/split"), &body)?;
    made["items"].as_array().into_iter().flatten().try_for_each(|batch| show(batch, args.one.place.json))
}

pub(super) fn revisions(one: &One) -> Result<()> {
    let (session, _, path) = open(one)?;
    for revision in session.client.all::<Value>(&format!("{path}/revisions"))? {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        super::super::print(&if one.place.json {
            revision.to_string()
        } else {
            format!(
                "{}\t{}\t{}\t{}\t{}\t{}",
                revision["revision"],
                text(&revision["at"]),
                text(&revision["by"]["name"]),
                text(&revision["action"]),
                revision["n"],
                text(&revision["recipe_text"]),
            )
        })?;
    }
    Ok(())
}

pub(super) fn diff(one: &One) -> Result<()> {
    let (session, _, path) = open(one)?;
    let diff: Value = session.client.get(&format!("{path}/diff"))?;
    if one.place.json {
        return super::super::print(&diff.to_string());
    }
    for key in ["then", "now", "same", "added", "removed"] {
        super::super::print(&format!("{key} {}", diff[key]))?;
    }
    for (sign, key) in [('+', "added_sample"), ('-', "removed_sample")] {
        for asset in diff[key].as_array().into_iter().flatten() {
            let text = |key: &str| asset[key].as_str().unwrap_or_default().to_owned();
            super::super::print(&format!("{sign} {}\t{}", text("id"), text("name")))?;
        }
    }
    Ok(())
}

pub(super) fn rerun(args: &Rerun) -> Result<()> {
    let (session, _, path) = open(&args.one)?;
    let at = if args.now { "now" } else { "then" };
    let body = json!({ "name": args.name, "at": at, "launch": args.launch });
    let made: Value = session.client.post(&format!("{path}/rerun"), &body)?;
    show(&made, args.one.place.json)
}

pub(super) fn delete(one: &One) -> Result<()> {
    let (session, _, path) = open(one)?;
    session.client.delete(&path)?;
    eprintln!("batch `{}` is deleted; its assets stay in the library", one.batch);
    Ok(())
}
