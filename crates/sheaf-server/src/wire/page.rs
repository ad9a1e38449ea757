//! Lists, a page at a time.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::{ApiError, Result};

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 500;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Hand it in as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on a page: 1 to 500, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    pub fn limit(&self) -> Result<u32> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(ApiError::invalid("limit", &format!("must be between 1 and {LIMIT_MAX}"))),
        }
    }

    /// The number that [`cursor`] made into a text.
    pub fn after(&self) -> Result<Option<i64>> {
        let Some(text) = self.cursor.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        let bytes = sheaf_model::id::decode::<8>(text);
        let number = bytes.map(i64::from_be_bytes).filter(|number| *number >= 0);
        number.map(Some).ok_or_else(|| ApiError::invalid("cursor", "is not one that this server gave out"))
    }
}

/// A number as an opaque cursor.
pub(crate) fn cursor(number: i64) -> String {
    sheaf_model::id::encode(&number.to_be_bytes())
}

impl<T> Page<T> {
    /// A page whose next one begins at a number; `None` on the last.
    pub fn new(items: Vec<T>, next: Option<i64>, total: u64) -> Self {
        Self { items, next_cursor: next.map(cursor), total }
    }

    /// The page of a list that is in memory whole.
    pub fn of<S>(all: Vec<S>, query: &PageQuery, wire: impl FnMut(S) -> T) -> Result<Self> {
        let (limit, total) = (query.limit()? as usize, all.len());
        let from = usize::try_from(query.after()?.unwrap_or(0)).unwrap_or(usize::MAX);
        let items: Vec<T> = all.into_iter().skip(from).take(limit).map(wire).collect();
        let next = from.saturating_add(items.len());
        let more = next < total && !items.is_empty();
        Ok(Self::new(items, more.then_some(next as i64), total as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walking_the_pages_gives_everything_once() {
        for total in [0, 1, 2, 3, 7, 8, 9] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = Page::of((0..total).collect(), &PageQuery::new(Some(4), cursor), |n| n).unwrap();
                assert_eq!(page.total, total);
                seen.extend(page.items);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, (0..total).collect::<Vec<_>>());
        }
    }

    #[test]
    fn bad_pages_are_refused() {
        for limit in [0, 501, u32::MAX] {
            assert!(PageQuery::new(Some(limit), None).limit().is_err());
        }
        for text in ["x", "zzzzzzzzzzzzz", "-1", "0000000000000000"] {
            assert!(PageQuery::new(None, Some(text.into())).after().is_err(), "{text}");
        }
        let past = PageQuery::new(None, Some(cursor(i64::MAX)));
        assert!(Page::of(vec![1, 2], &past, |n| n).unwrap().items.is_empty());
    }
}
