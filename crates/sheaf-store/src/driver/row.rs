//! A row of an answer: typed columns by their position, whichever driver it comes from.

use sheaf_model::{BatchId, ProjectId, TaskId};

use crate::error::{Result, StoreError};

/// A row of an answer; columns by their position, from 0.
pub enum Row<'a> {
    #[doc(hidden)]
    Sqlite(&'a rusqlite::Row<'a>),
    #[doc(hidden)]
    Postgres(&'a tokio_postgres::Row),
}

/// A row that is kept.
pub(crate) struct KeptRow(pub(super) tokio_postgres::Row);

impl KeptRow {
    pub(crate) fn row(&self) -> Row<'_> {
        Row::Postgres(&self.0)
    }
}

/// What is in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

fn wrong(at: usize, value: &Value<'_>, wanted: &str) -> StoreError {
    let is = match value {
        Value::Null => "NULL",
        Value::Int(_) => "a whole number",
        Value::Real(_) => "a number",
        Value::Text(_) => "text",
        Value::Blob(_) => "bytes",
    };
    StoreError::Database(format!("column {at} is {is}, not {wanted}"))
}

/// `read` of what is there, or none.
fn optional<'a, T>(value: Value<'a>, read: impl FnOnce(Value<'a>) -> Result<T>) -> Result<Option<T>> {
    match value {
        Value::Null => Ok(None),
        value => read(value).map(Some),
    }
}

impl Row<'_> {
    pub(crate) fn value(&self, at: usize) -> Result<Value<'_>> {
        match self {
            Self::Sqlite(row) => {
                use rusqlite::types::ValueRef;
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Int(value),
                    ValueRef::Real(value) => Value::Real(value),
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text)
                            .map_err(|error| StoreError::Database(format!("column {at}: {error}")))?,
                    ),
                    ValueRef::Blob(bytes) => Value::Blob(bytes),
                })
            }
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub fn int(&self, at: usize) -> Result<i64> {
        int(at, self.value(at)?)
    }
    pub fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        optional(self.value(at)?, |value| int(at, value))
    }
    pub fn u32(&self, at: usize) -> Result<u32> {
        small(at, self.value(at)?)
    }
    pub fn opt_u32(&self, at: usize) -> Result<Option<u32>> {
        optional(self.value(at)?, |value| small(at, value))
    }
    pub fn bool(&self, at: usize) -> Result<bool> {
        Ok(self.int(at)? != 0)
    }
    pub fn opt_real(&self, at: usize) -> Result<Option<f64>> {
        optional(self.value(at)?, |value| match value {
            Value::Real(value) => Ok(value),
            Value::Int(value) => Ok(value as f64),
            other => Err(wrong(at, &other, "a number")),
        })
    }
    pub fn text(&self, at: usize) -> Result<String> {
        text(at, self.value(at)?)
    }
    pub fn opt_text(&self, at: usize) -> Result<Option<String>> {
        optional(self.value(at)?, |value| text(at, value))
    }
    pub fn blob(&self, at: usize) -> Result<Vec<u8>> {
        blob(at, self.value(at)?).map(<[u8]>::to_vec)
    }
    pub fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        bytes(at, self.value(at)?)
    }
    pub fn opt_bytes<const N: usize>(&self, at: usize) -> Result<Option<[u8; N]>> {
        optional(self.value(at)?, |value| bytes(at, value))
    }
    /// A task, in three columns: project, batch, ordinal.
    pub fn task(&self, at: usize) -> Result<TaskId> {
        Ok(TaskId {
            project: ProjectId(self.int(at)?),
            batch: BatchId(self.int(at + 1)?),
            ordinal: self.u32(at + 2)?,
        })
    }
    /// A column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T> {
        crate::sql::from_json(&self.text(at)?)
    }
    pub fn opt_json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<Option<T>> {
        self.opt_text(at)?.map(|text| crate::sql::from_json(&text)).transpose()
    }
}

fn int(at: usize, value: Value<'_>) -> Result<i64> {
    match value {
        Value::Int(value) => Ok(value),
        other => Err(wrong(at, &other, "a whole number")),
    }
}

fn small(at: usize, value: Value<'_>) -> Result<u32> {
    let value = int(at, value)?;
    u32::try_from(value).map_err(|_| StoreError::Database(format!("column {at} is {value}, not 32 bits")))
}

fn text(at: usize, value: Value<'_>) -> Result<String> {
    match value {
        Value::Text(value) => Ok(value.to_owned()),
        other => Err(wrong(at, &other, "text")),
    }
}

fn blob(at: usize, value: Value<'_>) -> Result<&[u8]> {
    match value {
        Value::Blob(value) => Ok(value),
        other => Err(wrong(at, &other, "bytes")),
    }
}

fn bytes<const N: usize>(at: usize, value: Value<'_>) -> Result<[u8; N]> {
    let value = blob(at, value)?;
    value
        .try_into()
        .map_err(|_| StoreError::Database(format!("column {at} has {} bytes instead of {N}", value.len())))
}
