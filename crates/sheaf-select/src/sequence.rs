//! Orders in which the members of a batch are handed out: a shuffle, which is an order over ranks and is not stored, and
//! the order of a field, which is worked out once and stored in chunks of places.

use roaring::RoaringBitmap;

use crate::codec::{seal, unseal};
use crate::stream::Stream;
use crate::wire::{Reader, Writer};
use crate::{FieldKey, Library, SelectError};

/// Places in one stored chunk.
pub const PLACES: u32 = 65_536;
/// Places that are sorted at once.
const SORTED_AT_ONCE: usize = 1 << 22;
const ROUNDS: usize = 8;

/// A permutation of the ranks `0..n`, decided by the seed alone.
///
/// The algorithm is part of the format: a batch that is half done must go on in ten years. It is a Feistel network over
/// the numbers of `2 h` bits, where `h` is the least, 4 or more, with `4^h >= n`; a number that is not below `n` is put in
/// again. Of the left and the right half, `left, right = right, left ^ (mix(right ^ key) & (2^h - 1))`, in eight rounds
/// whose keys are the first numbers of the key stream (see [`Stream`]) for `"sheaf order shuffle1"`; `mix` is the
/// finaliser of SplitMix64.
#[derive(Debug, Clone)]
pub struct Shuffle {
    n: u64,
    half: u32,
    keys: [u64; ROUNDS],
}

impl Shuffle {
    pub fn new(n: u64, seed: u64) -> Self {
        let mut half = 4;
        while half < 31 && 1u64 << (2 * half) < n {
            half += 1;
        }
        let mut stream = Stream::new(b"sheaf order shuffle1", seed, 0);
        Self { n, half, keys: std::array::from_fn(|_| stream.next()) }
    }

    /// The rank at a place; none beyond the last.
    pub fn rank(&self, place: u64) -> Option<u64> {
        self.walk(place, |keys, number| keys.iter().fold(number, |(a, b), key| (b, a ^ self.mixed(b, *key))))
    }

    /// The place of a rank.
    pub fn place(&self, rank: u64) -> Option<u64> {
        self.walk(rank, |keys, number| {
            keys.iter().rev().fold(number, |(a, b), key| (b ^ self.mixed(a, *key), a))
        })
    }

    fn walk(&self, from: u64, rounds: impl Fn(&[u64; ROUNDS], (u64, u64)) -> (u64, u64)) -> Option<u64> {
        if from >= self.n {
            return None;
        }
        let mut number = from;
        loop {
            let (a, b) = rounds(&self.keys, (number >> self.half, number & self.mask()));
            number = a << self.half | b;
            if number < self.n {
                return Some(number);
            }
        }
    }

    fn mask(&self) -> u64 {
        (1 << self.half) - 1
    }

    fn mixed(&self, half: u64, key: u64) -> u64 {
        let mut z = half ^ key;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) & self.mask()
    }

    /// The members at these places.
    pub fn between(&self, members: &RoaringBitmap, from: u64, until: u64) -> RoaringBitmap {
        if from >= until {
            return RoaringBitmap::new();
        }
        let places = from..until.min(self.n);
        let ranks: RoaringBitmap = places.filter_map(|place| u32::try_from(self.rank(place)?).ok()).collect();
        let mut ranks = ranks.iter().peekable();
        let found = (0u32..).zip(members).filter(|(rank, _)| ranks.next_if_eq(rank).is_some());
        found.map(|(_, ordinal)| ordinal).collect()
    }
}

/// The members in the order of a field, as chunks to be stored: [`PLACES`] each but for the last.
pub fn by_field(
    library: &Library<'_>,
    members: &RoaringBitmap,
    field: &FieldKey,
    descending: bool,
) -> Result<Vec<Vec<u8>>, SelectError> {
    let order = library.order(members, field, descending)?;
    let mut out = Vec::new();
    let mut from = 0;
    while from < members.len() {
        let sorted = library.page_in(&order, members, from, SORTED_AT_ONCE)?;
        from += sorted.len() as u64;
        out.extend(sorted.chunks(PLACES as usize).map(encode));
        if sorted.is_empty() {
            break;
        }
    }
    Ok(out)
}

/// One chunk of an order: each member as the difference to the one before, one to five bytes.
pub fn encode(places: &[u32]) -> Vec<u8> {
    let mut w = Writer::default();
    let mut last = 0;
    for ordinal in places {
        w.signed(i64::from(*ordinal) - last);
        last = i64::from(*ordinal);
    }
    seal(w.into_bytes())
}

pub fn decode(chunk: u32, data: &[u8]) -> Result<Vec<u32>, SelectError> {
    let damaged = |what| SelectError::DamagedMembers { chunk, what };
    let mut reader = Reader::new(unseal(data).map_err(damaged)?);
    let (mut out, mut last) = (Vec::new(), 0i64);
    while !reader.is_at_end() {
        last = last.wrapping_add(reader.signed().map_err(damaged)?);
        out.push(u32::try_from(last).map_err(|_| damaged("there is no such asset"))?);
        if out.len() > PLACES as usize {
            return Err(damaged("it has too many places"));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_seed_gives_the_same_order_for_ever() {
        let order = |n, seed| {
            let shuffle = Shuffle::new(n, seed);
            (0..8).map(|place| shuffle.rank(place).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(order(1_000, 42), GOLDEN_1000_SEED_42);
        assert_eq!(order(10_000_000, 7), GOLDEN_10M_SEED_7);
    }

    const GOLDEN_1000_SEED_42: [u64; 8] = [26, 84, 246, 977, 666, 68, 256, 471];
    const GOLDEN_10M_SEED_7: [u64; 8] =
        [1012983, 5821163, 2399490, 2892377, 5495324, 9724156, 2444266, 6250870];

    /// Every member is about equally often at every place, and after every other.
    #[test]
    fn no_place_is_favoured() {
        const N: u64 = 7;
        const SEEDS: u64 = 20_000;
        let (mut at, mut after) = ([0u32; 49], [0u32; 49]);
        for seed in 0..SEEDS {
            let shuffle = Shuffle::new(N, seed);
            let ranks: Vec<u64> = (0..N).map(|place| shuffle.rank(place).unwrap()).collect();
            ranks.iter().enumerate().for_each(|(place, rank)| at[place * 7 + *rank as usize] += 1);
            ranks.windows(2).for_each(|pair| after[(pair[0] * 7 + pair[1]) as usize] += 1);
        }
        let chi = |counts: &[u32], cells: f64, total: f64| {
            let expected = total / cells;
            let used = counts.iter().filter(|n| **n > 0);
            used.map(|n| (f64::from(*n) - expected).powi(2) / expected).sum::<f64>()
        };
        // 99.9 % of the chi-square distribution with 36 and 41 degrees of freedom.
        assert!(chi(&at, 49.0, (SEEDS * N) as f64) < 68.0);
        assert!(chi(&after, 42.0, (SEEDS * (N - 1)) as f64) < 74.8);
    }

    proptest! {
        #[test]
        fn a_shuffle_is_a_permutation(n in 1u64..3_000, seed: u64, cut in 0u64..3_100) {
            let shuffle = Shuffle::new(n, seed);
            let mut seen = vec![false; n as usize];
            for place in 0..n {
                let rank = shuffle.rank(place).unwrap();
                prop_assert!(!std::mem::replace(&mut seen[rank as usize], true));
                prop_assert_eq!(shuffle.place(rank), Some(place));
            }
            prop_assert_eq!(shuffle.rank(n), None);
            let members: RoaringBitmap = (0..n as u32).map(|rank| rank * 3).collect();
            let naive: RoaringBitmap = (cut / 3..cut.min(n)).map(|at| shuffle.rank(at).unwrap() as u32 * 3).collect();
            prop_assert_eq!(shuffle.between(&members, cut / 3, cut), naive);
        }

        #[test]
        fn chunks_come_back(places in proptest::collection::vec(any::<u32>(), 0..300), flip: prop::sample::Index) {
            let data = encode(&places);
            prop_assert_eq!(decode(0, &data).unwrap(), places);
            let mut bad = data.clone();
            bad[flip.index(data.len())] ^= 4;
            prop_assert!(decode(0, &bad).is_err());
        }
    }
}
