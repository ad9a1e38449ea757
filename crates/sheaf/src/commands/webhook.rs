//! `sheaf webhook`: addresses that are told what happens in a project.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::batch::Where;
use super::project::{Project, find};
use crate::Outcome;
use crate::client::Client;
use crate::session::Session;

/// How long `test` waits for what comes of it: longer than an attempt may take.
const TEST_WITHIN: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a webhook; prints its secret, which is not told again.
    Create(Create),
    /// List the webhooks.
    List(Where),
    /// Delete a webhook with what waits for it and its log.
    Delete(One),
    /// Send a ping, and say what came of it.
    Test(One),
    /// What it was told, newest first.
    Deliveries {
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        #[command(flatten)]
        one: One,
    },
}

#[derive(Args)]
pub(crate) struct Create {
    /// https or http.
    url: String,
    /// Only these events, for example task.done; may be given more than once.
    #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
    events: Vec<String>,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct One {
    /// Id or URL of the webhook.
    webhook: String,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Create(args) => create(&args)?,
        Command::List(place) => {
            let session = Session::connect(&place.connect)?;
            let project = find(&session.client, place.project.as_deref())?;
            for webhook in all(&session.client, &project)? {
                show(&webhook, place.json)?;
            }
        }
        Command::Delete(one) => {
            let (session, path) = at(&one)?;
            session.client.delete(&path)?;
        }
        Command::Test(one) => return test(&one),
        Command::Deliveries { limit, one } => {
            let (session, path) = at(&one)?;
            let page: Value = session.client.get(&format!("{path}/deliveries?limit={limit}"))?;
            for delivery in page["items"].as_array().into_iter().flatten() {
                super::print(&if one.place.json { delivery.to_string() } else { line(delivery) })?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn create(args: &Create) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let project = find(&session.client, args.place.project.as_deref())?;
    let mut new = json!({ "url": args.url });
    if !args.events.is_empty() {
        new["events"] = json!(args.events);
    }
    let made: Value = session.client.post(&format!("/api/projects/{}/webhooks", project.id), &new)?;
    show(&made, args.place.json)?;
    if !args.place.json {
        super::print(&text(&made["secret"]))?;
        eprintln!("The second line is the secret that messages are signed with. It is not told again.");
    }
    Ok(())
}

fn test(one: &One) -> Result<Outcome> {
    let (session, path) = at(one)?;
    let put: Value = session.client.post(&format!("{path}/test"), &json!({}))?;
    if session.lasting.is_none() {
        eprintln!("No server runs on this data: the ping is sent when one does.");
        return Ok(Outcome::Done);
    }
    let began = Instant::now();
    loop {
        let page: Value = session.client.get(&format!("{path}/deliveries?limit=500"))?;
        let found = page["items"].as_array().into_iter().flatten().find(|it| it["id"] == put["id"]);
        let Some(delivery) = found else { bail!("the ping is not among the last 500 deliveries") };
        if delivery["attempts"].as_array().is_some_and(|attempts| !attempts.is_empty()) {
            super::print(&if one.place.json { delivery.to_string() } else { line(delivery) })?;
            return Ok(if delivery["state"] == "delivered" { Outcome::Done } else { Outcome::Refused });
        }
        if began.elapsed() > TEST_WITHIN {
            bail!(
                "nothing came of the ping within {} s; see `sheaf webhook deliveries`",
                TEST_WITHIN.as_secs()
            )
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn all(client: &Client, project: &Project) -> Result<Vec<Value>> {
    Ok(client.all(&format!("/api/projects/{}/webhooks", project.id))?)
}

/// A session, and the address of the webhook with this id or URL.
fn at(one: &One) -> Result<(Session, String)> {
    let session = Session::connect(&one.place.connect)?;
    let project = find(&session.client, one.place.project.as_deref())?;
    let wanted = &one.webhook;
    let all = all(&session.client, &project)?;
    let found: Vec<&Value> =
        all.iter().filter(|webhook| webhook["id"] == **wanted || webhook["url"] == **wanted).collect();
    match found[..] {
        [webhook] => {
            let path = format!("/api/projects/{}/webhooks/{}", project.id, text(&webhook["id"]));
            Ok((session, path))
        }
        [] => bail!("there is no webhook `{wanted}` in project `{}`", project.name),
        _ => bail!("several webhooks have the URL `{wanted}`; name one by its id"),
    }
}

fn show(webhook: &Value, as_json: bool) -> Result<()> {
    if as_json {
        return super::print(&webhook.to_string());
    }
    let events: Vec<&str> =
        webhook["events"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    super::print(&format!(
        "{}\t{}\t{} waiting\t{}\t{}",
        text(&webhook["id"]),
        text(&webhook["state"]),
        webhook["waiting"],
        events.join(","),
        text(&webhook["url"]),
    ))
}

/// A delivery and what came of its last attempt.
fn line(delivery: &Value) -> String {
    let attempts = delivery["attempts"].as_array().map_or(0, Vec::len);
    let last = &delivery["attempts"][0];
    let said = match (&last["status"], &last["error"]) {
        (Value::Number(status), _) => status.to_string(),
        (_, Value::String(error)) => error.clone(),
        _ => "-".to_owned(),
    };
    format!(
        "{}\t{}\t{}\t{}\t{attempts} attempts\t{said}",
        text(&delivery["id"]),
        text(&delivery["body"]["timestamp"]),
        text(&delivery["event"]),
        text(&delivery["state"]),
    )
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
