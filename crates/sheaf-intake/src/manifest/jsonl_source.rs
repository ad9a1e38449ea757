//! JSON lines: one object a line. A line beyond the limit is skipped without being held.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use super::source::{Body, not_utf8, too_long};
use crate::{
    limits::Limits,
    problem::{Problem, ProblemCode, shown},
};

pub(super) struct JsonlSource<R: Read> {
    body: Body<R>,
    line: Vec<u8>,
    /// Lines read so far, which is also the number of the present one.
    pub row: u64,
    line_bytes_max: usize,
}

enum Line {
    End,
    Whole,
    TooLong,
}

impl<R: Read> JsonlSource<R> {
    pub fn new(body: Body<R>, limits: &Limits) -> JsonlSource<R> {
        JsonlSource { body, line: Vec::new(), row: 0, line_bytes_max: limits.line_bytes_max }
    }

    /// The object of the next line that is not blank.
    pub fn next(&mut self) -> io::Result<Option<Result<Map<String, Value>, Problem>>> {
        loop {
            match self.next_line()? {
                Line::End => return Ok(None),
                Line::TooLong => {
                    let hint = "put large contents into files and name them in the manifest";
                    return Ok(Some(Err(too_long(self.row, self.line_bytes_max, hint))));
                }
                Line::Whole if self.line.iter().all(u8::is_ascii_whitespace) => continue,
                Line::Whole => return Ok(Some(self.parse())),
            }
        }
    }

    /// Length of the present line.
    pub fn line_bytes(&self) -> usize {
        self.line.len()
    }

    /// Reads to the end; how many lines there are that are not blank.
    pub fn count_rows(&mut self) -> io::Result<u64> {
        let mut rows = 0;
        loop {
            match self.next_line()? {
                Line::End => return Ok(rows),
                Line::Whole if self.line.iter().all(u8::is_ascii_whitespace) => {}
                Line::Whole | Line::TooLong => rows += 1,
            }
        }
    }

    fn parse(&self) -> Result<Map<String, Value>, Problem> {
        let text = std::str::from_utf8(&self.line).map_err(|_| not_utf8(self.row))?;
        serde_json::from_str::<Map<String, Value>>(text).map_err(|error| {
            let bad = |message: String| Problem::new(ProblemCode::BadJson, message).at_row(self.row);
            match error.classify() {
                serde_json::error::Category::Data => bad("the line is not a JSON object".to_owned())
                    .hint("write one object a line, like {\"text\": \"...\"}"),
                _ => bad(format!(
                    "the line is no valid JSON at column {}: {}",
                    error.column(),
                    shown(text, 60)
                ))
                .hint("write one object a line, without line breaks within it"),
            }
        })
    }

    fn next_line(&mut self) -> io::Result<Line> {
        self.line.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let buffer = match self.body.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break;
            }
            if !any {
                any = true;
                self.row += 1;
            }
            let newline = memchr::memchr(b'\n', buffer);
            let part = &buffer[..newline.unwrap_or(buffer.len())];
            if self.line.len() + part.len() > self.line_bytes_max {
                too_long = true;
                self.line.clear();
            } else if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(newline.is_some());
            self.body.consume(used);
            if newline.is_some() {
                break;
            }
        }
        Ok(match (any, too_long) {
            (false, _) => Line::End,
            (true, true) => Line::TooLong,
            (true, false) => Line::Whole,
        })
    }
}
