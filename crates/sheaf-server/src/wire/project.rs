//! Projects.

use serde::{Deserialize, Serialize};
use sheaf_app::projects::{Detail, Listed, ProjectRow};
use sheaf_model::{ProjectId, Roles};
use utoipa::ToSchema;

use super::{Role, Time};

/// What kind of data a project labels.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    Image,
    Text,
}

impl From<Media> for sheaf_model::Media {
    fn from(media: Media) -> Self {
        match media {
            Media::Image => Self::Image,
            Media::Text => Self::Text,
        }
    }
}

impl From<sheaf_model::Media> for Media {
    fn from(media: sheaf_model::Media) -> Self {
        match media {
            sheaf_model::Media::Image => Self::Image,
            sheaf_model::Media::Text => Self::Text,
        }
    }
}

/// Where a project's data comes from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    pub title: String,
    pub source: String,
    pub licence: String,
    #[schema(required = true)]
    pub url: Option<String>,
}

impl From<sheaf_model::project::Attribution> for Attribution {
    fn from(from: sheaf_model::project::Attribution) -> Self {
        Self { title: from.title, source: from.source, licence: from.licence, url: from.url }
    }
}

impl From<Attribution> for sheaf_model::project::Attribution {
    fn from(from: Attribution) -> Self {
        Self { title: from.title, source: from.source, licence: from.licence, url: from.url }
    }
}

/// A project in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Project {
    #[schema(value_type = String)]
    pub id: ProjectId,
    pub name: String,
    pub media: Media,
    pub archived: bool,
    /// The caller's; an admin has all.
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    pub n_assets: u32,
    pub n_batches: u32,
    pub created_at: Time,
    pub attribution: Option<Attribution>,
}

impl Project {
    fn new(row: ProjectRow, roles: Roles, n_batches: u32) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media: row.media.into(),
            archived: row.archived,
            roles,
            n_assets: row.n_assets,
            n_batches,
            created_at: row.created.into(),
            attribution: row.attribution.map(Into::into),
        }
    }
}

impl From<Listed> for Project {
    fn from(listed: Listed) -> Self {
        Self::new(listed.project, listed.roles, listed.n_batches)
    }
}

/// How the project's queue works.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectSettings {
    /// Minutes that a lease lasts without a sign of life: 1 to 480.
    pub lease_minutes: u32,
    /// Tasks that one person may hold at once: 1 to 10.
    pub leases_max: u32,
    /// Skips by different people after which a task is put aside for a manager: 1 to 100.
    pub skip_limit: u32,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectCounts {
    pub assets: u32,
    pub batches: u32,
    /// Tasks of the batches that were launched.
    pub tasks: i64,
    pub submitted: i64,
}

/// A project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectDetail {
    #[serde(flatten)]
    pub project: Project,
    /// 0: there is no taxonomy yet.
    pub taxonomy_version: i64,
    /// Markdown.
    pub instructions: String,
    pub settings: ProjectSettings,
    pub counts: ProjectCounts,
}

impl From<Detail> for ProjectDetail {
    fn from(detail: Detail) -> Self {
        let (row, counts) = (detail.project, detail.counts);
        let settings = &row.settings;
        Self {
            taxonomy_version: row.taxonomy_version,
            instructions: row.instructions.clone(),
            settings: ProjectSettings {
                lease_minutes: settings.lease_minutes,
                leases_max: settings.leases_max,
                skip_limit: settings.skip_limit,
            },
            counts: ProjectCounts {
                assets: row.n_assets,
                batches: counts.batches,
                tasks: counts.tasks,
                submitted: counts.submitted,
            },
            project: Project::new(row, detail.roles, counts.batches),
        }
    }
}
