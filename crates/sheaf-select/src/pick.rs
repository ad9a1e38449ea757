//! Picks: which members are taken out of a pool. Deterministic for ever.

use std::collections::HashSet;

use roaring::RoaringBitmap;

use crate::chunk_set::{Bits, RowSet, join, split};
use crate::stream::Stream;

/// The first `n` by ordinal.
pub fn first(pool: &RoaringBitmap, n: u64) -> RoaringBitmap {
    let mut picked = pool.clone();
    if let Some(cut) = u32::try_from(n).ok().and_then(|n| pool.select(n)) {
        picked.remove_range(cut..);
    }
    picked
}

/// The last `n` by ordinal.
pub fn last(pool: &RoaringBitmap, n: u64) -> RoaringBitmap {
    let mut picked = pool.clone();
    if n < pool.len() {
        match u32::try_from(pool.len() - n).ok().and_then(|n| pool.select(n)) {
            Some(cut) => picked.remove_range(..cut),
            None => return RoaringBitmap::new(),
        };
    }
    picked
}

/// `n` of the pool, every subset of that size equally likely, decided by the seed alone.
///
/// The algorithm is part of the format: a stored recipe must give the same members in ten years. With `m` members in the
/// pool, numbered `0..m` by ordinal:
///
/// 1. Random numbers are the key stream of ChaCha8 (nonce and counter zero), read as little-endian 64-bit integers; the
///    key is the seed as 8 little-endian bytes, then the 24 bytes `"sheaf random pick v1"` and four zeros.
/// 2. A number below `b` is the high half of the 128-bit product of the next random number and `b`, drawn again while
///    the low half is below `2^64 mod b` (Lemire).
/// 3. When `n > m / 2` the `m - n` that stay out are drawn instead. Of `k` to be drawn, for `j` from `m - k` to `m - 1`:
///    `t` = a number below `j + 1`; take `t`, or `j` when `t` is taken already (Floyd).
pub fn random(pool: &RoaringBitmap, n: u64, seed: u64) -> RoaringBitmap {
    drawn(pool, n, Stream::new(b"sheaf random pick v1", seed, 0))
}

/// `n` of the pool, drawn as [`random`] draws them, from these random numbers.
pub(crate) fn drawn(pool: &RoaringBitmap, n: u64, stream: Stream) -> RoaringBitmap {
    let m = pool.len();
    if n >= m {
        return pool.clone();
    }
    if n <= m / 2 {
        at_ranks(pool, &draw(m, n, stream))
    } else {
        pool - at_ranks(pool, &draw(m, m - n, stream))
    }
}

/// `k` different numbers below `m`, ascending.
fn draw(m: u64, k: u64, mut stream: Stream) -> Vec<u64> {
    if k.saturating_mul(64) < m {
        let mut taken = HashSet::with_capacity(k as usize);
        for j in m - k..m {
            let t = stream.below(j + 1);
            if !taken.insert(t) {
                taken.insert(j);
            }
        }
        let mut ranks: Vec<u64> = taken.into_iter().collect();
        ranks.sort_unstable();
        return ranks;
    }
    let mut taken = vec![0u64; m.div_ceil(64) as usize];
    for j in m - k..m {
        let t = stream.below(j + 1);
        let (word, bit) = ((t / 64) as usize, 1 << (t % 64));
        if taken[word] & bit == 0 {
            taken[word] |= bit;
        } else {
            taken[(j / 64) as usize] |= 1 << (j % 64);
        }
    }
    let mut ranks = Vec::with_capacity(k as usize);
    for (i, &word) in taken.iter().enumerate() {
        let mut w = word;
        while w != 0 {
            ranks.push(i as u64 * 64 + u64::from(w.trailing_zeros()));
            w &= w - 1;
        }
    }
    ranks
}

/// The members of the pool at these places (ascending).
fn at_ranks(pool: &RoaringBitmap, ranks: &[u64]) -> RoaringBitmap {
    let mut ranks = ranks.iter().copied().peekable();
    let mut passed = 0u64;
    let mut picked = Vec::new();
    for (chunk, rows) in split(pool) {
        let count = u64::from(rows.count());
        if ranks.peek().is_none_or(|r| *r >= passed + count) {
            passed += count;
            continue;
        }
        let mut bits = Bits::default();
        for word in 0..crate::chunk_set::WORDS {
            let mut w = match &rows {
                RowSet::Bits(b) => b.words()[word],
                RowSet::Full => u64::MAX,
                RowSet::Empty => 0,
            };
            let end = passed + u64::from(w.count_ones());
            while let Some(rank) = ranks.next_if(|r| *r < end) {
                while passed < rank {
                    w &= w - 1;
                    passed += 1;
                }
                bits.words_mut()[word] |= w & w.wrapping_neg();
            }
            passed = end;
        }
        picked.push((chunk, RowSet::Bits(bits)));
    }
    join(picked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_seed_gives_the_same_members_for_ever() {
        let pool: RoaringBitmap = (0..1000).collect();
        let picked: Vec<u32> = random(&pool, 8, 42).iter().collect();
        assert_eq!(picked, GOLDEN_8_OF_1000_SEED_42);
        let most = random(&pool, 992, 42);
        assert_eq!(
            (&pool - most).iter().collect::<Vec<u32>>(),
            picked,
            "what stays out is drawn the same way"
        );
        let sparse: RoaringBitmap = (0..1_000_000).map(|i| i * 3).collect();
        let sum: u64 = random(&sparse, 5000, 7).iter().map(u64::from).sum();
        assert_eq!(sum, GOLDEN_SUM_5000_OF_1M_SEED_7);
        let sum: u64 = random(&sparse, 400_000, u64::MAX).iter().map(u64::from).sum();
        assert_eq!(sum, GOLDEN_SUM_400000_OF_1M_SEED_MAX);
    }

    // Computed by an independent implementation of the documented algorithm.
    const GOLDEN_8_OF_1000_SEED_42: [u32; 8] = [141, 176, 574, 755, 784, 830, 906, 941];
    const GOLDEN_SUM_5000_OF_1M_SEED_7: u64 = 7_607_128_773;
    const GOLDEN_SUM_400000_OF_1M_SEED_MAX: u64 = 599_857_919_103;

    /// Pearson's statistic of how often each member is picked; the fixed seeds make this a fixed number.
    #[test]
    fn every_member_and_every_pair_is_equally_likely() {
        #[track_caller]
        fn check(m: u32, n: u64) {
            const TRIALS: u32 = 20_000;
            let pool: RoaringBitmap = (0..m).map(|i| i * 1000).collect();
            let mut single = vec![0u32; m as usize];
            let mut pairs = vec![0u32; (m * m) as usize];
            for seed in 0..TRIALS {
                let picked: Vec<u32> = random(&pool, n, u64::from(seed)).iter().map(|o| o / 1000).collect();
                assert_eq!(picked.len() as u64, n);
                for (i, a) in picked.iter().enumerate() {
                    single[*a as usize] += 1;
                    picked[i + 1..].iter().for_each(|b| pairs[(a * m + b) as usize] += 1);
                }
            }
            let expected = f64::from(TRIALS) * n as f64 / f64::from(m);
            let chi: f64 = single.iter().map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
            // 99.9 % of the chi-square distribution with 19 degrees of freedom; drawing without replacement makes it less.
            assert!(chi < 43.8, "{m} {n}: {chi}");
            let n = n as f64;
            let expected = f64::from(TRIALS) * n * (n - 1.0) / (f64::from(m) * (f64::from(m) - 1.0));
            let upper =
                pairs.iter().enumerate().filter(|(i, _)| *i as u32 % m > *i as u32 / m).map(|(_, c)| c);
            let chi: f64 = upper.map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
            // 190 pairs: 99.9 % is 254.
            assert!(chi < 254.0, "{m} {n} pairs: {chi}");
        }
        check(20, 5);
        check(20, 10);
        check(20, 15);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn picks_obey_their_laws(
            ordinals in proptest::collection::btree_set(0u32..200_000, 0..600),
            n in 0u64..700,
            seed: u64,
        ) {
            let pool: RoaringBitmap = ordinals.iter().copied().collect();
            let k = (n as usize).min(ordinals.len());
            let firsts: Vec<u32> = ordinals.iter().copied().take(k).collect();
            prop_assert_eq!(first(&pool, n).iter().collect::<Vec<_>>(), firsts);
            let lasts: Vec<u32> = ordinals.iter().copied().skip(ordinals.len() - k).collect();
            prop_assert_eq!(last(&pool, n).iter().collect::<Vec<_>>(), lasts);
            let picked = random(&pool, n, seed);
            prop_assert_eq!(picked.len(), k as u64);
            prop_assert!(picked.is_subset(&pool));
            prop_assert_eq!(picked, random(&pool, n, seed));
        }

        /// The set drawn does not depend on how it is kept while drawing.
        #[test]
        fn ranks_are_floyds(m in 1u64..3000, share in 0u64..=100, seed: u64) {
            let k = m * share / 200;
            let stream = || Stream::new(b"sheaf random pick v1", seed, 0);
            let mut drawn = stream();
            let mut model = std::collections::BTreeSet::new();
            for j in m - k..m {
                let t = drawn.below(j + 1);
                if !model.insert(t) {
                    model.insert(j);
                }
            }
            prop_assert_eq!(draw(m, k, stream()), model.into_iter().collect::<Vec<_>>());
        }
    }
}
