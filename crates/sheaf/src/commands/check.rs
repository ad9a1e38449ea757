//! `sheaf check`: is the data sound. Of a folder that nobody serves it opens the data itself; a running server is asked.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use sheaf_app::check::{self, Report};

use crate::client::Client;
use crate::session::DataArgs;
use crate::{Outcome, running};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Make the index anew from the rows and compare, read every content through.
    #[arg(long)]
    deep: bool,
    /// Write the index anew where it is damaged; the server must be stopped. Implies --deep.
    #[arg(long)]
    repair: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let data = &args.data.data;
    args.data.must_be_there()?;
    let deep = args.deep || args.repair;
    let server = running::announced(data).map(|(url, key)| Client::new(&url, &key));
    let report = match server.filter(|client| client.check().is_ok()) {
        Some(_) if args.repair => bail!("the data is being served; stop the server to repair it"),
        Some(client) => client.get(&format!("/api/check?deep={deep}"))?,
        None => {
            let app = args.data.open()?;
            let mut report = check::run(&app, deep)?;
            if args.repair && !report.is_clean() {
                let n = check::repair_index(&app, &report)?;
                eprintln!("the index of {n} chunks was made anew; checking again");
                report = check::run(&app, true)?;
            }
            wire(&report)
        }
    };
    let findings = report["findings"].as_array().map_or(&[][..], Vec::as_slice);
    let total = report["n_findings"].as_u64().unwrap_or(0);
    if args.json {
        super::print(&report.to_string())?;
    } else {
        for finding in findings {
            let text = |name: &str| finding[name].as_str().unwrap_or_default();
            super::print(&format!("{} ({}): {}; {}", text("table"), text("key"), text("what"), text("fix")))?;
        }
    }
    let n = |name: &str| report["checked"][name].as_u64().unwrap_or(0);
    eprintln!(
        "{} projects, {} assets, {} batches, {} slots, {} submissions, {} contents{}: {}",
        n("projects"),
        n("assets"),
        n("batches"),
        n("slots"),
        n("submissions"),
        n("contents"),
        if deep { format!(", the index of {} chunks", n("chunks")) } else { String::new() },
        match (total, findings.len()) {
            (0, _) => "nothing is wrong".to_owned(),
            (total, shown) if total > shown as u64 =>
                format!("{total} findings, the first {shown} are listed"),
            (total, _) => format!("{total} findings"),
        }
    );
    Ok(if total == 0 { Outcome::Done } else { Outcome::Refused })
}

/// As the server says it.
fn wire(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({ "table": finding.table, "key": finding.key, "what": finding.what, "fix": finding.fix })
        })
        .collect();
    let checked = report.checked;
    json!({
        "findings": findings,
        "n_findings": report.n_findings,
        "checked": {
            "projects": checked.projects, "assets": checked.assets, "chunks": checked.chunks,
            "batches": checked.batches, "slots": checked.slots, "submissions": checked.submissions,
            "contents": checked.contents,
        },
    })
}
