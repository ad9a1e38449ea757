//! Files of clients: assets of a project's library, before any task is about them.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sheaf_intake::manifest::REFERENCE_BYTES_MAX;
use sheaf_model::AssetId;
use sheaf_store::StoreError;
use sheaf_store::library::{AssetRow, NewAsset};

use super::find::{self, To};
use super::params::{self, bad};
use super::{Client, bind, id, time};
use crate::uploads::{self, blocking, read_asset};
use crate::{App, Error, Result, removed};

/// What a request says of a file.
#[derive(Debug, Clone, Default)]
pub struct NewFile {
    pub project: Option<String>,
    pub display_name: Option<String>,
    pub reference_id: Option<String>,
    /// A JSON object.
    pub metadata: Option<Value>,
    /// As it is called where it comes from.
    pub name: String,
}

/// A file on this machine that goes away with its holder.
pub struct Temporary {
    file: File,
    place: uploads::Temporary,
}

impl Temporary {
    pub fn as_file(&self) -> &File {
        &self.file
    }
    pub fn path(&self) -> &Path {
        self.place.path()
    }
}

/// A new one, beside the blobs.
pub fn temporary(app: &App) -> Result<Temporary> {
    let place = uploads::Temporary::new(app.store().blobs().temporary());
    let file = File::create(place.path()).map_err(|error| StoreError::file(place.path(), error))?;
    Ok(Temporary { file, place })
}

/// Whether the caller may bring files into a project.
pub async fn may_add(app: &App, client: &Client, project: Option<String>) -> Result<()> {
    let actor = client.actor.clone();
    let project = project.filter(|name| !name.is_empty());
    let project = project.ok_or_else(|| params::missing("project_name"))?;
    app.store().read(move |tx| find::project(tx, &actor, &project, To::Change).map(drop)).await
}

/// A file that lies at `path` becomes an asset.
pub async fn add(app: &App, client: &Client, new: NewFile, path: PathBuf) -> Result<Value> {
    let metadata = params::metadata(new.metadata)?;
    let reference = checked_reference(new.reference_id)?;
    let project = new.project.filter(|name| !name.is_empty());
    let project = project.ok_or_else(|| params::missing("project_name"))?;
    let (inner, actor) = (app.clone(), client.actor.clone());
    let name = new.display_name.filter(|name| !name.is_empty()).unwrap_or(new.name);
    blocking(move || {
        let access = inner.store().read_blocking(|tx| find::project(tx, &actor, &project, To::Change))?;
        let read = read_asset(&inner, access.project.media, &name, &path)?;
        let asset = NewAsset { reference, metadata, ..read.map_err(bad)? };
        let blobs: Vec<_> = [asset.content, asset.thumbnail].into_iter().flatten().collect();
        inner.store().blobs().flush(&blobs)?;
        let there = removed::but_there(inner.store(), &blobs)?;
        let app = inner.clone();
        inner.store().write_blocking(move |tx| {
            let access = find::project(tx, &actor, &project, To::Change)?;
            tx.keep_blobs(&blobs, &there)?;
            if let Some(reference) = &asset.reference
                && tx.ordinal_by_reference(access.project.id, reference)?.is_some()
            {
                let what = format!("there is a file with the reference_id `{reference}` already");
                return Err(Error::conflict("reference_taken", what));
            }
            let id = access.project.id;
            let ordinal = bind::append(&app, tx, id, actor.user, std::slice::from_ref(&asset))?;
            let row = tx.asset(id, ordinal)?.ok_or_else(|| Error::internal("the file is not there"))?;
            Ok(view(AssetId { project: id, ordinal }, &row, &access.project.name))
        })
    })
    .await
}

/// The reference of a file; empty is none. It is as long as one of a manifest may be, and on one line, so that rows can name it.
fn checked_reference(given: Option<String>) -> Result<Option<String>> {
    let Some(reference) = given.filter(|text| !text.is_empty()) else { return Ok(None) };
    if reference.len() > REFERENCE_BYTES_MAX {
        return Err(bad(format!("`reference_id` is longer than {REFERENCE_BYTES_MAX} bytes")));
    }
    if reference.chars().any(char::is_control) {
        return Err(bad("`reference_id` has a control character"));
    }
    Ok(Some(reference))
}

/// The name of a file that is fetched from an address.
pub fn name_of(url: &str) -> String {
    super::fetch::name_of(url, 1)
}

fn view(asset: AssetId, row: &AssetRow, project: &str) -> Value {
    json!({
        "id": id::file(asset),
        "attachment_url": id::address(asset),
        "mime_type": row.media_type,
        "size": row.size,
        "display_name": row.name,
        "reference_id": row.reference,
        "metadata": serde_json::from_str::<Value>(&row.metadata).unwrap_or_else(|_| json!({})),
        "project_names": [project],
        "created_at": time::iso(row.uploaded),
        "updated_at": time::iso(row.uploaded),
    })
}

/// A page of a project's files, newest first, and where the next one begins.
pub struct Listed {
    pub items: Vec<Value>,
    pub total: u32,
    pub next_token: Option<String>,
}

/// `GET files`: the library of a project, newest first.
pub async fn list(
    app: &App,
    client: &Client,
    project: Option<String>,
    limit: u32,
    token: Option<String>,
) -> Result<Listed> {
    let actor = client.actor.clone();
    let project = project.ok_or_else(|| params::missing("project"))?;
    let below = match token {
        None => None,
        Some(text) => Some(text.parse::<u32>().map_err(|_| bad("`next_token` is not one that a page gave"))?),
    };
    app.store()
        .read(move |tx| {
            let project = find::project(tx, &actor, &project, To::Look)?.project;
            let below = below.unwrap_or(u32::MAX).min(project.n_assets);
            let first = below.saturating_sub(limit);
            let ordinals: Vec<u32> = (first..below).rev().collect();
            let rows = tx.assets(project.id, &ordinals)?;
            let items = rows
                .iter()
                .map(|row| view(AssetId { project: project.id, ordinal: row.ordinal }, row, &project.name));
            let next_token = (first > 0).then(|| first.to_string());
            Ok(Listed { items: items.collect(), total: project.n_assets, next_token })
        })
        .await
}
