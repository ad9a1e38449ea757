//! Metadata updates of sealed assets: which fields change, and the rewritten block of one field.

mod in_place;

use std::collections::BTreeMap;

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

/// The fields whose values differ between two states of one asset: the ones whose blocks must be rewritten.
pub fn changed_fields(old: &AssetFacts<'_>, new: &AssetFacts<'_>) -> Result<Vec<FieldKey>, SelectError> {
    let (old, new) = (indexed_values(old)?, indexed_values(new)?);
    let gone = old.keys().filter(|field| !new.contains_key(field));
    let differs = new.iter().filter(|(field, values)| old.get(field) != Some(values)).map(|(field, _)| field);
    let mut fields: Vec<FieldKey> = gone.chain(differs).cloned().collect();
    fields.sort_unstable();
    Ok(fields)
}

/// The block of `field` in `chunk` after some of the chunk's assets got new facts. `old` is the present block, `None`
/// when the field was absent; the answer is `None` when no asset of the chunk has the field any more.
pub fn patch_block(
    field: &FieldKey,
    chunk: u32,
    old: Option<&[u8]>,
    rows: &[AssetFacts<'_>],
) -> Result<Option<Vec<u8>>, SelectError> {
    let mut new: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
    for facts in rows {
        if facts.ordinal / CHUNK != chunk {
            return Err(SelectError::Ordinal { expected: chunk * CHUNK, found: facts.ordinal });
        }
        let mut values = facts.values_of(field)?;
        values.sort_by(Value::order);
        values.dedup();
        new.insert(facts.ordinal % CHUNK, values);
    }
    let old = old.map(|old| codec::decode(field, chunk, old)).transpose()?;
    if let Some(column) = old.as_ref().and_then(|column| in_place::patched(column, &new)) {
        return Ok(Some(codec::encode(&column)));
    }
    Ok(made_anew(field, chunk, old.as_ref(), &new)?.map(|column| codec::encode(&column)))
}

fn made_anew(
    field: &FieldKey,
    chunk: u32,
    old: Option<&Column>,
    new: &BTreeMap<u32, Vec<Value>>,
) -> Result<Option<Column>, SelectError> {
    let mut pairs = Pairs::default();
    if let Some(column) = old {
        pairs.add_column(column, |row| new.contains_key(&row));
    }
    for (row, values) in new {
        values.iter().for_each(|v| pairs.push_value(*row as u16, v));
    }
    pairs.into_column(field, chunk, 0, CHUNK)
}
