//! Webhooks: the API, what is delivered to a receiver that fails in every way, and what can never be called.

mod api;
mod outbox;
mod reach;
mod receiver;
