//! Building columns and the blocks of one chunk from facts.

use foldhash::HashMap;

use crate::column::Column;
use crate::pairs::Pairs;
use crate::{AssetFacts, Builtin, CHUNK, FieldKey, SelectError, codec};

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
    next: u32,
    draft: Draft,
}

impl ChunkBuilder {
    pub fn new(chunk: u32) -> ChunkBuilder {
        ChunkBuilder { chunk, next: 0, draft: Draft::default() }
    }

    /// Adds the next asset of the chunk. On an error the builder is unchanged.
    pub fn push(&mut self, facts: &AssetFacts<'_>) -> Result<(), SelectError> {
        let expected = self.chunk * CHUNK + self.next;
        if facts.ordinal != expected || self.next >= CHUNK {
            return Err(SelectError::Ordinal { expected, found: facts.ordinal });
        }
        self.draft.push(facts)?;
        self.next += 1;
        Ok(())
    }

    /// The chunk's blocks, one for each field, in the order of the keys.
    pub fn finish(self) -> Result<Vec<EncodedBlock>, SelectError> {
        let columns = self.draft.into_columns(self.chunk, 0, self.next)?;
        Ok(encode_blocks(columns.iter().map(|(field, column)| (field, column))))
    }
}

pub(crate) fn encode_blocks<'a>(
    columns: impl Iterator<Item = (&'a FieldKey, &'a Column)>,
) -> Vec<EncodedBlock> {
    let mut blocks: Vec<EncodedBlock> = columns
        .map(|(field, column)| EncodedBlock { field: field.clone(), data: codec::encode(column) })
        .collect();
    blocks.sort_unstable_by(|a, b| a.field.cmp(&b.field));
    blocks
}

/// Pairs of every field, being collected.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    builtins: [Pairs; 10],
    // Looked up once for every value of an import: its hash is a fast one.
    meta: HashMap<String, Pairs>,
}

impl Draft {
    /// Adds an asset's values; on an error nothing is added.
    pub fn push(&mut self, facts: &AssetFacts<'_>) -> Result<(), SelectError> {
        let row = (facts.ordinal % CHUNK) as u16;
        let meta = &mut self.meta;
        let flattened = facts.flatten(|path, raw| match meta.get_mut(path) {
            Some(pairs) => pairs.push(row, raw),
            None => meta.entry(path.to_string()).or_default().push(row, raw),
        });
        if let Err(error) = flattened {
            meta.values_mut().for_each(|pairs| pairs.undo(row));
            return Err(error);
        }
        facts.builtins(|builtin, raw| self.builtins[usize::from(builtin.id())].push(row, raw));
        Ok(())
    }

    /// Adds what a column holds.
    pub fn add_column(&mut self, field: &FieldKey, column: &Column) {
        let pairs = match field {
            FieldKey::Builtin(builtin) => &mut self.builtins[usize::from(builtin.id())],
            FieldKey::Meta(name) => match self.meta.get_mut(name) {
                Some(pairs) => pairs,
                None => self.meta.entry(name.clone()).or_default(),
            },
        };
        pairs.add_column(column, |_| false);
    }

    /// The columns of rows `first..first + len` of a chunk.
    pub fn into_columns(
        self,
        chunk: u32,
        first: u32,
        len: u32,
    ) -> Result<Vec<(FieldKey, Column)>, SelectError> {
        let builtins = self
            .builtins
            .into_iter()
            .enumerate()
            .filter_map(|(id, pairs)| Some((FieldKey::Builtin(Builtin::from_id(id as u8)?), pairs)));
        let meta = self.meta.into_iter().map(|(name, pairs)| (FieldKey::Meta(name), pairs));
        let mut columns = Vec::new();
        for (field, pairs) in builtins.chain(meta) {
            if let Some(column) = pairs.into_column(&field, chunk, first, len)? {
                columns.push((field, column));
            }
        }
        Ok(columns)
    }
}
