//! The tail: rows that are not sealed yet, kept in memory in the form of a decoded chunk and queryable at any time.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::build::{Draft, encode_blocks};
use crate::column::Column;
use crate::patch::{Changes, rewritten};
use crate::{AssetFacts, CHUNK, EncodedBlock, FieldKey, SelectError};

/// Parts are merged up to this size: larger ones would make one append in many slow.
const MAX_PART: u32 = 8192;

/// Immutable; cloning shares; appending makes a new one and costs amortised little (small parts are merged like the
/// digits of a binary counter).
#[derive(Debug, Clone)]
pub struct Tail {
    base: u32,
    end: u32,
    parts: Vec<Arc<Part>>,
}

/// Consecutive rows within one chunk.
#[derive(Debug)]
struct Part {
    first: u32,
    len: u32,
    columns: HashMap<FieldKey, Arc<Column>>,
}

impl Part {
    fn new(first: u32, len: u32, columns: Vec<(FieldKey, Column)>) -> Part {
        Part { first, len, columns: columns.into_iter().map(|(f, c)| (f, Arc::new(c))).collect() }
    }

    fn chunk(&self) -> u32 {
        self.first / CHUNK
    }

    fn merged(parts: &[Arc<Part>]) -> Result<Part, SelectError> {
        let mut draft = Draft::default();
        for part in parts {
            part.columns.iter().for_each(|(field, column)| draft.add_column(field, column));
        }
        let (first, len) = (parts[0].first, parts.iter().map(|p| p.len).sum());
        Ok(Part::new(first, len, draft.into_columns(first / CHUNK, first % CHUNK, len)?))
    }
}

impl Tail {
    /// An empty tail whose first row will be `base`.
    pub fn new(base: u32) -> Tail {
        Tail { base, end: base, parts: Vec::new() }
    }

    /// The first ordinal.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The ordinal after the last one.
    pub fn end(&self) -> u32 {
        self.end
    }

    pub fn len(&self) -> u32 {
        self.end - self.base
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This tail and these rows after it. Their ordinals must go on from `end()` without gaps. The tail may grow beyond
    /// a chunk; [`Tail::seal`] then gives the full ones.
    pub fn append(&self, rows: &[AssetFacts<'_>]) -> Result<Tail, SelectError> {
        for (expected, facts) in (self.end..).zip(rows) {
            if facts.ordinal != expected {
                return Err(SelectError::Ordinal { expected, found: facts.ordinal });
            }
        }
        let mut tail = self.clone();
        for run in rows.chunk_by(|a, b| a.ordinal / CHUNK == b.ordinal / CHUNK) {
            let (first, len) = (run[0].ordinal, run.len() as u32);
            let mut draft = Draft::default();
            run.iter().try_for_each(|facts| draft.push(facts))?;
            let columns = draft.into_columns(first / CHUNK, first % CHUNK, len)?;
            tail.parts.push(Arc::new(Part::new(first, len, columns)));
            tail.merge_last()?;
            tail.end += len;
        }
        Ok(tail)
    }

    /// Merges the last parts while the one before is no longer than all after it together.
    fn merge_last(&mut self) -> Result<(), SelectError> {
        let mut from = self.parts.len() - 1;
        let mut len = self.parts[from].len;
        while from > 0 {
            let before = &self.parts[from - 1];
            if before.len > len || before.len + len > MAX_PART || before.chunk() != self.parts[from].chunk() {
                break;
            }
            len += before.len;
            from -= 1;
        }
        if from + 1 < self.parts.len() {
            let merged = Part::merged(&self.parts[from..])?;
            self.parts.truncate(from);
            self.parts.push(Arc::new(merged));
        }
        Ok(())
    }

    /// This tail with changes to assets that it already holds. Only the columns of fields that change are made anew.
    pub fn update(&self, changes: &Changes) -> Result<Tail, SelectError> {
        let mut parts = BTreeSet::new();
        for ordinal in changes.ordinals() {
            let part = self.parts.partition_point(|p| p.first + p.len <= ordinal);
            if part == self.parts.len() || ordinal < self.base {
                return Err(SelectError::Ordinal { expected: self.base, found: ordinal });
            }
            parts.insert(part);
        }
        let mut tail = self.clone();
        for i in parts {
            let old = &self.parts[i];
            let mut columns = old.columns.clone();
            for field in changes.fields() {
                let new = changes
                    .of(field)
                    .filter(|(ordinal, _)| (old.first..old.first + old.len).contains(ordinal));
                if new.clone().next().is_none() {
                    continue;
                }
                let before = old.columns.get(field).map(|column| column.as_ref());
                match rewritten(field, old.chunk(), old.first % CHUNK, old.len, before, new)? {
                    Some(column) => columns.insert(field.clone(), Arc::new(column)),
                    None => columns.remove(field),
                };
            }
            tail.parts[i] = Arc::new(Part { first: old.first, len: old.len, columns });
        }
        Ok(tail)
    }

    /// When the tail holds a whole chunk from its base on: that chunk's number and blocks, and the tail without it.
    /// `None` while the first chunk is not full. Call it until it says `None`.
    #[allow(clippy::type_complexity)]
    pub fn seal(&self) -> Result<Option<(u32, Vec<EncodedBlock>, Tail)>, SelectError> {
        let chunk = self.base / CHUNK;
        if !self.base.is_multiple_of(CHUNK) || self.len() < CHUNK {
            return Ok(None);
        }
        let n = self.parts.partition_point(|p| p.chunk() == chunk);
        let whole = Part::merged(&self.parts[..n])?;
        let blocks = encode_blocks(whole.columns.iter().map(|(f, c)| (f, c.as_ref())));
        let rest = Tail { base: self.base + CHUNK, end: self.end, parts: self.parts[n..].to_vec() };
        Ok(Some((chunk, blocks, rest)))
    }

    /// The fields that any row of the tail has.
    pub fn fields(&self) -> Vec<FieldKey> {
        let all: BTreeSet<&FieldKey> = self.parts.iter().flat_map(|p| p.columns.keys()).collect();
        all.into_iter().cloned().collect()
    }

    /// Memory held, about.
    pub fn bytes(&self) -> usize {
        self.parts.iter().flat_map(|p| p.columns.values()).map(|c| c.bytes()).sum()
    }

    /// What the tail knows of a field in a chunk.
    pub(crate) fn columns(&self, field: &FieldKey, chunk: u32) -> Vec<Arc<Column>> {
        let parts = self.parts.iter().filter(|p| p.chunk() == chunk);
        parts.filter_map(|p| p.columns.get(field).cloned()).collect()
    }
}
