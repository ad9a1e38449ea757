//! The order of a batch's tasks: worked out when it is launched or appended to. A shuffle is an order over ranks and needs
//! nothing; the order of a field is sorted on a snapshot and written in short transactions, so that no claim waits for it,
//! and is used from the transaction on that launches or appends.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Problem, ProjectId, TaskOrder};
use sheaf_select::sequence::by_field;
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::create::stamp;
use crate::library::Look;
use crate::{App, Error, Result, ids};

/// Members up to which an order is worked out in the writer itself: some ten milliseconds.
pub(super) const AT_ONCE_MAX: i64 = 65_536;
/// Stored chunks that are written in one transaction: some 2 MB.
const CHUNKS_A_WRITE: usize = 8;

/// What was worked out of a batch beside the writer.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// Of the batch that it is good for.
    stamp: i64,
    /// What was untouched then, and the place that the queue had reached.
    untouched: RoaringBitmap,
    place: i64,
    /// The members of the order, and its number; 0 when it is not stored.
    members: RoaringBitmap,
    sequence: i64,
}

/// The untouched tasks of a batch in the writer: of what was prepared those that nobody touched since.
pub(super) fn untouched(
    app: &App,
    tx: &Tx<'_>,
    batch: &BatchRow,
    prepared: Option<&Prepared>,
) -> Result<RoaringBitmap> {
    Ok(match prepared.filter(|it| it.stamp == batch.stamp) {
        Some(it) => &it.untouched - app.feeds().touched_since(tx, batch, it.place)?,
        None => app.feeds().untouched(tx, batch)?,
    })
}

/// The order with its seed, when it is possible in this library.
pub(crate) fn checked(app: &App, tx: &Tx<'_>, project: ProjectId, order: &TaskOrder) -> Result<TaskOrder> {
    let problems = order.problems();
    if !problems.is_empty() {
        return Err(Error::problems("bad_order", problems));
    }
    match order {
        TaskOrder::Shuffled { seed: None } => Ok(TaskOrder::Shuffled { seed: Some(ids::seed()?) }),
        TaskOrder::Field { by, .. } if Look::at(app, tx, project)?.field(by)?.is_none() => {
            let problem = Problem::new("order.field.by", format!("there is no field `{by}` to sort by"));
            Err(Error::problems("bad_order", vec![problem])
                .hint("the fields of the library are listed beside it"))
        }
        order => Ok(order.clone()),
    }
}

/// The chunks of a field's order; none for the other orders.
fn chunks(look: &Look<'_>, order: &TaskOrder, members: &RoaringBitmap) -> Result<Option<Vec<Vec<u8>>>> {
    let TaskOrder::Field { by, descending } = order else { return Ok(None) };
    // A field that is gone since is one that no member has.
    let Some(field) = look.field(by)? else {
        let upload: Vec<u32> = members.iter().collect();
        let chunks = upload.chunks(sheaf_select::sequence::PLACES as usize);
        return Ok(Some(chunks.map(sheaf_select::sequence::encode).collect()));
    };
    Ok(Some(by_field(&look.library(), members, &field, *descending)?))
}

/// A number for a stored order: above 0, and no other's.
fn number() -> Result<i64> {
    Ok((stamp()? & i64::MAX) | 1)
}

/// Works the order out and writes it, if the batch is so large that the writer should not. `of` says what is untouched and
/// what is to come to it, on the snapshot that is read; none when there is nothing to do.
pub(super) async fn prepare(
    app: &App,
    project: ProjectId,
    id: BatchId,
    of: impl FnOnce(&Look<'_>, &BatchRow) -> Result<Option<(RoaringBitmap, RoaringBitmap)>> + Send + 'static,
) -> Result<Option<Prepared>> {
    let inner = app.clone();
    let worked_out = app
        .store()
        .read(move |tx| {
            let Some(batch) = tx.batch(project, id)? else { return Ok(None) };
            if batch.order == TaskOrder::Upload || batch.n_members <= AT_ONCE_MAX {
                return Ok(None);
            }
            let look = Look::at(&inner, tx, project)?;
            let Some((untouched, more)) = of(&look, &batch)? else { return Ok(None) };
            let members = &untouched | more;
            let chunks = chunks(&look, &batch.order, &members)?;
            let sequence = if chunks.is_some() { number()? } else { 0 };
            let place = batch.progress.late_cursor;
            let prepared = Prepared { stamp: batch.stamp, untouched, place, members, sequence };
            Ok::<_, Error>(Some((prepared, chunks.unwrap_or_default())))
        })
        .await?;
    let Some((prepared, chunks)) = worked_out else { return Ok(None) };
    let (sequence, mut first) = (prepared.sequence, 0u32);
    for part in chunks.chunks(CHUNKS_A_WRITE) {
        let (at, part) = (first, part.to_vec());
        first += part.len() as u32;
        app.store()
            .write_in(project, move |tx| Ok::<_, Error>(tx.put_sequence(project, id, sequence, at, &part)?))
            .await?;
    }
    Ok(Some(prepared))
}

/// What was prepared is forgotten unless it is used after all: an error need not mean that nothing was written. The error or
/// the answer that it was prepared for goes on.
pub(super) async fn discard(app: &App, project: ProjectId, id: BatchId, prepared: Option<&Prepared>) {
    let Some(sequence) = prepared.map(|it| it.sequence) else { return };
    let gone = app
        .store()
        .write_in(project, move |tx| Ok::<_, Error>(tx.drop_sequence(project, id, sequence)?))
        .await;
    if let Err(error) = gone {
        tracing::warn!(%error, "an order of tasks that is not used was not forgotten");
    }
}

/// From now on these are the untouched tasks, in the batch's order; nothing when that is the upload's. What was prepared
/// for the batch as it is now is used, whatever was touched since.
pub(super) fn begin(
    app: &App,
    tx: &Tx<'_>,
    batch: &BatchRow,
    untouched: &RoaringBitmap,
    prepared: Option<&Prepared>,
) -> Result<()> {
    if batch.order == TaskOrder::Upload {
        return Ok(());
    }
    let fits = |it: &&Prepared| it.stamp == batch.stamp && untouched.is_subset(&it.members);
    let sequence = match prepared.filter(fits) {
        Some(prepared) => prepared.sequence,
        None => match chunks(&Look::at(app, tx, batch.project)?, &batch.order, untouched)? {
            Some(chunks) => {
                let sequence = number()?;
                tx.put_sequence(batch.project, batch.id, sequence, 0, &chunks)?;
                sequence
            }
            None => 0,
        },
    };
    Ok(tx.begin_order(batch, untouched, stamp()?, sequence)?)
}
