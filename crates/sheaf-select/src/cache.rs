//! Decoded blocks in memory, bounded by bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::FieldKey;
use crate::column::Column;

/// What an entry costs beside its column.
const ENTRY_BYTES: usize = 96;

/// Shared by all projects of a process. An entry carries the version of its chunk and is used only for a snapshot that
/// has this very version, so a stale block is never used.
#[derive(Debug)]
pub struct BlockCache {
    max_bytes: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slots: HashMap<(i64, FieldKey), u32>,
    fields: Vec<HashMap<u32, Entry>>,
    /// Every entry once, as a clock: what was used since the hand came by stays for another round.
    clock: VecDeque<(u32, u32)>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    version: u64,
    /// `None`: the chunk has no block of the field.
    column: Option<Arc<Column>>,
    bytes: usize,
    used: bool,
}

/// An answer of the cache: the column, or that there is none, or that it does not know.
#[derive(Debug, Clone)]
pub(crate) enum Lookup {
    Known(Option<Arc<Column>>),
    Unknown,
}

impl BlockCache {
    pub fn new(max_bytes: usize) -> BlockCache {
        BlockCache { max_bytes, inner: Mutex::default() }
    }

    pub fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    pub fn used_bytes(&self) -> usize {
        self.inner.lock().bytes
    }

    /// Drops everything kept of a project (it was deleted).
    pub fn forget(&self, project: i64) {
        let mut inner = self.inner.lock();
        let slots: Vec<u32> = inner.slots.iter().filter(|(k, _)| k.0 == project).map(|(_, s)| *s).collect();
        for slot in slots {
            let dropped = std::mem::take(&mut inner.fields[slot as usize]);
            inner.bytes -= dropped.values().map(|e| e.bytes).sum::<usize>();
        }
        let Inner { clock, fields, .. } = &mut *inner;
        clock.retain(|(slot, chunk)| fields[*slot as usize].contains_key(chunk));
    }

    /// What is known of these chunks at these versions.
    pub(crate) fn get(&self, project: i64, field: &FieldKey, chunks: &[(u32, u64)]) -> Vec<Lookup> {
        let mut inner = self.inner.lock();
        let Some(slot) = inner.slots.get(&(project, field.clone())).copied() else {
            return vec![Lookup::Unknown; chunks.len()];
        };
        let entries = &mut inner.fields[slot as usize];
        let mut look = |&(chunk, version): &(u32, u64)| match entries.get_mut(&chunk) {
            Some(entry) if entry.version == version => {
                entry.used = true;
                Lookup::Known(entry.column.clone())
            }
            _ => Lookup::Unknown,
        };
        chunks.iter().map(&mut look).collect()
    }

    /// Keeps a column unless it is too large or a newer one is already kept.
    pub(crate) fn put(
        &self,
        project: i64,
        field: &FieldKey,
        chunk: u32,
        version: u64,
        column: Option<Arc<Column>>,
    ) {
        let bytes = ENTRY_BYTES + column.as_ref().map_or(0, |c| c.bytes());
        if bytes > self.max_bytes {
            return;
        }
        let mut guard = self.inner.lock();
        let inner = &mut *guard;
        let slot = *inner.slots.entry((project, field.clone())).or_insert_with(|| {
            inner.fields.push(HashMap::new());
            inner.fields.len() as u32 - 1
        });
        let entries = &mut inner.fields[slot as usize];
        match entries.get(&chunk) {
            Some(old) if old.version > version => return,
            Some(old) => inner.bytes -= old.bytes,
            None => inner.clock.push_back((slot, chunk)),
        }
        entries.insert(chunk, Entry { version, column, bytes, used: false });
        inner.bytes += bytes;
        while inner.bytes > self.max_bytes {
            let Some((slot, chunk)) = inner.clock.pop_front() else { break };
            let entries = &mut inner.fields[slot as usize];
            match entries.get_mut(&chunk) {
                Some(entry) if entry.used => {
                    entry.used = false;
                    inner.clock.push_back((slot, chunk));
                }
                Some(entry) => {
                    inner.bytes -= entry.bytes;
                    entries.remove(&chunk);
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(lookup: &Lookup) -> bool {
        matches!(lookup, Lookup::Known(_))
    }

    #[test]
    fn another_version_is_never_given() {
        let cache = BlockCache::new(1 << 20);
        let field = FieldKey::meta("a");
        cache.put(1, &field, 0, 5, None);
        assert!(known(&cache.get(1, &field, &[(0, 5)])[0]));
        assert!(!known(&cache.get(1, &field, &[(0, 6)])[0]));
        assert!(!known(&cache.get(1, &field, &[(0, 4)])[0]));
        assert!(!known(&cache.get(2, &field, &[(0, 5)])[0]));
        cache.put(1, &field, 0, 4, None);
        assert!(known(&cache.get(1, &field, &[(0, 5)])[0]), "an older one does not displace a newer one");
        cache.put(1, &field, 0, 6, None);
        assert!(!known(&cache.get(1, &field, &[(0, 5)])[0]));
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let cache = BlockCache::new(ENTRY_BYTES * 10);
        let field = FieldKey::meta("a");
        for chunk in 0..100 {
            cache.put(1, &field, chunk, 1, None);
            cache.get(1, &field, &[(0, 1)]);
            assert!(cache.used_bytes() <= cache.max_bytes());
        }
        assert!(known(&cache.get(1, &field, &[(0, 1)])[0]));
        assert!(known(&cache.get(1, &field, &[(99, 1)])[0]));
        assert!(!known(&cache.get(1, &field, &[(50, 1)])[0]));
        cache.forget(1);
        assert_eq!(cache.used_bytes(), 0);
        assert!(!known(&cache.get(1, &field, &[(0, 1)])[0]));
    }
}
