//! A whole instance into a folder: every table that moves as a file, on one snapshot, row by row; and the contents that its
//! assets name.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::file::{Block, Head, Writer};
use super::header::{FORMAT, Header, TableFile};
use super::{Contents, CopyOut, blobs_of, make_empty, open_to_read, row, tables};
use crate::driver::{Columns, Conn, Database, Row};
use crate::error::{Result, StoreError};

/// Blocks that the reading of the database may be ahead of the writing of files.
const BLOCKS_AHEAD: usize = 2;

/// What an export has in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub tables: usize,
    pub rows: u64,
    pub bytes: u64,
    /// None: they move by other means.
    pub contents: Option<Contents>,
}

/// Writes an instance into the new or empty folder `out`: with its contents, unless these move by other means. `told` is called
/// before each table. A server may be at the data meanwhile; what it writes after the first row was read is not in it.
pub fn export_all(
    dir: &Path,
    database: Option<&str>,
    out: &Path,
    with_contents: bool,
    at_ms: i64,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Exported> {
    let waiting = match database {
        Some(url) => Database::postgres(url)?,
        None => Database::Sqlite(dir.join(super::DATABASE_FILE)),
    };
    waiting.waiting(|| {
        let (conn, schema) = open_to_read(dir, database, true)?;
        make_empty(out)?;
        let folder = out.join("tables");
        fs::create_dir_all(&folder).map_err(|error| StoreError::file(&folder, error))?;
        let blobs = with_contents.then(|| blobs_of(dir)).transpose()?;
        let mut contents = blobs.as_ref().map(|blobs| CopyOut::new(blobs, out));
        conn.begin_export()?;
        let mut files = Vec::new();
        for name in tables::moving(&conn)? {
            told(&name);
            files.push(table(&conn, &name, out, contents.as_mut())?);
        }
        conn.rollback()?;
        let header = Header {
            format: FORMAT,
            schema,
            sheaf: env!("CARGO_PKG_VERSION").to_owned(),
            database: if conn.is_shared() { "postgresql" } else { "sqlite" }.to_owned(),
            at_ms,
            tables: files,
            contents: contents.map(|it| it.count),
        };
        header.write(out)?;
        Ok(Exported {
            tables: header.tables.len(),
            rows: header.tables.iter().map(|it| it.rows).sum(),
            bytes: header.tables.iter().map(|it| it.bytes).sum(),
            contents: header.contents,
        })
    })
}

fn table(conn: &Conn, table: &str, out: &Path, contents: Option<&mut CopyOut<'_>>) -> Result<TableFile> {
    let columns = conn.columns(table)?;
    let file = format!("tables/{table}.jsonl");
    let head = Head { table: table.to_owned(), columns: columns.all.clone() };
    let mut writer = Writer::create(out.join(&file), &head)?;
    let (blocks, read) = sync_channel::<Block>(BLOCKS_AHEAD);
    // The digest and the file beside the reading of the database.
    let writer = std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            for block in read {
                writer.block(&block)?;
            }
            Ok::<_, StoreError>(writer)
        });
        let read = rows(conn, table, &columns, contents, blocks);
        let written = writing.join().map_err(|_| StoreError::Panicked)?;
        // What stopped the writing is why the reading could not go on.
        let writer = written?;
        read.map(|()| writer)
    })?;
    Ok(writer.finish(table, file))
}

fn rows(
    conn: &Conn,
    table: &str,
    columns: &Columns,
    mut contents: Option<&mut CopyOut<'_>>,
    blocks: SyncSender<Block>,
) -> Result<()> {
    let sql = format!("SELECT {} FROM {table} ORDER BY {}", Columns::names(&columns.all), columns.key());
    let named: Vec<usize> = contents_of(table).iter().filter_map(|name| columns.place(name)).collect();
    let mut block = Block::default();
    conn.query(&sql, &[], &mut |row: &Row<'_>| {
        row::write(&mut block.bytes, row, &columns.all)?;
        block.rows += 1;
        if let Some(contents) = &mut contents {
            for &at in &named {
                if let Some(hash) = row.opt_bytes(at)? {
                    contents.copy(&hash)?;
                }
            }
        }
        if block.is_full() && blocks.send(std::mem::take(&mut block)).is_err() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    // Also an empty one: a file ends with a mark.
    drop(blocks.send(block));
    Ok(())
}

/// Columns that name contents.
pub(super) fn contents_of(table: &str) -> &'static [&'static str] {
    if table == "assets" { &["content", "thumbnail"] } else { &[] }
}
