//! Sets of rows within one chunk as plain bit sets, and their conversion from and to roaring bitmaps.
//!
//! All evaluation inside a chunk works on 1,024 words: one container of a roaring bitmap, without its branches.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::CHUNK;

pub(crate) const WORDS: usize = CHUNK as usize / 64;

/// A set of rows `0..65,536`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bits(Box<[u64; WORDS]>);

impl Default for Bits {
    fn default() -> Self {
        Bits(Box::new([0; WORDS]))
    }
}

impl Bits {
    pub fn words(&self) -> &[u64; WORDS] {
        &self.0
    }

    pub fn words_mut(&mut self) -> &mut [u64; WORDS] {
        &mut self.0
    }

    #[inline]
    pub fn set(&mut self, row: u32) {
        self.0[(row >> 6) as usize & (WORDS - 1)] |= 1 << (row & 63);
    }

    #[inline]
    pub fn has(&self, row: u32) -> bool {
        self.0[(row >> 6) as usize & (WORDS - 1)] >> (row & 63) & 1 == 1
    }

    /// Sets the rows `position + i` for each bit `i` of the mask; bits beyond the chunk must be zero.
    #[inline]
    pub fn or_mask(&mut self, position: u32, mask: u64) {
        let (word, shift) = ((position >> 6) as usize, position & 63);
        if word < WORDS {
            self.0[word] |= mask << shift;
        }
        if shift > 0 && word + 1 < WORDS {
            self.0[word + 1] |= mask >> (64 - shift);
        }
    }

    /// Sets `from..until`.
    pub fn set_range(&mut self, from: u32, until: u32) {
        let mut row = from;
        while row < until {
            let n = (64 - (row & 63)).min(until - row);
            let mask = if n == 64 { u64::MAX } else { ((1 << n) - 1) << (row & 63) };
            self.0[(row >> 6) as usize] |= mask;
            row += n;
        }
    }

    pub fn count(&self) -> u32 {
        self.0.iter().map(|w| w.count_ones()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|w| *w == 0)
    }

    pub fn or(&mut self, other: &Bits) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(a, b)| *a |= b);
    }

    pub fn and(&mut self, other: &Bits) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(a, b)| *a &= b);
    }

    pub fn invert(&mut self) {
        self.0.iter_mut().for_each(|a| *a = !*a);
    }

    /// Calls `f` with each row, ascending.
    #[inline]
    pub fn for_each(&self, mut f: impl FnMut(u32)) {
        for (i, &word) in self.0.iter().enumerate() {
            let mut w = word;
            while w != 0 {
                f(i as u32 * 64 + w.trailing_zeros());
                w &= w - 1;
            }
        }
    }
}

/// A set of rows within a chunk, cheap when it is nothing or everything.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowSet {
    Empty,
    /// All 65,536.
    Full,
    Bits(Bits),
}

impl RowSet {
    pub fn range(from: u32, until: u32) -> RowSet {
        if from >= until {
            RowSet::Empty
        } else if from == 0 && until >= CHUNK {
            RowSet::Full
        } else {
            let mut bits = Bits::default();
            bits.set_range(from, until.min(CHUNK));
            RowSet::Bits(bits)
        }
    }

    /// The same set in its cheapest form as far as emptiness goes.
    pub fn of(bits: Bits) -> RowSet {
        if bits.is_empty() { RowSet::Empty } else { RowSet::Bits(bits) }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, RowSet::Empty)
    }

    #[inline]
    pub fn has(&self, row: u32) -> bool {
        match self {
            RowSet::Empty => false,
            RowSet::Full => true,
            RowSet::Bits(b) => b.has(row),
        }
    }

    pub fn count(&self) -> u32 {
        match self {
            RowSet::Empty => 0,
            RowSet::Full => CHUNK,
            RowSet::Bits(b) => b.count(),
        }
    }

    pub fn and(self, other: &RowSet) -> RowSet {
        match (self, other) {
            (RowSet::Empty, _) | (_, RowSet::Empty) => RowSet::Empty,
            (set, RowSet::Full) => set,
            (RowSet::Full, other) => other.clone(),
            (RowSet::Bits(mut a), RowSet::Bits(b)) => {
                a.and(b);
                RowSet::of(a)
            }
        }
    }

    pub fn or(self, other: RowSet) -> RowSet {
        match (self, other) {
            (RowSet::Full, _) | (_, RowSet::Full) => RowSet::Full,
            (RowSet::Empty, set) | (set, RowSet::Empty) => set,
            (RowSet::Bits(mut a), RowSet::Bits(b)) => {
                a.or(&b);
                RowSet::Bits(a)
            }
        }
    }

    pub fn not(self) -> RowSet {
        match self {
            RowSet::Empty => RowSet::Full,
            RowSet::Full => RowSet::Empty,
            RowSet::Bits(mut b) => {
                b.invert();
                RowSet::of(b)
            }
        }
    }

    /// How many rows are in both sets.
    pub fn count_both(&self, other: &RowSet) -> u32 {
        match (self, other) {
            (RowSet::Empty, _) | (_, RowSet::Empty) => 0,
            (set, RowSet::Full) | (RowSet::Full, set) => set.count(),
            (RowSet::Bits(a), RowSet::Bits(b)) => {
                a.words().iter().zip(b.words()).map(|(a, b)| (a & b).count_ones()).sum()
            }
        }
    }
}

/// Cuts a bitmap into its chunks; chunks without a member are left out.
///
/// It reads the bitmap's portable serialisation, which holds each container as plain words, sorted values or runs: an
/// order of magnitude faster than walking the values.
pub(crate) fn split(bitmap: &RoaringBitmap) -> BTreeMap<u32, RowSet> {
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    let parsed = match bitmap.serialize_into(&mut bytes) {
        Ok(()) => split_serialized(&bytes),
        Err(_) => None,
    };
    parsed.unwrap_or_else(|| split_by_values(bitmap))
}

fn split_by_values(bitmap: &RoaringBitmap) -> BTreeMap<u32, RowSet> {
    let mut chunks: BTreeMap<u32, Bits> = BTreeMap::new();
    for ordinal in bitmap {
        chunks.entry(ordinal / CHUNK).or_default().set(ordinal % CHUNK);
    }
    chunks.into_iter().map(|(chunk, bits)| (chunk, RowSet::Bits(bits))).collect()
}

/// The format: github.com/RoaringBitmap/RoaringFormatSpec.
fn split_serialized(bytes: &[u8]) -> Option<BTreeMap<u32, RowSet>> {
    const COOKIE_NO_RUNS: u32 = 12_346;
    const COOKIE_RUNS: u32 = 12_347;
    let mut at = 0;
    let take = |at: &mut usize, n: usize| -> Option<&[u8]> {
        let part = bytes.get(*at..*at + n)?;
        *at += n;
        Some(part)
    };
    let cookie = le32(take(&mut at, 4)?);
    let (n, runs) = if cookie == COOKIE_NO_RUNS {
        (le32(take(&mut at, 4)?) as usize, None)
    } else if cookie & 0xFFFF == COOKIE_RUNS {
        let n = (cookie >> 16) as usize + 1;
        (n, Some(take(&mut at, n.div_ceil(8))?))
    } else {
        return None;
    };
    let heads = take(&mut at, n * 4)?;
    if runs.is_none() || n >= 4 {
        take(&mut at, n * 4)?;
    }
    let mut chunks = BTreeMap::new();
    for i in 0..n {
        let chunk = u32::from(le16(&heads[i * 4..]));
        let count = u32::from(le16(&heads[i * 4 + 2..])) + 1;
        let is_run = runs.is_some_and(|r| r[i / 8] >> (i % 8) & 1 == 1);
        let mut bits = Bits::default();
        if is_run {
            let n_runs = usize::from(le16(take(&mut at, 2)?));
            for run in take(&mut at, n_runs * 4)?.chunks_exact(4) {
                let start = u32::from(le16(run));
                bits.set_range(start, (start + u32::from(le16(&run[2..])) + 1).min(CHUNK));
            }
        } else if count <= 4096 {
            take(&mut at, count as usize * 2)?.chunks_exact(2).for_each(|v| bits.set(u32::from(le16(v))));
        } else {
            for (word, v) in bits.words_mut().iter_mut().zip(take(&mut at, WORDS * 8)?.chunks_exact(8)) {
                *word = u64::from_le_bytes(v.try_into().ok()?);
            }
        }
        chunks.insert(chunk, if count == CHUNK { RowSet::Full } else { RowSet::Bits(bits) });
    }
    Some(chunks)
}

fn le16(b: &[u8]) -> u16 {
    u16::from_le_bytes([b[0], b[1]])
}

fn le32(b: &[u8]) -> u32 {
    u32::from_le_bytes([b[0], b[1], b[2], b[3]])
}

/// The bitmap of one chunk's rows.
pub(crate) fn to_bitmap(chunk: u32, rows: &RowSet) -> RoaringBitmap {
    let base = chunk * CHUNK;
    match rows {
        RowSet::Empty => RoaringBitmap::new(),
        RowSet::Full => {
            let mut bitmap = RoaringBitmap::new();
            bitmap.insert_range(base..=base + (CHUNK - 1));
            bitmap
        }
        RowSet::Bits(bits) => {
            let count = bits.count();
            if count <= 4096 {
                let mut values = Vec::with_capacity(count as usize);
                bits.for_each(|row| values.push(base + row));
                RoaringBitmap::from_sorted_iter(values).unwrap_or_default()
            } else {
                let mut bytes = Vec::with_capacity(WORDS * 8);
                bits.words().iter().for_each(|w| bytes.extend_from_slice(&w.to_le_bytes()));
                RoaringBitmap::from_lsb0_bytes(base, &bytes)
            }
        }
    }
}

/// Puts chunks (ascending, each once) together.
pub(crate) fn join(chunks: impl IntoIterator<Item = (u32, RowSet)>) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    for (chunk, rows) in chunks {
        if !rows.is_empty() {
            all |= to_bitmap(chunk, &rows);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bitmap() -> impl Strategy<Value = RoaringBitmap> {
        let range = (0u32..300_000, 1u32..90_000).prop_map(|(a, n)| (a, a + n));
        let ranges = proptest::collection::vec(range, 0..4);
        let values = proptest::collection::vec(0u32..300_000, 0..300);
        let steps = proptest::collection::vec((0u32..200_000, 2u32..9), 0..2);
        (ranges, values, steps, any::<bool>()).prop_map(|(ranges, values, steps, optimize)| {
            let mut b = RoaringBitmap::new();
            for (a, z) in ranges {
                b.insert_range(a..z);
            }
            b.extend(values);
            for (a, step) in steps {
                b.extend((a..a + 70_000).step_by(step as usize));
            }
            if optimize {
                b.optimize();
            }
            b
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn split_and_join_are_inverse(b in bitmap()) {
            let chunks = split(&b);
            prop_assert_eq!(&chunks.values().map(|r| u64::from(r.count())).sum::<u64>(), &b.len());
            for (chunk, rows) in &chunks {
                prop_assert!((0..CHUNK).filter(|r| rows.has(*r)).all(|row| b.contains(chunk * CHUNK + row)));
            }
            prop_assert_eq!(join(chunks), b);
        }
    }

    #[test]
    fn a_full_container_is_full() {
        let mut b = RoaringBitmap::new();
        b.insert_range(0..CHUNK * 2);
        assert!(split(&b).values().all(|r| *r == RowSet::Full));
        b.optimize();
        assert!(split(&b).values().all(|r| *r == RowSet::Full));
    }

    #[test]
    fn masks_cross_words_and_end_with_the_chunk() {
        let mut bits = Bits::default();
        bits.or_mask(60, 0b1_0001_0001);
        bits.or_mask(65_530, 0b11);
        assert_eq!(bits.count(), 5);
        assert!([60, 64, 68, 65_530, 65_531].into_iter().all(|r| bits.has(r)));
    }
}
