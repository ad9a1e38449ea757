//! `sheaf standing`: recipes that make batches by themselves.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::batch::Where;
use super::project::{Project, find};
use crate::Outcome;
use crate::client::Client;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a standing batch; it is active at once.
    Create(Box<Create>),
    /// List the standing batches.
    List(Where),
    /// Show one with its plan.
    Show(One),
    /// Make no more batches until it is resumed.
    Pause(One),
    /// Go on with the next due time.
    Resume(One),
    /// Run it now.
    Run(One),
    /// What came of its runs, newest first.
    Runs(One),
    /// Delete it and its history; the batches that it made stay.
    Delete(One),
}

#[derive(Args)]
pub(crate) struct One {
    /// Name or id of the standing batch.
    standing_batch: String,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct Create {
    /// Name of the standing batch.
    name: String,
    /// Only what this query finds, or @NAME for what a saved one says now; the whole library when it is left out.
    #[arg(long, value_name = "QUERY", default_value = "")]
    query: String,
    /// Every day at this time.
    #[arg(long, value_name = "HH:MM", required_unless_present = "every", conflicts_with = "every")]
    daily: Option<String>,
    /// Offset of --daily from UTC, for example +02:00 or -08:00.
    #[arg(long, value_name = "+HH:MM", default_value = "+00:00", allow_hyphen_values = true)]
    offset: String,
    /// At every N new matches.
    #[arg(long, value_name = "N")]
    every: Option<u64>,
    /// Leave out what was already included: any, launched, production, submitted, none, or names of batches with commas.
    #[arg(long, value_name = "SCOPE", default_value = "any")]
    exclude_batched: String,
    /// The first N uploaded.
    #[arg(long, value_name = "N", group = "picked")]
    first: Option<u64>,
    /// The last N uploaded.
    #[arg(long, value_name = "N", group = "picked")]
    last: Option<u64>,
    /// N at random.
    #[arg(long, value_name = "N", group = "picked")]
    random: Option<u64>,
    /// Any pick, as the JSON that the API takes.
    #[arg(long, value_name = "JSON", group = "picked")]
    pick: Option<String>,
    /// Name of each batch; {date}, {time} and {n} are filled in. The standing batch's name and {date} (with --daily) or
    /// {n} when it is left out.
    #[arg(long, value_name = "TEXT")]
    pattern: Option<String>,
    /// Due times that passed while nothing ran: a batch for each, once for all, or skip
    #[arg(long, default_value = "once", value_parser = ["each", "once", "skip"])]
    catch_up: String,
    /// production, calibration or self_label
    #[arg(long, default_value = "production", value_parser = ["production", "calibration", "self_label"])]
    kind: String,
    /// Higher is served first.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    priority: i64,
    #[command(flatten)]
    rules: super::batch::RulesArgs,
    #[command(flatten)]
    served: super::batch::ServedArgs,
    /// Hours after which each batch is due, from when it is made.
    #[arg(long, value_name = "HOURS")]
    due_hours: Option<u32>,
    /// The source whose pre-labels the annotators of its batches begin with.
    #[arg(long, value_name = "SOURCE")]
    prelabels: Option<String>,
    /// Launch each batch at once; otherwise it stays in staging.
    #[arg(long)]
    launch: bool,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Create(args) => create(&args)?,
        Command::List(place) => {
            let session = Session::connect(&place.connect)?;
            let project = find(&session.client, place.project.as_deref())?;
            for standing in all(&session.client, &project)? {
                show(&standing, place.json)?;
            }
        }
        Command::Show(one) => {
            let (session, path) = at(&one)?;
            let standing: Value = session.client.get(&path)?;
            show(&standing, one.place.json)?;
            if !one.place.json {
                for key in [
                    "query",
                    "exclude",
                    "pick",
                    "trigger",
                    "name_pattern",
                    "kind",
                    "priority",
                    "overlap",
                    "review_levels",
                    "open_to",
                    "order",
                    "due_hours",
                    "prelabels",
                    "launch",
                    "catch_up",
                ] {
                    super::print(&format!("{key}: {}", plain(&standing[key])))?;
                }
            }
        }
        Command::Pause(one) => step(&one, "pause")?,
        Command::Resume(one) => step(&one, "resume")?,
        Command::Run(one) => step(&one, "run")?,
        Command::Runs(one) => {
            let (session, path) = at(&one)?;
            for run in session.client.all::<Value>(&format!("{path}/runs"))? {
                super::print(&if one.place.json { run.to_string() } else { line(&run) })?;
            }
        }
        Command::Delete(one) => {
            let (session, path) = at(&one)?;
            session.client.delete(&path)?;
        }
    }
    Ok(Outcome::Done)
}

fn create(args: &Create) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let project = find(&session.client, args.place.project.as_deref())?;
    let (query, _) = super::saved_query::resolve(&session.client, &project, args.query.clone(), None)?;
    let trigger = match (&args.daily, args.every) {
        (Some(at), _) => {
            json!({ "daily": { "at": at, "utc_offset_minutes": offset_minutes(&args.offset)? } })
        }
        (None, every) => json!({ "matches": { "every": every } }),
    };
    let pick = match (args.first, args.last, args.random, &args.pick) {
        (Some(count), ..) => json!({ "first": { "count": count } }),
        (_, Some(count), ..) => json!({ "last": { "count": count } }),
        (_, _, Some(count), _) => json!({ "random": { "count": count } }),
        (.., Some(text)) => {
            serde_json::from_str(text).with_context(|| format!("--pick `{text}` is not JSON"))?
        }
        _ => json!("all"),
    };
    let batched = match args.exclude_batched.as_str() {
        scope @ ("none" | "any" | "launched" | "production" | "submitted") => json!(scope),
        names => json!(names.split(',').map(str::trim).collect::<Vec<_>>()),
    };
    let word = if args.daily.is_some() { "{date}" } else { "{n}" };
    let pattern = args.pattern.clone().unwrap_or_else(|| format!("{} {word}", args.name));
    let mut new = json!({
        "name": args.name, "query": query, "exclude": { "batched": batched }, "pick": pick, "trigger": trigger,
        "name_pattern": pattern, "kind": args.kind, "priority": args.priority, "launch": args.launch,
        "catch_up": args.catch_up, "overlap": args.rules.overlap, "review_levels": args.rules.review_levels,
        "due_hours": args.due_hours, "prelabels": args.prelabels,
    });
    for (name, value) in args.served.fields(&session.client, &project)? {
        new[name] = value;
    }
    let made: Value = session.client.post(&format!("/api/projects/{}/standing-batches", project.id), &new)?;
    show(&made, args.place.json)
}

/// `+02:00`, `-8`, `Z` in minutes.
fn offset_minutes(text: &str) -> Result<i32> {
    let bad = || format!("--offset `{text}` is not one like +02:00 or -08:00");
    if text.eq_ignore_ascii_case("z") {
        return Ok(0);
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => bail!(bad()),
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let number = |text: &str, below: i32| text.parse::<u16>().ok().map(i32::from).filter(|n| *n < below);
    match (number(hours, 24), number(minutes, 60)) {
        (Some(hours), Some(minutes)) => Ok(sign * (hours * 60 + minutes)),
        _ => bail!(bad()),
    }
}

fn all(client: &Client, project: &Project) -> Result<Vec<Value>> {
    Ok(client.all(&format!("/api/projects/{}/standing-batches?limit=500", project.id))?)
}

/// A session, and the address of the standing batch with this name or id.
fn at(one: &One) -> Result<(Session, String)> {
    let session = Session::connect(&one.place.connect)?;
    let project = find(&session.client, one.place.project.as_deref())?;
    let wanted = &one.standing_batch;
    let all = all(&session.client, &project)?;
    let found = all.iter().find(|standing| standing["name"] == **wanted || standing["id"] == **wanted);
    let Some(id) = found.and_then(|standing| standing["id"].as_str()) else {
        bail!("there is no standing batch `{wanted}` in project `{}`", project.name)
    };
    Ok((session, format!("/api/projects/{}/standing-batches/{id}", project.id)))
}

fn step(one: &One, action: &str) -> Result<()> {
    let (session, path) = at(one)?;
    let standing: Value = session.client.post(&format!("{path}/{action}"), &json!({}))?;
    show(&standing, one.place.json)?;
    if action == "run" && !one.place.json {
        super::print(&line(&standing["last_run"]))?;
    }
    Ok(())
}

fn show(standing: &Value, as_json: bool) -> Result<()> {
    if as_json {
        return super::print(&standing.to_string());
    }
    let next = match (&standing["next_run_at"], &standing["waiting"]) {
        (Value::String(at), _) => format!("next at {at}"),
        (_, Value::Number(waiting)) => {
            format!("{waiting} of {} new matches", standing["trigger"]["matches"]["every"])
        }
        _ => "-".to_owned(),
    };
    super::print(&format!(
        "{}\t{}\t{}\t{} runs\t{next}",
        plain(&standing["id"]),
        plain(&standing["name"]),
        plain(&standing["state"]),
        standing["runs"],
    ))
}

fn line(run: &Value) -> String {
    let batch = &run["batch"];
    let what = match (batch.is_null(), &run["message"]) {
        (false, _) => {
            format!("{}\t{}\t{} assets", plain(&batch["id"]), plain(&batch["name"]), run["members"])
        }
        (true, Value::String(message)) => message.clone(),
        (true, _) => "-".to_owned(),
    };
    format!("{}\t{}\t{}\t{what}", run["n"], plain(&run["due_at"]), plain(&run["outcome"]))
}

/// A text without its quotes, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        for (text, minutes) in [("+00:00", 0), ("+02:00", 120), ("-08:30", -510), ("+5", 300), ("Z", 0)] {
            assert_eq!(offset_minutes(text).unwrap(), minutes, "{text}");
        }
        for text in ["", "2", "+", "+24:00", "+02:60", "+-2:00", "CET"] {
            assert!(offset_minutes(text).is_err(), "{text}");
        }
    }
}
