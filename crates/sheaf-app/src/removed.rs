//! Files of which it is known that they were removed, because nothing named them: whoever puts such a file again looks whether it is
//! there before rows name it.

use sheaf_store::Store;
use sheaf_store::blob_removals::Removed;
use sheaf_store::blobs::BlobHash;

use crate::Result;

/// Those of these files, which were put and flushed, that were removed earlier and are there now: for [`sheaf_store::Tx::keep_blobs`].
pub(crate) fn but_there(store: &Store, blobs: &[BlobHash]) -> Result<Vec<Removed>> {
    let mut there = Vec::new();
    for removed in store.read_blocking(|tx| tx.removed_blobs(blobs))? {
        if store.blobs().is_there(&removed.0)? {
            there.push(removed);
        }
    }
    Ok(there)
}
