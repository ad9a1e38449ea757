//! Updates of metadata as a file: JSONL with `{"id" or "ref": ..., "metadata": {...}}` a line, or CSV with a column `id`
//! or `ref` and a column for each field. [`patch_plan`] reads it through once, [`patches`] yields one patch a row.
//!
//! Like the manifests, it streams, and a bad row is a problem of that row. Not here: which assets there are.

use std::io::Read;

use serde_json::{Map, Value};

use super::{
    ColumnType, Format,
    csv_source::CsvSource,
    preview,
    source::{self, Source, empty},
    value,
};
use crate::{
    limits::Limits,
    problem::{Error, Problem, ProblemCode, Result, shown},
};

/// What an asset is named by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchKey {
    /// The id that Sheaf gave it.
    Id(String),
    /// The user's own.
    Ref(String),
}

/// One row: a merge patch (RFC 7396) for the metadata of one asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// CSV: the record after the header, from 1. JSONL: the line of the file, from 1.
    pub row: u64,
    pub key: PatchKey,
    pub metadata: Map<String, Value>,
    /// Length of the row, about: what it costs to hold.
    pub bytes: usize,
}

/// How to read the file.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPlan {
    pub format: Format,
    /// Rows, bad ones included.
    pub rows: u64,
    delimiter: u8,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
enum Column {
    Id,
    Ref,
    Field(String, ColumnType),
}

/// Reads the file through once: is it one, how many rows has it, which types have the columns of a CSV.
pub fn patch_plan<R: Read>(reader: R, format: Format, limits: &Limits) -> Result<PatchPlan> {
    if format == Format::Jsonl {
        let Source::Jsonl(mut jsonl) = source::open(reader, Some("updates.jsonl"), limits)? else {
            return Err(empty().into());
        };
        let rows = jsonl.count_rows()?;
        return Ok(PatchPlan { format, rows, delimiter: b',', columns: Vec::new() });
    }
    let found = preview(reader, "updates.csv", limits)?;
    let columns: Vec<Column> = found
        .columns
        .into_iter()
        .map(|column| match column.name.as_str() {
            "id" => Column::Id,
            "ref" => Column::Ref,
            _ => Column::Field(column.name, column.kind),
        })
        .collect();
    let keys = columns.iter().filter(|column| !matches!(column, Column::Field(..))).count();
    let bad = |message: &str| Problem::new(ProblemCode::BadHeader, message);
    match keys {
        0 => Err(bad("no column says which asset a row is for")
            .hint("name one column `id` (the asset's id) or `ref` (your reference id)")
            .into()),
        1 if columns.len() == 1 => Err(bad("there is no column with a field to change")
            .hint("add a column for each field; an empty cell leaves the field as it is")
            .into()),
        1 => {
            let delimiter = u8::try_from(found.delimiter).unwrap_or(b',');
            Ok(PatchPlan { format, rows: found.rows + found.n_problems, delimiter, columns })
        }
        _ => {
            Err(bad("both `id` and `ref` say which asset a row is for").hint("leave one of them out").into())
        }
    }
}

/// Reads the patches. A refused row is an item, and the iterator goes on, until the end or the first [`Error::Io`].
pub fn patches<R: Read>(reader: R, plan: &PatchPlan, limits: &Limits) -> Result<Patches<R>> {
    let source = source::reopen(reader, plan.format, plan.delimiter, limits)?;
    Ok(Patches { source, columns: plan.columns.clone(), failed: false })
}

pub struct Patches<R: Read> {
    source: Source<R>,
    columns: Vec<Column>,
    failed: bool,
}

impl<R: Read> Iterator for Patches<R> {
    type Item = Result<Patch, Error>;

    fn next(&mut self) -> Option<Result<Patch, Error>> {
        if self.failed {
            return None;
        }
        let step = match &mut self.source {
            Source::Csv(csv) => {
                csv.next().map(|step| step.map(|read| read.and_then(|()| csv_patch(csv, &self.columns))))
            }
            Source::Jsonl(jsonl) => jsonl.next().map(|step| {
                step.map(|read| {
                    let row = jsonl.row;
                    read.and_then(|object| json_patch(row, object, jsonl.line_bytes()))
                        .map_err(|problem| problem.at_row(row))
                })
            }),
        };
        match step {
            Ok(step) => step.map(|row| row.map_err(Error::Refused)),
            Err(error) => {
                self.failed = true;
                Some(Err(Error::Io(error)))
            }
        }
    }
}

fn csv_patch<R: Read>(csv: &CsvSource<R>, columns: &[Column]) -> Result<Patch, Problem> {
    let (mut key, mut metadata, mut bytes) = (None, Map::new(), 0);
    for (i, column) in columns.iter().enumerate().take(csv.header.len()) {
        let cell = csv.field(i);
        bytes += cell.len();
        if cell.is_empty() {
            continue;
        }
        match column {
            Column::Id => key = Some(PatchKey::Id(cell.to_owned())),
            Column::Ref => key = Some(PatchKey::Ref(cell.to_owned())),
            Column::Field(name, kind) => {
                metadata.insert(name.clone(), value::from_cell(cell, *kind));
            }
        }
    }
    let key = key.ok_or_else(|| missing_key().at_row(csv.row))?;
    Ok(Patch { row: csv.row, key, metadata, bytes })
}

fn json_patch(row: u64, object: Map<String, Value>, bytes: usize) -> Result<Patch, Problem> {
    let (mut keys, mut metadata) = (Vec::new(), None);
    for (name, member) in object {
        match (name.as_str(), member) {
            ("id", Value::String(id)) => keys.push(PatchKey::Id(id)),
            ("ref", Value::String(reference)) => keys.push(PatchKey::Ref(reference)),
            // As in a manifest, where keys are often numbers.
            ("ref", Value::Number(reference)) => keys.push(PatchKey::Ref(reference.to_string())),
            ("id" | "ref", _) => {
                return Err(Problem::new(ProblemCode::MissingKey, format!("`{name}` is no text")));
            }
            ("metadata", Value::Object(patch)) => metadata = Some(patch),
            ("metadata", _) => {
                return Err(Problem::new(ProblemCode::NotAnObject, "`metadata` is not a JSON object")
                    .hint("write the fields to change, like {\"weather\": \"rain\"}; null removes one"));
            }
            _ => {
                let message = format!("a row has no member `{}`", shown(&name, 60));
                return Err(Problem::new(ProblemCode::BadJson, message)
                    .hint("write {\"id\" or \"ref\": \"...\", \"metadata\": {...}}"));
            }
        }
    }
    let key = match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => key,
        (Some(_), false) => {
            return Err(Problem::new(ProblemCode::MissingKey, "the row has both `id` and `ref`")
                .hint("leave one of them out"));
        }
        (None, _) => return Err(missing_key()),
    };
    let metadata = metadata.ok_or_else(|| {
        Problem::new(ProblemCode::NotAnObject, "the row has no `metadata`")
            .hint("write the fields to change, like {\"weather\": \"rain\"}; null removes one")
    })?;
    Ok(Patch { row, key, metadata, bytes })
}

fn missing_key() -> Problem {
    Problem::new(ProblemCode::MissingKey, "the row does not say which asset it is for")
        .hint("give it an `id` (the asset's id) or a `ref` (your reference id)")
}
