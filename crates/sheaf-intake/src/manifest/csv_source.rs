//! CSV records over `csv-core`, with a bound on each: an unclosed quote makes the rest of a file one record, which
//! must not end up in memory. Delimiter and header are found here.

use std::{
    collections::HashMap,
    io::{self, BufRead, Read},
};

use csv_core::ReadRecordResult;

use super::{
    source::{Body, Step, empty, not_utf8, too_long},
    url, value,
};
use crate::{
    limits::Limits,
    problem::{Problem, ProblemCode, Result, shown},
};

pub(super) struct CsvSource<R: Read> {
    body: Body<R>,
    parser: csv_core::Reader,
    pub delimiter: u8,
    /// The unescaped fields of the present record, one after the other.
    fields: Vec<u8>,
    ends: Vec<usize>,
    n_fields: usize,
    pub header: Vec<String>,
    /// Columns without a name in the file, which got one here.
    pub unnamed: Vec<bool>,
    /// Records after the header read so far, which is also the number of the present one.
    pub row: u64,
    line_bytes_max: usize,
    columns_max: usize,
}

enum Record {
    End,
    Whole,
    TooLong,
}

/// The one that stands most often in the header, outside of quotes; comma when none does.
pub(super) fn sniff_delimiter(head: &[u8]) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0_usize; 4];
    let mut quoted = false;
    let mut named = false;
    for &byte in head {
        named |= !byte.is_ascii_whitespace();
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && named => break,
            _ if !quoted => {
                if let Some(i) = CANDIDATES.iter().position(|&c| c == byte) {
                    counts[i] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    counts.iter().position(|&n| n == most && n > 0).map_or(b',', |i| CANDIDATES[i])
}

impl<R: Read> CsvSource<R> {
    /// Reads the header, too.
    pub fn new(body: Body<R>, delimiter: u8, limits: &Limits) -> Result<CsvSource<R>> {
        let mut source = CsvSource {
            body,
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            fields: vec![0; 4096],
            ends: vec![0; 64],
            n_fields: 0,
            header: Vec::new(),
            unnamed: Vec::new(),
            row: 0,
            line_bytes_max: limits.line_bytes_max,
            columns_max: limits.columns_max,
        };
        match source.read_record()? {
            Record::End => return Err(empty().into()),
            Record::TooLong => return Err(bad_header("the first row is too long to name columns").into()),
            Record::Whole => source.take_header()?,
        }
        Ok(source)
    }

    /// Reads the next record; its fields are then had by [`CsvSource::field`].
    pub fn next(&mut self) -> Step {
        let line = self.parser.line();
        let record = self.read_record()?;
        if matches!(record, Record::End) {
            return Ok(None);
        }
        self.row += 1;
        Ok(Some(self.check_record(record, line)))
    }

    fn check_record(&self, record: Record, line: u64) -> Result<(), Problem> {
        if matches!(record, Record::TooLong) {
            let hint = format!("is a quote left open in line {line}?");
            return Err(too_long(self.row, self.line_bytes_max, &hint));
        }
        if self.n_fields != self.header.len() {
            let message = format!(
                "the row has {} fields and the header has {} (line {line})",
                self.n_fields,
                self.header.len()
            );
            return Err(Problem::new(ProblemCode::RaggedRow, message)
                .hint("put values that contain the delimiter or a line break in quotes")
                .at_row(self.row));
        }
        if !self.fields_are_utf8() {
            return Err(not_utf8(self.row));
        }
        Ok(())
    }

    /// All fields at once, and none may begin within a character of the one before.
    fn fields_are_utf8(&self) -> bool {
        let ends = &self.ends[..self.n_fields];
        let bytes = &self.fields[..ends.last().copied().unwrap_or(0)];
        std::str::from_utf8(bytes).is_ok_and(|text| ends.iter().all(|&end| text.is_char_boundary(end)))
    }

    /// A field of the present record, without blanks around it.
    pub fn field(&self, i: usize) -> &str {
        self.raw_field(i).trim()
    }

    /// A field of the present record as it stands in the file.
    pub fn raw_field(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        // Never empty for want of UTF-8: the record was checked when it was read.
        std::str::from_utf8(&self.fields[start..self.ends[i]]).unwrap_or("")
    }

    fn read_record(&mut self) -> io::Result<Record> {
        let (mut n_bytes, mut n_ends) = (0, 0);
        let mut too_long = false;
        loop {
            let input = match self.body.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (result, used, written, ended) =
                self.parser.read_record(input, &mut self.fields[n_bytes..], &mut self.ends[n_ends..]);
            self.body.consume(used);
            n_bytes += written;
            n_ends += ended;
            match result {
                ReadRecordResult::InputEmpty => continue,
                ReadRecordResult::OutputFull if self.fields.len() >= self.line_bytes_max => {
                    too_long = true;
                    n_bytes = 0;
                }
                ReadRecordResult::OutputFull => {
                    let length = (self.fields.len() * 2).min(self.line_bytes_max);
                    self.fields.resize(length, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() > self.columns_max => {
                    // More than any header has: the count suffices to call the record ragged.
                    n_ends = self.columns_max;
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.n_fields = n_ends;
                    return Ok(if too_long { Record::TooLong } else { Record::Whole });
                }
                ReadRecordResult::End => return Ok(Record::End),
            }
        }
    }

    fn take_header(&mut self) -> Result<(), Problem> {
        if self.n_fields > self.columns_max {
            return Err(bad_header(format!("the header names more than {} columns", self.columns_max)));
        }
        if !self.fields_are_utf8() {
            return Err(Problem::new(ProblemCode::NotUtf8, "the header is not UTF-8")
                .hint("save the manifest with the encoding UTF-8"));
        }
        let names: Vec<String> = (0..self.n_fields).map(|i| self.field(i).to_owned()).collect();
        let numbers = names.iter().filter(|name| value::parse_number(name).is_some()).count();
        let named = names.iter().filter(|name| !name.is_empty()).count();
        if named == 0 {
            return Err(bad_header("the first row does not name any column"));
        }
        if numbers == named || names.iter().any(|name| url::looks_like_http(name)) {
            return Err(bad_header("the first row holds values, not the names of columns"));
        }
        let mut seen = HashMap::new();
        for (i, name) in names.into_iter().enumerate() {
            self.unnamed.push(name.is_empty());
            let name = if name.is_empty() { format!("column {}", i + 1) } else { name };
            if let Some(first) = seen.insert(name.clone(), i) {
                let message =
                    format!("two columns are named `{}` ({} and {})", shown(&name, 60), first + 1, i + 1);
                return Err(bad_header(message).hint("give every column a name of its own"));
            }
            self.header.push(name);
        }
        Ok(())
    }
}

fn bad_header(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::BadHeader, message).hint("begin the file with one row that names the columns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found_outside_of_quotes() {
        for (head, expected) in [
            ("a,b,c\n1;2;3", b','),
            ("a;b;c\n", b';'),
            ("a\tb\n", b'\t'),
            ("a|b\n", b'|'),
            ("\"a,b,c\";d\n", b';'),
            ("a\n1;2", b','),
            ("\n\na;b\n", b';'),
            ("", b','),
        ] {
            assert_eq!(sniff_delimiter(head.as_bytes()), expected, "for {head:?}");
        }
    }
}
