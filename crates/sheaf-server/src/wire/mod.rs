//! Shapes of the wire that more than one route uses. What only one route uses is in that route's file.
//!
//! Rules: ids and times are text; a field of an answer is always sent, as `null` when there is nothing (so no
//! `skip_serializing_if` here); a field that may be left out of a request is an `Option`.

mod agreement;
mod answer;
mod asset;
mod batch;
mod edge;
mod error;
pub(crate) mod given;
mod insights;
mod page;
mod people;
pub mod pick;
mod prelabel;
mod project;
mod saved_query;
mod serving;
mod standing_batch;
mod task;
mod taxonomy;
mod time;
mod webhook;

pub use agreement::{
    Agreement, AnswerPair, Apart, BatchAgreement, DisputedTask, FieldKappa, LabelScore, MergeRule, Merged,
    PairOfPeople, PersonAgreement, QuestionAgreement, QuestionScore,
};
pub use answer::{Annotation, Response, Vertex};
pub use asset::{Asset, AssetStatus, LedgerItem};
pub use batch::{Batch, BatchCounts, BatchKind, BatchPace, BatchRecipe, BatchState, Exclude, Recipe};
pub use edge::Edge;
pub use error::{Diagnostic, ErrorBody, ErrorDetail, Problem, Severity};
pub use insights::{BatchProgress, HourWork, PersonWork};
pub(crate) use page::cursor;
pub use page::{Page, PageQuery};
pub use people::{ApiKey, Invitation, Membership, Person, Ref, Role, Session, User};
pub use prelabel::{AssetPrelabel, BegunWith, TaskPrelabel};
pub use project::{Attribution, Media, Project, ProjectCounts, ProjectDetail, ProjectSettings};
pub use saved_query::SavedQuery;
pub use serving::{BatchOpenTo, BatchWarning, OpenTo, TaskOrder};
pub use standing_batch::{CatchUp, RunCause, RunOutcome, StandingBatch, StandingRun, StandingState, Trigger};
pub use task::{Draft, Task, TaskAnswer, TaskProject, TaskReview, TaskStage, Verdict};
pub use taxonomy::{
    FieldType, Taxonomy, TaxonomyAttribute, TaxonomyField, TaxonomyLabel, TaxonomyOption, TaxonomyVersion,
    Tool,
};
pub use time::Time;
pub(crate) use webhook::events as webhook_events;
pub use webhook::{
    Delivery, DeliveryAttempt, DeliveryPage, DeliveryState, Webhook, WebhookEvent, WebhookState,
    WebhookWithSecret,
};
