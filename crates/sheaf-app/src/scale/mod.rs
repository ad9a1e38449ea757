//! What Scale's API knows and Sheaf by itself does not: tasks with an id before they have an asset, parameters, tags, unique
//! ids, callbacks. Everything else are Sheaf's own projects, batches, assets and answers, read and written as in the browser.
//!
//! A task of a client has a number in its project. It becomes a task of Sheaf (a member of its batch) when what it is about is
//! there: at once when that is a text or a file of the library, and when it has been fetched when it is an address.

mod answered;
mod batch_view;
pub mod batches;
mod begins;
pub mod bind;
pub mod callbacks;
mod end;
pub mod fetch;
pub mod files;
mod find;
pub mod groups;
mod hypothesis;
mod id;
mod kind;
mod params;
mod plan;
pub mod projects;
mod response;
pub mod studio;
pub mod tasks;
mod taxonomy;
pub mod teams;
mod time;

pub(crate) use end::{
    all_ended, batch_ended, cancel_all, keeps_tasks, takes_no_picked, task_done, task_reopened,
};
pub use find::Walk;
pub use kind::TaskKind;
pub use time::parse as parse_time;

use crate::Actor;

/// Who calls, and whether with a test key: what is made with one is done at once and never in the queue.
#[derive(Debug, Clone)]
pub struct Client {
    pub actor: Actor,
    pub test: bool,
}
