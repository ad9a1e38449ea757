//! The domain as plain data: identifiers, roles, batches, recipes, taxonomies, answers and the state machine of a task.
//!
//! Nothing here does IO, reads a clock or draws randomness; all of it can be called from anywhere.

pub mod agreement;
pub mod batch;
pub mod id;
pub mod metadata_update;
pub mod pick;
pub mod prelabel;
pub mod problem;
pub mod project;
pub mod quality;
pub mod recipe;
pub mod rehearsal;
pub mod response;
pub mod review;
pub mod role;
pub mod serving;
pub mod slot;
pub mod standing_batch;
pub mod task;
pub mod taxonomy;
pub mod upload;
pub mod webhook;

pub use batch::{BatchAction, BatchKind, BatchState, RevisionAction, priority_problem};
pub use id::{
    AssetId, BatchId, DeliveryId, GroupId, InvitationId, KeyId, LeaseId, MetadataUpdateId, ProjectId,
    ReviewId, SavedQueryId, SessionId, StandingBatchId, SubmissionId, TaskId, UploadId, UserId, WebhookId,
};
pub use metadata_update::{MetadataUpdateCounts, MetadataUpdateSource, MetadataUpdateState};
pub use pick::{FieldValue, Part, Pick, Quota, QuotaFit, TopOrder};
pub use problem::Problem;
pub use project::{Media, ProjectSettings};
pub use recipe::{Exclude, ExcludeScope, Recipe};
pub use response::Response;
pub use review::Verdict;
pub use role::{Role, Roles};
pub use serving::{OpenTo, QueuePlace, TaskOrder};
pub use slot::{Slot, SlotEvent, SlotRefusal, SlotState};
pub use standing_batch::{CatchUp, RunCause, RunOutcome, StandingPlan, Trigger};
pub use task::{SlotPlace, Task, TaskCounts, TaskEvent, TaskFacts, TaskRules, TaskState};
pub use taxonomy::Taxonomy;
pub use upload::UploadState;
pub use webhook::{DeliveryState, Reach, WebhookEvent, WebhookEvents, WebhookState, WebhookUrl};

/// Milliseconds since the Unix epoch, UTC. The one representation of time below the HTTP layer.
pub type Millis = i64;
/// An asset's dense number in its project, in upload order.
pub type Ordinal = u32;
