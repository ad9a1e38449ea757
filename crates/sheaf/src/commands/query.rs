//! `sheaf query`: what a query finds, and how long it took.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::project::find;
use crate::Outcome;
use crate::client::escaped;
use crate::session::{ConnectArgs, Session};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    project: Option<String>,
    /// Assets to print; 0 prints the count only.
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: u64,
    /// `ordinal` or a field, with `-` before it the other way round.
    #[arg(long, value_name = "FIELD")]
    sort: Option<String>,
    /// Print JSON: a line an asset, the count to stderr.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: ConnectArgs,
    /// The query, or @NAME for a saved one; everything when it is left out.
    #[arg(value_name = "QUERY", default_value = "")]
    query: String,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Value>,
    total: u64,
    took_ms: f64,
}

/// Assets that one request asks for.
const AT_ONCE: u64 = 500;

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let session = Session::connect(&args.connect)?;
    let project = find(&session.client, args.project.as_deref())?;
    let (query, sort) = super::saved_query::resolve(&session.client, &project, args.query, args.sort)?;
    let (mut offset, mut counted) = (0, false);
    loop {
        let limit = (args.limit - offset).clamp(1, AT_ONCE);
        let mut path = format!(
            "/api/projects/{}/assets?q={}&limit={limit}&offset={offset}",
            project.id,
            escaped(&query)
        );
        if let Some(sort) = &sort {
            path.push_str(&format!("&sort={}", escaped(sort)));
        }
        let page: Page = session.client.get(&path)?;
        if !std::mem::replace(&mut counted, true) {
            eprintln!("{} assets in {} ms", page.total, page.took_ms);
            if args.limit == 0 {
                super::print(&if args.json {
                    json!({ "total": page.total }).to_string()
                } else {
                    page.total.to_string()
                })?;
            }
        }
        if args.limit == 0 {
            return Ok(Outcome::Done);
        }
        for asset in &page.items {
            super::print(&if args.json { asset.to_string() } else { line(asset) })?;
        }
        offset += page.items.len() as u64;
        if page.items.is_empty() || offset >= args.limit || offset >= page.total {
            return Ok(Outcome::Done);
        }
    }
}

fn line(asset: &Value) -> String {
    let text = |key: &str| asset[key].as_str().unwrap_or_default().to_owned();
    format!("{}\t{}\t{}\t{}", text("id"), text("name"), text("status"), asset["metadata"])
}
