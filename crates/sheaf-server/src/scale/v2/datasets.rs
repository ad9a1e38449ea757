//! `GET /v2/datasets` and what is below it: data sets that Scale sells. Sheaf has none.

use axum::Json;
use serde_json::{Value, json};

use super::deliveries::none;
use crate::error::Result;
use crate::scale::caller::Caller;

const INSTEAD: &str = "Sheaf has no data sets of others; tasks are listed by /v2/tasks";

/// Data sets: there are none.
#[utoipa::path(get, path = "/v2/datasets", responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_datasets(Caller(_me): Caller) -> Json<Value> {
    Json(json!({ "datasets": [] }))
}

/// The tasks of a data set: there is none.
#[utoipa::path(get, path = "/v2/datasets/tasks", params(("dataset_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_dataset_tasks(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("data set", INSTEAD))
}

/// A task of a data set: there is none.
#[utoipa::path(get, path = "/v2/datasets/task", params(("task_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_dataset_task(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("task of a data set", INSTEAD))
}

/// The deliveries of a data set: there is none.
#[utoipa::path(get, path = "/v2/datasets/deliveries", params(("dataset_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_dataset_deliveries(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("data set", INSTEAD))
}

/// A delivery of a data set: there is none.
#[utoipa::path(get, path = "/v2/datasets/delivery", params(("delivery_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_dataset_delivery(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("delivery", INSTEAD))
}

/// A file of a response of a data set's task: there is none.
#[utoipa::path(get, path = "/v2/datasets/task/{task}/response_url/{attachment}", responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_dataset_response(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("task of a data set", INSTEAD))
}
