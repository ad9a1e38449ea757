//! From what the intake found to a row of the library.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sheaf_intake::manifest::{Row, RowContent};
use sheaf_intake::media::{Content, MediaFile, MediaKind};
use sheaf_intake::{Problem, ProblemCode, path};
use sheaf_model::Media;
use sheaf_store::library::{AssetRow, NewAsset};
use sheaf_store::{Blobs, StoreError};

use crate::uploads::incoming::Temporary;

/// Why a file of this kind has no place in the project; `None` when it has.
pub(super) fn wrong_kind(media: Media, kind: MediaKind) -> Option<Problem> {
    let (found, wanted) = match (media, kind) {
        (Media::Image, MediaKind::Image) | (Media::Text, MediaKind::Text) => return None,
        (Media::Image, MediaKind::Text) => ("a text", "images"),
        (Media::Text, MediaKind::Image) => ("an image", "texts"),
    };
    Some(
        Problem::new(
            ProblemCode::UnsupportedType,
            format!("this is {found}, and the project takes {wanted} only"),
        )
        .hint("upload it to a project of its kind"),
    )
}

/// Puts content and thumbnail of an accepted file into the store. The file is moved away when its bytes are the content;
/// with `keep` it is copied.
pub(super) fn store_file(
    blobs: &Blobs,
    name: &str,
    file: &std::path::Path,
    keep: bool,
    media: MediaFile,
) -> Result<NewAsset, StoreError> {
    let fingerprint = file_fingerprint(&media.sha256, name);
    let (mut content, mut text) = (None, None);
    match media.content {
        Content::Original if keep => {
            let copy = Temporary::new(blobs.temporary());
            std::fs::copy(file, copy.path()).map_err(|error| StoreError::file(copy.path(), error))?;
            blobs.adopt(copy.path(), &media.sha256)?;
            content = Some(media.sha256);
        }
        Content::Original => {
            blobs.adopt(file, &media.sha256)?;
            content = Some(media.sha256);
        }
        Content::Replaced(bytes) => content = Some(blobs.put(bytes)?),
        Content::Text(body) => text = Some(body),
    }
    let thumbnail = media.thumbnail.map(|thumbnail| blobs.put(thumbnail.bytes)).transpose()?;
    Ok(NewAsset {
        name: name.to_owned(),
        reference: None,
        media_type: media.media_type.as_str(),
        size: i64::try_from(media.size).ok(),
        width: media.width,
        height: media.height,
        fingerprint,
        content,
        thumbnail,
        url: None,
        text,
        metadata: "{}".to_owned(),
    })
}

/// Tells contents at a path apart: equal ones are added once.
fn file_fingerprint(content: &[u8; 32], name: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update(content);
    hash.update(name.as_bytes());
    let digest = hash.finalize();
    digest[..8].iter().fold(0_i64, |n, &byte| (n << 8) | i64::from(byte))
}

/// A row whose content is in the manifest itself, as an asset of a project of this media.
pub(super) fn of_row(media: Media, row: Row) -> Result<NewAsset, Problem> {
    // Not `to_string` of the value, which writes character by character.
    let metadata = serde_json::to_string(&row.metadata)
        .map_err(|error| Problem::new(ProblemCode::BadJson, error.to_string()))?;
    let mut new = NewAsset {
        name: row.name,
        reference: row.reference,
        width: row.width,
        height: row.height,
        fingerprint: row.fingerprint.cast_signed(),
        metadata,
        ..NewAsset::default()
    };
    match (row.content, media) {
        (RowContent::Text(text), Media::Text) => {
            new.media_type = "text/plain";
            new.size = i64::try_from(text.len()).ok();
            new.text = Some(text);
        }
        (RowContent::Url(url), Media::Image) => {
            new.media_type = media_type_of_url(&url);
            new.url = Some(url);
        }
        (RowContent::Text(_), Media::Image) => {
            return Err(Problem::new(
                ProblemCode::UnsupportedType,
                "the row is a text, and the project takes images only",
            )
            .hint("give the column that holds the images' addresses or files its role"));
        }
        (RowContent::Url(_), Media::Text) => {
            return Err(Problem::new(ProblemCode::UnsupportedType, "texts are not read from addresses")
                .hint("put the text itself into a column, or upload text files"));
        }
        (RowContent::File(_) | RowContent::None, _) => {
            return Err(Problem::new(ProblemCode::MissingContent, "the row has no content"));
        }
    }
    Ok(new)
}

fn media_type_of_url(url: &str) -> &'static str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    match path::extension(&url[..end]).as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => "image/*",
    }
}

/// A stored asset as one that can be written again, to change its metadata.
pub(crate) fn of_stored(old: &AssetRow) -> Result<NewAsset, StoreError> {
    const KNOWN: [&str; 7] =
        ["text/plain", "image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml", "image/*"];
    let media_type = KNOWN.into_iter().find(|known| *known == old.media_type).ok_or_else(|| {
        StoreError::inconsistent("assets", old.ordinal, format!("media type `{}`", old.media_type))
    })?;
    Ok(NewAsset {
        name: old.name.clone(),
        reference: old.reference.clone(),
        media_type,
        size: old.size,
        width: old.width,
        height: old.height,
        fingerprint: old.fingerprint,
        content: old.content,
        thumbnail: old.thumbnail,
        url: old.url.clone(),
        text: None,
        metadata: old.metadata.clone(),
    })
}

/// Whether writing `new` over `old` would change nothing.
pub(super) fn same(old: &AssetRow, new: &NewAsset) -> bool {
    old.fingerprint == new.fingerprint
        && old.name == new.name
        && old.reference == new.reference
        && same_metadata(&old.metadata, &new.metadata)
}

fn same_metadata(old: &str, new: &str) -> bool {
    old == new
        || matches!(
            (serde_json::from_str::<Value>(old), serde_json::from_str::<Value>(new)),
            (Ok(old), Ok(new)) if old == new
        )
}

/// The metadata of `old` with the fields of `more` put over them.
pub(super) fn merged_metadata(old: &str, more: Map<String, Value>) -> Result<String, StoreError> {
    let mut all: Map<String, Value> = sheaf_store::sql::from_json(old)?;
    all.extend(more);
    Ok(Value::Object(all).to_string())
}
