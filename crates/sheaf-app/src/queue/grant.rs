//! Granting tasks: what a person holds, then what came back, then what nobody touched, over the batches in order.

use sheaf_model::slot::Fence;
use sheaf_model::{BatchKind, Millis, ProjectId, Role, Roles, Slot, SlotEvent, SlotState, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::slots::Counts;
use sheaf_store::queue::{Feeds, SlotKey, SlotRow};

use crate::Result;

/// Who claims, and with what.
pub struct Grant<'a> {
    pub tx: &'a Tx<'a>,
    pub feeds: &'a Feeds,
    pub project: &'a ProjectRow,
    pub person: UserId,
    pub roles: Roles,
    pub claim: Option<[u8; 16]>,
    pub now: Millis,
}

impl Grant<'_> {
    /// Length of a lease in this project.
    pub fn lease_ms(&self) -> Millis {
        lease_ms(self.project)
    }

    /// One more task for this person; `None` when there is nothing for them. `fence` is new random bits.
    pub fn next(&self, fence: Fence) -> Result<Option<SlotRow>> {
        let managers_too = self.roles.has(Role::Manager);
        for batch in self.tx.serving_batches(self.project.id, managers_too)? {
            if may_label(&batch, self.roles)
                && let Some(row) = self.in_batch(&batch, fence)?
            {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn in_batch(&self, batch: &BatchRow, fence: Fence) -> Result<Option<SlotRow>> {
        let project = self.project.id;
        if batch.n_open > 0
            && let Some(row) = self.tx.open_slot(project, batch.id, self.person)?
        {
            return self.take(batch, &row, fence);
        }
        if batch.n_leased > 0
            && let Some(row) = self.tx.overdue_slot(project, batch.id, self.person, self.now)?
        {
            return self.take(batch, &row, fence);
        }
        let Some(ordinal) = self.feeds.next(self.tx, batch)? else { return Ok(None) };
        let untouched = SlotRow {
            key: SlotKey::label(project, batch.id, ordinal),
            slot: Slot::untouched(),
            claim: None,
            taxonomy_version: 0,
        };
        let Some(row) = self.granted(batch, &untouched, fence) else { return Ok(None) };
        if !self.tx.insert_slot(&row)? {
            return Ok(None);
        }
        self.tx.move_counts(project, batch.id, Counts::touched(SlotState::Leased, ordinal))?;
        self.ledger(&row, EventKind::Claimed, self.person)?;
        Ok(Some(row))
    }

    /// Takes a touched slot that is open or overdue.
    fn take(&self, batch: &BatchRow, from: &SlotRow, fence: Fence) -> Result<Option<SlotRow>> {
        let Some(row) = self.granted(batch, from, fence) else { return Ok(None) };
        if !self.tx.move_slot(from, &row)? {
            return Ok(None);
        }
        let moved = Counts::between(from.slot.state, SlotState::Leased);
        self.tx.move_counts(self.project.id, batch.id, moved)?;
        if from.slot.state == SlotState::Leased
            && let Some(loser) = from.slot.holder
        {
            self.ledger(from, EventKind::Expired, loser)?;
        }
        self.ledger(&row, EventKind::Claimed, self.person)?;
        Ok(Some(row))
    }

    fn granted(&self, batch: &BatchRow, from: &SlotRow, fence: Fence) -> Option<SlotRow> {
        let event = SlotEvent::Claim { person: self.person, fence, lease_ms: self.lease_ms() };
        let slot = from.slot.after(&event, batch.state, self.now).ok()?;
        Some(SlotRow {
            key: from.key,
            slot,
            claim: self.claim,
            taxonomy_version: self.project.taxonomy_version,
        })
    }

    fn ledger(&self, row: &SlotRow, kind: EventKind, actor: UserId) -> Result<()> {
        let task = row.key.task;
        let event =
            EventRow { at: self.now, kind, actor: Some(actor), batch: Some(task.batch), details: None };
        Ok(self.tx.put_event(task.project, task.ordinal, &event)?)
    }
}

/// Whether somebody with these roles is served a batch's tasks.
pub(crate) fn may_label(batch: &BatchRow, roles: Roles) -> bool {
    let needed = if batch.kind == BatchKind::SelfLabel { Role::Manager } else { Role::Annotator };
    roles.has(needed)
}

/// Length of a lease in a project, milliseconds.
pub fn lease_ms(project: &ProjectRow) -> Millis {
    Millis::from(project.settings.lease_minutes) * 60_000
}

/// The projects that a person may label in, with their roles there.
pub(crate) fn eligible(
    tx: &Tx<'_>,
    person: UserId,
    only: Option<ProjectId>,
) -> Result<Vec<(ProjectRow, Roles)>> {
    let mut out = Vec::new();
    for (id, roles) in tx.memberships(person)? {
        let may = roles.has(Role::Annotator) || roles.has(Role::Manager);
        if !may || only.is_some_and(|only| only != id) {
            continue;
        }
        out.extend(tx.project(id)?.filter(|project| !project.archived).map(|project| (project, roles)));
    }
    Ok(out)
}
