//! A zip among the uploaded files: its entries, one after the other, each unpacked into a file of its own.
//!
//! Sizes in the archive's directory are claims. What counts is what comes out, and counting stops at the limits. One
//! bad entry is refused and the next one is read; an archive that is a bomb ends there. Entries are never written
//! under a name from the archive.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use crate::{
    limits::{Limits, bytes_shown},
    media::sniff,
    path,
    problem::{Error, Problem, ProblemCode, Result},
};

/// So much may come out of any archive before its ratio matters: small files of one colour pack extremely well.
const RATIO_FREE_BYTES: u64 = 8 * 1024 * 1024;
/// The directory of an archive is held in memory while it is read.
const DIRECTORY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What the visitor of an archive gets.
#[derive(Debug)]
pub enum Entry {
    /// An unpacked file. It is removed when the visitor returns; a visitor that keeps it moves it away.
    File {
        path: String,
        file: PathBuf,
        size: u64,
    },
    Refused(Problem),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveSummary {
    pub files: u64,
    pub refused: u64,
    pub bytes: u64,
}

/// Is this file, by its first bytes, a zip archive?
pub fn is_zip(file: &Path) -> io::Result<bool> {
    let mut head = [0; 4];
    let mut file = File::open(file)?;
    match file.read_exact(&mut head) {
        Ok(()) => Ok(matches!(&head, b"PK\x03\x04" | b"PK\x05\x06")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Unpacks the entries of `archive` into `scratch` one by one and shows each to `visit`, refused ones too. Folders
/// and the litter of operating systems are passed over. An error of the visitor ends the reading and is handed back.
pub fn read_zip<E: From<Error>>(
    archive: &Path,
    scratch: &Path,
    limits: &Limits,
    mut visit: impl FnMut(Entry) -> Result<(), E>,
) -> Result<ArchiveSummary, E> {
    let mut reading = Reading::open(archive, scratch, limits)?;
    for index in 0..reading.zip.len() {
        let entry = match reading.unpack(index) {
            Ok(Some(entry)) => entry,
            Ok(None) => continue,
            Err(Stop::Entry(problem)) => Entry::Refused(problem),
            Err(Stop::Archive(problem)) => {
                reading.summary.refused += 1;
                visit(Entry::Refused(problem))?;
                break;
            }
            Err(Stop::Io(error)) => return Err(Error::Io(error).into()),
        };
        match entry {
            Entry::File { file, path, size } => {
                reading.summary.files += 1;
                let visited = visit(Entry::File { path, file: file.clone(), size });
                remove_if_there(&file).map_err(Error::Io)?;
                visited?;
            }
            refused => {
                reading.summary.refused += 1;
                visit(refused)?;
            }
        }
    }
    Ok(reading.summary)
}

struct Reading<'a> {
    zip: ZipArchive<BufReader<File>>,
    packed_bytes: u64,
    scratch: &'a Path,
    limits: &'a Limits,
    summary: ArchiveSummary,
}

enum Stop {
    Entry(Problem),
    Archive(Problem),
    Io(io::Error),
}

impl<'a> Reading<'a> {
    fn open(archive: &Path, scratch: &'a Path, limits: &'a Limits) -> Result<Reading<'a>> {
        let mut file = File::open(archive)?;
        let packed_bytes = file.metadata()?.len();
        check_directory(&mut file, packed_bytes, limits)?;
        let zip =
            ZipArchive::new(BufReader::with_capacity(64 * 1024, file)).map_err(|error| match error {
                ZipError::Io(io) if io.raw_os_error().is_some() => Error::Io(io),
                _ => damaged("the archive cannot be read, it is damaged or no zip").into(),
            })?;
        if zip.len() as u64 > limits.archive_entries_max {
            return Err(too_many_entries(zip.len() as u64, limits).into());
        }
        Ok(Reading { zip, packed_bytes, scratch, limits, summary: ArchiveSummary::default() })
    }

    /// `None` for what is not worth a word.
    fn unpack(&mut self, index: usize) -> Result<Option<Entry>, Stop> {
        // The name first: it is needed to refuse an entry that cannot be opened.
        let (name, encrypted, symlink, is_dir) = match self.zip.by_index_data(index) {
            Ok(data) => match data.name() {
                Ok(name) => (name.into_owned(), data.encrypted(), data.is_symlink(), data.is_dir()),
                Err(_) => return Err(Stop::Entry(bad_name(index))),
            },
            Err(_) => {
                return Err(Stop::Entry(damaged(format!("entry {} of the archive is damaged", index + 1))));
            }
        };
        if is_litter(&name) {
            return Ok(None);
        }
        let at = |problem: Problem| Stop::Entry(problem.at_path(name.as_str()));
        if symlink {
            return Err(at(Problem::new(ProblemCode::BadPath, "the entry is a link, not a file")
                .hint("pack the file that it points to")));
        }
        if is_dir {
            // Folders bring nothing; one that points outside is still told.
            return match path::clean_within(name.trim_end_matches('/'), self.limits.path_bytes_max) {
                Ok(_) => Ok(None),
                Err(problem) => Err(Stop::Entry(problem)),
            };
        }
        let clean = path::clean_within(&name, self.limits.path_bytes_max).map_err(Stop::Entry)?;
        if encrypted {
            return Err(at(Problem::new(ProblemCode::UnsupportedType, "the entry is encrypted")
                .hint("pack the files without a password")));
        }
        let target = self.scratch.join(format!("entry-{index}"));
        let written = self.write_entry(index, &name, &target);
        match written {
            Ok(0) => {
                remove_if_there(&target).map_err(Stop::Io)?;
                Err(at(Problem::new(ProblemCode::Empty, "the file is empty")))
            }
            Ok(size) => Ok(Some(Entry::File { path: clean, file: target, size })),
            Err(stop) => {
                remove_if_there(&target).map_err(Stop::Io)?;
                Err(stop)
            }
        }
    }

    fn write_entry(&mut self, index: usize, name: &str, target: &Path) -> Result<u64, Stop> {
        let at = |problem: Problem| Stop::Entry(problem.at_path(name));
        let mut entry = self.zip.by_index(index).map_err(|error| match error {
            ZipError::Io(io) if io.raw_os_error().is_some() => Stop::Io(io),
            _ => at(damaged("the entry is damaged or packed in an unknown way")
                .hint("pack it again with deflate")),
        })?;
        let entry_ratio_bytes =
            RATIO_FREE_BYTES.max(entry.compressed_size().saturating_mul(self.limits.archive_ratio_max));
        let archive_ratio_bytes =
            RATIO_FREE_BYTES.max(self.packed_bytes.saturating_mul(self.limits.archive_ratio_max));
        let mut out = File::create(target).map_err(Stop::Io)?;
        let mut buffer = vec![0; 128 * 1024];
        let mut size = 0_u64;
        loop {
            let n = read_some(&mut entry, &mut buffer).map_err(|error| match error.raw_os_error() {
                Some(_) => Stop::Io(error),
                None => at(damaged("the entry is damaged")),
            })?;
            if n == 0 {
                return Ok(size);
            }
            if size == 0 && sniff::is_archive(&buffer[..n]) {
                return Err(at(Problem::new(ProblemCode::UnsupportedType, "the entry is itself an archive")
                    .hint("unpack it and upload its files")));
            }
            size += n as u64;
            self.summary.bytes += n as u64;
            if self.summary.bytes > self.limits.archive_bytes_max {
                let message = format!(
                    "the archive unpacks to more than {}",
                    bytes_shown(self.limits.archive_bytes_max)
                );
                return Err(Stop::Archive(bomb(message).at_path(name)));
            }
            if self.summary.bytes > archive_ratio_bytes {
                let message = format!(
                    "the archive unpacks to more than {} times its size",
                    self.limits.archive_ratio_max
                );
                return Err(Stop::Archive(bomb(message).at_path(name)));
            }
            if size > entry_ratio_bytes {
                let message = format!(
                    "the entry unpacks to more than {} times its size",
                    self.limits.archive_ratio_max
                );
                return Err(at(bomb(message)));
            }
            if size > self.limits.image_bytes_max {
                let message =
                    format!("the entry is larger than {}", bytes_shown(self.limits.image_bytes_max));
                return Err(at(Problem::new(ProblemCode::TooLarge, message).hint("make it smaller")));
            }
            out.write_all(&buffer[..n]).map_err(Stop::Io)?;
        }
    }
}

fn read_some(entry: &mut ZipFile<'_, BufReader<File>>, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match entry.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => return other,
        }
    }
}

/// What the end of the file says of the archive's directory, before a parser allocates on it.
fn check_directory(file: &mut File, size: u64, limits: &Limits) -> Result<()> {
    let tail_bytes = size.min(66 * 1024);
    file.seek(SeekFrom::Start(size - tail_bytes))?;
    let mut tail = Vec::with_capacity(tail_bytes as usize);
    Read::take(&mut *file, tail_bytes).read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    // Every place that may be taken for the end record counts, as a parser may settle on any of them.
    for at in memchr::memmem::find_iter(&tail, b"PK\x05\x06") {
        if let Some(record) = tail.get(at..at + 22) {
            // On this disk, and on all: parsers differ in which one they believe.
            let entries = u64::from(
                u16::from_le_bytes([record[8], record[9]]).max(u16::from_le_bytes([record[10], record[11]])),
            );
            let bytes = u64::from(u32::from_le_bytes([record[12], record[13], record[14], record[15]]));
            check_claims(
                (entries != 0xffff).then_some(entries),
                (bytes != 0xffff_ffff).then_some(bytes),
                limits,
            )?;
        }
    }
    for at in memchr::memmem::find_iter(&tail, b"PK\x06\x06") {
        if let Some(record) = tail.get(at..at + 56) {
            let number =
                |from: usize| record[from..from + 8].iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
            check_claims(Some(number(24).max(number(32))), Some(number(40)), limits)?;
        }
    }
    Ok(())
}

fn check_claims(entries: Option<u64>, directory_bytes: Option<u64>, limits: &Limits) -> Result<(), Problem> {
    if let Some(entries) = entries.filter(|&n| n > limits.archive_entries_max) {
        return Err(too_many_entries(entries, limits));
    }
    if directory_bytes.is_some_and(|n| n > DIRECTORY_BYTES_MAX) {
        return Err(bomb("the directory of the archive is too large"));
    }
    Ok(())
}

fn too_many_entries(entries: u64, limits: &Limits) -> Problem {
    bomb(format!("the archive has {entries} entries, {} are the most", limits.archive_entries_max))
}

fn bomb(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::ArchiveBomb, message)
        .hint("upload the files themselves, or in several archives")
}

fn damaged(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::UnsupportedType, message).hint("pack the files again as a plain zip")
}

fn bad_name(index: usize) -> Problem {
    let message = format!("the name of entry {} of the archive cannot be read", index + 1);
    Problem::new(ProblemCode::BadPath, message).hint("rename the file and pack it again")
}

/// What macOS and Windows put into archives without being asked.
fn is_litter(name: &str) -> bool {
    let last = path::file_name(name);
    name.starts_with("__MACOSX/") || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
