//! An asset's bytes: the stored file or text, and the thumbnail. Whoever holds a task on an asset may see it too.

use std::time::Duration;

use sheaf_model::{AssetId, ProjectId, Role};
use sheaf_store::Tx;
use sheaf_store::blobs::BlobHash;
pub use sheaf_store::blobs::{Body, ByteRange, OpenBlob, Shown};
use sheaf_store::library::AssetRow;

use crate::{Access, Actor, App, Error, Result};

/// What to serve.
#[derive(Debug)]
pub enum Content {
    File(ContentFile),
    Text { body: String, name: String },
}

/// A file that the actor may see.
#[derive(Debug)]
pub struct ContentFile {
    pub hash: BlobHash,
    pub media_type: String,
    pub name: String,
    asset: AssetId,
    role: &'static str,
}

pub async fn content(app: &App, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<Content> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let row = visible(tx, &actor, project, asset)?;
            if let Some(hash) = row.content {
                let (media_type, name) = (row.media_type, row.name);
                return Ok(Content::File(ContentFile { hash, media_type, name, asset, role: "content" }));
            }
            match tx.text(project, asset.ordinal)? {
                Some(body) => Ok(Content::Text { body, name: row.name }),
                None => Err(Error::not_found("content; the asset is at a URL")),
            }
        })
        .await
}

pub async fn thumbnail(app: &App, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<Content> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let row = visible(tx, &actor, project, asset)?;
            let hash = row.thumbnail.ok_or(Error::not_found("thumbnail"))?;
            let (media_type, name) = (String::new(), row.name);
            Ok(Content::File(ContentFile { hash, media_type, name, asset, role: "thumbnail" }))
        })
        .await
}

/// Opens a file, or a part of it, for being sent.
pub async fn open(app: &App, file: &ContentFile, range: Option<ByteRange>) -> Result<OpenBlob> {
    let opened = app.store().blobs().open_blob(&file.hash, range).await?;
    opened.ok_or_else(|| {
        let ContentFile { asset, role, .. } = file;
        Error::internal(format!("the {role} of {asset} is not among the blobs; run sheaf check"))
    })
}

/// An address under which a file may be read for a while by whoever has the address; `None` when the blobs lie in a folder.
pub async fn link(app: &App, file: &ContentFile, shown: &Shown, lasts: Duration) -> Result<Option<String>> {
    Ok(app.store().blobs().link(&file.hash, shown, lasts).await?)
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
