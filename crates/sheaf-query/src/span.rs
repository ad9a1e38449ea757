//! Byte spans of a query's text, and their conversion to the UTF-16 offsets that browsers count in.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in a query's text. Both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub fn to(self, other: Span) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text that the span covers; empty when it lies outside of `text`.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// The span in UTF-16 code units, as `[from, to]` goes over the wire.
pub fn utf16_span(text: &str, span: Span) -> [usize; 2] {
    [utf16_offset(text, span.start), utf16_offset(text, span.end)]
}

/// UTF-16 code units before the byte `at`. Beyond the end it is the whole length; inside a character, its start.
pub fn utf16_offset(text: &str, at: usize) -> usize {
    text.char_indices().take_while(|(i, c)| i + c.len_utf8() <= at).map(|(_, c)| c.len_utf16()).sum()
}

/// The byte at which the UTF-16 offset `at` stands. Beyond the end it is the length of the text; inside a surrogate
/// pair, the start of its character.
pub fn byte_offset(text: &str, at: usize) -> usize {
    let mut units = 0;
    for (i, c) in text.char_indices() {
        units += c.len_utf16();
        if units > at {
            return i;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_and_bytes_convert_both_ways() {
        let text = "aé€😀z";
        for (byte, unit) in [(0, 0), (1, 1), (3, 2), (6, 3), (10, 5), (11, 6)] {
            assert_eq!(utf16_offset(text, byte), unit, "byte {byte}");
            assert_eq!(byte_offset(text, unit), byte, "unit {unit}");
        }
        assert_eq!(byte_offset(text, 4), 6, "inside the pair");
        assert_eq!(utf16_offset(text, 8), 3, "inside the character");
        assert_eq!(byte_offset(text, 99), text.len());
        assert_eq!(utf16_offset(text, 99), 6);
    }
}
