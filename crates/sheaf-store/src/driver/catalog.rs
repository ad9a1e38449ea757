//! What a database says of its own tables.

use std::ops::ControlFlow;

use super::Conn;
use crate::args;
use crate::error::{Result, StoreError};

/// What a column holds; the same in both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Int,
    Real,
    Text,
    Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
}

/// The columns of a table: those of the key in its order, then the others by name. So they are the same in both databases,
/// whatever was added later.
pub(crate) struct Columns {
    pub(crate) all: Vec<Column>,
    pub(crate) n_key: usize,
}

impl Columns {
    /// Their names with commas between them.
    pub(crate) fn names(columns: &[Column]) -> String {
        columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Where a column stands.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|column| column.name == name)
    }

    /// The names of the key's, by which the rows are ordered.
    pub(crate) fn key(&self) -> String {
        Self::names(&self.all[..self.n_key])
    }
}

const TABLES_OF_SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name";
const TABLES_OF_POSTGRES: &str = "SELECT relname::text FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY relname::text COLLATE \"C\"";

/// Name, type, place in the key from 1 or 0.
const COLUMNS_OF_SQLITE: &str = "SELECT name, type, pk FROM pragma_table_info(?1)";
/// (A key's columns are counted from 0.)
const COLUMNS_OF_POSTGRES: &str = "SELECT a.attname::text, format_type(a.atttypid, NULL),
        COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint
    FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = to_regclass(?1) AND a.attnum > 0 AND NOT a.attisdropped";

impl Conn {
    /// The names of all tables, in their order.
    pub(crate) fn tables(&self) -> Result<Vec<String>> {
        let sql = if self.is_shared() { TABLES_OF_POSTGRES } else { TABLES_OF_SQLITE };
        let mut out = Vec::new();
        self.query(sql, &[], &mut |row| {
            out.push(row.text(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(out)
    }

    pub(crate) fn columns(&self, table: &str) -> Result<Columns> {
        let sql = if self.is_shared() { COLUMNS_OF_POSTGRES } else { COLUMNS_OF_SQLITE };
        let mut found = Vec::new();
        self.query(sql, args![table], &mut |row| {
            let (name, kind, place) = (row.text(0)?, row.text(1)?, row.int(2)?);
            let kind = match kind.as_str() {
                "INTEGER" | "bigint" => Kind::Int,
                "REAL" | "double precision" => Kind::Real,
                "TEXT" | "text" => Kind::Text,
                "BLOB" | "bytea" => Kind::Bytes,
                other => {
                    return Err(StoreError::Database(format!("{table}.{name} is of the type {other}")));
                }
            };
            found.push((place == 0, place, Column { name, kind }));
            Ok(ControlFlow::Continue(()))
        })?;
        found.sort_by(|a, b| (a.0, a.1, &a.2.name).cmp(&(b.0, b.1, &b.2.name)));
        let n_key = found.iter().filter(|column| !column.0).count();
        Ok(Columns { all: found.into_iter().map(|column| column.2).collect(), n_key })
    }

    /// Runs what takes as long as it takes; otherwise a server that says nothing for a minute is given up.
    pub(crate) fn patiently<T>(&self, f: impl FnOnce() -> T) -> T {
        match self {
            Self::Sqlite(_) => f(),
            Self::Postgres(client) => client.patiently(f),
        }
    }

    /// Begins a transaction in which whole tables are read on one snapshot.
    pub(crate) fn begin_export(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => {
                // Every page is read once: none is worth keeping in memory.
                self.batch("PRAGMA mmap_size = 0")?;
                self.begin_read()
            }
            Self::Postgres(client) => client.begin_export(),
        }
    }

    /// Of a server, with the instance held: waits until nobody is in the middle of a write to a project.
    pub(crate) fn lock_projects(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(client) => client.lock_projects(),
        }
    }

    /// Begins a transaction that fills empty tables, and keeps every node out until it ends.
    pub(crate) fn begin_import(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control("BEGIN IMMEDIATE"),
            Self::Postgres(client) => client.begin_import(),
        }
    }

    /// Settings for a file that is thrown away unless all of it was written: no journal, no flush.
    pub(crate) fn without_journal(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA mmap_size = 0;
                 PRAGMA cache_size = -65536;",
            ),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Lets PostgreSQL know what is in the tables now. SQLite plans by its indexes alone.
    pub(crate) fn analyze(&self) -> Result<()> {
        if self.is_shared() { self.batch("ANALYZE") } else { Ok(()) }
    }
}
