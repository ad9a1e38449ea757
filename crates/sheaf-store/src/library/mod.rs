//! The library: asset rows, their content, and the index blocks that are written in the same transaction.

pub mod append;
pub mod assets;
pub mod fields;
pub mod index;
pub mod update;

pub use append::{AppendedAssets, NewAsset};
pub use assets::AssetRow;
pub use update::{MetadataUpdated, NewMetadata};
