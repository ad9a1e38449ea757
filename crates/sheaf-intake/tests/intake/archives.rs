//! Zip archives: what is in them comes out, and nothing else happens.

use std::{
    fs,
    io::{Cursor, Write},
};

use sheaf_intake::{
    Error, Limits, ProblemCode,
    archive::{ArchiveSummary, Entry, is_zip, read_zip},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::samples::code;

fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Packs under names of the same length and puts the real ones in afterwards: the writer is too polite for some.
fn pack_as(names: &[&str]) -> Vec<u8> {
    let polite: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            format!("{i:04}{}", "x".repeat(name.len().saturating_sub(4)))[..name.len()].to_owned()
        })
        .collect();
    let entries: Vec<(&str, &[u8])> = polite.iter().map(|name| (name.as_str(), &b"content"[..])).collect();
    let mut bytes = pack(&entries);
    for (polite, name) in polite.iter().zip(names) {
        while let Some(at) = bytes.windows(polite.len()).position(|window| window == polite.as_bytes()) {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
    }
    bytes
}

type Seen = (Vec<(String, Vec<u8>)>, Vec<(Option<String>, ProblemCode)>, ArchiveSummary);

fn unpack_within(bytes: &[u8], limits: &Limits) -> Result<Seen, Error> {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    let archive = folder.path().join("upload");
    fs::write(&archive, bytes).unwrap();
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    let summary = read_zip(&archive, &scratch, limits, |entry| {
        match entry {
            Entry::File { path, file, size } => {
                assert_eq!(file.parent(), Some(scratch.as_path()));
                let bytes = fs::read(file)?;
                assert_eq!(bytes.len() as u64, size);
                files.push((path, bytes));
            }
            Entry::Refused(problem) => refused.push((problem.path, problem.code)),
        }
        Ok::<_, Error>(())
    })?;
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "something was left behind");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "something was written outside");
    Ok((files, refused, summary))
}

fn unpack(bytes: &[u8]) -> Seen {
    unpack_within(bytes, &Limits::default()).unwrap()
}

#[test]
fn files_come_out_as_they_went_in() {
    let noise: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let bytes = pack(&[
        ("a.txt", b"hello"),
        ("day 1/b.png", &noise),
        ("./c//d.txt", b"x"),
        ("__MACOSX/._a.txt", b"litter"),
        (".DS_Store", b"litter"),
        ("leer.txt", b""),
    ]);
    let (files, refused, summary) = unpack(&bytes);
    let expected: [(&str, &[u8]); 3] = [("a.txt", b"hello"), ("day 1/b.png", &noise), ("c/d.txt", b"x")];
    let expected: Vec<_> = expected.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec())).collect();
    assert_eq!(files, expected);
    assert_eq!(refused, [(Some("leer.txt".to_owned()), ProblemCode::Empty)]);
    assert_eq!(summary, ArchiveSummary { files: 3, refused: 1, bytes: 300_006 });
}

#[test]
fn names_that_lead_elsewhere_are_refused_one_by_one() {
    let bad = [
        "../evil.txt",
        "/etc/passwd",
        "a/../../b.txt",
        "C:/windows",
        "..\\evil.txt",
        "nul\0byte.txt",
        "line\nbreak",
        "//host/share",
    ];
    let mut names = bad.to_vec();
    names.insert(3, "good.txt");
    let (files, refused, _) = unpack(&pack_as(&names));
    assert_eq!(files, [("good.txt".to_owned(), b"content".to_vec())]);
    assert_eq!(refused.len(), bad.len());
    assert!(refused.iter().all(|(_, code)| *code == ProblemCode::BadPath), "{refused:?}");
    let long = "a/".repeat(600) + "b.txt";
    assert_eq!(unpack(&pack(&[(&long, b"x")])).1[0].1, ProblemCode::BadPath);
}

#[test]
fn links_archives_and_locked_entries_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.add_symlink("link.txt", "/etc/passwd", options).unwrap();
    writer.add_directory("folder", options).unwrap();
    for (name, bytes) in [
        ("inner.zip", pack(&[("a", b"x")])),
        ("b.gz", b"\x1f\x8b\x08\x00abc".to_vec()),
        ("ok.txt", b"ok".to_vec()),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    let (files, refused, _) = unpack(&writer.finish().unwrap().into_inner());
    assert_eq!(files.len(), 1);
    let codes: Vec<_> =
        refused.iter().map(|(path, code)| (path.as_deref().unwrap(), code.as_str())).collect();
    assert_eq!(
        codes,
        [("link.txt", "bad_path"), ("inner.zip", "unsupported_type"), ("b.gz", "unsupported_type")]
    );

    // The flag of encryption, in the local header and in the directory.
    let mut locked = pack(&[("a.txt", b"hello")]);
    locked[6] |= 1;
    let directory = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    assert_eq!(unpack(&locked).1, [(Some("a.txt".to_owned()), ProblemCode::UnsupportedType)]);
}

#[test]
fn a_bomb_ends_the_reading_before_the_disk_is_full() {
    let zeros = vec![0_u8; 40 * 1024 * 1024];
    let bytes = pack(&[("first.txt", b"x"), ("bomb.txt", &zeros), ("after.txt", b"x")]);
    let (files, refused, summary) = unpack(&bytes);
    assert_eq!(files.len(), 1, "reading ends with the bomb");
    assert_eq!(refused, [(Some("bomb.txt".to_owned()), ProblemCode::ArchiveBomb)]);
    assert!(summary.bytes < 12 * 1024 * 1024, "{summary:?}");

    // Beside large files that do not pack, the bomb alone is refused.
    let noise: Vec<u8> =
        (0..2_000_000_u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as u8).collect();
    let (files, refused, _) = unpack(&pack(&[("bomb.txt", &zeros), ("noise.bin", &noise)]));
    assert_eq!((files.len(), refused.len()), (1, 1));

    let limits = Limits { archive_bytes_max: 1000, ..Limits::default() };
    let (files, refused, _) =
        unpack_within(&pack(&[("a", &noise[..900]), ("b", &noise[..900])]), &limits).unwrap();
    assert_eq!((files.len(), refused[0].1), (1, ProblemCode::ArchiveBomb));
    let limits = Limits { image_bytes_max: 500, ..Limits::default() };
    let (files, refused, _) =
        unpack_within(&pack(&[("a", &noise[..900]), ("b", &noise[..90])]), &limits).unwrap();
    assert_eq!((files.len(), refused[0].1), (1, ProblemCode::TooLarge));
}

#[test]
fn too_many_entries_are_refused_at_once() {
    let names: Vec<String> = (0..11).map(|n| format!("{n}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let limits = Limits { archive_entries_max: 10, ..Limits::default() };
    assert_eq!(code(unpack_within(&pack(&entries), &limits)), ProblemCode::ArchiveBomb);
    assert!(unpack_within(&pack(&entries[..10]), &limits).is_ok());
    // A claim of more in the 64-bit record alone.
    let mut lying = pack(&entries[..2]);
    let mut record = b"PK\x06\x06".to_vec();
    record.extend_from_slice(&[0; 28]);
    record.extend_from_slice(&1_000_000_u64.to_le_bytes());
    record.extend_from_slice(&[0; 16]);
    let end = lying.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    lying.splice(end..end, record);
    assert_eq!(code(unpack_within(&lying, &Limits::default())), ProblemCode::ArchiveBomb);
}

#[test]
fn damaged_archives_and_entries_are_refused() {
    let good = pack(&[("a.txt", b"hello hello hello hello"), ("b.txt", b"world")]);
    for cut in [0, 4, 30, good.len() / 2, good.len() - 1] {
        match unpack_within(&good[..cut], &Limits::default()) {
            Err(Error::Refused(problem)) => {
                assert_eq!(problem.code, ProblemCode::UnsupportedType, "cut at {cut}")
            }
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
    let mut damaged = good.clone();
    damaged[30 + 5 + 2] ^= 0xff;
    let (files, refused, _) = unpack(&damaged);
    assert_eq!((files.len(), refused.len()), (1, 1));
    assert_eq!(refused[0], (Some("a.txt".to_owned()), ProblemCode::UnsupportedType));
}

#[test]
fn an_error_of_the_visitor_ends_the_reading_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a.zip");
    fs::write(&archive, pack(&[("a", b"1"), ("b", b"2")])).unwrap();
    assert!(is_zip(&archive).unwrap());
    let mut visits = 0;
    let result = read_zip(&archive, folder.path(), &Limits::default(), |_| {
        visits += 1;
        Err(Error::Io(std::io::Error::other("full")))
    });
    assert!(matches!(result, Err(Error::Io(_))));
    assert_eq!((visits, fs::read_dir(folder.path()).unwrap().count()), (1, 1));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(flips in proptest::collection::vec((0..400_usize, proptest::num::u8::ANY), 0..10)) {
        let mut bytes = pack(&[("a.txt", b"hello hello hello"), ("b/c.txt", b"world"), ("d", &[7; 500])]);
        for (at, value) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        let _ = unpack_within(&bytes, &Limits::default());
    }
}
