//! Webhooks and their deliveries.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheaf_app::webhooks::{DeliveryView, WebhookView};
use sheaf_model::{DeliveryId, WebhookEvents, WebhookId};
use utoipa::ToSchema;

use super::{Ref, Time};

/// What a webhook can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum WebhookEvent {
    /// A batch is in the annotators' queue.
    #[serde(rename = "batch.launched")]
    BatchLaunched,
    /// The last task of a batch has ended.
    #[serde(rename = "batch.completed")]
    BatchCompleted,
    /// An answer was handed in.
    #[serde(rename = "task.submitted")]
    TaskSubmitted,
    /// A reviewer has judged an answer.
    #[serde(rename = "task.reviewed")]
    TaskReviewed,
    /// Nothing more is to be done on a task.
    #[serde(rename = "task.done")]
    TaskDone,
}

impl From<sheaf_model::WebhookEvent> for WebhookEvent {
    fn from(event: sheaf_model::WebhookEvent) -> Self {
        use sheaf_model::WebhookEvent as Model;
        match event {
            Model::BatchLaunched => Self::BatchLaunched,
            Model::BatchCompleted => Self::BatchCompleted,
            Model::TaskSubmitted => Self::TaskSubmitted,
            Model::TaskReviewed => Self::TaskReviewed,
            Model::TaskDone => Self::TaskDone,
        }
    }
}

impl From<WebhookEvent> for sheaf_model::WebhookEvent {
    fn from(event: WebhookEvent) -> Self {
        match event {
            WebhookEvent::BatchLaunched => Self::BatchLaunched,
            WebhookEvent::BatchCompleted => Self::BatchCompleted,
            WebhookEvent::TaskSubmitted => Self::TaskSubmitted,
            WebhookEvent::TaskReviewed => Self::TaskReviewed,
            WebhookEvent::TaskDone => Self::TaskDone,
        }
    }
}

/// All of them when none are named.
pub fn events(named: Option<Vec<WebhookEvent>>) -> WebhookEvents {
    match named {
        None => WebhookEvents::of(sheaf_model::WebhookEvent::ALL),
        Some(named) => WebhookEvents::of(named.into_iter().map(Into::into)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    Active,
    /// A manager has turned it off.
    Off,
    /// Its endpoint has answered 410 Gone.
    Gone,
    /// Nothing but failures for five days.
    Failing,
}

/// An address that is told what happens in a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    #[schema(value_type = String)]
    pub id: WebhookId,
    pub url: String,
    pub events: Vec<WebhookEvent>,
    /// Only an active one is sent anything.
    pub state: WebhookState,
    /// The first failure since the last success; `null` when the last attempt succeeded.
    pub failing_since: Option<Time>,
    /// Deliveries that are still to be made; 1000 means as many or more.
    pub waiting: u32,
    /// Until when the secret before the last one is valid too.
    pub old_secret_until: Option<Time>,
    pub created_at: Time,
    pub created_by: Option<Ref>,
}

impl From<WebhookView> for Webhook {
    fn from(view: WebhookView) -> Self {
        use sheaf_model::WebhookState as Model;
        let row = view.row;
        Self {
            id: row.id,
            url: row.url,
            events: row.events.iter().map(Into::into).collect(),
            state: match row.state {
                Model::Active => WebhookState::Active,
                Model::Off | Model::Deleted => WebhookState::Off,
                Model::Gone => WebhookState::Gone,
                Model::Failing => WebhookState::Failing,
            },
            failing_since: row.failing_since.map(Time),
            waiting: view.waiting,
            old_secret_until: view.old_secret_until.map(Time),
            created_at: row.created.into(),
            created_by: view.created_by.map(Ref::from),
        }
    }
}

/// A webhook with the secret that was made just now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWithSecret {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What messages are signed with; shown in this answer only.
    #[schema(examples("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))]
    pub secret: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It will be tried, for the first time or again.
    Waiting,
    Delivered,
    /// Every attempt failed.
    Failed,
}

/// One event for one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// What is sent as `webhook-id`, the same at every attempt.
    #[schema(value_type = String)]
    pub id: DeliveryId,
    /// One of the events, or `ping`.
    pub event: String,
    pub state: DeliveryState,
    pub next_attempt_at: Option<Time>,
    /// What is sent.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    pub body: Value,
    /// Newest first, at most 20.
    pub attempts: Vec<DeliveryAttempt>,
}

/// What came of sending it once.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryAttempt {
    pub at: Time,
    /// Of the answer; `null` when there was none.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    pub took_ms: i64,
}

impl From<DeliveryView> for Delivery {
    fn from(view: DeliveryView) -> Self {
        use sheaf_model::DeliveryState as Model;
        let row = view.row;
        Self {
            id: row.id,
            event: row.event,
            state: match row.state {
                Model::Waiting => DeliveryState::Waiting,
                Model::Delivered => DeliveryState::Delivered,
                Model::Failed => DeliveryState::Failed,
            },
            next_attempt_at: row.due.map(Time),
            body: serde_json::from_str(&row.body).unwrap_or_default(),
            attempts: view
                .attempts
                .into_iter()
                .map(|attempt| DeliveryAttempt {
                    at: attempt.at.into(),
                    status: attempt.status,
                    error: attempt.error,
                    took_ms: attempt.took_ms,
                })
                .collect(),
        }
    }
}

/// A page of deliveries, newest first. There may be millions: nobody counts them.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryPage {
    pub items: Vec<Delivery>,
    /// Hand it in as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}
