//! The names below a folder of a bucket, in their order, also where some of them are none that the library can ask for (`a//b`).
//!
//! The library refuses a whole page for one such name. Then the page is asked for again in halves, until the name is at the
//! front of one; it is told as what it is, and the list goes on after it.

use std::collections::VecDeque;
use std::sync::Arc;

use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::path::{Error as PathError, Path};
use object_store::{Error, ObjectMeta};

use super::source::{SourceEntry, SourceObject};

/// Names of one page, which is as many as stores tell at once.
const PAGE: usize = 1_000;

/// A list that is being read.
pub(super) struct Names {
    store: Arc<dyn PaginatedListStore>,
    /// With `/` at its end; empty for the whole of a bucket.
    prefix: String,
    /// The list is asked for from here on, and by the pages that follow.
    from: Option<String>,
    page: Option<String>,
    /// The last name that was told.
    last: Option<String>,
    at_once: usize,
    /// Told already, as a name that cannot be asked for.
    unnamed: Option<String>,
    ended: bool,
}

#[derive(Debug)]
pub(super) enum Failure {
    Store(Error),
    /// The list does not go on after this name.
    Stuck(String),
}

impl Names {
    pub(super) fn new(store: Arc<dyn PaginatedListStore>, folder: &Path, after: Option<&str>) -> Self {
        let folder = folder.as_ref();
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = after.map(|name| format!("{prefix}{name}"));
        let last = from.clone();
        Self { store, prefix, from, page: None, last, at_once: PAGE, unnamed: None, ended: false }
    }

    /// The next of them; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<VecDeque<SourceEntry>>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let options = PaginatedListOptions {
            offset: self.from.clone(),
            page_token: self.page.clone(),
            max_keys: (self.at_once < PAGE).then_some(self.at_once),
            ..PaginatedListOptions::default()
        };
        let prefix = (!self.prefix.is_empty()).then_some(self.prefix.as_str());
        match self.store.list_paginated(prefix, options).await {
            Ok(found) => Ok(Some(self.take(found))),
            Err(Error::InvalidPath { source }) => self.halve(source).map(Some),
            Err(error) => Err(Failure::Store(error)),
        }
    }

    fn take(&mut self, found: PaginatedListResult) -> VecDeque<SourceEntry> {
        let entries = found.result.objects.into_iter().filter_map(|object| self.entry(&object)).collect();
        self.page = found.page_token;
        self.ended = self.page.is_none();
        if self.at_once < PAGE {
            // Larger again, from the last name on.
            self.at_once *= 2;
            (self.from, self.page) = (self.last.clone(), None);
        }
        entries
    }

    fn entry(&mut self, object: &ObjectMeta) -> Option<SourceEntry> {
        let shown = object.location.as_ref();
        // A `/` at the end of a name is not shown. Names ascend, which tells of some that they have one.
        let name = match &self.last {
            Some(last) if shown <= last.as_str() => format!("{shown}/"),
            _ => shown.to_owned(),
        };
        if self.last.as_deref().is_some_and(|last| name.as_str() <= last) {
            // The store does not list from a name on.
            return None;
        }
        let below = shown.strip_prefix(&self.prefix)?;
        let entry = SourceObject {
            name: below.to_owned(),
            size: object.size,
            stored: object.last_modified.timestamp_millis(),
        };
        self.last = Some(name);
        Some(SourceEntry::Object(entry))
    }

    /// One of the names of a page is none.
    fn halve(&mut self, error: PathError) -> Result<VecDeque<SourceEntry>, Failure> {
        let (name, why) = match error {
            PathError::EmptySegment { path } => (path, "a part of the name is empty".to_owned()),
            PathError::BadSegment { path, .. } => {
                (path, "a part of the name is `.` or `..`, or has a control character".to_owned())
            }
            other => return Err(Failure::Store(other.into())),
        };
        if self.unnamed.as_ref() == Some(&name) {
            return Err(Failure::Stuck(name));
        }
        (self.from, self.page) = (self.last.clone(), None);
        if self.at_once > 1 {
            self.at_once /= 2;
            return Ok(VecDeque::new());
        }
        self.last = Some(name.clone());
        self.from = Some(name.clone());
        self.unnamed = Some(name.clone());
        let below = name.strip_prefix(&self.prefix).unwrap_or(&name).to_owned();
        // An empty object that stands for a folder, as some programs make them.
        if below.ends_with('/') {
            return Ok(VecDeque::new());
        }
        Ok(VecDeque::from([SourceEntry::Unnamed { name: below, why }]))
    }
}
