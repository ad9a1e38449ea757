//! Blobs that are removed because nothing names them, and how that is kept apart from writes that begin to name them.
//!
//! A blob has no count of its rows, and a put that finds it there does not write it again. So between the look that found it
//! unused and its removal, a write may come to name it. What keeps that from losing it:
//!
//! 1. A blob is *chosen* in a transaction; after that commit a snapshot is read once more, and what it names is spared.
//!    So whatever was committed before the choice is seen by that snapshot. One that was removed is not chosen again for as long
//!    as that is known: whoever wants to may have listed its file before it was removed.
//! 2. Every write that names blobs calls [`Tx::keep_blobs`] in its transaction. A chosen one is thereby spared. So whatever is
//!    committed after the choice either spares it, or comes after step 3.
//! 3. Chosen becomes *removing* in a transaction, in which a spared one is not found any more. Only then is the file removed, and
//!    only after that it becomes *removed*. Until then a write that names it is refused: the sender sends the file again.
//! 4. A write that names a removed one is refused as well, unless its file was looked for after it was removed, and is there:
//!    a put that found the old file there may be older than the removal. These rows are kept for a day, much longer than
//!    lies between a put and its write.
//!
//! A process that stood still while it removed must not go on afterwards, when somebody else has ended its removals and the file was put
//! again. Others wait a quarter of an hour by one clock for all nodes ([`Tx::common_now`]), whatever their own say; it goes on for a
//! minute at most, by a clock that stands while the machine sleeps and by one that does not, which it looks at before each file, and
//! asks before every hundred whether the removals are still its own ([`Tx::holds_removals`]). So it would have to stand still for
//! a quarter of an hour between a look at the clocks and the request that follows, and go on as if nothing had been: a machine that is frozen and
//! thawed from outside, at that very place.
//!
//! Transactions that write come one after the other where it matters, on one node or on many, so before and after have a meaning.
//! A blob is chosen in the turn of everything: a write in the turn of its project that found no choice is committed before it.
//! All else is done in the turn of the instance, in which a write spares what it found chosen (or names what was removed and is
//! there), because it deletes that row; one that finds a blob being removed is refused, whatever comes of it meanwhile.

use crate::blobs::BlobHash;
use crate::error::{Result, StoreError};
use crate::sql::Tx;
use crate::{args, common_clock};

/// A removal that was done: the blob, and when.
pub type Removed = (BlobHash, i64);

impl Tx<'_> {
    /// To be called by every write that names blobs which were put before it, with all that it names. `there`: removals after
    /// which the blob was looked for and found. An error when a blob may be gone: it has to be put again.
    pub fn keep_blobs(&self, blobs: &[BlobHash], there: &[Removed]) -> Result<()> {
        // Nearly always.
        let any = self.one("SELECT 1 FROM blob_removals LIMIT 1", &[], |_| Ok(()))?;
        if blobs.is_empty() || any.is_none() {
            return Ok(());
        }
        // In all states; questions that go together share their first argument.
        let sql = "SELECT hash, state, since_ms FROM blob_removals
                   WHERE state IN ('chosen', 'removing', ?1) AND hash = ?2";
        let keys: Vec<_> = blobs.iter().map(|blob| args!["removed", blob].to_vec()).collect();
        for (blob, state, since) in
            self.many(sql, &keys, |row| Ok((row.bytes::<32>(0)?, row.text(1)?, row.int(2)?)))?
        {
            let may_be_named = state == "chosen" || (state == "removed" && there.contains(&(blob, since)));
            if !may_be_named {
                return Err(StoreError::BlobRemoved);
            }
            self.exec_later("DELETE FROM blob_removals WHERE hash = ?1", args![&blob])?;
        }
        Ok(())
    }

    /// Those of these blobs that were removed.
    pub fn removed_blobs(&self, blobs: &[BlobHash]) -> Result<Vec<Removed>> {
        let sql = "SELECT hash, since_ms FROM blob_removals WHERE state = ?1 AND hash = ?2";
        let keys: Vec<_> = blobs.iter().map(|blob| args!["removed", blob].to_vec()).collect();
        self.many(sql, &keys, |row| Ok((row.bytes(0)?, row.int(1)?)))
    }

    /// Chooses blobs that nothing seems to name, but for those that are being removed or were.
    pub fn choose_blobs(&self, blobs: &[BlobHash], now: i64) -> Result<()> {
        for blob in blobs {
            self.exec_later(
                "INSERT INTO blob_removals (hash, state, since_ms, node) VALUES (?1, 'chosen', ?2, ?3)
                 ON CONFLICT (hash) DO UPDATE
                 SET state = excluded.state, since_ms = excluded.since_ms, node = excluded.node
                 WHERE blob_removals.state = 'chosen'",
                args![blob, now, self.node],
            )?;
        }
        Ok(())
    }

    /// Blobs that were chosen and that something names.
    pub fn spare_blobs(&self, blobs: &[BlobHash]) -> Result<()> {
        for blob in blobs {
            let sql = "DELETE FROM blob_removals WHERE hash = ?1 AND state = 'chosen' AND node = ?2";
            self.exec_later(sql, args![blob, self.node])?;
        }
        Ok(())
    }

    /// The time by a clock that all nodes share: that of the database's server. `own` is the only clock where there is one process.
    pub fn common_now(&self, own: i64) -> Result<i64> {
        if !self.conn.is_shared() {
            return Ok(own);
        }
        Ok(self.one(common_clock::NOW, &[], |row| row.int(0))?.unwrap_or(own))
    }

    /// Whether the removals of all these blobs are this process's, and were not ended by another one.
    pub fn holds_removals(&self, blobs: &[BlobHash]) -> Result<bool> {
        let sql = "SELECT hash FROM blob_removals WHERE node = ?1 AND hash = ?2 AND state = 'removing'";
        let keys: Vec<_> = blobs.iter().map(|blob| args![self.node, blob].to_vec()).collect();
        Ok(self.many(sql, &keys, |_| Ok(()))?.len() == blobs.len())
    }

    /// Those of these blobs that are still chosen, and by this process: another one that chose them since has not looked yet; from this commit on their files may be removed.
    pub fn begin_removals(&self, blobs: &[BlobHash], now: i64) -> Result<Vec<BlobHash>> {
        for blob in blobs {
            let sql = "UPDATE blob_removals SET state = 'removing', since_ms = ?2
                       WHERE hash = ?1 AND state = 'chosen' AND node = ?3";
            self.exec_later(sql, args![blob, now, self.node])?;
        }
        let sql = "SELECT hash FROM blob_removals
                   WHERE node = ?1 AND hash = ?2 AND since_ms = ?3 AND state = 'removing'";
        let keys: Vec<_> = blobs.iter().map(|blob| args![self.node, blob, now].to_vec()).collect();
        self.many(sql, &keys, |row| row.bytes(0))
    }

    /// The removals of a process that did not come to their end, begun before this time; they are this process's now.
    pub fn take_removals(&self, before: i64, now: i64) -> Result<Vec<BlobHash>> {
        let sql = "SELECT hash FROM blob_removals WHERE state = 'removing' AND since_ms < ?1 ORDER BY hash LIMIT 1000";
        let blobs = self.all(sql, args![before], |row| row.bytes(0))?;
        for blob in &blobs {
            let sql = "UPDATE blob_removals SET since_ms = ?2, node = ?3 WHERE hash = ?1";
            self.exec_later(sql, args![blob, now, self.node])?;
        }
        Ok(blobs)
    }

    /// The files of these blobs are gone.
    pub fn end_removals(&self, blobs: &[BlobHash], now: i64) -> Result<()> {
        for blob in blobs {
            self.exec_later(
                "UPDATE blob_removals SET state = 'removed', since_ms = ?2
                 WHERE hash = ?1 AND state = 'removing' AND node = ?3",
                args![blob, now, self.node],
            )?;
        }
        Ok(())
    }

    /// Forgets what was removed, or chosen and left, before this time.
    pub fn forget_removals(&self, before: i64) -> Result<()> {
        self.exec("DELETE FROM blob_removals WHERE state <> 'removing' AND since_ms < ?1", args![before])?;
        Ok(())
    }
}
