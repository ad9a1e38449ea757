//! The first pass over a manifest: how many rows, which columns, what they seem to be, and what is wrong.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io::Read,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ColumnPlan, ColumnType, Format, Plan, Role, roles,
    roles::Evidence,
    rows::METADATA,
    source::{self, Source, empty},
    url, value,
};
use crate::{
    limits::Limits,
    problem::{Problem, Result, shown},
};

const SAMPLE_ROWS: usize = 5;
const SAMPLES: usize = 5;
const SAMPLE_CHARS: usize = 80;
const PROBLEMS: usize = 20;

/// What the user sees before anything is added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub rows: u64,
    pub format: Format,
    pub delimiter: char,
    pub columns: Vec<ColumnPreview>,
    pub sample_rows: Vec<Map<String, Value>>,
    /// The first 20.
    pub problems: Vec<Problem>,
    pub n_problems: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPreview {
    pub name: String,
    pub role: Role,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    pub samples: Vec<String>,
    /// Rows without a value.
    pub n_missing: u64,
}

impl Preview {
    /// The plan that accepts everything as it was found.
    pub fn plan(&self) -> Plan {
        let columns = self.columns.iter().map(|column| ColumnPlan {
            name: column.name.clone(),
            role: column.role,
            kind: Some(column.kind),
        });
        Plan { format: self.format, delimiter: self.delimiter, columns: columns.collect() }
    }
}

/// Reads a manifest through once. `filename` only helps to tell the format.
pub fn preview<R: Read>(reader: R, filename: &str, limits: &Limits) -> Result<Preview> {
    let mut survey = Survey::new(limits);
    let (format, delimiter) = match source::open(reader, Some(filename), limits)? {
        Source::Csv(mut csv) => {
            for (name, unnamed) in csv.header.iter().zip(&csv.unnamed) {
                survey.add_column(name.clone(), *unnamed);
            }
            while let Some(step) = csv.next()? {
                match step {
                    Ok(()) => survey.see_cells((0..csv.header.len()).map(|i| csv.field(i))),
                    Err(problem) => survey.see_problem(problem),
                }
            }
            (Format::Csv, char::from(csv.delimiter))
        }
        Source::Jsonl(mut jsonl) => {
            while let Some(step) = jsonl.next()? {
                match step {
                    Ok(object) => survey.see_object(object),
                    Err(problem) => survey.see_problem(problem),
                }
            }
            (Format::Jsonl, ',')
        }
    };
    if survey.rows == 0 && survey.n_problems == 0 {
        return Err(empty().into());
    }
    Ok(survey.finish(format, delimiter))
}

/// What is known of the columns so far.
struct Survey {
    rows: u64,
    columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    by_inner_name: HashMap<String, usize>,
    sample_cells: Vec<Vec<String>>,
    sample_objects: Vec<Map<String, Value>>,
    problems: Vec<Problem>,
    n_problems: u64,
    columns_max: usize,
    unique_rows_max: u64,
}

struct Column {
    name: String,
    /// In the `metadata` object of a JSONL.
    inner: bool,
    unnamed: bool,
    watch_place: bool,
    /// Hashes of the values, as long as they are unique.
    seen: Option<HashSet<u64>>,
    types: u8,
    evidence: Evidence,
    samples: Vec<String>,
}

impl Survey {
    fn new(limits: &Limits) -> Survey {
        Survey {
            rows: 0,
            columns: Vec::new(),
            by_name: HashMap::new(),
            by_inner_name: HashMap::new(),
            sample_cells: Vec::new(),
            sample_objects: Vec::new(),
            problems: Vec::new(),
            n_problems: 0,
            columns_max: limits.columns_max,
            unique_rows_max: limits.unique_rows_max,
        }
    }

    fn add_column(&mut self, name: String, unnamed: bool) {
        self.columns.push(Column::new(name, false, unnamed));
    }

    fn see_problem(&mut self, problem: Problem) {
        self.n_problems += 1;
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn see_cells<'a>(&mut self, cells: impl Iterator<Item = &'a str> + Clone) {
        if self.sample_cells.len() < SAMPLE_ROWS {
            self.sample_cells.push(cells.clone().map(|cell| shown(cell, 200)).collect());
        }
        self.rows += 1;
        let watch_unique = self.rows <= self.unique_rows_max;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if !cell.is_empty() {
                column.see_cell(cell, watch_unique);
            }
        }
    }

    fn see_object(&mut self, object: Map<String, Value>) {
        self.rows += 1;
        let watch_unique = self.rows <= self.unique_rows_max;
        for (key, cell) in &object {
            match cell {
                Value::Object(inner) if key == METADATA => {
                    for (key, cell) in inner {
                        self.see_value(true, key, cell, watch_unique);
                    }
                }
                cell => self.see_value(false, key, cell, watch_unique),
            }
        }
        if self.sample_objects.len() < SAMPLE_ROWS {
            self.sample_objects.push(object.into_iter().map(|(key, cell)| (key, shortened(cell))).collect());
        }
    }

    fn see_value(&mut self, inner: bool, key: &str, cell: &Value, watch_unique: bool) {
        let index = if inner { &mut self.by_inner_name } else { &mut self.by_name };
        let i = match index.get(key) {
            Some(&i) => i,
            // Keys that differ from row to row are values in the wrong place; the first ones are shown.
            None if self.columns.len() >= self.columns_max => return,
            None => {
                index.insert(key.to_owned(), self.columns.len());
                let name = if inner { format!("{METADATA}.{key}") } else { key.to_owned() };
                self.columns.push(Column::new(name, inner, false));
                self.columns.len() - 1
            }
        };
        self.columns[i].see_value(cell, watch_unique);
    }

    fn finish(self, format: Format, delimiter: char) -> Preview {
        let mut evidence = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let unique = column.seen.is_some() && column.evidence.n_values == self.rows;
            evidence.push(Evidence { kind: Some(column.kind(format)), unique, ..column.evidence.clone() });
        }
        let offered: Vec<(&str, &Evidence)> = self
            .columns
            .iter()
            .zip(&evidence)
            .map(|(column, evidence)| (if column.inner { "" } else { column.name.as_str() }, evidence))
            .collect();
        let roles = roles::infer(format, &offered);
        let columns: Vec<ColumnPreview> = self
            .columns
            .into_iter()
            .zip(roles)
            .map(|(column, role)| ColumnPreview {
                kind: column.kind(format),
                // Row numbers that a data frame library wrote without being asked.
                role: if column.unnamed { Role::Ignore } else { role },
                n_missing: self.rows - column.evidence.n_values,
                samples: column.samples,
                name: column.name,
            })
            .collect();
        let sample_rows = match format {
            Format::Jsonl => self.sample_objects,
            Format::Csv => self.sample_cells.into_iter().map(|cells| typed_row(&columns, cells)).collect(),
        };
        Preview {
            rows: self.rows,
            format,
            delimiter,
            columns,
            sample_rows,
            problems: self.problems,
            n_problems: self.n_problems,
        }
    }
}

impl Column {
    fn new(name: String, inner: bool, unnamed: bool) -> Column {
        let watch_place = !inner && roles::may_hold_place(&name);
        let seen = (!inner && roles::may_be_reference(&name)).then(HashSet::new);
        Column {
            name,
            inner,
            unnamed,
            watch_place,
            seen,
            types: 0,
            evidence: Evidence::default(),
            samples: Vec::new(),
        }
    }

    fn see_cell(&mut self, cell: &str, watch_unique: bool) {
        // Text once is text for ever: the rest need not be looked at.
        if self.types & bit(ColumnType::Text) == 0 {
            let kind = value::type_of_cell(cell);
            self.types |= bit(kind);
            if kind == ColumnType::Number && cell.bytes().all(|b| b.is_ascii_digit()) && cell != "0" {
                self.evidence.n_positive_integer += 1;
            }
        }
        self.see_text(cell, watch_unique);
    }

    fn see_value(&mut self, cell: &Value, watch_unique: bool) {
        match cell {
            Value::Null => {}
            Value::String(text) if text.trim().is_empty() => self.types |= bit(ColumnType::Text),
            Value::String(text) => {
                if self.types & bit(ColumnType::Text) == 0 {
                    self.types |= bit(value::type_of_value(cell));
                }
                self.see_text(text.trim(), watch_unique);
            }
            cell => {
                self.types |= bit(value::type_of_value(cell));
                if cell.as_u64().is_some_and(|n| n > 0) {
                    self.evidence.n_positive_integer += 1;
                }
                if self.samples.len() < SAMPLES || self.seen.is_some() {
                    self.see_text(&cell.to_string(), watch_unique);
                } else {
                    self.evidence.n_values += 1;
                }
            }
        }
    }

    fn see_text(&mut self, text: &str, watch_unique: bool) {
        self.evidence.n_values += 1;
        if self.watch_place {
            if url::looks_like_http(text) {
                self.evidence.n_http += 1;
            } else if roles::looks_like_path(text) {
                self.evidence.n_path += 1;
            }
        }
        if watch_unique && self.seen.as_mut().is_some_and(|seen| !seen.insert(hash(text))) {
            self.seen = None;
        }
        if self.samples.len() < SAMPLES {
            let sample = shown(text, SAMPLE_CHARS);
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
    }

    fn kind(&self, format: Format) -> ColumnType {
        const TIME_OR_TEXT: u8 = bit(ColumnType::Time) | bit(ColumnType::Text);
        match self.types {
            0 => ColumnType::Empty,
            types if types.count_ones() == 1 => {
                ALL_TYPES.into_iter().find(|kind| bit(*kind) == types).unwrap_or(ColumnType::Text)
            }
            types if types & !TIME_OR_TEXT == 0 => ColumnType::Text,
            _ if format == Format::Csv => ColumnType::Text,
            _ => ColumnType::Mixed,
        }
    }
}

const ALL_TYPES: [ColumnType; 6] = [
    ColumnType::Text,
    ColumnType::Number,
    ColumnType::Boolean,
    ColumnType::Time,
    ColumnType::List,
    ColumnType::Object,
];

const fn bit(kind: ColumnType) -> u8 {
    1 << kind as u8
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn typed_row(columns: &[ColumnPreview], cells: Vec<String>) -> Map<String, Value> {
    let filled = columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    filled.map(|(column, cell)| (column.name.clone(), value::from_cell(&cell, column.kind))).collect()
}

/// A preview of a row is not the place for a text of megabytes.
fn shortened(cell: Value) -> Value {
    match cell {
        Value::String(text) => Value::String(shown(&text, 200)),
        cell @ (Value::Array(_) | Value::Object(_)) => {
            let text = cell.to_string();
            if text.len() <= 2000 { cell } else { Value::String(shown(&text, 200)) }
        }
        plain => plain,
    }
}
