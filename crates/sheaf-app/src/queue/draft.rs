//! Drafts: saved while one works, kept when the lease is lost.

use sheaf_model::{LeaseId, Millis, UserId};
use sheaf_store::queue::SlotKey;
use sheaf_store::queue::drafts::DraftRow;
use sheaf_store::{Ask, Tx};

use super::held::{beat, held};
use crate::{Actor, App, Error, Result};

/// Bytes of a draft.
pub const DRAFT_BYTES_MAX: usize = 4 << 20;

/// Keeps a draft and renews the lease. When the lease is lost the draft is kept all the same, and the answer says so.
/// Returns the milliseconds that the lease has left, and when the draft was saved.
pub async fn save(
    app: &App,
    actor: &Actor,
    lease: LeaseId,
    response: String,
    seq: i64,
) -> Result<(Millis, Millis)> {
    if response.len() > DRAFT_BYTES_MAX {
        return Err(Error::invalid(
            "draft_too_large",
            format!("a draft has at most {DRAFT_BYTES_MAX} bytes"),
        ));
    }
    let (inner, now, actor) = (app.clone(), app.now(), actor.clone());
    let draft = DraftRow { seq, response, saved: now };
    let renewed = app
        .store()
        .write_repeatable(lease.task.project, vec![Ask::Task(lease.task)], move |tx| {
            let held = held(&inner, tx, &actor, &lease)?;
            tx.put_draft(&held.row.key, actor.user, &draft)?;
            // The draft is committed either way; only the answer differs.
            Ok::<_, Error>(beat(tx, &held, &lease, now))
        })
        .await?;
    match renewed {
        Ok(left) => Ok((left, now)),
        Err(error) => Err(error.details(serde_json::json!({ "draft_kept": true }))),
    }
}

/// Keeps an answer that was refused as a draft, so that no work is lost.
pub(crate) fn keep(tx: &Tx<'_>, key: &SlotKey, person: UserId, response: &str, now: Millis) -> Result<()> {
    let seq = tx.draft(key, person)?.map_or(0, |draft| draft.seq);
    tx.put_draft(key, person, &DraftRow { seq, response: response.to_owned(), saved: now })?;
    Ok(())
}
