//! Updates of assets that are indexed already: which fields change in which rows, and the rewritten block of a field.

mod in_place;

use std::collections::BTreeMap;

use crate::chunk_set::{Bits, RowSet};
use crate::column::Column;
use crate::pairs::Pairs;
use crate::{AssetFacts, CHUNK, FieldKey, SelectError, Value, codec};

/// The values as a column holds them: sorted, each once.
pub(crate) fn indexed_values(facts: &AssetFacts<'_>) -> Result<BTreeMap<FieldKey, Vec<Value>>, SelectError> {
    let mut all = facts.values()?;
    for values in all.values_mut() {
        values.sort_by(Value::order);
        values.dedup();
    }
    Ok(all)
}

/// What changes in the index when assets of one chunk get new facts: for every field that changes, the rows and their
/// new values. However many assets change, a field's block is rewritten once.
#[derive(Debug, Default)]
pub struct Changes {
    /// Ordinals ascending; no values: the asset lost the field.
    fields: BTreeMap<FieldKey, Vec<(u32, Vec<Value>)>>,
    /// The last asset that was added.
    last: Option<u32>,
}

impl Changes {
    /// Adds the step from one state of an asset to another. Assets are of one chunk and come in the order of their
    /// ordinals, each once.
    pub fn add(&mut self, old: &AssetFacts<'_>, new: &AssetFacts<'_>) -> Result<(), SelectError> {
        let ordinal = new.ordinal;
        let follows = self.last.is_none_or(|last| last < ordinal && last / CHUNK == ordinal / CHUNK);
        if old.ordinal != ordinal || !follows {
            let expected = self.last.map_or(old.ordinal, |last| last + 1);
            return Err(SelectError::Ordinal { expected, found: ordinal });
        }
        let (mut old, new) = (indexed_values(old)?, indexed_values(new)?);
        self.last = Some(ordinal);
        for (field, values) in new {
            if old.remove(&field).as_ref() != Some(&values) {
                self.fields.entry(field).or_default().push((ordinal, values));
            }
        }
        for field in old.into_keys() {
            self.fields.entry(field).or_default().push((ordinal, Vec::new()));
        }
        Ok(())
    }

    /// The fields whose blocks must be rewritten.
    pub fn fields(&self) -> impl Iterator<Item = &FieldKey> {
        self.fields.keys()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The block of `field` with the changes in it. `old` is the present block, `None` when the field was absent; the
    /// answer is `None` when no asset of the chunk has the field any more.
    pub fn patch(
        &self,
        field: &FieldKey,
        chunk: u32,
        old: Option<&[u8]>,
    ) -> Result<Option<Vec<u8>>, SelectError> {
        let old = old.map(|old| codec::decode(field, chunk, old)).transpose()?;
        let new = self.of(field).filter(|(ordinal, _)| ordinal / CHUNK == chunk);
        if let Some(column) = old.as_ref()
            && new.clone().count() <= in_place::MAX_ROWS
        {
            let rows = new.clone().map(|(ordinal, values)| (ordinal % CHUNK, values.clone())).collect();
            if let Some(column) = in_place::patched(column, &rows) {
                return Ok(Some(codec::encode(&column)));
            }
        }
        Ok(rewritten(field, chunk, 0, CHUNK, old.as_ref(), new)?.map(|column| codec::encode(&column)))
    }

    /// The new values of a field, by ordinal.
    pub(crate) fn of(&self, field: &FieldKey) -> impl Iterator<Item = &(u32, Vec<Value>)> + Clone {
        self.fields.get(field).into_iter().flatten()
    }

    /// The assets that change, ascending.
    pub(crate) fn ordinals(&self) -> impl Iterator<Item = u32> {
        self.fields.values().flatten().map(|(ordinal, _)| *ordinal)
    }
}

/// The column of rows `first..first + len` of a chunk with these rows' values in the place of the old ones.
pub(crate) fn rewritten<'v>(
    field: &FieldKey,
    chunk: u32,
    first: u32,
    len: u32,
    old: Option<&Column>,
    new: impl Iterator<Item = &'v (u32, Vec<Value>)> + Clone,
) -> Result<Option<Column>, SelectError> {
    let mut pairs = Pairs::default();
    if let Some(old) = old {
        let mut replaced = Bits::default();
        new.clone().for_each(|(ordinal, _)| replaced.set(ordinal % CHUNK));
        let replaced = RowSet::Bits(replaced);
        pairs.add_column(old, |row| replaced.has(row));
    }
    for (ordinal, values) in new {
        values.iter().for_each(|value| pairs.push_value((ordinal % CHUNK) as u16, value));
    }
    pairs.into_column(field, chunk, first, len)
}
