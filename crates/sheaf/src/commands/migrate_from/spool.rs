//! Pages that come the newest first and are wanted the oldest first, however many: in a file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use anyhow::{Context, Result};
use serde_json::Value;

pub(super) struct Spool {
    file: File,
    /// Where each page lies, and its length.
    pages: Vec<(u64, usize)>,
    end: u64,
}

impl Spool {
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        Ok(Self { file, pages: Vec::new(), end: 0 })
    }

    pub(super) fn put(&mut self, page: &[Value]) -> Result<()> {
        let bytes = serde_json::to_vec(page)?;
        self.file.write_all(&bytes).context("cannot write to a temporary file")?;
        self.pages.push((self.end, bytes.len()));
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Hands all things out, the last that was put first.
    pub(super) fn backwards(mut self, mut each: impl FnMut(Vec<Value>) -> Result<()>) -> Result<()> {
        while let Some((at, len)) = self.pages.pop() {
            let mut bytes = vec![0; len];
            self.file.seek(SeekFrom::Start(at))?;
            self.file.read_exact(&mut bytes).context("cannot read a temporary file")?;
            let mut page: Vec<Value> = serde_json::from_slice(&bytes)?;
            page.reverse();
            each(page)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_comes_first() {
        let mut spool = Spool::new().unwrap();
        spool.put(&[json!(5), json!(4)]).unwrap();
        spool.put(&[json!(3), json!(2), json!(1)]).unwrap();
        let mut out = Vec::new();
        let all = spool.backwards(|page| {
            out.extend(page);
            Ok(())
        });
        all.unwrap();
        assert_eq!(out, [json!(1), json!(2), json!(3), json!(4), json!(5)]);
    }
}
