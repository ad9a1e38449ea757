//! Batches: choosing members by a recipe, making them, changing and splitting them, launching and ending them.

pub mod act;
mod advice;
pub(crate) mod brought_in;
pub mod change;
pub(crate) mod client;
pub mod create;
pub mod diff;
pub mod dry_run;
pub mod edit;
mod gold;
pub mod live;
pub(crate) mod order;
pub mod pace;
mod pick;
pub mod rehearse;
mod replay;
pub mod rerun;
pub mod revisions;
pub(crate) mod select;
pub mod split;
pub mod stored;
pub mod tasks;
pub mod view;
mod warnings;

pub use create::{NewBatch, create, create_from_upload};
pub use sheaf_store::batches::BatchRow;
pub use stored::StoredRecipe;
pub use view::BatchView;
pub use warnings::Warning;
