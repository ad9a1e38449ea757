//! What Scale's clients say of projects, batches and tasks beyond what Sheaf has of them.

mod batches;
mod callbacks;
mod list;
mod projects;
mod tasks;

pub use batches::{ClientBatch, Counts};
pub use callbacks::CallbackRow;
pub use list::{Filter, Page};
pub use projects::{ClientProject, ParamsRow};
pub use tasks::{NewTask, Stage, Status, TaskRow};
