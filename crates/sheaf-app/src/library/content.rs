//! An asset's bytes: the stored file or text, and the thumbnail. Whoever holds a task on an asset may see it too.

use std::fs::File;

use sheaf_model::{AssetId, ProjectId, Role};
use sheaf_store::Tx;
use sheaf_store::library::AssetRow;

use crate::{Access, Actor, App, Error, Result};

/// What to serve.
#[derive(Debug)]
pub enum Content {
    File { file: File, media_type: String, hash: [u8; 32], name: String },
    Text { body: String, name: String },
}

pub async fn content(app: &App, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<Content> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            let row = visible(tx, &actor, project, asset)?;
            if let Some(hash) = row.content {
                let file = inner.store().blobs().open_blob(&hash)?;
                let file = file.ok_or_else(|| missing(asset, "content"))?;
                return Ok(Content::File { file, media_type: row.media_type, hash, name: row.name });
            }
            match tx.text(project, asset.ordinal)? {
                Some(body) => Ok(Content::Text { body, name: row.name }),
                None => Err(Error::not_found("content; the asset is at a URL")),
            }
        })
        .await
}

pub async fn thumbnail(app: &App, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<Content> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            let row = visible(tx, &actor, project, asset)?;
            let hash = row.thumbnail.ok_or(Error::not_found("thumbnail"))?;
            let file = inner.store().blobs().open_blob(&hash)?.ok_or_else(|| missing(asset, "thumbnail"))?;
            Ok(Content::File { file, media_type: String::new(), hash, name: row.name })
        })
        .await
}

fn missing(asset: AssetId, what: &str) -> Error {
    Error::internal(format!("the {what} of {asset} is not in the blob folder; run sheaf check"))
}

/// The asset, if the actor may see it: by looking at the library, or by having (had) a task on it.
fn visible(tx: &Tx<'_>, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<AssetRow> {
    let access = Access::of(tx, actor, project)?;
    let seen = access.roles.sees_library()
        || (access.roles.has(Role::Annotator) && tx.has_touched(project, asset.ordinal, actor.user)?);
    if asset.project != project || !seen {
        return Err(Error::not_found("asset"));
    }
    tx.asset(project, asset.ordinal)?.ok_or(Error::not_found("asset"))
}
