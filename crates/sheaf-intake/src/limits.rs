//! Every bound of the intake in one place. Nothing in this crate allocates, loops or recurses on the user's word
//! without one of these in the way.

const MIB: u64 = 1024 * 1024;

/// The bounds; `Limits::default()` is what the server uses, tests shrink single fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// An image file as uploaded: 256 MiB.
    pub image_bytes_max: u64,
    /// An SVG file, whose cost is not its pixels: 8 MiB.
    pub svg_bytes_max: u64,
    /// One text, as a file or inside a manifest: 4 MiB.
    pub text_bytes_max: u64,
    /// Width times height according to the file's header; more is refused unread: 250 megapixels.
    pub pixels_max: u64,
    /// Images with more pixels are kept but not decoded, so they have no thumbnail: 100 megapixels.
    pub pixels_decoded_max: u64,
    /// Memory that one decoder may take: 512 MiB. Images that need more are kept but not decoded.
    pub decoder_bytes_max: u64,
    /// The longer side of a thumbnail: 320 px.
    pub thumbnail_side_max: u32,
    /// The longer side of a rasterised SVG: 1,024 px.
    pub svg_side_max: u32,
    /// Entries of a zip archive, directories included: 100,000.
    pub archive_entries_max: u64,
    /// Bytes of all entries of a zip archive, counted while they are unpacked: 10 GiB.
    pub archive_bytes_max: u64,
    /// Unpacked bytes per packed byte, of an entry and of the whole archive: 200. The first 8 MiB are free.
    pub archive_ratio_max: u64,
    /// A path inside an upload: 1,024 bytes.
    pub path_bytes_max: usize,
    /// One line of JSONL or one record of CSV: 16 MiB.
    pub line_bytes_max: usize,
    /// The metadata of one row as JSON: 1 MiB.
    pub metadata_bytes_max: usize,
    /// Columns of a CSV, and columns that the preview of a JSONL tells apart: 2,000.
    pub columns_max: usize,
    /// Rows over which the preview watches a reference column for duplicates: 1,000,000.
    pub unique_rows_max: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            image_bytes_max: 256 * MIB,
            svg_bytes_max: 8 * MIB,
            text_bytes_max: 4 * MIB,
            pixels_max: 250_000_000,
            pixels_decoded_max: 100_000_000,
            decoder_bytes_max: 512 * MIB,
            thumbnail_side_max: 320,
            svg_side_max: 1024,
            archive_entries_max: 100_000,
            archive_bytes_max: 10 * 1024 * MIB,
            archive_ratio_max: 200,
            path_bytes_max: 1024,
            line_bytes_max: 16 * MIB as usize,
            metadata_bytes_max: MIB as usize,
            columns_max: 2000,
            unique_rows_max: 1_000_000,
        }
    }
}

/// A byte count as people write it.
pub(crate) fn bytes_shown(bytes: u64) -> String {
    match bytes {
        b if b >= 1024 * MIB => format!("{:.1} GiB", b as f64 / (1024 * MIB) as f64),
        b if b >= MIB => format!("{:.1} MiB", b as f64 / MIB as f64),
        b if b >= 1024 => format!("{:.1} KiB", b as f64 / 1024.0),
        b => format!("{b} bytes"),
    }
}
