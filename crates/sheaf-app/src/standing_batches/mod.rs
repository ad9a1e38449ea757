//! Standing batches: recipes that make batches by themselves, every day at a time or at every N new matches.
//!
//! A run is one transaction: its batch, its row in the history and what is due next are written together or not at all.
//! So a process that is killed at any moment makes no run twice and loses none. [`tick()`] does what is due; it reads
//! the time from the app's clock and is called by the server again and again.

mod act;
mod count;
mod create;
mod desk;
mod edit;
mod name;
mod run;
mod tick;
mod view;

pub use act::{pause, resume, run_by_hand};
pub use create::{NewStandingBatch, create};
pub use desk::Desk;
pub use edit::{StandingBatchEdit, delete, edit};
pub use sheaf_store::standing_batches::StandingRunRow;
pub use tick::tick;
pub use view::{StandingBatchView, get, list, runs};

use sheaf_model::{ProjectId, StandingBatchId};
use sheaf_store::Tx;
use sheaf_store::standing_batches::StandingBatchRow;

use crate::{Error, Result};

fn found(tx: &Tx<'_>, project: ProjectId, id: StandingBatchId) -> Result<StandingBatchRow> {
    tx.standing_batch(project, id)?.ok_or(Error::not_found("standing batch"))
}
