//! Many texts in one allocation, exact and folded.

use crate::parse_time;
use crate::value::fold;

/// Texts by index. Offsets are checked when it is made, so that reading needs no error.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    blob: String,
    /// One more than there are texts.
    offsets: Vec<u32>,
    /// The folded texts where they differ from the exact ones.
    folded: Option<Folded>,
}

#[derive(Debug)]
struct Folded {
    blob: String,
    /// `None`: the same as the exact ones.
    offsets: Option<Vec<u32>>,
}

impl Texts {
    /// `None` when the lengths do not cut the blob at characters.
    pub fn new(blob: String, lengths: impl IntoIterator<Item = u32>) -> Option<Texts> {
        let mut offsets = vec![0u32];
        let mut at = 0u32;
        for length in lengths {
            at = at.checked_add(length)?;
            if !blob.is_char_boundary(at as usize) {
                return None;
            }
            offsets.push(at);
        }
        if at as usize != blob.len() {
            return None;
        }
        let folded = fold_all(&blob, &offsets);
        Some(Texts { blob, offsets, folded })
    }

    pub fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Texts> {
        let (mut blob, mut lengths) = (String::new(), Vec::new());
        for text in texts {
            blob.push_str(text);
            lengths.push(u32::try_from(text.len()).ok()?);
        }
        u32::try_from(blob.len()).ok()?;
        Texts::new(blob, lengths)
    }

    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub fn get(&self, i: usize) -> &str {
        cut(&self.blob, &self.offsets, i)
    }

    pub fn folded(&self, i: usize) -> &str {
        let (blob, offsets) = self.folded_parts();
        cut(blob, offsets, i)
    }

    /// All folded texts one after the other, and where each begins.
    pub fn folded_parts(&self) -> (&str, &[u32]) {
        match &self.folded {
            None => (&self.blob, &self.offsets),
            Some(f) => (&f.blob, f.offsets.as_deref().unwrap_or(&self.offsets)),
        }
    }

    pub fn blob(&self) -> &str {
        &self.blob
    }

    pub fn lengths(&self) -> impl Iterator<Item = u32> + '_ {
        self.offsets.windows(2).map(|w| w[1] - w[0])
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Each text as a time, NaN for those that are none.
    pub fn times(&self) -> Vec<f64> {
        self.iter().map(|t| parse_time(t).map_or(f64::NAN, |ms| ms as f64)).collect()
    }

    pub fn bytes(&self) -> usize {
        let folded =
            self.folded.as_ref().map_or(0, |f| f.blob.len() + f.offsets.as_ref().map_or(0, |o| o.len() * 4));
        self.blob.len() + self.offsets.len() * 4 + folded
    }
}

fn cut<'a>(blob: &'a str, offsets: &[u32], i: usize) -> &'a str {
    match (offsets.get(i), offsets.get(i + 1)) {
        (Some(&from), Some(&until)) => blob.get(from as usize..until as usize).unwrap_or(""),
        _ => "",
    }
}

fn fold_all(blob: &str, offsets: &[u32]) -> Option<Folded> {
    if blob.is_ascii() {
        let same = !blob.bytes().any(|b| b.is_ascii_uppercase());
        return (!same).then(|| Folded { blob: blob.to_ascii_lowercase(), offsets: None });
    }
    let mut folded = String::with_capacity(blob.len());
    let mut folded_offsets = Vec::with_capacity(offsets.len());
    folded_offsets.push(0);
    for i in 0..offsets.len() - 1 {
        folded.push_str(&fold(cut(blob, offsets, i)));
        folded_offsets.push(u32::try_from(folded.len()).unwrap_or(u32::MAX));
    }
    if folded == blob && folded_offsets == offsets {
        return None;
    }
    Some(Folded { blob: folded, offsets: Some(folded_offsets) })
}
