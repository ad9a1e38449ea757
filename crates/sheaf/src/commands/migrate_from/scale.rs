//! `sheaf migrate-from scale`: a project by Scale's API. What is not over is brought first, then the batches are launched that were,
//! then what was answered: so nothing is over before all of it is here. Each task is brought once, by its id.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::source::Source;
use super::spool::Spool;
use crate::Outcome;
use crate::client::{Client, Failure, escaped};
use crate::commands::print;
use crate::session::{ConnectArgs, DataArgs, Session};

/// Of the tasks of one request, unless one is longer by itself.
const BYTES_AT_ONCE: usize = 2_000_000;
/// Tasks of one request.
const TASKS_AT_ONCE: usize = 100;
const POLL: Duration = Duration::from_millis(500);
/// Refused tasks that are told one by one to people.
const TOLD_MAX: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address of the API that the project comes from, with its version: `https://api.scale.com/v1`.
    #[arg(long, value_name = "URL")]
    from: String,
    /// API key there.
    #[arg(long, env = "SHEAF_MIGRATE_KEY", value_name = "KEY", hide_env_values = true)]
    key: String,
    /// Name of the project there.
    #[arg(long, value_name = "NAME")]
    project: String,
    /// Name of the project here; the same when it is left out. It is made when there is none.
    #[arg(long = "as", value_name = "NAME")]
    here: Option<String>,
    /// Do not wait until the server has fetched all attachments.
    #[arg(long)]
    no_wait: bool,
    /// Exit with 0 although some tasks were refused.
    #[arg(long)]
    allow_refused: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Address of the Sheaf server that the project comes to, instead of the data folder's own.
    #[arg(long, env = "SHEAF_SERVER", value_name = "URL")]
    server: Option<String>,
    /// API key for that server.
    #[arg(long, env = "SHEAF_KEY", value_name = "KEY", hide_env_values = true)]
    server_key: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

/// What came of it.
#[derive(Default)]
struct Report {
    batches_made: usize,
    batches_there: usize,
    launched: usize,
    made: u64,
    there: u64,
    refused: Vec<Value>,
}

#[derive(Deserialize)]
struct Brought {
    made: u64,
    there: u64,
    refused: Vec<Value>,
    waiting: bool,
}

struct Move<'a> {
    source: Source,
    client: &'a Client,
    there: String,
    here: String,
    bar: ProgressBar,
    report: Report,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let session = Session::connect(&ConnectArgs::of(args.server, args.server_key, args.data))?;
    if session.lasting.is_none() {
        bail!("start the server first (`sheaf serve`): it is the one that fetches attachments");
    }
    let here = args.here.unwrap_or_else(|| args.project.clone());
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg} [{elapsed}]")?);
    let source = Source::new(&args.from, &args.key);
    let (client, report) = (&session.client, Report::default());
    let mut it = Move { source, client, there: args.project, here, bar, report };
    it.project()?;
    let batches = it.batches()?;
    for status in ["pending", "canceled", "error"] {
        it.tasks(status)?;
    }
    it.launch(&batches)?;
    it.tasks("completed")?;
    while !args.no_wait && it.send(&[])? {
        it.bar.set_message("the server is fetching attachments");
        std::thread::sleep(POLL);
    }
    it.bar.finish_and_clear();
    it.tell(args.json)?;
    let refused = !it.report.refused.is_empty() && !args.allow_refused;
    Ok(if refused { Outcome::Refused } else { Outcome::Done })
}

impl Move<'_> {
    /// The project with the versions of its parameters; one that is there must be this very one.
    fn project(&self) -> Result<()> {
        let there = self.source.project(&self.there)?;
        let kind = there["type"].as_str().context("the project there has no type")?;
        let wanted = versions(&there);
        let at = format!("/v1/projects/{}", escaped(&self.here));
        let known = match self.client.get::<Value>(&at) {
            Ok(project) => project,
            Err(Failure::Api { status: 404, .. }) => {
                let first = wanted.first().cloned().unwrap_or_default();
                let new = json!({ "name": self.here, "type": kind, "params": first, "studio": true });
                self.client.post("/v1/projects", &new).context("cannot make the project")?
            }
            Err(error) => return Err(error.into()),
        };
        let has = versions(&known);
        if known["type"] != kind || !wanted.starts_with(&has) {
            bail!(
                "there is a project `{}` already, with another type or other parameters; give a name with --as",
                self.here
            );
        }
        for params in wanted.into_iter().skip(has.len()) {
            let set: Value = self.client.post(&format!("{at}/setParams"), &params)?;
            drop(set);
        }
        Ok(())
    }

    /// Makes the batches that are not here, in staging; all of them as they are there, each with its id here.
    fn batches(&mut self) -> Result<Vec<(Value, Value)>> {
        let mut out = Vec::new();
        for batch in self.source.batches(&self.there)? {
            let name = batch["name"].as_str().context("a batch there has no name")?.to_owned();
            self.bar.set_message(format!("batch {name}"));
            let known = match self.client.get::<Value>(&format!("/v1/batches/{}", escaped(&name))) {
                Ok(known) if known["project"] == *self.here => known,
                Ok(known) => {
                    bail!(
                        "there is a batch `{name}` already, in the project {}; rename it first",
                        known["project"]
                    )
                }
                Err(Failure::Api { status: 404, .. }) => {
                    self.report.batches_made += 1;
                    self.client
                        .post("/v2/batch", &new_batch(&self.here, &batch))
                        .with_context(|| format!("cannot make the batch `{name}`"))?
                }
                Err(error) => return Err(error.into()),
            };
            out.push((batch, known));
        }
        self.report.batches_there = out.len() - self.report.batches_made;
        Ok(out)
    }

    /// Brings the tasks of a status, the first made first.
    fn tasks(&mut self, status: &str) -> Result<()> {
        let (mut spool, mut n) = (Spool::new()?, 0);
        let bar = self.bar.clone();
        self.source.tasks(&self.there, status, |page| {
            n += page.len();
            bar.set_message(format!("{n} {status} tasks read"));
            spool.put(&page)
        })?;
        spool.backwards(|page| {
            let mut from = 0;
            while from < page.len() {
                let mut to = from;
                let mut bytes = 0;
                while to < page.len() && to - from < TASKS_AT_ONCE && (bytes < BYTES_AT_ONCE || to == from) {
                    bytes += page[to].to_string().len();
                    to += 1;
                }
                self.send(&page[from..to])?;
                from = to;
            }
            self.bar.set_message(format!("{} tasks brought", self.report.made + self.report.there));
            Ok(())
        })
    }

    /// Whether the server still has something to fetch.
    fn send(&mut self, tasks: &[Value]) -> Result<bool> {
        let at = format!("/v1/projects/{}/bringTasks", escaped(&self.here));
        let brought: Brought = self
            .client
            .post(&at, &json!({ "tasks": tasks }))
            .context("the server does not take the tasks; run the command again, it goes on from here")?;
        self.report.made += brought.made;
        self.report.there += brought.there;
        self.report.refused.extend(brought.refused);
        Ok(brought.waiting)
    }

    /// Launches the batches that are launched there.
    fn launch(&mut self, batches: &[(Value, Value)]) -> Result<()> {
        for (there, here) in batches {
            if there["status"] == "staging" || here["status"] != "staging" {
                continue;
            }
            let batch: Value = self.client.post("/v2/batch/finalize", &json!({ "batch_id": here["id"] }))?;
            drop(batch);
            self.report.launched += 1;
        }
        Ok(())
    }

    fn tell(&self, as_json: bool) -> Result<()> {
        let it = &self.report;
        if as_json {
            let report = json!({
                "project": self.here,
                "batches": { "made": it.batches_made, "there": it.batches_there, "launched": it.launched },
                "tasks": { "made": it.made, "there": it.there, "refused": it.refused },
            });
            return print(&serde_json::to_string_pretty(&report)?);
        }
        print(&format!(
            "{}: {} batches made, {} were here, {} launched; {} tasks brought, {} were here, {} refused",
            self.here,
            it.batches_made,
            it.batches_there,
            it.launched,
            it.made,
            it.there,
            it.refused.len()
        ))?;
        for refused in it.refused.iter().take(TOLD_MAX) {
            let text = |name: &str| refused[name].as_str().unwrap_or("?").to_owned();
            eprintln!("refused: task {}: {}", text("task_id"), text("error"));
        }
        if it.refused.len() > TOLD_MAX {
            eprintln!("... and {} more; --json prints all of them", it.refused.len() - TOLD_MAX);
        }
        Ok(())
    }
}

/// The parameters of a project, version by version.
fn versions(project: &Value) -> Vec<Map<String, Value>> {
    let history = project["param_history"].as_array().into_iter().flatten();
    let of = |version: &Value| {
        let mut params = version.as_object().cloned().unwrap_or_default();
        params.remove("version");
        params.remove("created_at");
        params
    };
    history.map(of).collect()
}

/// What is over there tells its callback nothing here.
fn new_batch(project: &str, there: &Value) -> Value {
    let callback = if there["status"] == "completed" { Value::Null } else { there["callback"].clone() };
    json!({
        "name": there["name"],
        "project_name": project,
        "staging_batch": true,
        "callback": callback,
        "metadata": there["metadata"],
        "calibration_batch": there["calibration_batch"],
        "self_label_batch": there["self_label_batch"],
    })
}
