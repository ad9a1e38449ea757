//! A body with a row a line, as it comes in pieces: its rows by their number, in parts of a transaction each.

use sheaf_model::Problem;

/// Rows that are written in one transaction.
const ROWS_A_PART: usize = 500;
/// Bytes of them.
const BYTES_A_PART: usize = 4 << 20;
/// Bytes of one row.
const ROW_BYTES_MAX: usize = 4 << 20;

/// Rows of one transaction, by their number from 1; blank lines count.
pub type Part = Vec<(u64, String)>;
/// Rows that are left out, each with what is wrong with it.
pub type Refused = Vec<(u64, Vec<Problem>)>;

#[derive(Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end is not there yet.
    buffer: Vec<u8>,
    /// The line is too long; what is left of it is passed over.
    skipping: bool,
    row: u64,
    part: Part,
    bytes: usize,
    refused: Refused,
}

impl Lines {
    /// Takes bytes up to the end of a line, if there is one; what comes after it. [`Lines::full`] is to be asked then.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let line = &bytes[..end.unwrap_or(bytes.len())];
        if !self.skipping {
            self.buffer.extend_from_slice(line);
        }
        if self.buffer.len() > ROW_BYTES_MAX {
            self.buffer.clear();
            self.skipping = true;
        }
        match end {
            Some(end) => {
                self.end();
                &bytes[end + 1..]
            }
            None => &[],
        }
    }

    /// The body is at its end.
    pub(super) fn finish(&mut self) {
        if self.skipping || !self.buffer.is_empty() {
            self.end();
        }
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.buffer);
        if std::mem::take(&mut self.skipping) {
            self.row += 1;
            let message = format!("is longer than {ROW_BYTES_MAX} bytes");
            self.refused.push((self.row, vec![Problem::new("", message)]));
        } else {
            self.put(line);
        }
    }

    /// One row; a blank one is none.
    pub(super) fn put(&mut self, row: Vec<u8>) {
        self.row += 1;
        if row.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match String::from_utf8(row) {
            Ok(text) => {
                self.bytes += text.len();
                self.part.push((self.row, text));
            }
            Err(_) => self.refused.push((self.row, vec![Problem::new("", "is not UTF-8")])),
        }
    }

    /// Whether there are as many rows as a transaction takes.
    pub(super) fn full(&self) -> bool {
        self.part.len() >= ROWS_A_PART || self.bytes >= BYTES_A_PART || self.refused.len() >= ROWS_A_PART
    }

    /// What has come since it was asked last: rows, and those that are none.
    pub(super) fn part(&mut self) -> (Part, Refused) {
        self.bytes = 0;
        (std::mem::take(&mut self.part), std::mem::take(&mut self.refused))
    }
}
