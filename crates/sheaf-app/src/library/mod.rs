//! The library: questions asked of a project's assets, all on one snapshot.

pub mod asset;
pub mod complete;
pub mod content;
pub mod edit;
pub mod facets;
pub mod fields;
pub(crate) mod known;
pub mod list;
mod look;
pub mod parse;
mod source;
pub mod view;

pub(crate) use look::Look;
pub use view::AssetView;
