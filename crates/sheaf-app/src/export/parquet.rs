//! Parquet: an answer a row, with what JSONL has of it. The response and the metadata are JSON in columns that say so; times are
//! milliseconds, UTC. Rows are held until they make a row group.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::rows::{Item, each};
use super::{Pieces, Spec, failed};
use crate::Result;
use crate::agreement::merged::Origin;
use crate::library::Look;

/// Rows of a group, and bytes of text after which one ends.
const GROUP_ROWS: usize = 20_000;
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// In the order of [`Table::add`].
const SCHEMA: &str = "message answers {
    OPTIONAL BYTE_ARRAY asset_id (UTF8);
    OPTIONAL INT64 ordinal;
    OPTIONAL BYTE_ARRAY reference_id (UTF8);
    OPTIONAL BYTE_ARRAY name (UTF8);
    OPTIONAL BYTE_ARRAY media_type (UTF8);
    OPTIONAL BYTE_ARRAY url (UTF8);
    OPTIONAL INT64 width;
    OPTIONAL INT64 height;
    OPTIONAL BYTE_ARRAY upload (UTF8);
    OPTIONAL INT64 uploaded_at (TIMESTAMP(MILLIS,true));
    OPTIONAL BYTE_ARRAY metadata (JSON);
    OPTIONAL BYTE_ARRAY task_id (UTF8);
    OPTIONAL BYTE_ARRAY batch (UTF8);
    OPTIONAL BYTE_ARRAY status (UTF8);
    OPTIONAL BYTE_ARRAY annotator (UTF8);
    OPTIONAL DOUBLE agreement;
    OPTIONAL BYTE_ARRAY merged (UTF8);
    OPTIONAL BYTE_ARRAY submission_id (UTF8);
    OPTIONAL INT64 submitted_at (TIMESTAMP(MILLIS,true));
    OPTIONAL DOUBLE seconds;
    OPTIONAL INT64 taxonomy_version;
    OPTIONAL BYTE_ARRAY response (JSON);
}";

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
    let how = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let mut file = SerializedFileWriter::new(&mut *out, schema, how).map_err(failed)?;
    let mut table = Table::default();
    each(look, spec, |item| {
        table.add(look, item);
        if table.rows == GROUP_ROWS || table.bytes >= GROUP_BYTES {
            std::mem::take(&mut table).write(&mut file)?;
        }
        Ok(())
    })?;
    if table.rows > 0 {
        table.write(&mut file)?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

/// The values of a column that are there, and for each row whether one is.
enum Column {
    Text(Vec<ByteArray>, Vec<i16>),
    Int(Vec<i64>, Vec<i16>),
    Real(Vec<f64>, Vec<i16>),
}

/// A value of one row.
enum Cell<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
    Real(Option<f64>),
}

#[derive(Default)]
struct Table {
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
}

impl Table {
    fn add(&mut self, look: &Look<'_>, item: &Item<'_>) {
        use Cell::{Int, Real, Text};
        let (asset, answer) = (item.asset, item.answer);
        let id = sheaf_model::AssetId { project: look.project, ordinal: asset.ordinal }.to_string();
        let task = item.task.map(|task| task.to_string());
        let people =
            item.annotators.iter().map(|person| person.email.as_str()).collect::<Vec<_>>().join("; ");
        let submission = answer.and_then(|answer| answer.id).map(|id| id.to_string());
        let row = [
            Text(Some(&id)),
            Int(Some(asset.ordinal.into())),
            Text(asset.reference.as_deref()),
            Text(Some(&asset.name)),
            Text(Some(&asset.media_type)),
            Text(asset.url.as_deref()),
            Int(asset.width.map(Into::into)),
            Int(asset.height.map(Into::into)),
            Text(Some(item.upload)),
            Int(Some(asset.uploaded)),
            Text(Some(&asset.metadata)),
            Text(task.as_deref()),
            Text(item.batch),
            Text(Some(item.status)),
            Text((!people.is_empty()).then_some(people.as_str())),
            Real(item.agreement),
            Text(answer.and_then(|answer| answer.origin).map(Origin::as_str)),
            Text(submission.as_deref()),
            Int(answer.map(|answer| answer.at)),
            Real(answer.and_then(|answer| answer.seconds)),
            Int(answer.map(|answer| answer.taxonomy_version)),
            Text(answer.map(|answer| answer.response.as_str())),
        ];
        if self.columns.is_empty() {
            self.columns = row.iter().map(Column::of).collect();
        }
        for (column, cell) in self.columns.iter_mut().zip(row) {
            self.bytes += column.push(cell);
        }
        self.rows += 1;
    }

    fn write(self, file: &mut SerializedFileWriter<&mut Pieces>) -> Result<()> {
        let mut group = file.next_row_group().map_err(failed)?;
        for column in self.columns {
            let mut writer =
                group.next_column().map_err(failed)?.ok_or_else(|| failed("a column is too many"))?;
            match (column, writer.untyped()) {
                (Column::Text(values, there), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                    writer.write_batch(&values, Some(&there), None)
                }
                (Column::Int(values, there), ColumnWriter::Int64ColumnWriter(writer)) => {
                    writer.write_batch(&values, Some(&there), None)
                }
                (Column::Real(values, there), ColumnWriter::DoubleColumnWriter(writer)) => {
                    writer.write_batch(&values, Some(&there), None)
                }
                _ => return Err(failed("a column is of another type than its schema")),
            }
            .map_err(failed)?;
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

impl Column {
    fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Text(_) => Self::Text(Vec::new(), Vec::new()),
            Cell::Int(_) => Self::Int(Vec::new(), Vec::new()),
            Cell::Real(_) => Self::Real(Vec::new(), Vec::new()),
        }
    }

    /// How many bytes of text it was.
    fn push(&mut self, cell: Cell<'_>) -> usize {
        match (self, cell) {
            (Self::Text(values, there), Cell::Text(value)) => {
                there.push(value.is_some().into());
                values.extend(value.map(ByteArray::from));
                value.map_or(0, str::len)
            }
            (Self::Int(values, there), Cell::Int(value)) => {
                there.push(value.is_some().into());
                values.extend(value);
                0
            }
            (Self::Real(values, there), Cell::Real(value)) => {
                there.push(value.is_some().into());
                values.extend(value);
                0
            }
            _ => 0,
        }
    }
}
