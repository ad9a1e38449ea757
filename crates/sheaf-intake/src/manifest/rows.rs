//! The second pass over a manifest: one checked row after the other, under the agreed plan.

use std::{collections::HashMap, io::Read};

use serde_json::{Map, Value};

use super::{
    ColumnType, Format, Plan, Role, Row,
    assemble::Draft,
    csv_source::CsvSource,
    jsonl_source::JsonlSource,
    source::{self, Source},
    value,
};
use crate::{
    limits::Limits,
    problem::{Error, Problem, ProblemCode, Result},
};

/// Reads a manifest's rows. Fails at once when the manifest is not what the plan was made for; later, a refused row
/// is an item and the iterator goes on, until the end or the first [`Error::Io`].
pub fn rows<R: Read>(reader: R, plan: &Plan, limits: &Limits) -> Result<Rows<R>> {
    let delimiter = u8::try_from(plan.delimiter).unwrap_or(b',');
    let source = source::reopen(reader, plan.format, delimiter, limits)?;
    let columns = match &source {
        Source::Csv(csv) => Columns::Csv(csv_columns(plan, csv)?),
        Source::Jsonl(_) => Columns::Jsonl(JsonColumns::new(plan)),
    };
    Ok(Rows { source, columns, limits: limits.clone(), scratch: Vec::new(), failed: false })
}

pub struct Rows<R: Read> {
    source: Source<R>,
    columns: Columns,
    limits: Limits,
    scratch: Vec<u8>,
    failed: bool,
}

enum Columns {
    Csv(Vec<(Role, ColumnType)>),
    Jsonl(JsonColumns),
}

/// Looked up by key, apart for keys of the line and keys of its `metadata` object.
struct JsonColumns {
    outer: HashMap<String, (Role, Option<ColumnType>)>,
    inner: HashMap<String, (Role, Option<ColumnType>)>,
}

pub(super) const METADATA: &str = "metadata";

impl JsonColumns {
    fn new(plan: &Plan) -> JsonColumns {
        let mut columns = JsonColumns { outer: HashMap::new(), inner: HashMap::new() };
        for column in &plan.columns {
            // What needs no care is not looked up to any effect, so that a plan without wishes costs nothing.
            if column.role == Role::Meta && matches!(column.kind, None | Some(ColumnType::Mixed)) {
                continue;
            }
            if let Some(key) = column.name.strip_prefix("metadata.") {
                columns.inner.insert(key.to_owned(), (column.role, column.kind));
            }
            columns.outer.insert(column.name.clone(), (column.role, column.kind));
        }
        columns
    }
}

fn csv_columns<R: Read>(plan: &Plan, csv: &CsvSource<R>) -> Result<Vec<(Role, ColumnType)>, Problem> {
    if plan.format != Format::Csv || plan.columns.len() != csv.header.len() {
        return Err(changed());
    }
    plan.columns
        .iter()
        .zip(&csv.header)
        .map(|(column, name)| {
            if column.name != *name {
                return Err(changed());
            }
            Ok((column.role, column.kind.unwrap_or(ColumnType::Text)))
        })
        .collect()
}

fn changed() -> Problem {
    Problem::new(ProblemCode::BadHeader, "the columns of the manifest are not those that were agreed upon")
        .hint("upload the manifest again")
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Result<Row, Error>> {
        if self.failed {
            return None;
        }
        let step = match (&mut self.source, &self.columns) {
            (Source::Csv(csv), Columns::Csv(columns)) => csv.next().map(|step| {
                step.map(|read| read.and_then(|()| csv_row(csv, columns, &self.limits, &mut self.scratch)))
            }),
            (Source::Jsonl(jsonl), Columns::Jsonl(columns)) => {
                next_json(jsonl, columns, &self.limits, &mut self.scratch)
            }
            _ => Ok(None),
        };
        match step {
            Ok(None) => None,
            Ok(Some(row)) => Some(row.map_err(Error::Refused)),
            Err(error) => {
                self.failed = true;
                Some(Err(Error::Io(error)))
            }
        }
    }
}

fn csv_row<R: Read>(
    csv: &CsvSource<R>,
    columns: &[(Role, ColumnType)],
    limits: &Limits,
    scratch: &mut Vec<u8>,
) -> Result<Row, Problem> {
    let mut draft = Draft::default();
    for (i, &(role, kind)) in columns.iter().enumerate() {
        match role {
            Role::Ignore => {}
            Role::Meta => {
                let cell = csv.field(i);
                if !cell.is_empty() {
                    draft.metadata.insert(csv.header[i].clone(), value::from_cell(cell, kind));
                }
            }
            // A text is kept with its blanks: spans count characters.
            Role::Text => draft.put(role, csv.raw_field(i).to_owned()),
            role => draft.put(role, csv.field(i).to_owned()),
        }
    }
    draft.finish(csv.row, limits, scratch)
}

fn next_json<R: Read>(
    jsonl: &mut JsonlSource<R>,
    columns: &JsonColumns,
    limits: &Limits,
    scratch: &mut Vec<u8>,
) -> std::io::Result<Option<Result<Row, Problem>>> {
    let step = jsonl.next()?;
    let row = jsonl.row;
    Ok(step.map(|read| read.and_then(|object| json_row(row, object, columns, limits, scratch))))
}

fn json_row(
    row: u64,
    object: Map<String, Value>,
    columns: &JsonColumns,
    limits: &Limits,
    scratch: &mut Vec<u8>,
) -> Result<Row, Problem> {
    let mut draft = Draft::default();
    for (key, cell) in object {
        match cell {
            // The usual case: all of it is metadata, and none of it needs care.
            Value::Object(mut inner)
                if key == METADATA
                    && !columns.outer.contains_key(METADATA)
                    && columns.inner.is_empty()
                    && draft.metadata.is_empty() =>
            {
                inner.retain(|_, cell| !cell.is_null());
                draft.metadata = inner;
            }
            Value::Object(inner) if key == METADATA && !columns.outer.contains_key(METADATA) => {
                for (key, cell) in inner {
                    put_json(&mut draft, &columns.inner, key, cell);
                }
            }
            cell => put_json(&mut draft, &columns.outer, key, cell),
        }
    }
    draft.finish(row, limits, scratch)
}

fn put_json(
    draft: &mut Draft,
    columns: &HashMap<String, (Role, Option<ColumnType>)>,
    key: String,
    cell: Value,
) {
    if cell.is_null() {
        return;
    }
    let (role, kind) = columns.get(&key).copied().unwrap_or((Role::Meta, None));
    match role {
        Role::Ignore => {}
        Role::Meta => {
            let cell = match kind {
                Some(kind) => value::from_value(cell, kind),
                None => cell,
            };
            draft.metadata.insert(key, cell);
        }
        role => draft.put_value(role, cell),
    }
}
