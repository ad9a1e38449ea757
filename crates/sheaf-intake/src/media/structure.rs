//! Walks the blocks of an image file without decoding pixels: does the file reach its own end, and what must be known
//! before a decoder may be let loose. Decoders forgive truncation; a data set must not.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use super::MediaType;

/// What the walk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Structure {
    /// The file ends where its format says that it ends, or later.
    pub complete: bool,
    /// A progressive JPEG, which is decoded with all coefficients in memory.
    pub progressive: bool,
    /// Width and height that the header claims, where they stand in one place; decoders allocate on them.
    pub claimed: Option<(u32, u32)>,
}

pub(super) fn walk<R: BufRead + Seek>(
    media_type: MediaType,
    file: &mut R,
    size: u64,
) -> io::Result<Structure> {
    file.seek(SeekFrom::Start(0))?;
    let found = match media_type {
        MediaType::Png => png(file, size),
        MediaType::Jpeg => jpeg(file),
        MediaType::Webp => webp(file, size),
        MediaType::Gif => gif(file),
        MediaType::Text => Ok(Structure { complete: true, ..Structure::default() }),
    };
    file.seek(SeekFrom::Start(0))?;
    match found {
        // The end of the file came in the middle of a block.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Structure::default()),
        other => other,
    }
}

fn bytes<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut buffer = [0; N];
    file.read_exact(&mut buffer)?;
    Ok(buffer)
}

fn skip(file: &mut (impl BufRead + Seek), n: u64) -> io::Result<()> {
    file.seek_relative(n.min(i64::MAX as u64) as i64)
}

fn png<R: BufRead + Seek>(file: &mut R, size: u64) -> io::Result<Structure> {
    let mut at = 8;
    let mut claimed = None;
    skip(file, 8)?;
    while at < size {
        let header = bytes::<8>(file)?;
        let length = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        at += 12 + length;
        if &header[4..] == b"IEND" {
            return Ok(Structure { complete: at <= size, progressive: false, claimed });
        }
        if &header[4..] == b"IHDR" && claimed.is_none() && length >= 8 {
            let sides = bytes::<8>(file)?;
            let side = |i: usize| u32::from_be_bytes([sides[i], sides[i + 1], sides[i + 2], sides[i + 3]]);
            claimed = Some((side(0), side(4)));
            skip(file, length - 8 + 4)?;
        } else {
            skip(file, length + 4)?;
        }
    }
    Ok(Structure { claimed, ..Structure::default() })
}

fn jpeg<R: BufRead + Seek>(file: &mut R) -> io::Result<Structure> {
    let mut progressive = false;
    skip(file, 2)?;
    loop {
        let mut marker = bytes::<1>(file)?[0];
        if marker != 0xff {
            continue; // fill bytes; the decoder judges them
        }
        while marker == 0xff {
            marker = bytes::<1>(file)?[0];
        }
        match marker {
            0xd9 => return Ok(Structure { complete: true, progressive, claimed: None }),
            // The compressed data follows; within it, 0xff is always followed by 0 or a restart marker.
            0xda => break,
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            0xc2 | 0xc6 | 0xca | 0xce => progressive = true,
            _ => {}
        }
        let length = u16::from_be_bytes(bytes::<2>(file)?);
        skip(file, u64::from(length.saturating_sub(2)))?;
    }
    let mut last_was_ff = false;
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Structure { complete: false, progressive, claimed: None });
        }
        let found = (last_was_ff && buffer[0] == 0xd9) || memchr::memmem::find(buffer, b"\xff\xd9").is_some();
        if found {
            return Ok(Structure { complete: true, progressive, claimed: None });
        }
        last_was_ff = buffer.last() == Some(&0xff);
        let n = buffer.len();
        file.consume(n);
    }
}

fn webp<R: BufRead + Seek>(file: &mut R, size: u64) -> io::Result<Structure> {
    let header = bytes::<8>(file)?;
    let length = u64::from(u32::from_le_bytes([header[4], header[5], header[6], header[7]]));
    Ok(Structure { complete: length + 8 <= size, ..Structure::default() })
}

fn gif<R: BufRead + Seek>(file: &mut R) -> io::Result<Structure> {
    let header = bytes::<13>(file)?;
    let side = |i: usize| u32::from(u16::from_le_bytes([header[i], header[i + 1]]));
    let complete = Ok(Structure { complete: true, progressive: false, claimed: Some((side(6), side(8))) });
    skip(file, colour_table_bytes(header[10]))?;
    loop {
        let buffer = file.fill_buf()?;
        // Many writers leave the trailer away; between two blocks that does no harm.
        let Some(&block) = buffer.first() else { return complete };
        file.consume(1);
        match block {
            0x3b => return complete,
            0x21 => skip(file, 1)?,
            0x2c => {
                let descriptor = bytes::<9>(file)?;
                skip(file, colour_table_bytes(descriptor[8]) + 1)?;
            }
            // Garbage after the last block; the decoder judges what is before.
            _ => return complete,
        }
        loop {
            let length = bytes::<1>(file)?[0];
            if length == 0 {
                break;
            }
            skip(file, u64::from(length))?;
        }
    }
}

fn colour_table_bytes(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
