//! Batches: choosing members by a recipe, making them, launching and ending them.

pub mod act;
pub mod create;
pub mod dry_run;
pub mod edit;
pub mod rerun;
pub(crate) mod select;
pub mod stored;
pub mod view;

pub use create::{NewBatch, create, create_from_upload};
pub use stored::StoredRecipe;
pub use view::BatchView;
