//! Walking a library chunk by chunk: columns from the cache, the tail or the source, in windows that bound memory, with
//! the work on decoded columns spread over the cores.

use std::sync::Arc;

use crate::cache::Lookup;
use crate::column::Column;
use crate::{CHUNK, FieldKey, Library, SelectError, codec};

/// Chunks whose blocks are loaded and decoded together when they are not in the cache.
const WINDOW: usize = 16;
/// Bytes of columns below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 4 << 20;
const MAX_THREADS: usize = 8;

/// What a chunk holds of a field: one column when it is sealed, several parts in the tail, none when it is absent.
pub(crate) type Parts = Vec<Arc<Column>>;

impl Library<'_> {
    /// Chunks that hold any asset of the snapshot.
    pub(crate) fn chunks(&self) -> std::ops::Range<u32> {
        0..self.snapshot.n_assets.div_ceil(CHUNK)
    }

    /// Calls `work(chunk, columns of each field)` for each of these chunks (ascending), in any order and on any thread;
    /// answers in the order of the chunks.
    pub(crate) fn walk<T: Send>(
        &self,
        fields: &[FieldKey],
        chunks: &[u32],
        work: impl Fn(u32, &[Parts]) -> T + Sync,
    ) -> Result<Vec<T>, SelectError> {
        let mut answers = Vec::with_capacity(chunks.len());
        self.walk_windows(fields, chunks, &work, |window| {
            answers.extend(window);
            true
        })?;
        Ok(answers)
    }

    /// The same, giving the answers window by window to `take` until it says `false`.
    pub(crate) fn walk_windows<T: Send>(
        &self,
        fields: &[FieldKey],
        chunks: &[u32],
        work: &(impl Fn(u32, &[Parts]) -> T + Sync),
        mut take: impl FnMut(Vec<T>) -> bool,
    ) -> Result<(), SelectError> {
        let sealed = &self.snapshot.sealed;
        let n_sealed = chunks.partition_point(|c| (*c as usize) < sealed.len());
        let versions: Vec<(u32, u64)> =
            chunks[..n_sealed].iter().map(|c| (*c, sealed[*c as usize])).collect();
        let mut looked_up: Vec<Vec<Lookup>> =
            fields.iter().map(|field| self.cache.get(self.snapshot.project, field, &versions)).collect();
        let unknown = |i: usize, looked_up: &[Vec<Lookup>]| {
            looked_up.iter().any(|l| l.get(i).is_some_and(|l| matches!(l, Lookup::Unknown)))
        };
        let mut from = 0;
        while from < chunks.len() {
            let (mut until, mut n_unknown) = (from, 0);
            while until < chunks.len() && n_unknown < WINDOW {
                n_unknown += usize::from(unknown(until, &looked_up));
                until += 1;
            }
            let mut columns: Vec<Vec<Parts>> = vec![Vec::with_capacity(fields.len()); until - from];
            for (field, looked_up) in fields.iter().zip(&mut looked_up) {
                let sealed_until = until.min(n_sealed).max(from);
                if n_unknown > 0 {
                    self.load(
                        field,
                        &versions[from.min(n_sealed)..sealed_until.min(n_sealed)],
                        looked_up,
                        from,
                    )?;
                }
                for (i, parts) in (from..until).zip(&mut columns) {
                    parts.push(if i < n_sealed {
                        match std::mem::replace(&mut looked_up[i], Lookup::Unknown) {
                            Lookup::Known(column) => column.into_iter().collect(),
                            Lookup::Unknown => Vec::new(),
                        }
                    } else {
                        self.snapshot.tail.columns(field, chunks[i])
                    });
                }
            }
            let bytes: usize = columns.iter().flatten().flatten().map(|c| c.bytes()).sum();
            let window = &chunks[from..until];
            let answers = in_parallel(window.len(), bytes, |i| work(window[i], &columns[i]));
            if !take(answers) {
                return Ok(());
            }
            from = until;
        }
        Ok(())
    }

    /// Fills in what the cache did not know.
    fn load(
        &self,
        field: &FieldKey,
        versions: &[(u32, u64)],
        looked_up: &mut [Lookup],
        from: usize,
    ) -> Result<(), SelectError> {
        let missing: Vec<u32> = versions
            .iter()
            .enumerate()
            .filter(|(i, _)| matches!(looked_up[from + i], Lookup::Unknown))
            .map(|(_, (chunk, _))| *chunk)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut blocks = self.source.load_blocks(field, &missing).map_err(SelectError::Source)?;
        blocks.sort_unstable_by_key(|b| b.0);
        let bytes: usize = blocks.iter().map(|b| b.1.len()).sum();
        let mut decoded = in_parallel(blocks.len(), bytes * 16, |i| {
            let (chunk, data) = &blocks[i];
            codec::decode(field, *chunk, data).map(|column| (*chunk, Arc::new(column)))
        })
        .into_iter()
        .collect::<Result<Vec<_>, SelectError>>()?
        .into_iter()
        .peekable();
        for (i, (chunk, version)) in versions.iter().enumerate() {
            let slot = &mut looked_up[from + i];
            if matches!(slot, Lookup::Unknown) {
                while decoded.next_if(|d| d.0 < *chunk).is_some() {}
                let column = decoded.next_if(|d| d.0 == *chunk).map(|d| d.1);
                self.cache.put(self.snapshot.project, field, *chunk, *version, column.clone());
                *slot = Lookup::Known(column);
            }
        }
        Ok(())
    }
}

/// `f(0..n)` in order; on several threads when there is enough to do.
pub(crate) fn in_parallel<T: Send>(n: usize, bytes: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MAX_THREADS).min(n).min(1 + bytes / WORTH_A_THREAD);
    if threads < 2 {
        return (0..n).map(f).collect();
    }
    let share = n.div_ceil(threads);
    std::thread::scope(|scope| {
        let f = &f;
        let others: Vec<_> = (1..threads)
            .map(|t| scope.spawn(move || (t * share..((t + 1) * share).min(n)).map(f).collect::<Vec<T>>()))
            .collect();
        let mut all: Vec<T> = (0..share.min(n)).map(f).collect();
        for other in others {
            match other.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
