//! The file of a table: a line that names the columns, rows, and after every block of rows a line with their number so far and
//! the SHA-256 of everything before it. So a file that was cut or changed is found before its rows are used, with its place.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::header::TableFile;
use super::{hex, refused};
use crate::driver::Column;
use crate::driver::arg::OwnedArg;
use crate::error::{Result, StoreError};
use crate::sql::to_json;

/// Bytes after which a block ends, and rows.
pub(super) const BLOCK_BYTES: usize = 4 << 20;
pub(super) const BLOCK_ROWS: u64 = 10_000;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) table: String,
    pub(super) columns: Vec<Column>,
}

/// The line after a block.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    rows: u64,
    sha256: String,
}

/// Rows that are written or were read together.
#[derive(Default)]
pub(super) struct Block {
    pub(super) rows: u64,
    pub(super) bytes: Vec<u8>,
}

impl Block {
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= BLOCK_BYTES || self.rows >= BLOCK_ROWS
    }
}

pub(super) struct Writer {
    path: PathBuf,
    file: File,
    digest: Sha256,
    rows: u64,
    bytes: u64,
}

impl Writer {
    pub(super) fn create(path: PathBuf, head: &Head) -> Result<Self> {
        let file = File::create_new(&path).map_err(|error| StoreError::file(&path, error))?;
        let mut out = Self { path, file, digest: Sha256::new(), rows: 0, bytes: 0 };
        out.put(format!("{}\n", to_json(head)?).as_bytes())?;
        Ok(out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| StoreError::file(&self.path, error))
    }

    pub(super) fn block(&mut self, block: &Block) -> Result<()> {
        self.put(&block.bytes)?;
        self.rows += block.rows;
        let mark = Mark { rows: self.rows, sha256: hex(&self.digest.clone().finalize()) };
        self.put(format!("{}\n", to_json(&mark)?).as_bytes())
    }

    pub(super) fn finish(self, table: &str, file: String) -> TableFile {
        let sha256 = hex(&self.digest.finalize());
        TableFile { table: table.to_owned(), file, rows: self.rows, bytes: self.bytes, sha256 }
    }
}

pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    pub(super) head: Head,
    digest: Sha256,
    rows: u64,
    bytes: u64,
}

impl Reader {
    pub(super) fn open(dir: &Path, known: &TableFile) -> Result<Self> {
        let path = dir.join(&known.file);
        let file = File::open(&path).map_err(|error| StoreError::file(&path, error))?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        let mut line = Vec::new();
        file.read_until(b'\n', &mut line).map_err(|error| StoreError::file(&path, error))?;
        let head: Head = serde_json::from_slice(&line)
            .map_err(|error| refused(format!("`{}`, line 1: {error}", path.display())))?;
        if head.table != known.table {
            return Err(refused(format!(
                "`{}` is of the table {}, not {}",
                path.display(),
                head.table,
                known.table
            )));
        }
        let mut digest = Sha256::new();
        digest.update(&line);
        Ok(Self { path, file, head, digest, rows: 0, bytes: line.len() as u64 })
    }

    fn changed(&self, what: &str) -> StoreError {
        refused(format!(
            "`{}` was changed or cut after byte {} (row {}): {what}; copy the export again, or make a new one",
            self.path.display(),
            self.bytes,
            self.rows
        ))
    }

    /// The rows of the next block, which are as they were written; none at the end.
    pub(super) fn block(&mut self) -> Result<Option<Vec<Vec<OwnedArg>>>> {
        let (mut block, mut ends) = (Vec::new(), Vec::new());
        loop {
            let from = block.len();
            let n = self
                .file
                .read_until(b'\n', &mut block)
                .map_err(|error| StoreError::file(&self.path, error))?;
            if n == 0 {
                return if from == 0 { Ok(None) } else { Err(self.changed("a block does not end")) };
            }
            if block.last() != Some(&b'\n') {
                return Err(self.changed("a line does not end"));
            }
            if block[from] == b'{' {
                return self.checked(&block, from, &ends).map(Some);
            }
            ends.push(block.len());
            // No block that was written is as long; so a file of something else does not fill the memory.
            if ends.len() as u64 > BLOCK_ROWS {
                return Err(self.changed("a block does not end"));
            }
        }
    }

    /// The rows of a block whose mark begins at `at`.
    fn checked(&mut self, block: &[u8], at: usize, ends: &[usize]) -> Result<Vec<Vec<OwnedArg>>> {
        let mark: Mark =
            serde_json::from_slice(&block[at..]).map_err(|error| self.changed(&error.to_string()))?;
        let mut digest = self.digest.clone();
        digest.update(&block[..at]);
        let rows = self.rows + ends.len() as u64;
        if mark.sha256 != hex(&digest.clone().finalize()) || mark.rows != rows {
            return Err(self.changed("the checksum of what follows is another one"));
        }
        digest.update(&block[at..]);
        let mut out = Vec::with_capacity(ends.len());
        let mut from = 0;
        for &end in ends {
            let row = super::row::read(&block[from..end], &self.head.columns).map_err(|error| {
                let n = self.rows + out.len() as u64 + 1;
                refused(format!("`{}`, row {n}: {error}", self.path.display()))
            })?;
            out.push(row);
            from = end;
        }
        self.digest = digest;
        self.rows = rows;
        self.bytes += block.len() as u64;
        Ok(out)
    }

    /// Errors unless what was read is all that the header names.
    pub(super) fn finish(self, known: &TableFile) -> Result<u64> {
        if self.rows != known.rows || hex(&self.digest.clone().finalize()) != known.sha256 {
            return Err(self.changed("the header of the export knows other rows"));
        }
        Ok(self.rows)
    }
}
