//! What can go wrong below the use cases. "Not found" is an `Option`, not an error.

/// An error of the store. The text is for the log and the operator; the app layer decides what a person is told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(String),
    /// A unique key or a check refused the row; the text names it.
    #[error("constraint: {0}")]
    Constraint(String),
    #[error("no space is left on the volume that holds the data")]
    DiskFull,
    #[error("`{0}` is in use by another Sheaf process")]
    InUse(String),
    #[error(
        "the data was written by a newer Sheaf (schema {found}, this one knows {known}); use that version or restore a backup"
    )]
    SchemaTooNew { found: i64, known: i64 },
    /// The address of a database cannot be read.
    #[error("the address of the database: {0}")]
    Address(String),
    /// PostgreSQL cannot be reached, or went away. Whether a write that was under way is kept is not known.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The server is not what Sheaf needs.
    #[error("this database cannot be used: {0}")]
    Unsuitable(String),
    /// The address of the blobs cannot be read.
    #[error("the address of the blobs: {0}")]
    BlobAddress(String),
    /// The object store cannot be used as it is set up.
    #[error("the blobs: {0}")]
    Blobs(String),
    /// The object store went away, or refuses. What was being stored is not acknowledged.
    #[error("the object store of the blobs: {0}")]
    BlobsUnreachable(String),
    /// A bucket that files are brought in from cannot be read.
    #[error("{0}")]
    Source(String),
    /// A write names a blob that may have been removed since it was put. Once more from the put, it goes.
    #[error(
        "a file that nothing named is being removed, and was sent again meanwhile; when this goes on, let `sheaf gc` run to its end"
    )]
    BlobRemoved,
    #[error("{0} is there for SQLite only; PostgreSQL has its own means for it")]
    OnlySqlite(&'static str),
    #[error("SQLite {0} can lose commits in WAL mode; Sheaf needs 3.51.3 or newer")]
    UnsafeSqlite(String),
    /// A row that breaks a rule of the schema: table, key, what is wrong.
    #[error("inconsistent row in {table} ({key}): {what}")]
    Inconsistent { table: &'static str, key: String, what: String },
    #[error("file `{path}`: {source}")]
    File { path: String, source: std::io::Error },
    /// What was to be moved, copied or put back cannot be: which file or table, where, and what to do.
    #[error("{0}")]
    Transfer(String),
    #[error("a write was given up because the step before it failed")]
    Panicked,
    #[error("the store is closed")]
    Closed,
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::DiskFull;
        }
        Self::File { path: path.display().to_string(), source }
    }
    pub fn inconsistent(table: &'static str, key: impl std::fmt::Display, what: impl Into<String>) -> Self {
        Self::Inconsistent { table, key: key.to_string(), what: what.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::ConstraintViolation) => Self::Constraint(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

/// A column that cannot be read; what went wrong with a statement is told apart by its connection.
impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.to_string())
    }
}
