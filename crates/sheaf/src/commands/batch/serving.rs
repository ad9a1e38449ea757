//! How a batch is served: whom it is open to, the order of its tasks, when it is due; and `sheaf batch edit`.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};

use super::super::project::{Project, find};
use super::{One, batch_id, show};
use crate::client::Client;
use crate::session::Session;

/// Whom a batch is open to, and the order of its tasks.
#[derive(Args)]
pub(crate) struct ServedArgs {
    /// Open it only to this group; may be given several times.
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,
    /// Open it only to this person (and the groups); may be given several times.
    #[arg(long = "person", value_name = "EMAIL|NAME|ID")]
    people: Vec<String>,
    /// The order of its tasks: upload, shuffled, shuffled:SEED, a field, or -FIELD for the greatest first.
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    order: Option<String>,
}

#[derive(Args)]
pub(crate) struct ServingArgs {
    #[command(flatten)]
    served: ServedArgs,
    /// When it is due, like 2026-12-24T18:00:00Z.
    #[arg(long, value_name = "TIME")]
    due: Option<String>,
    /// The source whose pre-labels its annotators begin with; in staging only.
    #[arg(long, value_name = "SOURCE")]
    prelabels: Option<String>,
}

#[derive(Args)]
pub(crate) struct Edit {
    #[command(flatten)]
    one: One,
    /// Its new name.
    #[arg(long)]
    name: Option<String>,
    /// Higher is served first.
    #[arg(long, allow_negative_numbers = true)]
    priority: Option<i64>,
    #[command(flatten)]
    serving: ServingArgs,
    /// Open it to everybody.
    #[arg(long, conflicts_with_all = ["groups", "people"])]
    everybody: bool,
    /// It is not due at any time.
    #[arg(long, conflicts_with = "due")]
    no_due: bool,
    /// Its annotators begin with nothing.
    #[arg(long, conflicts_with = "prelabels")]
    no_prelabels: bool,
}

impl ServedArgs {
    /// What was given, as fields of a request.
    pub(crate) fn fields(&self, client: &Client, project: &Project) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        if !self.groups.is_empty() || !self.people.is_empty() {
            let groups = ids(client, project, "groups", &self.groups)?;
            let people = ids(client, project, "members", &self.people)?;
            out.insert("open_to".into(), json!({ "groups": groups, "people": people }));
        }
        if let Some(order) = &self.order {
            out.insert("order".into(), order_of(order)?);
        }
        Ok(out)
    }
}

impl ServingArgs {
    /// What was given, as fields of a request.
    pub(crate) fn fields(&self, client: &Client, project: &Project) -> Result<Map<String, Value>> {
        let mut out = self.served.fields(client, project)?;
        if let Some(due) = &self.due {
            out.insert("due_at".into(), json!(due));
        }
        if let Some(source) = &self.prelabels {
            out.insert("prelabels".into(), json!(source));
        }
        Ok(out)
    }
}

fn order_of(text: &str) -> Result<Value> {
    Ok(match text.split_once(':') {
        None if text == "upload" => json!("upload"),
        None if text == "shuffled" => json!({ "shuffled": {} }),
        Some(("shuffled", seed)) => match seed.parse::<u64>() {
            Ok(seed) => json!({ "shuffled": { "seed": seed } }),
            Err(_) => bail!("`{seed}` is no seed; a seed is a whole number"),
        },
        _ => match text.strip_prefix('-') {
            Some(by) => json!({ "field": { "by": by, "descending": true } }),
            None => json!({ "field": { "by": text } }),
        },
    })
}

/// Ids of groups or members that are named by id, name or mail address.
pub(crate) fn ids(client: &Client, project: &Project, what: &str, wanted: &[String]) -> Result<Vec<Value>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<Value> = client.all(&format!("/api/projects/{}/{what}?limit=500", project.id))?;
    let mut out = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let one = |item: &&Value| {
            let item = item.get("user").unwrap_or(item);
            ["id", "name", "email"].iter().any(|key| item[key] == **wanted)
        };
        let found: Vec<&Value> = all.iter().filter(one).collect();
        let [item] = found.as_slice() else {
            let n = if found.is_empty() { "nothing" } else { "more than one thing" };
            bail!("`{wanted}` names {n} among the {what} of project `{}`", project.name)
        };
        out.push(item.get("user").unwrap_or(item)["id"].clone());
    }
    Ok(out)
}

pub(super) fn edit(args: &Edit) -> Result<()> {
    let session = Session::connect(&args.one.place.connect)?;
    let client = &session.client;
    let project = find(client, args.one.place.project.as_deref())?;
    let id = batch_id(client, &project, &args.one.batch)?;
    let mut body = args.serving.fields(client, &project)?;
    if args.everybody {
        body.insert("open_to".into(), json!({}));
    }
    if args.no_due {
        body.insert("due_at".into(), Value::Null);
    }
    if args.no_prelabels {
        body.insert("prelabels".into(), Value::Null);
    }
    body.extend(args.name.as_ref().map(|name| ("name".to_owned(), json!(name))));
    body.extend(args.priority.map(|priority| ("priority".to_owned(), json!(priority))));
    if body.is_empty() {
        bail!("say what to change: see sheaf batch edit --help");
    }
    let batch: Value = client.patch(&format!("/api/projects/{}/batches/{id}", project.id), &body)?;
    warn(&batch);
    show(&batch, args.one.place.json)
}

/// Says what is likely not meant, to people.
pub(super) fn warn(batch: &Value) {
    for warning in batch["warnings"].as_array().into_iter().flatten() {
        eprintln!("warning: {}", warning["message"].as_str().unwrap_or_default());
    }
}
