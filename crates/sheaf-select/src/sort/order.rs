//! What the pages of one order have in common: how values become keys, their bounds, how many rows lie where. It is worked
//! out once and may be kept, for as long as the library does not change.

use std::collections::HashSet;
use std::sync::OnceLock;

use roaring::RoaringBitmap;

use super::counts::Counts;
use super::keys::{Cut, Keys, TextKeys, number_key};
use crate::chunk_set::split;
use crate::column::Column;
use crate::walk::Parts;
use crate::{FieldKey, Kind, Library, SelectError, fold};

/// Different texts of a field up to which each gets a rank.
const MAX_RANKS: usize = 1 << 20;

/// An order of a set by a field. Good for the library that it was made of, at that revision.
pub struct Order {
    pub(super) field: FieldKey,
    pub(super) keys: Keys,
    /// Bytes that all the folded texts begin with.
    pub(super) common: Vec<u8>,
    /// The least and the greatest key.
    pub(super) bounds: (u128, u128),
    /// Assets of the set that have the field.
    pub(super) present: u64,
    /// Rows by bucket, of the first cut.
    pub(super) counts: OnceLock<Counts>,
}

impl Order {
    pub(super) fn new(
        library: &Library<'_>,
        field: &FieldKey,
        within: &RoaringBitmap,
        descending: bool,
    ) -> Result<Self, SelectError> {
        let sets = split(within);
        let mut present = 0;
        let mut ends: Option<(String, String)> = None;
        let mut numbers: Vec<(Kind, f64)> = Vec::new();
        let mut different: Option<HashSet<Box<str>>> = Some(HashSet::new());
        library.walk_windows(
            std::slice::from_ref(field),
            &library.known(&sets),
            &|chunk, columns: &[Parts]| {
                let present =
                    columns[0].iter().map(|c| u64::from(c.present.count_both(&sets[&chunk]))).sum::<u64>();
                (present, columns[0].clone())
            },
            |window| {
                for (n, parts) in window {
                    present += n;
                    for column in &parts {
                        widen(&mut ends, column);
                        numbers.extend(number_ends(column));
                        add_texts(&mut different, column);
                    }
                }
                true
            },
        )?;
        let texts = match different {
            Some(all) => {
                let mut all: Vec<_> = all.into_iter().map(|t| (fold(&t), t.into_string())).collect();
                all.sort_unstable();
                TextKeys::Ranks(all)
            }
            None => TextKeys::Prefixes,
        };
        let ends_of_texts = ends.is_some();
        let common = ends.map_or(Vec::new(), |(low, high)| {
            low.bytes().zip(high.bytes()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        });
        let keys = Keys { descending, texts, sets };
        let texts = ends_of_texts.then(|| match &keys.texts {
            TextKeys::Ranks(all) => [0, all.len() as u64 - 1],
            TextKeys::Prefixes => [0, u64::MAX],
        });
        let texts = texts.into_iter().flatten().map(|key| keys.directed(Kind::Text, key));
        let numbers = numbers.into_iter().map(|(kind, v)| keys.directed(kind, number_key(v)));
        let all = numbers.chain(texts);
        let bounds = all.fold((u128::MAX, 0), |(low, high), key| (low.min(key), high.max(key)));
        Ok(Self { field: field.clone(), keys, common, bounds, present, counts: OnceLock::new() })
    }

    /// All rows that have the field.
    pub(super) fn whole(&self, library: &Library<'_>) -> Cut {
        Cut {
            chunks: library.known(&self.keys.sets),
            beginning: self.common.clone(),
            low: self.bounds.0,
            high: self.bounds.1,
        }
    }

    /// About how much memory it takes, bytes.
    pub fn bytes(&self) -> usize {
        let texts = match &self.keys.texts {
            TextKeys::Ranks(all) => {
                all.iter().map(|(a, b)| a.len() + b.len() + 2 * size_of::<String>()).sum()
            }
            TextKeys::Prefixes => 0,
        };
        texts
            + self.counts.get().map_or(0, Counts::bytes)
            + self.keys.sets.len() * (crate::CHUNK as usize / 8)
    }
}

/// The ends of a column's groups that are not texts.
fn number_ends(column: &Column) -> Vec<(Kind, f64)> {
    let mut ends = Vec::new();
    if let Some(dict) = column.coded.as_ref().map(|c| &c.dict) {
        ends.extend(dict.bools.iter().map(|b| (Kind::Bool, f64::from(u8::from(*b)))));
        ends.extend(dict.numbers.first().into_iter().chain(dict.numbers.last()).map(|v| (Kind::Number, *v)));
        ends.extend(dict.times.first().into_iter().chain(dict.times.last()).map(|v| (Kind::Time, *v)));
    }
    ends.extend(column.numbers.iter().flat_map(|n| [n.min, n.max]).map(|v| (Kind::Number, v)));
    ends.extend(column.times.iter().flat_map(|n| [n.min, n.max]).map(|v| (Kind::Time, v)));
    ends
}

/// Widens the least and the greatest folded text.
fn widen(ends: &mut Option<(String, String)>, column: &Column) {
    let coded = column.coded.as_ref().map(|c| &c.dict.texts).filter(|t| t.len() > 0);
    let coded = coded.into_iter().flat_map(|t| [t.folded(0), t.folded(t.len() - 1)]);
    let plain =
        column.texts.as_ref().map(|t| [t.texts.folded(t.min as usize), t.texts.folded(t.max as usize)]);
    for text in coded.chain(plain.into_iter().flatten()) {
        match ends {
            None => *ends = Some((text.to_string(), text.to_string())),
            Some((low, _)) if text < low.as_str() => *low = text.to_string(),
            Some((_, high)) if text > high.as_str() => *high = text.to_string(),
            Some(_) => {}
        }
    }
}

/// Adds a column's different texts to those that ranks are made of; gives it up when there are too many.
fn add_texts(different: &mut Option<HashSet<Box<str>>>, column: &Column) {
    let Some(all) = different else { return };
    for text in column.coded.iter().flat_map(|c| c.dict.texts.iter()) {
        if !all.contains(text) {
            all.insert(text.into());
        }
    }
    if column.texts.is_some() || all.len() > MAX_RANKS {
        *different = None;
    }
}
