//! A copy of an SQLite instance as it is at one moment, while a server may be at it: first the database, then the contents that
//! it names. These are there before the rows that name them, and never change.

use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::header::pretty;
use super::{Contents, CopyOut, DATABASE_FILE, blobs_of, digest_of, make_empty, open_to_read, put_last};
use crate::driver::Conn;
use crate::error::{Result, StoreError};

pub(super) const HEADER_FILE: &str = "sheaf-backup.json";
pub(super) const FORMAT: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) schema: i64,
    pub(super) sheaf: String,
    pub(super) at_ms: i64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// None: the contents are kept by other means.
    pub(super) contents: Option<Contents>,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    pub bytes: u64,
    /// None: they are kept by other means.
    pub contents: Option<Contents>,
}

/// Copies the instance in `dir` into the new or empty folder `out`.
pub fn backup(dir: &Path, out: &Path, with_contents: bool, at_ms: i64) -> Result<BackedUp> {
    let (conn, schema) = open_to_read(dir, None, false)?;
    make_empty(out)?;
    let copy = out.join(DATABASE_FILE);
    let text = copy.to_str().ok_or_else(|| super::refused("the path of the backup is not UTF-8"))?;
    conn.backup(text)?;
    drop(conn);
    let contents = if with_contents { Some(copy_contents(dir, &copy, out)?) } else { None };
    let (sha256, bytes) = digest_of(&copy)?;
    let sheaf = env!("CARGO_PKG_VERSION").to_owned();
    let header = Header { format: FORMAT, schema, sheaf, at_ms, bytes, sha256, contents };
    put_last(&out.join(HEADER_FILE), &format!("{}\n", pretty(&header)?))?;
    Ok(BackedUp { bytes, contents })
}

fn copy_contents(dir: &Path, database: &Path, out: &Path) -> Result<Contents> {
    let blobs = blobs_of(dir)?;
    let conn = Conn::look_into(database)?;
    let mut copy = CopyOut::new(&blobs, out);
    each_content(&conn, &mut |hash| copy.copy(hash))?;
    Ok(copy.count)
}

/// Calls `visit` with every content that an asset names; with one that several name as often.
pub(super) fn each_content(conn: &Conn, visit: &mut dyn FnMut(&[u8; 32]) -> Result<()>) -> Result<()> {
    conn.query("SELECT content, thumbnail FROM assets", &[], &mut |row| {
        for hash in [row.opt_bytes(0)?, row.opt_bytes(1)?].into_iter().flatten() {
            visit(&hash)?;
        }
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })
}
