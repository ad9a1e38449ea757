//! HTTP: routes, wire types, OpenAPI, sessions, the embedded UI. Calls the use cases of `sheaf-app` and nothing below.
//!
//! One endpoint is one file under `api/<resource>/`; status codes are picked in [`error`] only.

pub mod api;
pub mod auth;
mod background;
mod cookie;
mod docs;
pub mod error;
pub mod extract;
mod guard;
mod health;
mod metrics;
mod observe;
mod openapi;
mod options;
mod rows;
mod scale;
mod scheduler;
mod serve;
mod site;
mod ui;
pub mod webhooks;
pub mod wire;

pub use axum::Router;
pub use background::Background;
pub use error::{ApiError, Result};
pub use openapi::openapi;
pub use options::Options;
pub use scale::courier as scale_courier;
pub use scheduler::Scheduler;
pub use serve::serve;
pub use site::{Routers, Site, router, routers};
pub use webhooks::courier;
