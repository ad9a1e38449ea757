//! The random numbers that picks are decided by: the same on every machine and for ever.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The key stream of ChaCha8 (nonce and counter zero), read as little-endian 64-bit integers. The key is the seed as 8
/// little-endian bytes, then the purpose in 20 bytes, then a number as 4 little-endian bytes.
pub(crate) struct Stream {
    rng: ChaCha8Rng,
    buffer: [u8; 4096],
    at: usize,
}

impl Stream {
    pub fn new(purpose: &[u8; 20], seed: u64, number: u32) -> Stream {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..28].copy_from_slice(purpose);
        key[28..].copy_from_slice(&number.to_le_bytes());
        Stream { rng: ChaCha8Rng::from_seed(key), buffer: [0; 4096], at: 4096 }
    }

    pub fn next(&mut self) -> u64 {
        if self.at == self.buffer.len() {
            self.rng.fill_bytes(&mut self.buffer);
            self.at = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.buffer[self.at..self.at + 8]);
        self.at += 8;
        u64::from_le_bytes(bytes)
    }

    /// A number below the bound, each equally likely (Lemire).
    pub fn below(&mut self, bound: u64) -> u64 {
        loop {
            let product = u128::from(self.next()) * u128::from(bound);
            let low = product as u64;
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }
}
