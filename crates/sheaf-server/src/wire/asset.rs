//! Assets.

use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_app::library::AssetView;
use sheaf_app::library::view::LedgerEntry;
use sheaf_model::AssetId;
use utoipa::ToSchema;

use super::{Ref, Time};

/// One uploaded piece of data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asset {
    #[schema(value_type = String)]
    pub id: AssetId,
    /// Its number in the project, in upload order.
    pub ordinal: u32,
    pub name: String,
    pub reference_id: Option<String>,
    pub media_type: String,
    /// Bytes.
    pub size: Option<i64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub upload: Ref,
    pub uploaded_at: Time,
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub metadata: Box<RawValue>,
    /// Address of the thumbnail.
    pub thumbnail: Option<String>,
    /// Address of the content; `null` when it is at a URL.
    pub content: Option<String>,
    /// Where the content is when it is not here.
    pub url: Option<String>,
    /// First characters of a text.
    pub excerpt: Option<String>,
    /// Furthest state of its tasks.
    pub status: AssetStatus,
    /// The batches that it is in.
    pub batches: Vec<Ref>,
}

/// Where the labelling of an asset stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetStatus {
    /// In no batch.
    None,
    Pending,
    /// Somebody labels it.
    Claimed,
    /// Labelled; a review is to come or under way.
    InReview,
    /// Sent back by a review.
    Rejected,
    Done,
    /// Too many people passed on it.
    Blocked,
    Cancelled,
}

impl AssetStatus {
    fn of(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "claimed" => Self::Claimed,
            "in_review" => Self::InReview,
            "rejected" => Self::Rejected,
            "done" => Self::Done,
            "blocked" => Self::Blocked,
            "cancelled" => Self::Cancelled,
            _ => Self::None,
        }
    }
}

impl From<AssetView> for Asset {
    fn from(view: AssetView) -> Self {
        let base = format!("/api/projects/{}/assets/{}", view.id.project, view.id);
        let metadata =
            RawValue::from_string(view.row.metadata.clone()).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self {
            id: view.id,
            ordinal: view.row.ordinal,
            thumbnail: view.row.thumbnail.map(|_| format!("{base}/thumbnail")),
            content: view.has_content().then(|| format!("{base}/content")),
            status: AssetStatus::of(view.status),
            batches: view.batches.into_iter().map(|(id, name)| Ref { id: id.to_string(), name }).collect(),
            upload: Ref { id: view.row.upload.to_string(), name: view.upload_name },
            uploaded_at: view.row.uploaded.into(),
            name: view.row.name,
            reference_id: view.row.reference,
            media_type: view.row.media_type,
            size: view.row.size,
            width: view.row.width,
            height: view.row.height,
            url: view.row.url,
            excerpt: view.excerpt,
            metadata,
        }
    }
}

/// Something that happened to an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerItem {
    pub at: Time,
    /// uploaded, updated, batched, launched, claimed, submitted, released, skipped, expired, unblocked, cancelled
    pub event: String,
    pub actor: Option<Ref>,
    pub batch: Option<Ref>,
    /// The upload's name, the reason of a skip, ...
    pub details: Option<String>,
}

impl From<LedgerEntry> for LedgerItem {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            at: entry.at.into(),
            event: entry.event.to_owned(),
            actor: entry.actor.map(Ref::from),
            batch: entry.batch.map(|(id, name)| Ref { id: id.to_string(), name }),
            details: entry.details,
        }
    }
}

impl From<sheaf_app::PersonName> for Ref {
    fn from(person: sheaf_app::PersonName) -> Self {
        Self { id: person.id.to_string(), name: person.name }
    }
}
