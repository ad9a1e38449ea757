//! One look at a library: the snapshot, the fields, and the query read against them, inside one read transaction.

use std::sync::Arc;

use roaring::RoaringBitmap;
use sheaf_model::{Millis, ProjectId};
use sheaf_query::{Diagnostic, FieldNames, Mode, Read};
use sheaf_select::{FieldKey, Library, Snapshot};
use sheaf_store::Tx;

use super::known::Known;
use super::source::TxSource;
use crate::{App, Error, Result};

pub(crate) struct Look<'t> {
    pub(crate) tx: &'t Tx<'t>,
    pub(crate) project: ProjectId,
    pub(crate) snapshot: Snapshot,
    pub(crate) now: Millis,
    source: TxSource<'t>,
    app: &'t App,
    pub(crate) known: Arc<Known>,
}

impl<'t> Look<'t> {
    pub(crate) fn at(app: &'t App, tx: &'t Tx<'t>, project: ProjectId) -> Result<Self> {
        let snapshot = tx.snapshot(project)?.ok_or(Error::not_found("project"))?;
        let source = TxSource { tx, project, snapshot: snapshot.clone() };
        let known = app.known(project, snapshot.revision);
        Ok(Self { tx, project, snapshot, now: app.now(), source, app, known })
    }

    pub(crate) fn library(&self) -> Library<'_> {
        Library { snapshot: &self.snapshot, source: &self.source, cache: self.app.cache() }
    }

    /// Names of the metadata fields. They change only with the library's revision, and a query may be read at every key
    /// that is pressed.
    pub(crate) fn metadata_fields(&self) -> Result<Arc<FieldNames>> {
        self.known.names(|| {
            let mut names: Vec<String> =
                self.tx.indexed_fields(self.project)?.into_iter().map(|(_, name)| name).collect();
            names.extend(self.snapshot.tail.fields().into_iter().filter_map(|key| match key {
                FieldKey::Meta(name) => Some(name),
                FieldKey::Builtin(_) => None,
            }));
            Ok(FieldNames::new(names))
        })
    }

    /// Parses and checks a query.
    pub(crate) fn read(&self, text: &str, mode: Mode) -> Result<Read> {
        let fields = if text.trim().is_empty() { Arc::default() } else { self.metadata_fields()? };
        Ok(sheaf_query::read(text, &*fields, self.now, mode))
    }

    /// The assets that a query finds, and its warnings; a query with errors is an error.
    pub(crate) fn select(&self, text: &str, mode: Mode) -> Result<(RoaringBitmap, Vec<Diagnostic>)> {
        let read = self.read(text, mode)?;
        if read.has_errors() {
            return Err(Error::BadQuery { query: text.to_owned(), diagnostics: read.diagnostics });
        }
        Ok((self.library().evaluate(&read.expr)?, read.diagnostics))
    }

    /// The field behind a name as it is written in a query; `None` when there is no such field or no column behind it.
    pub(crate) fn field(&self, name: &str) -> Result<Option<FieldKey>> {
        let read = self.read(&format!("{}:*", sheaf_query::quote_field(name)), Mode::Strict)?;
        Ok(match read.expr {
            sheaf_query::Expr::Test(field, _) if !read.diagnostics.iter().any(Diagnostic::is_error) => {
                FieldKey::of(&field)
            }
            _ => None,
        })
    }
}
