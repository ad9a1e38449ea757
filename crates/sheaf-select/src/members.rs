//! The codec of sets of assets: one blob for each chunk that has any member.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::chunk_set::{Bits, RowSet, WORDS, join, split};
use crate::codec::{seal, unseal};
use crate::{CHUNK, SelectError};

/// The members within one chunk, as they are stored: `members(batch, chunk, count, data)`.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberBlob {
    pub chunk: u32,
    pub count: u32,
    pub data: Vec<u8>,
}

const FULL: u8 = 0;
/// First row and length less one of each run.
const RUNS: u8 = 1;
const ROWS: u8 = 2;
const WORD_BITS: u8 = 3;

/// The blobs of a set, in chunk order: 6 bytes for a full chunk, at most 8,198 for any.
pub fn encode(members: &RoaringBitmap) -> Vec<MemberBlob> {
    let chunks = split(members).into_iter();
    chunks.map(|(chunk, rows)| MemberBlob { chunk, count: rows.count(), data: seal(body(&rows)) }).collect()
}

fn body(rows: &RowSet) -> Vec<u8> {
    let bits = match rows {
        RowSet::Full => return vec![FULL],
        RowSet::Empty => return vec![ROWS],
        RowSet::Bits(bits) => bits,
    };
    let mut runs: Vec<(u16, u16)> = Vec::new();
    let mut count = 0usize;
    let mut last = None;
    bits.for_each(|row| {
        count += 1;
        if last.is_some_and(|l| l + 1 == row) {
            if let Some(run) = runs.last_mut() {
                run.1 += 1;
            }
        } else if runs.len() <= WORDS * 2 {
            runs.push((row as u16, 0));
        }
        last = Some(row);
    });
    if count == CHUNK as usize {
        return vec![FULL];
    }
    let mut out;
    if runs.len() * 4 <= (count * 2).min(WORDS * 8) {
        out = vec![RUNS];
        for (from, more) in runs {
            out.extend_from_slice(&from.to_le_bytes());
            out.extend_from_slice(&more.to_le_bytes());
        }
    } else if count * 2 <= WORDS * 8 {
        out = vec![ROWS];
        bits.for_each(|row| out.extend_from_slice(&(row as u16).to_le_bytes()));
    } else {
        out = vec![WORD_BITS];
        bits.words().iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    }
    out
}

/// The union of any blobs, of one set or of many, in any order. Nothing gives the empty set.
pub fn decode<'a>(blobs: impl IntoIterator<Item = (u32, &'a [u8])>) -> Result<RoaringBitmap, SelectError> {
    let mut chunks: BTreeMap<u32, RowSet> = BTreeMap::new();
    for (chunk, data) in blobs {
        if chunk > u32::MAX / CHUNK {
            return Err(SelectError::DamagedMembers { chunk, what: "there is no such chunk" });
        }
        let rows = chunks.entry(chunk).or_insert(RowSet::Empty);
        unseal(data)
            .and_then(|body| add(body, rows))
            .map_err(|what| SelectError::DamagedMembers { chunk, what })?;
    }
    Ok(join(chunks))
}

fn add(body: &[u8], rows: &mut RowSet) -> Result<(), &'static str> {
    let (&tag, body) = body.split_first().ok_or("it is cut short")?;
    if tag == FULL {
        *rows = RowSet::Full;
        return if body.is_empty() { Ok(()) } else { Err("something follows its end") };
    }
    let le16 = |b: &[u8]| u32::from(u16::from_le_bytes([b[0], b[1]]));
    let mut bits = match std::mem::replace(rows, RowSet::Empty) {
        RowSet::Bits(bits) => bits,
        RowSet::Empty => Bits::default(),
        RowSet::Full => {
            *rows = RowSet::Full;
            return Ok(());
        }
    };
    match tag {
        RUNS if body.len() % 4 == 0 => {
            for run in body.chunks_exact(4) {
                let until = le16(run) + le16(&run[2..]) + 1;
                if until > CHUNK {
                    return Err("a run goes beyond the chunk");
                }
                bits.set_range(le16(run), until);
            }
        }
        ROWS if body.len() % 2 == 0 => body.chunks_exact(2).for_each(|row| bits.set(le16(row))),
        WORD_BITS if body.len() == WORDS * 8 => {
            for (word, bytes) in bits.words_mut().iter_mut().zip(body.chunks_exact(8)) {
                *word |= u64::from_le_bytes(bytes.try_into().unwrap_or_default());
            }
        }
        _ => return Err("its form is unknown"),
    }
    *rows = RowSet::of(bits);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blobs(blobs: &[MemberBlob]) -> impl Iterator<Item = (u32, &[u8])> {
        blobs.iter().map(|b| (b.chunk, b.data.as_slice()))
    }

    #[test]
    fn a_batch_of_everything_is_small() {
        let mut all = RoaringBitmap::new();
        all.insert_range(0..10_000_000);
        let encoded = encode(&all);
        assert_eq!(encoded.len(), 153);
        assert!(encoded.iter().map(|b| b.data.len()).sum::<usize>() < 1000);
        assert_eq!(encoded.iter().map(|b| u64::from(b.count)).sum::<u64>(), 10_000_000);
        assert_eq!(decode(blobs(&encoded)).unwrap(), all);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn encoding_is_undone_and_decoding_unites(
            a in proptest::collection::btree_set(0u32..200_000, 0..500),
            b in proptest::collection::vec((0u32..200_000, 1u32..40_000, 1usize..4), 0..4),
            cut in any::<prop::sample::Index>(),
            flip in any::<prop::sample::Index>(),
        ) {
            let a: RoaringBitmap = a.into_iter().collect();
            let b: RoaringBitmap = b.into_iter().flat_map(|(from, n, step)| (from..from + n).step_by(step)).collect();
            let (ea, eb) = (encode(&a), encode(&b));
            prop_assert_eq!(decode(blobs(&ea)).unwrap(), a.clone());
            prop_assert_eq!(decode(blobs(&eb).chain(blobs(&ea))).unwrap(), a | b);
            for blob in ea.iter().chain(&eb) {
                prop_assert!(decode([(blob.chunk, &blob.data[..cut.index(blob.data.len())])]).is_err());
                let mut bad = blob.data.clone();
                let at = flip.index(bad.len());
                bad[at] ^= 0x10;
                prop_assert!(decode([(blob.chunk, bad.as_slice())]).is_err());
            }
        }

        /// Bytes with a right checksum but any content never panic.
        #[test]
        fn any_body_is_an_answer_or_an_error(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            crate::fuzzing::members(&body);
        }
    }
}
