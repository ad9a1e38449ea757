//! Quotas: how many of each class are picked, and which. Deterministic for ever.

use roaring::RoaringBitmap;

use crate::pick::drawn;
use crate::stream::Stream;

/// What a quota wanted, had, and got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    pub wanted: u64,
    pub available: u64,
    pub picked: u64,
}

/// `count` cut in whole numbers in proportion to the shares, by the largest remainder.
///
/// The algorithm is part of the format, in IEEE double arithmetic: each gets the floor of `count * (share / sum)`, where
/// `sum` adds the shares from the first to the last; what is then missing goes by ones to the largest remainders, ties
/// to the earlier. Shares are above 0 and their sum is finite.
pub fn apportion(count: u64, shares: &[f64]) -> Vec<u64> {
    let sum: f64 = shares.iter().sum();
    let exact = |share: &f64| count as f64 * (share / sum);
    let mut cut: Vec<u64> = shares.iter().map(|share| exact(share).floor() as u64).collect();
    let missing = count.saturating_sub(cut.iter().sum()) as usize;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| exact(&shares[*b]).fract().total_cmp(&exact(&shares[*a]).fract()));
    order.into_iter().take(missing).for_each(|i| cut[i] += 1);
    cut
}

/// How many each class gets of `count`. Without `fill` that is what it wants, as far as there is. With it, what is then
/// missing is apportioned among the classes that have more, by their shares, until nothing is missing or all is used.
pub fn fit(count: u64, shares: &[f64], available: &[u64], fill: bool) -> Vec<Fit> {
    let mut fits: Vec<Fit> = apportion(count, shares)
        .into_iter()
        .zip(available)
        .map(|(wanted, &available)| Fit { wanted, available, picked: wanted.min(available) })
        .collect();
    loop {
        let missing = count.saturating_sub(fits.iter().map(|fit| fit.picked).sum());
        let open: Vec<usize> = (0..fits.len()).filter(|i| fits[*i].picked < fits[*i].available).collect();
        if !fill || missing == 0 || open.is_empty() {
            return fits;
        }
        // Each round ends it or uses a class up, so there are at most as many as classes.
        let open_shares: Vec<f64> = open.iter().map(|i| shares[*i]).collect();
        for (i, more) in open.into_iter().zip(apportion(missing, &open_shares)) {
            fits[i].picked = (fits[i].picked + more).min(fits[i].available);
        }
    }
}

/// `n` of each class. The `i`-th class (from 0) is drawn as [`crate::pick::random`] draws, with the 20 bytes
/// `"sheaf quota pick v1"` and a zero in the key, and `i` as the last 4.
pub fn pick(classes: &[RoaringBitmap], counts: impl IntoIterator<Item = u64>, seed: u64) -> RoaringBitmap {
    let mut picked = RoaringBitmap::new();
    for ((i, class), n) in (0..).zip(classes).zip(counts) {
        picked |= drawn(class, n, Stream::new(b"sheaf quota pick v1\0", seed, i));
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_are_cut_by_the_largest_remainder() {
        #[track_caller]
        fn check(count: u64, shares: &[f64], want: &[u64]) {
            assert_eq!(apportion(count, shares), want, "{count} by {shares:?}");
        }
        check(10, &[1.0, 1.0, 1.0], &[4, 3, 3]);
        check(11, &[1.0, 1.0, 1.0], &[4, 4, 3]);
        check(100, &[47.0, 16.0, 15.8, 12.0, 6.1, 3.1], &[47, 16, 16, 12, 6, 3]);
        check(1, &[0.2, 0.5, 0.3], &[0, 1, 0]);
        check(3, &[1e-300, 1.0], &[0, 3]);
        check(u64::from(u32::MAX), &[1e100, 1e100], &[2_147_483_648, 2_147_483_647]);
        check(7, &[2.5], &[7]);
        check(0, &[1.0, 2.0], &[0, 0]);
    }

    #[test]
    fn what_a_class_lacks_goes_to_the_others_when_asked() {
        let picked = |fill| -> Vec<u64> {
            fit(100, &[2.0, 1.0, 1.0], &[10, 1000, 26], fill).iter().map(|fit| fit.picked).collect()
        };
        assert_eq!(picked(false), [10, 25, 25]);
        assert_eq!(picked(true), [10, 64, 26]);
    }

    #[test]
    fn a_seed_gives_the_same_members_for_ever() {
        let classes: Vec<RoaringBitmap> =
            (0..3u32).map(|i| (0..100 * (i + 1)).map(|o| o * 3 + i).collect()).collect();
        let picked: Vec<u32> = pick(&classes, [2, 3, 4], 42).iter().collect();
        assert_eq!(picked, GOLDEN_2_3_4_SEED_42);
        let sum: u64 = pick(&classes, [60, 150, 280], 7).iter().map(u64::from).sum();
        assert_eq!(sum, GOLDEN_SUM_60_150_280_SEED_7);
    }

    // Computed by an independent implementation of the documented algorithm.
    const GOLDEN_2_3_4_SEED_42: [u32; 9] = [48, 73, 78, 409, 430, 611, 647, 770, 773];
    const GOLDEN_SUM_60_150_280_SEED_7: u64 = 179_072;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn apportioning_obeys_its_laws(
            count in 0u64..5_000_000_000,
            shares in proptest::collection::vec(prop_oneof![0.001f64..1e6, Just(1.0), 1e-300f64..1e100], 1..50),
        ) {
            let cut = apportion(count, &shares);
            prop_assert_eq!(cut.iter().sum::<u64>(), count);
            let sum: f64 = shares.iter().sum();
            for (n, share) in cut.iter().zip(&shares) {
                let exact = count as f64 * (share / sum);
                prop_assert!((*n as f64 - exact).abs() < 1.0 + 1e-6, "{} for {}", n, exact);
            }
        }

        #[test]
        fn a_fit_obeys_its_laws(
            count in 0u64..3000,
            classes in proptest::collection::vec((1u32..20, 0u64..500), 1..12),
        ) {
            let shares: Vec<f64> = classes.iter().map(|c| f64::from(c.0)).collect();
            let available: Vec<u64> = classes.iter().map(|c| c.1).collect();
            let plain = fit(count, &shares, &available, false);
            let filled = fit(count, &shares, &available, true);
            for (a, b) in plain.iter().zip(&filled) {
                prop_assert_eq!(a.picked, a.wanted.min(a.available));
                prop_assert!(a.wanted == b.wanted && a.picked <= b.picked && b.picked <= b.available);
            }
            let total: u64 = filled.iter().map(|fit| fit.picked).sum();
            prop_assert_eq!(total, count.min(available.iter().sum()));
            // Nobody with something left is behind its share of those that were not used up.
            let open: Vec<_> = filled.iter().zip(&shares).filter(|(fit, _)| fit.picked < fit.available).collect();
            let weight: f64 = open.iter().map(|(_, share)| **share).sum();
            let got: u64 = open.iter().map(|(fit, _)| fit.picked).sum();
            for (fit, share) in &open {
                let exact = got as f64 * *share / weight;
                prop_assert!((fit.picked as f64 - exact).abs() <= classes.len() as f64, "{} {}", fit.picked, exact);
            }
        }
    }
}
