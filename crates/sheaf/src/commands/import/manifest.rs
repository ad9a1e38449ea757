//! A manifest as the argument: it is sent, committed, read by the server, and the files that it names are sent after it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_intake::Limits;
use sheaf_intake::manifest::{ColumnPlan, Role, RowContent, preview, rows};

use super::send;
use super::walk::LocalFile;
use super::{Job, Upload};
use crate::client::{Client, escaped};

const POLL: Duration = Duration::from_millis(300);

/// Whether what was named is one manifest.
pub(super) fn is_one(paths: &[PathBuf]) -> bool {
    let [path] = paths else { return false };
    let extension =
        path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
    matches!(extension.as_str(), "csv" | "tsv" | "jsonl" | "ndjson") && path.is_file()
}

#[derive(Deserialize)]
struct Preview {
    rows: u64,
    columns: Vec<Column>,
    n_problems: u64,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    role: String,
}

/// Sends the manifest and says what it seems to be.
pub(super) fn stage(client: &Client, base: &str, path: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let name = file_name(path);
    send::announce(name, file.metadata()?.len());
    let found: Preview = client
        .put_file(&format!("{base}/manifest?filename={}", escaped(name)), &file)
        .with_context(|| format!("`{}` cannot be used as a manifest", path.display()))?;
    let columns: Vec<String> =
        found.columns.iter().map(|column| format!("{} ({})", column.name, column.role)).collect();
    eprintln!("{} rows, columns: {}", found.rows, columns.join(", "));
    if found.n_problems > 0 {
        eprintln!("{} rows cannot be read and will be refused", found.n_problems);
    }
    Ok(())
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("manifest")
}

/// Has the server begin to read the manifest. What `columns` does not say of it is as the server found it.
pub(super) fn commit(client: &Client, base: &str, columns: &[ColumnPlan]) -> Result<()> {
    let _: Value = client.post(&format!("{base}/manifest/commit"), &json!({ "columns": columns }))?;
    Ok(())
}

/// Waits until the server has read the manifest.
pub(super) fn wait(client: &Client, base: &str) -> Result<()> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(
        "{bar:32} {human_pos}/{human_len} rows [{elapsed}, {eta} left]",
    )?);
    loop {
        let upload: Upload = client.get(base)?;
        let Some(Job { state, done, total, message }) = upload.job else {
            bail!("the server has forgotten the manifest; run the import again");
        };
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
        match state.as_str() {
            "running" => std::thread::sleep(POLL),
            "done" => break,
            other => {
                bar.abandon();
                let why = message.unwrap_or_else(|| other.to_owned());
                bail!("the server did not read the whole manifest: {why}");
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Files that the manifest names, relative to its folder. Those that are not there are in the report in the end.
pub(super) fn named_files(manifest: &Path) -> Result<Vec<LocalFile>> {
    let limits = Limits::default();
    let plan = preview(File::open(manifest)?, file_name(manifest), &limits)?.plan();
    if plan.column(Role::File).is_none() {
        return Ok(Vec::new());
    }
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let mut found = BTreeMap::new();
    for row in rows(File::open(manifest)?, &plan, &limits)? {
        // Rows that cannot be read are the server's to report. A cleaned path never leads out of the folder.
        let Ok(row) = row else { continue };
        let RowContent::File(path) = row.content else { continue };
        let file = folder.join(&path);
        if let Ok(meta) = file.metadata()
            && meta.is_file()
        {
            found.insert(path.clone(), LocalFile { path, file, size: meta.len() });
        }
    }
    Ok(found.into_values().collect())
}
