//! COCO's masks: the box around a run-length encoding (`rleFrString` and `rleToBbox` in `common/maskApi.c` of pycocotools).
//!
//! Pixels are counted column by column; `counts` are the lengths of runs that are outside and inside in turn, outside first. As a
//! text each length is written in pieces of five bits, the lowest first, as the character of 48 plus the piece, with 32 more when
//! others follow and the sign in the last; from the fourth on it is the difference to the length before the last one.

use serde_json::Value;

use crate::Result;
use crate::json::At;

/// Runs of one mask that is written as a text.
const RUNS_MAX: usize = 4_000_000;
/// Pieces of five bits in a length: no mask has more than 10^12 pixels.
const PIECES_MAX: u32 = 9;

/// `[left, top, width, height]` around what is inside; `None` when nothing is.
pub(crate) fn bounds(counts: &At<'_>, height: u32, width: u32) -> Result<Option<[f64; 4]>> {
    let all: Vec<u64> = match counts.value {
        Value::String(text) => lengths(text).ok_or_else(|| {
            let message = format!("is no run-length encoding of up to {RUNS_MAX} runs");
            counts.error(message, "correct the file")
        })?,
        _ => counts.items()?.map(|at| at.integer()).collect::<Result<_>>()?,
    };
    let (height, pixels) = (u64::from(height), u64::from(height) * u64::from(width));
    // First and last row and column.
    let mut found: Option<([u64; 2], [u64; 2])> = None;
    let mut at = 0u64;
    for (n, length) in all.into_iter().enumerate() {
        let end = at.saturating_add(length);
        if end > pixels {
            let message = format!("has more than the {pixels} pixels of its `size`");
            return Err(counts.error(message, "is `size` height, then width? correct the file"));
        }
        if n % 2 == 1 && length > 0 {
            let (first, last) = (at / height, (end - 1) / height);
            // What goes on in the next column has touched the lower edge and the upper one.
            let rows = if first == last { [at % height, (end - 1) % height] } else { [0, height - 1] };
            let (ys, xs) = found.unwrap_or((rows, [first, last]));
            found = Some(([ys[0].min(rows[0]), ys[1].max(rows[1])], [xs[0].min(first), xs[1].max(last)]));
        }
        at = end;
    }
    let sides = found.map(|(ys, xs)| [xs[0], ys[0], xs[1] - xs[0] + 1, ys[1] - ys[0] + 1]);
    Ok(sides.map(|sides| sides.map(|pixels| pixels as f64)))
}

/// The lengths that a text stands for.
fn lengths(text: &str) -> Option<Vec<u64>> {
    let mut out: Vec<i64> = Vec::new();
    let (mut length, mut pieces) = (0i64, 0u32);
    for byte in text.bytes() {
        let piece = i64::from(byte.checked_sub(48).filter(|piece| *piece < 64)?);
        if pieces == PIECES_MAX || out.len() == RUNS_MAX {
            return None;
        }
        length |= (piece & 31) << (5 * pieces);
        pieces += 1;
        if piece & 32 == 0 {
            if piece & 16 != 0 {
                length |= -1 << (5 * pieces);
            }
            if let Some(before) = out.len().checked_sub(2).filter(|_| out.len() > 2) {
                length = length.checked_add(out[before])?;
            }
            out.push(length);
            (length, pieces) = (0, 0);
        }
    }
    if pieces > 0 {
        return None;
    }
    out.into_iter().map(|length| u64::try_from(length).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As `rleToString` writes.
    fn written(lengths: &[u64]) -> String {
        let mut out = String::new();
        for (i, length) in lengths.iter().enumerate() {
            let mut x = *length as i64 - if i > 2 { lengths[i - 2] as i64 } else { 0 };
            loop {
                let piece = x & 31;
                x >>= 5;
                let more = if piece & 16 != 0 { x != -1 } else { x != 0 };
                out.push(char::from(48 + piece as u8 + if more { 32 } else { 0 }));
                if !more {
                    break;
                }
            }
        }
        out
    }

    fn of(counts: &Value, height: u32, width: u32) -> Result<Option<[f64; 4]>> {
        bounds(&At::record("a", 1, counts), height, width)
    }

    #[test]
    fn a_mask_has_a_box() {
        // 4 high, 5 wide; the rows 1 and 2 of the columns 2 and 3.
        let counts = [9, 2, 2, 2, 5];
        let wanted = Some([2.0, 1.0, 2.0, 2.0]);
        assert_eq!(of(&json!(counts), 4, 5).unwrap(), wanted);
        assert_eq!(of(&json!(written(&counts)), 4, 5).unwrap(), wanted);
        // From the last pixel of a column to the first of the next one.
        assert_eq!(of(&json!([3, 2, 15]), 4, 5).unwrap(), Some([0.0, 0.0, 2.0, 4.0]));
        assert_eq!(of(&json!([0, 20]), 4, 5).unwrap(), Some([0.0, 0.0, 5.0, 4.0]));
        for nothing in [json!([]), json!([20]), json!([5, 0, 15]), json!("")] {
            assert_eq!(of(&nothing, 4, 5).unwrap(), None, "{nothing}");
        }
        // Written out by hand: 9, 2, 2, then the differences 0 and 3.
        assert_eq!(written(&counts), "92203");
    }

    #[test]
    fn what_is_no_encoding_is_refused() {
        let bad = [json!([21]), json!([0, 9, 12]), json!([0, -1]), json!([0, 1.5]), json!({}), json!(7)];
        let texts = ["é", " ", "P", "O", "ooooooooooo0"].map(Value::from);
        for counts in bad.iter().chain(&texts) {
            assert!(of(counts, 4, 5).is_err(), "{counts}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_box_is_that_of_the_pixels(
            pixels in proptest::collection::vec(proptest::bool::weighted(0.2), 42),
        ) {
            let (height, width) = (6usize, 7u32);
            let mut counts = vec![0u64];
            for inside in &pixels {
                if *inside != counts.len().is_multiple_of(2) {
                    counts.push(0);
                }
                let last = counts.len() - 1;
                counts[last] += 1;
            }
            let inside = || pixels.iter().enumerate().filter(|(_, inside)| **inside).map(|(at, _)| at);
            let side = |of: fn(usize, usize) -> usize| {
                let all = || inside().map(move |at| of(at, height));
                all().min().zip(all().max()).map(|(first, last)| (first as f64, (last - first + 1) as f64))
            };
            let (xs, ys) = (side(|at, height| at / height), side(|at, height| at % height));
            let wanted = xs.zip(ys).map(|((left, w), (top, h))| [left, top, w, h]);
            proptest::prop_assert_eq!(of(&json!(counts), 6, width).unwrap(), wanted);
            proptest::prop_assert_eq!(of(&json!(written(&counts)), 6, width).unwrap(), wanted);
        }

        #[test]
        fn lengths_come_back(lengths in proptest::collection::vec(0..1_000_000_000_000u64, 0..9)) {
            proptest::prop_assert_eq!(super::lengths(&written(&lengths)), Some(lengths));
        }
    }
}
