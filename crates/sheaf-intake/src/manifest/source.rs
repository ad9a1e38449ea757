//! Where rows come from: opens a manifest, tells its format, and hands its records on one at a time.

use std::io::{self, BufReader, Chain, Cursor, Read};

use super::{Format, csv_source, csv_source::CsvSource, jsonl_source::JsonlSource};
use crate::{
    limits::Limits,
    path,
    problem::{Problem, ProblemCode, Result},
};

const HEAD_BYTES: u64 = 64 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;

/// The manifest from its first byte on, after a byte order mark.
pub(super) type Body<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

pub(super) enum Source<R: Read> {
    Csv(Box<CsvSource<R>>),
    Jsonl(JsonlSource<R>),
}

/// Reads the beginning, refuses what cannot be a manifest, and tells the format: by the name, else by the content.
pub(super) fn open<R: Read>(reader: R, filename: Option<&str>, limits: &Limits) -> Result<Source<R>> {
    let (head, body) = begin(reader)?;
    let first = head.iter().copied().find(|b| !b.is_ascii_whitespace());
    let format = match path::extension(filename.unwrap_or("")).as_str() {
        "csv" | "tsv" | "tab" => Format::Csv,
        "jsonl" | "ndjson" | "json" | "manifest" => Format::Jsonl,
        _ if first == Some(b'{') => Format::Jsonl,
        _ => Format::Csv,
    };
    match format {
        Format::Jsonl => {
            if first == Some(b'[') {
                return Err(Problem::new(ProblemCode::BadJson, "the file is one JSON array, not JSON lines")
                    .hint("write one object a line, for example with jq -c '.[]'")
                    .into());
            }
            Ok(Source::Jsonl(JsonlSource::new(body, limits)))
        }
        Format::Csv => {
            let delimiter = csv_source::sniff_delimiter(&head);
            Ok(Source::Csv(Box::new(CsvSource::new(body, delimiter, limits)?)))
        }
    }
}

/// Opens a manifest whose format and delimiter are agreed.
pub(super) fn reopen<R: Read>(
    reader: R,
    format: Format,
    delimiter: u8,
    limits: &Limits,
) -> Result<Source<R>> {
    let (_, body) = begin(reader)?;
    Ok(match format {
        Format::Jsonl => Source::Jsonl(JsonlSource::new(body, limits)),
        Format::Csv => Source::Csv(Box::new(CsvSource::new(body, delimiter, limits)?)),
    })
}

fn begin<R: Read>(mut reader: R) -> Result<(Vec<u8>, Body<R>)> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    if head.starts_with(b"\xef\xbb\xbf") {
        head.drain(..3);
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(Problem::new(ProblemCode::NotUtf8, "the manifest is UTF-16, not UTF-8")
            .hint("save it as CSV UTF-8")
            .into());
    }
    if head.iter().all(u8::is_ascii_whitespace) && (head.len() as u64) < HEAD_BYTES - 3 {
        return Err(empty().into());
    }
    let body = BufReader::with_capacity(BUFFER_BYTES, Cursor::new(head.clone()).chain(reader));
    Ok((head, body))
}

pub(super) fn empty() -> Problem {
    Problem::new(ProblemCode::Empty, "the manifest has no rows")
        .hint("export it again and look into the file")
}

/// A problem of a line that holds bytes which are no UTF-8.
pub(super) fn not_utf8(row: u64) -> Problem {
    Problem::new(ProblemCode::NotUtf8, "the row is not UTF-8")
        .hint("save the manifest with the encoding UTF-8")
        .at_row(row)
}

pub(super) fn too_long(row: u64, bytes_max: usize, hint: &str) -> Problem {
    let message = format!("the row is longer than {}", crate::limits::bytes_shown(bytes_max as u64));
    Problem::new(ProblemCode::LineTooLong, message).hint(hint).at_row(row)
}

/// What reading one record gave: `None` at the end of the manifest.
pub(super) type Step = io::Result<Option<Result<(), Problem>>>;
