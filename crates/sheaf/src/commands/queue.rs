//! `sheaf queue`: the order of the batches, what comes next for somebody and why, and why a task is not served.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::batch::{Where, batch_id, serving::ids};
use super::project::find;
use crate::Outcome;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the order in which the batches are served, or make one by hand.
    Order(Order),
    /// Say what comes next for somebody and why, or why a task is not served.
    Explain(Explain),
    /// Take it back that somebody passed on a task.
    Unskip(Unskip),
}

#[derive(Args)]
pub(crate) struct Order {
    /// Put these batches first, in this order: names or ids.
    #[arg(long, num_args = 1.., value_name = "BATCH")]
    put: Vec<String>,
    /// Back to the recommended order.
    #[arg(long, conflicts_with = "put")]
    reset: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
#[group(id = "whom", required = true)]
pub(crate) struct Explain {
    /// What comes next for this person.
    #[arg(long, group = "whom", value_name = "EMAIL|NAME|ID")]
    person: Option<String>,
    /// Why this task is served, or is not.
    #[arg(long, group = "whom", value_name = "ID")]
    task: Option<String>,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct Unskip {
    /// Id of the task.
    task: String,
    /// Who passed on it; you when it is left out.
    #[arg(long, value_name = "EMAIL|NAME|ID")]
    person: Option<String>,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Order(args) => order(&args)?,
        Command::Explain(args) => explain(&args)?,
        Command::Unskip(args) => unskip(&args)?,
    }
    Ok(Outcome::Done)
}

fn order(args: &Order) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let client = &session.client;
    let project = find(client, args.place.project.as_deref())?;
    let path = format!("/api/projects/{}/queue-order", project.id);
    if args.reset {
        client.delete(&path)?;
    }
    let order: Value = if args.put.is_empty() {
        client.get(&path)?
    } else {
        let put = args.put.iter().map(|name| batch_id(client, &project, name)).collect::<Result<Vec<_>>>()?;
        client.put(&path, &json!({ "batches": put }))?
    };
    if args.place.json {
        return super::print(&order.to_string());
    }
    for batch in order["batches"].as_array().into_iter().flatten() {
        let text = |key: &str| batch[key].as_str().unwrap_or_default().to_owned();
        let (pending, reviews) = (&batch["pending"], &batch["to_review"]);
        super::print(&format!(
            "{}\t{}\t{}\t{pending} to label, {reviews} to review\t{}",
            text("id"),
            text("name"),
            text("state"),
            text("reason"),
        ))?;
    }
    Ok(())
}

fn explain(args: &Explain) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let client = &session.client;
    let project = find(client, args.place.project.as_deref())?;
    let base = format!("/api/projects/{}", project.id);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(task) = &args.task {
        let told: Value = client.get(&format!("{base}/tasks/{}/queue", crate::client::escaped(task)))?;
        if args.place.json {
            return super::print(&told.to_string());
        }
        super::print(&format!("{}\t{}", text(&told["state"]), text(&told["reason"])))?;
        for slot in told["slots"].as_array().into_iter().flatten() {
            let (work, number) = (text(&slot["work"]), &slot["number"]);
            super::print(&format!("{work} {number}\t{}\t{}", text(&slot["state"]), text(&slot["reason"])))?;
        }
        return Ok(());
    }
    let people = ids(client, &project, "members", args.person.as_slice())?;
    let person = people.first().map(&text).unwrap_or_default();
    let told: Value = client.get(&format!("{base}/members/{person}/queue"))?;
    if args.place.json {
        return super::print(&told.to_string());
    }
    let held = told["held"].as_array().map_or(0, Vec::len);
    super::print(&format!("holds\t{held} of {}", told["held_max"]))?;
    for step in told["steps"].as_array().into_iter().flatten() {
        super::print(&format!(
            "{}\t{}\t{}\t{}",
            text(&step["work"]),
            text(&step["batch"]["name"]),
            text(&step["verdict"]),
            text(&step["reason"]),
        ))?;
    }
    Ok(())
}

fn unskip(args: &Unskip) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let client = &session.client;
    let project = find(client, args.place.project.as_deref())?;
    let person = ids(client, &project, "members", args.person.as_slice())?.into_iter().next();
    let task = crate::client::escaped(&args.task);
    let path = format!("/api/projects/{}/tasks/{task}/unskip", project.id);
    Ok(client.post_silent(&path, &json!({ "person": person }))?)
}
