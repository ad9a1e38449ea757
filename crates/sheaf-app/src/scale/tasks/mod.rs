//! Tasks of clients: made one by one, listed, cancelled, tagged, audited, answered.

mod act;
mod answer;
mod bring;
mod chat;
mod create;
mod known;
mod list;
mod of_sheaf;
pub(super) mod shape;
mod threads;

pub use act::{Tags, audit, cancel, send_callback, set_metadata, set_tags, set_unique_id};
pub use answer::answer;
pub use bring::bring;
pub use chat::create_chat;
pub use create::create;
pub(super) use create::frees_unique_id;
pub use known::{Quality, create_known};
pub use list::{Asked, LIMIT_MAX, Listed, OFFSET_MAX, get, get_v2, list};
pub use shape::Expand;
pub use threads::annotation;
