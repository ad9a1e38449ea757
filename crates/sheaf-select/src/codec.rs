//! Blocks as bytes: `version, crc32 of the rest, rows, groups`. Whatever is read is checked; a damaged block is an error
//! and decoding takes no more memory than the lengths in a block with the right checksum and bounds can ask for.

use crate::column::{Coded, Codes, Column, Dict, Numbers, PlainTexts, Rows};
use crate::facts::MAX_VALUES;
use crate::text::Texts;
use crate::wire::{Reader, Writer, bits_for, pack, unpack, unpack_as};
use crate::{CHUNK, FieldKey, SelectError};

const VERSION: u8 = 1;
const CODED: u8 = 1;
const NUMBERS: u8 = 2;
const TIMES: u8 = 4;
const TEXTS: u8 = 8;
/// Entries that one group can have at all.
const MAX_ENTRIES: usize = CHUNK as usize * MAX_VALUES;
const MAX_TEXT: usize = 1 << 30;

/// Why bytes are not a block.
type Damage = &'static str;

pub(crate) fn encode(column: &Column) -> Vec<u8> {
    let mut w = Writer::default();
    w.varint(u64::from(column.first));
    w.varint(u64::from(column.len));
    let flag = |present: bool, bit: u8| if present { bit } else { 0 };
    w.byte(
        flag(column.coded.is_some(), CODED)
            | flag(column.numbers.is_some(), NUMBERS)
            | flag(column.times.is_some(), TIMES)
            | flag(column.texts.is_some(), TEXTS),
    );
    if let Some(c) = &column.coded {
        write_coded(&mut w, c);
    }
    if let Some(n) = &column.numbers {
        write_numbers(&mut w, n);
    }
    if let Some(n) = &column.times {
        write_numbers(&mut w, n);
    }
    if let Some(t) = &column.texts {
        write_texts(&mut w, t);
    }
    seal(w.into_bytes())
}

/// Puts the version and the checksum in front.
pub(crate) fn seal(body: Vec<u8>) -> Vec<u8> {
    let mut data = Vec::with_capacity(body.len() + 5);
    data.push(VERSION);
    data.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    data.extend_from_slice(&body);
    data
}

/// Takes the version and the checksum off.
pub(crate) fn unseal(data: &[u8]) -> Result<&[u8], Damage> {
    let [version, a, b, c, d, body @ ..] = data else { return Err("it is cut short") };
    if *version != VERSION {
        return Err("its version is unknown");
    }
    if crc32fast::hash(body) != u32::from_le_bytes([*a, *b, *c, *d]) {
        return Err("its checksum does not fit");
    }
    Ok(body)
}

pub(crate) fn decode(field: &FieldKey, chunk: u32, data: &[u8]) -> Result<Column, SelectError> {
    unseal(data).and_then(decode_body).map_err(|what| SelectError::block(field, chunk, what))
}

/// Decodes what [`seal`] protected; every length is checked again.
pub(crate) fn decode_body(body: &[u8]) -> Result<Column, Damage> {
    let mut r = Reader::new(body);
    let (first, len) = (r.varint()?, r.varint()?);
    if len == 0 || first + len > u64::from(CHUNK) || first > u64::from(CHUNK) {
        return Err("its rows are not within a chunk");
    }
    let (first, len) = (first as u32, len as u32);
    let flags = r.byte()?;
    let coded = (flags & CODED != 0).then(|| read_coded(&mut r, first, len)).transpose()?;
    let numbers = (flags & NUMBERS != 0).then(|| read_numbers(&mut r, first, len)).transpose()?;
    let times = (flags & TIMES != 0).then(|| read_numbers(&mut r, first, len)).transpose()?;
    let texts = (flags & TEXTS != 0).then(|| read_texts(&mut r, first, len)).transpose()?;
    if !r.is_at_end() {
        return Err("something follows its end");
    }
    if flags == 0 || flags > 15 {
        return Err("its groups are unknown");
    }
    Ok(Column::new(first, len, coded, numbers, times, texts))
}

fn write_rows(w: &mut Writer, rows: &Rows, n: usize) {
    match rows {
        Rows::Dense => w.byte(0),
        Rows::List(rows) => {
            w.byte(1);
            w.varint(n as u64);
            let mut deltas = Writer::default();
            let mut last = 0;
            for &row in rows {
                deltas.varint(u64::from(row - last));
                last = row;
            }
            w.squeezed(&deltas.into_bytes());
        }
    }
}

/// The rows and how many entries there are.
fn read_rows(r: &mut Reader<'_>, first: u32, len: u32) -> Result<(Rows, usize), Damage> {
    if r.byte()? == 0 {
        return Ok((Rows::Dense, len as usize));
    }
    let n = r.length(MAX_ENTRIES)?;
    let bytes = r.squeezed(n * 3)?;
    let mut deltas = Reader::new(&bytes);
    let mut rows = Vec::with_capacity(n.min(bytes.len()));
    let mut row = 0;
    for _ in 0..n {
        row += deltas.varint()?;
        if row < u64::from(first) || row >= u64::from(first + len) {
            return Err("a row is not within its range");
        }
        rows.push(row as u16);
    }
    if n == 0 || !deltas.is_at_end() {
        return Err("its rows are not as many as they should be");
    }
    Ok((Rows::List(rows), n))
}

fn write_texts_body(w: &mut Writer, texts: &Texts) {
    let lengths: Vec<u64> = texts.lengths().map(u64::from).collect();
    let min = lengths.iter().copied().min().unwrap_or(0);
    let width = bits_for(lengths.iter().copied().max().unwrap_or(0) - min);
    w.varint(min);
    w.byte(width as u8);
    w.squeezed(&pack(lengths.iter().map(|l| l - min), lengths.len(), width));
    w.squeezed(texts.blob().as_bytes());
}

fn read_texts_body(r: &mut Reader<'_>, n: usize) -> Result<Texts, Damage> {
    let min = r.varint()?;
    let width = u32::from(r.byte()?);
    if min > MAX_TEXT as u64 || width > 31 {
        return Err("a text is too long");
    }
    let packed = r.squeezed(n * 4)?;
    let lengths = unpack(&packed, n, width)?;
    let blob = String::from_utf8(r.squeezed(MAX_TEXT)?.into_owned()).map_err(|_| "its text is not UTF-8")?;
    Texts::new(blob, lengths.into_iter().map(|l| (l + min) as u32)).ok_or("its text does not fit its lengths")
}

fn write_coded(w: &mut Writer, c: &Coded) {
    let d = &c.dict;
    w.byte(d.bools.iter().fold(0, |bits, b| bits | 1 << u8::from(*b)));
    w.varint(d.numbers.len() as u64);
    w.varint(d.times.len() as u64);
    w.varint(d.texts.len() as u64);
    d.numbers.iter().chain(&d.times).for_each(|v| w.f64(*v));
    write_texts_body(w, &d.texts);
    write_rows(w, &c.rows, c.codes.len());
    let base = u64::from(c.counts[0] == 0);
    w.byte(base as u8);
    let codes: Vec<u64> = (0..c.codes.len()).map(|i| c.codes.get(i) as u64 - base).collect();
    w.squeezed(&pack(codes.iter().copied(), codes.len(), bits_for(d.len() as u64 - base)));
}

fn read_coded(r: &mut Reader<'_>, first: u32, len: u32) -> Result<Coded, Damage> {
    let max = usize::from(u16::MAX);
    let bools = r.byte()?;
    let (n_numbers, n_times, n_texts) = (r.length(max)?, r.length(max)?, r.length(max)?);
    let mut read = |n: usize| (0..n).map(|_| r.f64()).collect::<Result<Vec<f64>, Damage>>();
    let (numbers, times) = (read(n_numbers)?, read(n_times)?);
    let sorted = |values: &[f64]| values.is_sorted_by(|a, b| a < b) && values.iter().all(|v| !v.is_nan());
    let texts = read_texts_body(r, n_texts)?;
    let texts_sorted =
        (1..n_texts).all(|i| (texts.folded(i - 1), texts.get(i - 1)) < (texts.folded(i), texts.get(i)));
    if !sorted(&numbers) || !sorted(&times) || !texts_sorted {
        return Err("its dictionary is not sorted");
    }
    let bools = [false, true].into_iter().filter(|b| bools >> u8::from(*b) & 1 == 1).collect();
    let dict = Dict { bools, numbers, times, texts, ..Dict::default() };
    let (rows, n) = read_rows(r, first, len)?;
    let base = u64::from(r.byte()?);
    let n_codes = dict.len() as u64;
    if n_codes == 0 || n_codes > max as u64 || base > 1 {
        return Err("its dictionary does not fit its codes");
    }
    let width = bits_for(n_codes - base);
    let packed = r.squeezed(n * 2)?;
    // Cut to the type's greatest value, which is in the dictionary only when it is full.
    let (codes, max) = if n_codes <= u64::from(u8::MAX) {
        let codes = unpack_as(&packed, n, width, |c| (c + base).min(255) as u8)?;
        let max = codes.iter().copied().max().map_or(0, u64::from);
        (Codes::U8(codes), max)
    } else {
        let codes = unpack_as(&packed, n, width, |c| (c + base).min(65_535) as u16)?;
        let max = codes.iter().copied().max().map_or(0, u64::from);
        (Codes::U16(codes), max)
    };
    if max > n_codes {
        return Err("a code is not in its dictionary");
    }
    Ok(Coded::new(dict, rows, codes))
}

fn write_texts(w: &mut Writer, t: &PlainTexts) {
    write_rows(w, &t.rows, t.texts.len());
    w.varint(u64::from(t.distinct));
    w.byte(u8::from(t.has_times));
    w.varint(u64::from(t.min));
    w.varint(u64::from(t.max));
    write_texts_body(w, &t.texts);
}

fn read_texts(r: &mut Reader<'_>, first: u32, len: u32) -> Result<PlainTexts, Damage> {
    let (rows, n) = read_rows(r, first, len)?;
    let distinct = r.length(n)? as u32;
    let has_times = r.byte()? != 0;
    let (min, max) = (r.length(n - 1)? as u32, r.length(n - 1)? as u32);
    let texts = read_texts_body(r, n)?;
    Ok(PlainTexts { rows, texts, distinct, has_times, min, max, times: Default::default() })
}

/// Numbers as integers times a power of ten, as differences of such, or as they are.
fn write_numbers(w: &mut Writer, n: &Numbers) {
    write_rows(w, &n.rows, n.values.len());
    w.varint(u64::from(n.distinct));
    w.byte(u8::from(n.missing));
    let values: Vec<f64> = n.values.iter().copied().filter(|v| !v.is_nan()).collect();
    if n.missing {
        let present = n.values.iter().map(|v| u64::from(!v.is_nan()));
        w.squeezed(&pack(present, n.values.len(), 1));
        w.varint(values.len() as u64);
    }
    let Some((scale, integers)) = as_integers(&values) else {
        w.byte(RAW);
        // Equal bytes of neighbours together, so that signs and exponents compress.
        let mut bytes = Vec::with_capacity(values.len() * 8);
        for i in 0..8 {
            bytes.extend(values.iter().map(|v| v.to_le_bytes()[i]));
        }
        w.squeezed(&bytes);
        return;
    };
    let (min, width) = span(integers.iter().copied());
    let (min_step, step_width) = span(integers.windows(2).map(|w| w[1] - w[0]));
    w.byte(if step_width + 2 < width { STEPS } else { INTEGERS });
    w.byte(scale);
    if step_width + 2 < width {
        w.signed(integers.first().copied().unwrap_or(0));
        w.signed(min_step);
        w.byte(step_width as u8);
        let steps = integers.windows(2).map(|w| (w[1] - w[0] - min_step) as u64);
        w.squeezed(&pack(steps, integers.len().saturating_sub(1), step_width));
    } else {
        w.signed(min);
        w.byte(width as u8);
        w.squeezed(&pack(integers.iter().map(|v| (v - min) as u64), integers.len(), width));
    }
}

const RAW: u8 = 0;
const INTEGERS: u8 = 1;
const STEPS: u8 = 2;

/// The least of the values and the bits that the rest above it needs.
fn span(values: impl Iterator<Item = i64> + Clone) -> (i64, u32) {
    let (min, max) = (values.clone().min().unwrap_or(0), values.max().unwrap_or(0));
    (min, bits_for((max - min) as u64))
}

/// Below this, sums and differences of the integers are far from overflow and exact in a float.
const MAX_INTEGER: f64 = 1e15;

/// All the values as `integer / 10^scale`, when that gives back exactly the same floats.
fn as_integers(values: &[f64]) -> Option<(u8, Vec<i64>)> {
    (0..=6u8).find_map(|scale| {
        let power = 10f64.powi(i32::from(scale));
        let integer = |v: f64| {
            let scaled = (v * power).round();
            (scaled.abs() <= MAX_INTEGER && (scaled / power).to_bits() == v.to_bits())
                .then_some(scaled as i64)
        };
        Some((scale, values.iter().map(|v| integer(*v)).collect::<Option<Vec<i64>>>()?))
    })
}

fn read_numbers(r: &mut Reader<'_>, first: u32, len: u32) -> Result<Numbers, Damage> {
    let (rows, n) = read_rows(r, first, len)?;
    let distinct = r.length(n)? as u32;
    let missing = r.byte()? != 0;
    let present = if missing { Some(unpack(&r.squeezed(n)?, n, 1)?) } else { None };
    let n_values = if missing { r.length(n)? } else { n };
    let values = read_values(r, n_values)?;
    let values = match present {
        None => values,
        Some(present) => {
            let mut next = values.iter();
            let all: Vec<f64> = present
                .iter()
                .map(|p| if *p == 1 { next.next().copied().unwrap_or(f64::NAN) } else { f64::NAN })
                .collect();
            if next.next().is_some() || present.iter().filter(|p| **p == 1).count() != n_values {
                return Err("its numbers are not as many as they should be");
            }
            all
        }
    };
    Ok(Numbers::new(rows, values, distinct))
}

fn read_values(r: &mut Reader<'_>, n: usize) -> Result<Vec<f64>, Damage> {
    let mode = r.byte()?;
    if mode == RAW {
        let bytes = r.squeezed(n * 8)?;
        if bytes.len() != n * 8 {
            return Err("its numbers are not as many as they should be");
        }
        let mut values = vec![[0u8; 8]; n];
        for (i, plane) in bytes.chunks_exact(n.max(1)).enumerate() {
            values.iter_mut().zip(plane).for_each(|(v, b)| v[i & 7] = *b);
        }
        return Ok(values.into_iter().map(f64::from_le_bytes).collect());
    }
    let scale = r.byte()?;
    if scale > 6 || !(mode == INTEGERS || mode == STEPS) {
        return Err("its numbers are in an unknown form");
    }
    let power = 10f64.powi(i32::from(scale));
    let start = r.signed()?;
    let float = |v: i64| v as f64 / power;
    if mode == INTEGERS {
        let width = u32::from(r.byte()?);
        let packed = r.squeezed(n * 8)?;
        return unpack_as(&packed, n, width, |v| float(start.wrapping_add(v as i64)));
    }
    let min_step = r.signed()?;
    let width = u32::from(r.byte()?);
    let packed = r.squeezed(n * 8)?;
    let steps = unpack(&packed, n.saturating_sub(1), width)?;
    let mut at = start;
    let mut values = Vec::with_capacity(n);
    if n > 0 {
        values.push(float(at));
    }
    for step in steps {
        at = at.wrapping_add(min_step).wrapping_add(step as i64);
        values.push(float(at));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetFacts, ChunkBuilder, Value};
    use proptest::prelude::*;

    /// A field's JSON values of consecutive assets, of shapes that lead to every form of a column.
    fn values() -> impl Strategy<Value = Vec<String>> {
        let one = prop_oneof![
            Just("null".to_string()),
            any::<bool>().prop_map(|b| b.to_string()),
            (-3i32..300).prop_map(|n| n.to_string()),
            "[a-zA-Z é]{0,6}".prop_map(|t| format!("{t:?}")),
            Just("\"2026-11-20\"".to_string()),
            proptest::collection::vec(0u32..9, 0..4).prop_map(|v| format!("{v:?}")),
        ];
        let mixed = proptest::collection::vec(one, 1..60);
        let many = |n: usize, seed: u64, f: fn(u64) -> String| -> Vec<String> {
            (0..n as u64).map(|i| f((i + 1).wrapping_mul(seed | 1) >> 7)).collect()
        };
        let forms: [fn(u64) -> String; 6] = [
            |x| format!("{}", x as f64 / 3e12),
            |x| format!("{}.{}", x % 900, x % 1000),
            |x| format!("{}", x % 5_000_000),
            |x| format!("\"Text {x}\""),
            |x| format!("[{}, \"t{}\", {}]", x % 1000, x % 2000, x % 999_999),
            |x| if x % 3 == 0 { "null".into() } else { format!("{}", x % 777_777) },
        ];
        let large = (280usize..700, any::<u64>(), 0..forms.len())
            .prop_map(move |(n, seed, f)| many(n, seed, forms[f]));
        prop_oneof![mixed, large]
    }

    fn block(values: &[String]) -> Option<(FieldKey, Vec<u8>)> {
        let mut builder = ChunkBuilder::new(0);
        for (i, value) in values.iter().enumerate() {
            let metadata = format!("{{\"f\":{value}}}").into();
            builder.push(&AssetFacts { ordinal: i as u32, metadata, ..AssetFacts::default() }).unwrap();
        }
        let found = builder.finish().unwrap().into_iter().find(|b| b.field == FieldKey::meta("f"));
        found.map(|b| (b.field, b.data))
    }

    fn rows(column: &Column) -> Vec<Vec<Value>> {
        (column.first..column.first + column.len).map(|row| column.values_of(row)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_block_gives_back_the_values(values in values()) {
            let Some((field, data)) = block(&values) else { return Ok(()) };
            let column = decode(&field, 0, &data).unwrap();
            for (i, row) in rows(&column).into_iter().enumerate() {
                let metadata = format!("{{\"f\":{}}}", values[i]).into();
                let facts = AssetFacts { metadata, ..AssetFacts::default() };
                let want = crate::patch::indexed_values(&facts).unwrap().remove(&field).unwrap_or_default();
                prop_assert_eq!(row, want);
            }
            prop_assert_eq!(encode(&column), data, "encoding is the same for ever");
        }

        #[test]
        fn a_damaged_block_is_an_error(values in values(), at in any::<prop::sample::Index>(), flip in 1u8..) {
            let Some((field, data)) = block(&values) else { return Ok(()) };
            prop_assert!(decode(&field, 0, &data[..at.index(data.len())]).is_err());
            let mut bad = data.clone();
            let at = at.index(bad.len());
            bad[at] ^= flip;
            prop_assert!(decode(&field, 0, &bad).is_err());
        }

        /// With the checksum put right, damage may go unseen, but nothing panics, neither decoding nor use.
        #[test]
        fn a_forged_block_never_panics(
            values in values(),
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in proptest::option::of(any::<prop::sample::Index>()),
        ) {
            let Some((_, data)) = block(&values) else { return Ok(()) };
            let mut body = data[5..].to_vec();
            for (at, byte) in damage {
                let at = at.index(body.len());
                body[at] = byte;
            }
            if let Some(cut) = cut {
                body.truncate(cut.index(body.len()));
            }
            crate::fuzzing::block(&body);
        }
    }
}
