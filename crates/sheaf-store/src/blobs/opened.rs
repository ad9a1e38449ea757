//! A blob that is open for being sent.

use std::fs::File;
use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::BoxStream;

/// Which bytes are wanted, as HTTP says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From this one on.
    From(u64),
    /// From the first to the second, both included.
    Within(u64, u64),
    /// The last ones, this many.
    Last(u64),
}

impl ByteRange {
    /// The bytes of a blob of this size; `None` when the range has none of them. No range is all of them.
    pub(super) fn of(range: Option<Self>, size: u64) -> Option<Range<u64>> {
        let (first, end) = match range {
            None => return Some(0..size),
            Some(Self::From(first)) => (first, size),
            Some(Self::Within(first, last)) => (first, last.saturating_add(1).min(size)),
            Some(Self::Last(n)) => (size.saturating_sub(n), size),
        };
        (first < end).then_some(first..end)
    }
}

pub struct OpenBlob {
    /// Bytes of the whole blob.
    pub size: u64,
    /// Which of them the body has; `None`: the blob has none of those that were wanted.
    pub range: Option<Range<u64>>,
    pub body: Body,
}

pub enum Body {
    Empty,
    /// At the first byte that is wanted; it may go on behind the last.
    File(File),
    Stream(BoxStream<'static, std::io::Result<Bytes>>),
}

impl OpenBlob {
    pub(super) fn outside(size: u64) -> Self {
        Self { size, range: None, body: Body::Empty }
    }
}

#[cfg(test)]
mod tests {
    use super::ByteRange::{self, From, Last, Within};

    #[test]
    fn ranges_are_cut_to_the_blob() {
        for (range, size, expected) in [
            (None, 10, Some(0..10)),
            (None, 0, Some(0..0)),
            (Some(From(3)), 10, Some(3..10)),
            (Some(From(10)), 10, None),
            (Some(Within(2, 4)), 10, Some(2..5)),
            (Some(Within(2, u64::MAX)), 10, Some(2..10)),
            (Some(Within(4, 2)), 10, None),
            (Some(Last(4)), 10, Some(6..10)),
            (Some(Last(40)), 10, Some(0..10)),
            (Some(Last(0)), 10, None),
        ] {
            assert_eq!(ByteRange::of(range, size), expected, "{range:?} of {size}");
        }
    }
}
