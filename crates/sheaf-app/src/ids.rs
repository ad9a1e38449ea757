//! New ids and secrets, from the operating system's random source.

use sheaf_model::Millis;

use crate::{Error, Result};

/// Random bits behind the milliseconds of an id.
const RANDOM_BITS: u32 = 21;

/// `N` random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|error| Error::internal(format!("no random numbers: {error}")))?;
    Ok(out)
}

/// A new time-ordered row id: 42 bits of milliseconds, 21 random bits.
pub fn row_id(now: Millis) -> Result<i64> {
    let random = i64::from(u32::from_be_bytes(random::<4>()?) >> (32 - RANDOM_BITS));
    Ok(((now & ((1 << 42) - 1)) << RANDOM_BITS) | random)
}

/// A secret for a link, a cookie or a key: 256 random bits as text.
pub fn secret() -> Result<String> {
    Ok(sheaf_model::id::encode(&random::<32>()?))
}

/// A seed that JavaScript holds exactly.
pub fn seed() -> Result<u64> {
    Ok(u64::from_be_bytes(random::<8>()?) & sheaf_model::pick::SEED_MAX)
}
