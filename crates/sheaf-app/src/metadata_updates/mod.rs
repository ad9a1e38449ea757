//! Bulk updates of metadata: one merge patch for all that a query finds or for a list of assets, or a file with a patch a
//! row. A job works through them in slices, each a short transaction with its rows, index, counts and report, so that
//! claims, uploads and queries go on; what was written stays when it is stopped, and doing it again is harmless.

mod apply;
mod desk;
mod job;
mod merge;
mod read;
mod resolve;
mod start;
mod view;

pub(crate) use apply::patched_metadata;
pub use desk::Desk;
pub use read::{ReportLine, ReportPage, UpdatesPage, cancel, get, list, report};
pub(crate) use start::checked_patch;
pub use start::{FileFormat, Selected, Staging, stage, update_selected};
pub use view::MetadataUpdate;

/// Bytes of an asset's metadata as JSON, as the uploads have it: 1 MiB.
pub const METADATA_BYTES_MAX: usize = 1 << 20;
