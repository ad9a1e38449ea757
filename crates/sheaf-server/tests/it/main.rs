//! The server as its callers see it: requests in, answers out, in one process and on a clock that the test owns.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

mod account;
mod agreement;
mod annotations;
mod answers;
mod authz;
mod bad_answers;
mod batches;
mod content;
mod errors;
mod events;
mod fields;
mod invitations;
mod login;
mod metadata_updates;
mod metrics;
mod openapi;
mod prelabels;
mod projects;
mod saved_queries;
mod scale;
mod serving;
mod standing_batches;
mod uploads;
mod users;
mod webhooks;
