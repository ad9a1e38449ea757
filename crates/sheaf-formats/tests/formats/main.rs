//! Readers and writers together: real files, files that are wrong, and round trips.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod bad;
mod details;
mod real;
mod round_trips;
mod samples;

use sheaf_formats::folder::{Folder, Memory};
use sheaf_formats::{Asset, Format, Options, Outcome, Result};
use sheaf_model::Media;

/// Reads files; every image is 100 x 80.
pub(crate) fn read(format: Format, folder: &dyn Folder, media: Media) -> Result<(Vec<Asset>, Outcome)> {
    let mut assets = Vec::new();
    let options = Options {
        media,
        zero_based: false,
        sizes: &|_| Some((100, 80)),
        image: &|stem| Some(format!("{stem}.jpg")),
        missing: None,
    };
    let outcome = sheaf_formats::read(format, folder, options, &mut |asset| {
        assets.push(asset);
        Ok(())
    })?;
    Ok((assets, outcome))
}

pub(crate) fn one(name: &str, text: impl Into<Vec<u8>>) -> Memory {
    Memory::new([(name, text)])
}
