//! Building the blocks of one chunk from facts.

use crate::{AssetFacts, FieldKey, SelectError};

/// One block to be written: `blocks(project, field, chunk, version, data)`.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedBlock {
    pub field: FieldKey,
    pub data: Vec<u8>,
}

/// Collects the facts of one chunk, in ordinal order, and encodes a block for each field that any of them has.
#[derive(Debug)]
pub struct ChunkBuilder {
    chunk: u32,
}

impl ChunkBuilder {
    pub fn new(chunk: u32) -> ChunkBuilder {
        ChunkBuilder { chunk }
    }

    /// Adds the next asset of the chunk. On an error the builder is unchanged.
    pub fn push(&mut self, _facts: &AssetFacts<'_>) -> Result<(), SelectError> {
        Ok(())
    }

    /// The chunk's blocks, one for each field, in the order of the keys.
    pub fn finish(self) -> Result<Vec<EncodedBlock>, SelectError> {
        let _ = self.chunk;
        Ok(Vec::new())
    }
}
