//! `sheaf bench`: measurements on generated data, in a temporary folder.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use sheaf_app::projects::{self, NewProject};
use sheaf_app::uploads::{self, JobState, NewUpload};
use sheaf_app::{Actor, App};
use sheaf_model::{Media, UserId};

use crate::Outcome;
use crate::running;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// How fast a manifest is read, with index, durable.
    Import(ImportArgs),
}

#[derive(clap::Args)]
pub(crate) struct ImportArgs {
    /// Rows of the manifest.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// Rows that are texts instead of addresses of images.
    #[arg(long)]
    texts: bool,
    /// Folder to measure in; a temporary one inside it is used and removed.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: std::path::PathBuf,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Import(args) => import(&args),
    }
}

fn import(args: &ImportArgs) -> Result<Outcome> {
    let scratch = tempfile::tempdir_in(&args.dir).context("cannot make a temporary folder")?;
    let app = running::open(scratch.path())?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
    let (preview, commit) = runtime.block_on(read_manifest(&app, args))?;
    let bytes = size_of(scratch.path())?;
    let rate = args.rows as f64 / commit.as_secs_f64();
    super::print(
        &json!({
            "rows": args.rows,
            "content": if args.texts { "text" } else { "url" },
            "preview_seconds": preview.as_secs_f64(),
            "seconds": commit.as_secs_f64(),
            "rows_per_second": rate.round(),
            "bytes_per_row_on_disk": bytes as f64 / args.rows as f64,
        })
        .to_string(),
    )?;
    Ok(Outcome::Done)
}

async fn read_manifest(app: &App, args: &ImportArgs) -> Result<(Duration, Duration)> {
    let actor = Actor { user: UserId(1), is_admin: true };
    let media = if args.texts { Media::Text } else { Media::Image };
    let new = NewProject {
        name: "Bench".into(),
        media,
        taxonomy: None,
        instructions: String::new(),
        attribution: None,
    };
    let project = projects::create(app, &actor, new).await?.project.id;
    let new = NewUpload { name: "bench".into(), source: "cli".into(), batch: None };
    let upload = uploads::create(app, &actor, project, new).await?.0.id;
    let mut staging = uploads::stage_manifest(app, &actor, project, upload, "bench.csv".into()).await?;
    let mut text = String::from(if args.texts { "text" } else { "url" });
    text.push_str(",weather,camera,hour,speed,night,recorded\n");
    for n in 0..args.rows {
        row(&mut text, n, args.texts)?;
        if text.len() > 1 << 20 {
            staging.write(text.as_bytes()).await?;
            text.clear();
        }
    }
    staging.write(text.as_bytes()).await?;
    let began = Instant::now();
    staging.finish().await?;
    let preview = began.elapsed();
    let began = Instant::now();
    uploads::commit_manifest(app, &actor, project, upload, Vec::new()).await?;
    loop {
        let now = uploads::get(app, &actor, project, upload).await?;
        let job = now.job.context("the job is gone")?;
        match job.state {
            JobState::Done => {
                if now.counts.added != i64::try_from(args.rows)? {
                    bail!("{} of {} rows were added", now.counts.added, args.rows);
                }
                return Ok((preview, began.elapsed()));
            }
            JobState::Running => tokio::time::sleep(Duration::from_millis(20)).await,
            _ => bail!("the job ended early: {}", job.message.unwrap_or_default()),
        }
    }
}

/// One row: eight fields of the kinds that are met most.
fn row(out: &mut String, n: u64, text: bool) -> std::fmt::Result {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let weather = ["sun", "rain", "fog", "snow", "cloudy"][(mixed % 5) as usize];
    if text {
        write!(out, "message number {n} about {weather}")?;
    } else {
        write!(out, "https://media.example.org/{:03}/{n:08}.jpg", mixed % 1000)?;
    }
    let (day, hour, minute) = (1 + n / 3000 % 28, mixed % 24, mixed % 60);
    writeln!(
        out,
        ",{weather},cam{},{hour},{}.{},{},2026-{:02}-{day:02}T{hour:02}:{minute:02}:00Z",
        mixed % 16,
        mixed % 130,
        mixed % 10,
        hour < 6,
        1 + n / 90_000 % 12,
    )
}

fn size_of(dir: &std::path::Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() { size_of(&entry.path())? } else { meta.len() };
    }
    Ok(bytes)
}
