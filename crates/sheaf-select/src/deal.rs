//! Splitting a set in equal parts: in upload order, or dealt at random. Deterministic for ever.

use roaring::RoaringBitmap;

use crate::stream::Stream;

/// Sizes of `of` equal parts of `m`: the first `m mod of` have one more than the others.
fn sizes(m: u64, of: u32) -> impl Iterator<Item = u64> {
    let of = u64::from(of.max(1));
    (0..of).map(move |i| m / of + u64::from(i < m % of))
}

/// The set cut in `of` equal parts in the order of the ordinals.
pub fn in_order(set: &RoaringBitmap, of: u32) -> Vec<RoaringBitmap> {
    let mut passed = 0;
    let place = |rank: u64| u32::try_from(rank).ok().and_then(|rank| set.select(rank));
    sizes(set.len(), of)
        .map(|n| {
            let mut part = RoaringBitmap::new();
            if let (true, Some(from), Some(to)) =
                (n > 0, place(passed), place((passed + n).saturating_sub(1)))
            {
                part.insert_range(from..=to);
            }
            passed += n;
            part & set
        })
        .collect()
}

/// The set dealt in `of` equal parts at random, every way to deal equally likely, decided by the seed alone.
///
/// The algorithm is part of the format. The random numbers are those of [`crate::pick::random`], with the 20 bytes
/// `"sheaf random deal v1"` in the key. For each member in the order of the ordinals: `t` = a number below how many
/// members are still to be dealt; the member goes to the first part for which the free places of it and of the parts
/// before it are more than `t`.
pub fn at_random(set: &RoaringBitmap, of: u32, seed: u64) -> Vec<RoaringBitmap> {
    let mut stream = Stream::new(b"sheaf random deal v1", seed, 0);
    let mut places = Places::new(sizes(set.len(), of).collect());
    let mut parts: Vec<Vec<u32>> = sizes(set.len(), of).map(|n| Vec::with_capacity(n as usize)).collect();
    for (left, ordinal) in (1..=set.len()).rev().zip(set) {
        parts[places.take(stream.below(left))].push(ordinal);
    }
    parts.iter().map(|part| sorted(part)).collect()
}

/// The set of ordinals that ascend.
pub(crate) fn sorted(ordinals: &[u32]) -> RoaringBitmap {
    // It fails for what does not ascend only.
    RoaringBitmap::from_sorted_iter(ordinals.iter().copied())
        .unwrap_or_else(|_| ordinals.iter().copied().collect())
}

/// Free places of each part, in a Fenwick tree: finding and taking one is a step a bit of the number of parts.
struct Places {
    /// `tree[i]`: free places of the `i & -i` parts that end with the `i`-th, from 1.
    tree: Vec<u64>,
}

impl Places {
    fn new(free: Vec<u64>) -> Places {
        let mut tree = vec![0; free.len().next_power_of_two() + 1];
        tree[1..=free.len()].copy_from_slice(&free);
        for i in 1..tree.len() {
            let up = i + (i & i.wrapping_neg());
            if up < tree.len() {
                tree[up] += tree[i];
            }
        }
        Places { tree }
    }

    /// The first part for which the free places up to it are more than `t`; it has one less after.
    fn take(&mut self, mut t: u64) -> usize {
        let (mut at, mut step) = (0, self.tree.len() - 1);
        while step > 0 {
            // A node that is passed keeps its places; one that is not has the place that is taken within it.
            if let Some(n) = self.tree.get_mut(at + step) {
                if *n <= t {
                    t -= *n;
                    at += step;
                } else {
                    *n -= 1;
                }
            }
            step /= 2;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_seed_deals_the_same_parts_for_ever() {
        let set: RoaringBitmap = (0..20).map(|i| i * 1000).collect();
        let parts: Vec<Vec<u32>> =
            at_random(&set, 3, 42).iter().map(|part| part.iter().map(|o| o / 1000).collect()).collect();
        assert_eq!(parts, GOLDEN_20_IN_3_SEED_42);
        let large: RoaringBitmap = (0..100_000).map(|i| i * 3).collect();
        let parts = at_random(&large, 1000, 7);
        let sums = parts.iter().map(|part| part.iter().map(u64::from).sum());
        let digest = sums.fold(0u64, |all, sum: u64| all.wrapping_mul(31).wrapping_add(sum));
        assert_eq!(digest, GOLDEN_DIGEST_100000_IN_1000_SEED_7);
    }

    // Computed by an independent implementation of the documented algorithm.
    const GOLDEN_20_IN_3_SEED_42: [&[u32]; 3] =
        [&[1, 3, 5, 6, 8, 10, 15], &[0, 2, 7, 11, 12, 17, 18], &[4, 9, 13, 14, 16, 19]];
    const GOLDEN_DIGEST_100000_IN_1000_SEED_7: u64 = 4_660_370_051_101_612_652;

    /// Pearson's statistic of which part each pair of members meets in; the fixed seeds make this a fixed number.
    #[test]
    fn every_pair_meets_equally_often() {
        const M: u32 = 12;
        const TRIALS: u32 = 20_000;
        let set: RoaringBitmap = (0..M).collect();
        let mut pairs = vec![0u32; (M * M) as usize];
        for seed in 0..TRIALS {
            for part in at_random(&set, 3, u64::from(seed)) {
                assert_eq!(part.len(), 4);
                let members: Vec<u32> = part.iter().collect();
                for (i, a) in members.iter().enumerate() {
                    members[i + 1..].iter().for_each(|b| pairs[(a * M + b) as usize] += 1);
                }
            }
        }
        let expected = f64::from(TRIALS) * 3.0 / 11.0;
        let upper = pairs.iter().enumerate().filter(|(i, _)| *i as u32 % M > *i as u32 / M).map(|(_, c)| c);
        let chi: f64 = upper.map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
        // 66 pairs: 99.9 % of the chi-square distribution is 106.
        assert!(chi < 106.0, "{chi}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn parts_are_what_the_model_says(
            ordinals in proptest::collection::btree_set(0u32..200_000, 0..400),
            of in 1u32..40,
            seed: u64,
        ) {
            let all: Vec<u32> = ordinals.iter().copied().collect();
            let set: RoaringBitmap = ordinals.into_iter().collect();
            let (m, k) = (all.len(), of as usize);
            let mut free: Vec<usize> = (0..k).map(|i| m / k + usize::from(i < m % k)).collect();
            let (mut rest, mut want) = (all.as_slice(), Vec::new());
            for n in &free {
                let (part, after) = rest.split_at(*n);
                want.push(part.iter().copied().collect::<RoaringBitmap>());
                rest = after;
            }
            prop_assert_eq!(in_order(&set, of), want);

            let mut stream = Stream::new(b"sheaf random deal v1", seed, 0);
            let mut want = vec![RoaringBitmap::new(); k];
            for (i, ordinal) in all.iter().enumerate() {
                let mut t = stream.below((m - i) as u64) as usize;
                let part = free.iter().position(|n| if *n > t { true } else { t -= *n; false }).unwrap();
                free[part] -= 1;
                want[part].insert(*ordinal);
            }
            prop_assert_eq!(at_random(&set, of, seed), want);
        }
    }
}
