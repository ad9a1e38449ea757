//! What both projects of the demo need: find or make a project, bring an upload in with a manifest, make a batch.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::projects::{self, NewProject};
use sheaf_app::uploads::{self, ColumnPlan, FileFilter, JobState, NewUpload};
use sheaf_app::{Actor, App};
use sheaf_intake::manifest::Role;
use sheaf_model::{BatchId, ProjectId, Recipe, UploadState};

use super::people::Team;

/// The project of this name, made when it is not there.
pub(super) async fn project(app: &App, team: &Team, new: NewProject) -> Result<ProjectId> {
    let known = projects::list(app, &team.admin).await?;
    let id = match known.into_iter().find(|listed| listed.project.name == new.name) {
        Some(listed) => listed.project.id,
        None => projects::create(app, &team.admin, new).await?.project.id,
    };
    team.join(app, id).await?;
    Ok(id)
}

/// An upload out of a manifest of JSON lines, and the files that it names. One that is finished stays as it is.
pub(super) async fn upload(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    name: &str,
    rows: &[Value],
    roles: &[(&str, Role)],
    files: Vec<(String, PathBuf)>,
) -> Result<()> {
    let page = uploads::list(app, actor, project, None, 100).await?;
    let finished = |upload: &uploads::Upload| upload.name == name && upload.state == UploadState::Finished;
    if page.items.iter().any(finished) {
        return Ok(());
    }
    let new = NewUpload { name: name.into(), source: "cli".into(), batch: None };
    let id = uploads::create(app, actor, project, new).await?.0.id;
    let interrupted =
        uploads::get(app, actor, project, id).await?.job.is_some_and(|job| job.state == JobState::Running);
    if !interrupted {
        let mut staging = uploads::stage_manifest(app, actor, project, id, "demo.jsonl".into()).await?;
        for row in rows {
            staging.write(format!("{row}\n").as_bytes()).await?;
        }
        staging.finish().await?;
    }
    let columns =
        roles.iter().map(|(name, role)| ColumnPlan { name: (*name).into(), role: *role, kind: None });
    uploads::commit_manifest(app, actor, project, id, columns.collect()).await?;
    let bar = bar(name, rows.len() as u64)?;
    loop {
        let job = uploads::get(app, actor, project, id).await?.job.context("the manifest is gone")?;
        if files.is_empty() {
            bar.set_position(job.done);
        }
        match job.state {
            JobState::Running => tokio::time::sleep(Duration::from_millis(20)).await,
            JobState::Done => break,
            _ => bail!("the manifest was not read: {}", job.message.unwrap_or_default()),
        }
    }
    if !files.is_empty() {
        send(app, actor, project, id, files, bar.clone()).await?;
    }
    let upload = uploads::finish(app, actor, project, id, None).await?;
    bar.finish_and_clear();
    let counts = upload.counts;
    eprintln!("{name}: {} assets, {} refused", counts.added, counts.refused);
    Ok(())
}

async fn send(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: sheaf_model::UploadId,
    mut files: Vec<(String, PathBuf)>,
    bar: ProgressBar,
) -> Result<()> {
    let there = uploads::files(app, actor, project, id, FileFilter::Done, String::new(), 100_000).await?;
    let there: std::collections::HashSet<String> = there.items.into_iter().map(|file| file.path).collect();
    files.retain(|(path, _)| !there.contains(path));
    bar.set_position(there.len() as u64);
    let (app, actor) = (app.clone(), actor.clone());
    tokio::task::spawn_blocking(move || {
        uploads::add_local_files(&app, &actor, project, id, &files, &|_| bar.inc(1))
    })
    .await
    .context("reading the files failed inside")??;
    Ok(())
}

fn bar(name: &str, n: u64) -> Result<ProgressBar> {
    let bar = ProgressBar::new(n);
    bar.set_style(ProgressStyle::with_template("{msg:24} {bar:32} {pos}/{len} [{elapsed}]")?);
    bar.set_message(name.to_owned());
    Ok(bar)
}

/// The batch of this name, made when it is not there; and how many of its tasks are handed in.
pub(super) async fn batch(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: NewBatch,
    recipe: Recipe,
) -> Result<(BatchId, i64)> {
    let (known, _) = batches::view::list(app, actor, project, false, None, 100).await?;
    if let Some(found) = known.into_iter().find(|batch| batch.row.name == new.name) {
        return Ok((found.row.id, found.row.progress.counts.submitted));
    }
    let made = batches::create(app, actor, project, new, recipe).await?;
    Ok((made.row.id, 0))
}
