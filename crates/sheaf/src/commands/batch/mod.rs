//! `sheaf batch`: making batches by a recipe, looking at them, launching and ending them.

mod agreement;
mod change;
mod known;
mod progress;
mod recipe;
pub(crate) mod serving;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use self::recipe::RecipeArgs;
use super::project::{Project, find};
pub(crate) use serving::ServedArgs;

use crate::Outcome;
use crate::session::{ConnectArgs, Session};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a batch of what a recipe picks.
    Create(Create),
    /// List the batches.
    List(Where),
    /// Show one batch with its recipe.
    Show(One),
    /// Change its name, its priority, whom it is open to, when it is due.
    Edit(serving::Edit),
    /// Say how far it is, how fast it goes, and who does what.
    Progress(One),
    /// Say how long it would take and what would go wrong; nothing is changed.
    Rehearse(progress::Rehearse),
    /// Put its tasks into the annotators' queue.
    Launch(One),
    /// Grant no more claims.
    Pause(One),
    /// Grant claims again.
    Resume(One),
    /// End it; answers and drafts are kept.
    Cancel(One),
    /// Add what a recipe picks, also to a batch that is in work or done.
    Append(change::Change),
    /// Take what a recipe picks of the members out of a batch in staging.
    Remove(change::Change),
    /// Replace a batch in staging by its parts.
    Split(change::Split),
    /// List the changes of its members, newest first.
    Revisions(One),
    /// Show what its recipe would pick today beside its members.
    Diff(One),
    /// Show how far its people agree, and its most disputed tasks.
    Agreement(One),
    /// Show, write or copy the known answers of a gold or training batch.
    KnownAnswers(known::KnownAnswers),
    /// Show how everybody does on gold and training tasks.
    Accuracy(Where),
    /// Make it again under another name.
    Rerun(change::Rerun),
    /// Delete a batch in staging; the assets stay.
    Delete(One),
}

#[derive(Args)]
pub(crate) struct Where {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) project: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
}

#[derive(Args)]
pub(crate) struct One {
    /// Name or id of the batch.
    batch: String,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct Create {
    /// Name of the batch.
    name: String,
    #[command(flatten)]
    recipe: RecipeArgs,
    /// production, calibration, self_label, gold or training
    #[arg(long, default_value = "production",
          value_parser = ["production", "calibration", "self_label", "gold", "training"])]
    kind: String,
    /// Of a gold batch: of a person's claims, how many in a hundred are of it, 1 to 50; 5 when it is left out.
    #[arg(long, value_name = "PERCENT")]
    gold_rate: Option<u8>,
    /// Higher is served first.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    priority: i64,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    serving: serving::ServingArgs,
    /// Launch it at once; otherwise it stays in staging.
    #[arg(long)]
    launch: bool,
    /// Only say what would be picked.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Where,
}

/// What a batch asks for each of its tasks.
#[derive(Args)]
pub(crate) struct RulesArgs {
    /// Judgements by different people that each task needs: 1 to 16.
    #[arg(long, default_value_t = 1)]
    pub(crate) overlap: u8,
    /// Reviews after each other that each task needs: 0 to 4.
    #[arg(long, default_value_t = 0)]
    pub(crate) review_levels: u8,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Create(args) => create(&args)?,
        Command::List(place) => list(&place)?,
        Command::Show(one) => step(&one, None)?,
        Command::Edit(args) => serving::edit(&args)?,
        Command::Progress(one) => progress::progress(&one)?,
        Command::Rehearse(args) => progress::rehearse(&args)?,
        Command::Launch(one) => step(&one, Some("launch"))?,
        Command::Pause(one) => step(&one, Some("pause"))?,
        Command::Resume(one) => step(&one, Some("resume"))?,
        Command::Cancel(one) => step(&one, Some("cancel"))?,
        Command::Append(args) => change::change(&args, "append")?,
        Command::Remove(args) => change::change(&args, "remove")?,
        Command::Split(args) => change::split(&args)?,
        Command::Revisions(one) => change::revisions(&one)?,
        Command::Diff(one) => change::diff(&one)?,
        Command::Agreement(one) => agreement::agreement(&one)?,
        Command::KnownAnswers(args) => known::known_answers(&args)?,
        Command::Accuracy(place) => known::accuracy(&place)?,
        Command::Rerun(args) => change::rerun(&args)?,
        Command::Delete(one) => change::delete(&one)?,
    }
    Ok(Outcome::Done)
}

fn create(args: &Create) -> Result<()> {
    let session = Session::connect(&args.place.connect)?;
    let project = find(&session.client, args.place.project.as_deref())?;
    let base = format!("/api/projects/{}", project.id);
    let recipe = args.recipe.recipe(&session.client, &project)?;
    if args.dry_run {
        let run: Value = session.client.post(&format!("{base}/select"), &json!({ "recipe": recipe }))?;
        return super::print(&if args.place.json { run.to_string() } else { funnel(&run) });
    }
    let mut new = json!({
        "name": args.name, "recipe": recipe, "kind": args.kind, "priority": args.priority, "launch": args.launch,
        "overlap": args.rules.overlap, "review_levels": args.rules.review_levels,
    });
    if let Some(rate) = args.gold_rate {
        new["gold_rate"] = json!(rate);
    }
    if let Some(new) = new.as_object_mut() {
        new.extend(args.serving.fields(&session.client, &project)?);
    }
    let made: Value = session.client.post(&format!("{base}/batches"), &new)?;
    serving::warn(&made);
    if made["recipe"]["short_by"] != json!(0) {
        eprintln!("{} fewer than asked for: there are no more", made["recipe"]["short_by"]);
    }
    show(&made, args.place.json)
}

fn funnel(run: &Value) -> String {
    let mut out = format!("matched {}\nexcluded {}", run["matched"], run["excluded"]);
    for by in run["excluded_by"].as_array().into_iter().flatten() {
        out.push_str(&format!(
            "\n  {} in `{}`",
            by["count"],
            by["batch"]["name"].as_str().unwrap_or_default()
        ));
    }
    out.push_str(&format!("\navailable {}\npicked {}", run["available"], run["picked"]));
    if run["short_by"] != json!(0) {
        out.push_str(&format!("\nshort by {}", run["short_by"]));
    }
    for fit in run["fit"].as_array().into_iter().flatten() {
        let value = fit["value"].as_str().map_or_else(|| fit["value"].to_string(), str::to_owned);
        let (wanted, available, picked) = (&fit["wanted"], &fit["available"], &fit["picked"]);
        out.push_str(&format!("\n  {value}: wanted {wanted}, available {available}, picked {picked}"));
    }
    out
}

fn list(place: &Where) -> Result<()> {
    let session = Session::connect(&place.connect)?;
    let project = find(&session.client, place.project.as_deref())?;
    for batch in session.client.all::<Value>(&format!("/api/projects/{}/batches", project.id))? {
        show(&batch, place.json)?;
    }
    Ok(())
}

fn step(one: &One, action: Option<&str>) -> Result<()> {
    let session = Session::connect(&one.place.connect)?;
    let client = &session.client;
    let project = find(client, one.place.project.as_deref())?;
    let id = batch_id(client, &project, &one.batch)?;
    let path = format!("/api/projects/{}/batches/{id}", project.id);
    let batch: Value = match action {
        None => client.get(&path)?,
        Some(action) => client.post(&format!("{path}/{action}"), &json!({}))?,
    };
    serving::warn(&batch);
    show(&batch, one.place.json)?;
    if action.is_none() && !one.place.json {
        super::print(&format!("recipe: {}", batch["recipe"]["text"].as_str().unwrap_or_default()))?;
    }
    Ok(())
}

/// Id of the batch with this name or id.
pub(crate) fn batch_id(client: &crate::client::Client, project: &Project, wanted: &str) -> Result<String> {
    for archived in ["false", "true"] {
        let batches: Vec<Value> =
            client.all(&format!("/api/projects/{}/batches?archived={archived}", project.id))?;
        let found = batches.iter().find(|batch| batch["name"] == wanted || batch["id"] == wanted);
        if let Some(id) = found.and_then(|batch| batch["id"].as_str()) {
            return Ok(id.to_owned());
        }
    }
    bail!("there is no batch `{wanted}` in project `{}`", project.name)
}

fn show(batch: &Value, as_json: bool) -> Result<()> {
    if as_json {
        return super::print(&batch.to_string());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    super::print(&format!(
        "{}\t{}\t{}\t{} of {} submitted",
        text(&batch["id"]),
        text(&batch["name"]),
        text(&batch["state"]),
        batch["counts"]["submitted"],
        batch["counts"]["members"],
    ))
}
