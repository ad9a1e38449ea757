//! What was read, kept in a file with an asset a line: everything is read before anything is written, and memory does not grow with it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::folder::Folder;
use crate::{Asset, Error, Failure, Format, Options, Outcome, Result};

/// The assets of one reading.
#[derive(Debug)]
pub struct Spool {
    file: PathBuf,
}

impl Spool {
    /// Reads everything into `file`.
    pub fn read(
        format: Format,
        folder: &dyn Folder,
        options: Options<'_>,
        file: &Path,
    ) -> Result<(Self, Outcome), Failure> {
        let mut out = BufWriter::new(File::create(file)?);
        let mut failed = None;
        let read = crate::read(format, folder, options, &mut |asset| {
            write_line(&mut out, &asset).map_err(|error| {
                failed = Some(error);
                // Only ends the reading: what is told is the error itself.
                Error::new("", "", "cannot be kept", "try again")
            })
        });
        if let Some(error) = failed {
            return Err(error.into());
        }
        let outcome = read?;
        out.flush()?;
        Ok((Self { file: file.to_owned() }, outcome))
    }

    /// Each asset, with its number from 0.
    pub fn each<E: From<io::Error>>(
        &self,
        mut visit: impl FnMut(usize, Asset) -> Result<(), E>,
    ) -> Result<(), E> {
        let lines = BufReader::new(File::open(&self.file)?).lines();
        for (n, line) in lines.enumerate() {
            let asset = serde_json::from_str(&line?).map_err(io::Error::from)?;
            visit(n, asset)?;
        }
        Ok(())
    }
}

fn write_line(out: &mut impl Write, asset: &Asset) -> io::Result<()> {
    serde_json::to_writer(&mut *out, asset)?;
    out.write_all(b"\n")
}
