//! Reading and writing of small integers, bit-packed arrays and compressed byte strings, with every length checked.

use std::borrow::Cow;

/// Why bytes could not be read.
type Damage = &'static str;

#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub fn byte(&mut self, b: u8) {
        self.0.push(b);
    }

    pub fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.0.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.0.push(v as u8);
    }

    pub fn signed(&mut self, v: i64) {
        self.varint(((v << 1) ^ (v >> 63)) as u64);
    }

    pub fn f64(&mut self, v: f64) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    /// Bytes with their length, compressed when that makes them a tenth smaller.
    pub fn squeezed(&mut self, bytes: &[u8]) {
        self.varint(bytes.len() as u64);
        let small = if bytes.len() < 64 { Vec::new() } else { lz4_flex::block::compress(bytes) };
        if !small.is_empty() && small.len() < bytes.len() - bytes.len() / 10 {
            self.varint(small.len() as u64);
            self.0.extend_from_slice(&small);
        } else {
            self.varint(0);
            self.0.extend_from_slice(bytes);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Damage> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or("it is cut short")?;
        self.rest = rest;
        Ok(head)
    }

    pub fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.take(1)?[0])
    }

    pub fn varint(&mut self) -> Result<u64, Damage> {
        let mut v = 0u64;
        for shift in (0..56).step_by(7) {
            let b = self.byte()?;
            v |= u64::from(b & 0x7F) << shift;
            if b < 0x80 {
                return Ok(v);
            }
        }
        Err("a number in it is too long")
    }

    pub fn signed(&mut self) -> Result<i64, Damage> {
        let v = self.varint()?;
        Ok((v >> 1) as i64 ^ -((v & 1) as i64))
    }

    /// A length of at most `max`.
    pub fn length(&mut self, max: usize) -> Result<usize, Damage> {
        let n = self.varint()?;
        if n > max as u64 { Err("a length in it is out of bounds") } else { Ok(n as usize) }
    }

    pub fn f64(&mut self) -> Result<f64, Damage> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(f64::from_le_bytes(bytes))
    }

    /// What [`Writer::squeezed`] wrote, of at most `max` bytes (and never more than its compressed form can hold).
    pub fn squeezed(&mut self, max: usize) -> Result<Cow<'a, [u8]>, Damage> {
        let n = self.length(max.max(8))?;
        match self.length(usize::MAX)? {
            0 => Ok(Cow::Borrowed(self.take(n)?)),
            small => {
                let small = self.take(small)?;
                if n > small.len().saturating_mul(256) {
                    return Err("a length in it is out of bounds");
                }
                match lz4_flex::block::decompress(small, n) {
                    Ok(bytes) if bytes.len() == n => Ok(Cow::Owned(bytes)),
                    _ => Err("it does not decompress"),
                }
            }
        }
    }
}

/// Bits that a number needs.
pub(crate) fn bits_for(max: u64) -> u32 {
    64 - max.leading_zeros()
}

/// `n` numbers of `width` bits each (at most 56), least bits first.
pub(crate) fn pack(values: impl Iterator<Item = u64>, n: usize, width: u32) -> Vec<u8> {
    let size = packed_size(n, width);
    let mut bytes = Vec::with_capacity(size + 8);
    let (mut buffer, mut filled) = (0u64, 0);
    for v in values {
        buffer |= v << filled;
        filled += width;
        while filled >= 8 {
            bytes.push(buffer as u8);
            buffer >>= 8;
            filled -= 8;
        }
    }
    if filled > 0 {
        bytes.push(buffer as u8);
    }
    bytes
}

fn packed_size(n: usize, width: u32) -> usize {
    (n * width as usize).div_ceil(8)
}

pub(crate) fn unpack(bytes: &[u8], n: usize, width: u32) -> Result<Vec<u64>, Damage> {
    unpack_as(bytes, n, width, |v| v)
}

/// The numbers, each turned into something else at once.
#[inline]
pub(crate) fn unpack_as<T>(
    bytes: &[u8],
    n: usize,
    width: u32,
    as_t: impl Fn(u64) -> T,
) -> Result<Vec<T>, Damage> {
    if width > 56 || bytes.len() != packed_size(n, width) {
        return Err("its packed numbers are not as many as they should be");
    }
    let (mask, width) = ((1u64 << width) - 1, width as usize);
    let mut values = Vec::with_capacity(n);
    // Eight bytes at a time as long as they are there; the last few numbers out of a copy with zeros after it.
    let whole = if width == 0 || bytes.len() < 8 { 0 } else { (((bytes.len() - 8) * 8) / width + 1).min(n) };
    values.extend((0..whole).map(|i| {
        let bit = i * width;
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[bit / 8..bit / 8 + 8]);
        as_t((u64::from_le_bytes(word) >> (bit % 8)) & mask)
    }));
    let start = whole * width / 8;
    let mut rest = bytes.get(start..).unwrap_or(&[]).to_vec();
    rest.resize(rest.len() + 8, 0);
    values.extend((whole..n).map(|i| {
        let bit = i * width - start * 8;
        let mut word = [0; 8];
        word.copy_from_slice(&rest[bit / 8..bit / 8 + 8]);
        as_t((u64::from_le_bytes(word) >> (bit % 8)) & mask)
    }));
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn packing_is_undone(values in proptest::collection::vec(any::<u64>(), 0..200), width in 0u32..=56) {
            let values: Vec<u64> = values.into_iter().map(|v| v & ((1 << width) - 1)).collect();
            let bytes = pack(values.iter().copied(), values.len(), width);
            prop_assert_eq!(unpack(&bytes, values.len(), width).unwrap(), values);
        }

        #[test]
        fn integers_are_undone(v in -(1i64 << 54)..(1i64 << 54)) {
            let mut w = Writer::default();
            w.signed(v);
            prop_assert_eq!(Reader::new(&w.into_bytes()).signed().unwrap(), v);
        }

        #[test]
        fn compression_is_undone(bytes in proptest::collection::vec(0u8..4, 0..500)) {
            let mut w = Writer::default();
            w.squeezed(&bytes);
            let written = w.into_bytes();
            prop_assert_eq!(Reader::new(&written).squeezed(500).unwrap().into_owned(), bytes);
            prop_assert!(written.len() < 2 || Reader::new(&written[..written.len() - 1]).squeezed(500).is_err());
        }
    }
}
