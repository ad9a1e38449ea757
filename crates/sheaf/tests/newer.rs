//! The binary on data of a newer Sheaf: it says so, and touches nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use sheaf_store::Store;
use sheaf_testing::Home;

/// Where SQLite keeps `user_version` in its file: four bytes, the highest first.
const USER_VERSION: u64 = 60;
const NEWER: u32 = 999;

fn file(folder: &Path) -> std::fs::File {
    let mut options = std::fs::File::options();
    let mut file = options.read(true).write(true).open(folder.join("sheaf.db")).unwrap();
    file.seek(SeekFrom::Start(USER_VERSION)).unwrap();
    file
}

fn schema(home: &Home) -> u32 {
    if let Some(url) = home.database() {
        return sheaf_testing::ask(url, "SELECT schema FROM cluster").unwrap()[0]["schema"].parse().unwrap();
    }
    let mut found = [0; 4];
    file(home.path()).read_exact(&mut found).unwrap();
    u32::from_be_bytes(found)
}

#[test]
fn data_of_a_newer_sheaf_is_refused_with_the_reason() {
    let home = Home::new();
    drop(Store::open(home.path(), home.database()).unwrap());
    let known = schema(&home);
    match home.database() {
        Some(url) => sheaf_testing::run(url, &format!("UPDATE cluster SET schema = {NEWER}")),
        None => file(home.path()).write_all(&NEWER.to_be_bytes()).unwrap(),
    }
    for arguments in [&["serve", "--port", "0"][..], &["check"]] {
        let ended = common::sheaf(&home).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success(), "{arguments:?}");
        let why = format!("written by a newer Sheaf (schema {NEWER}, this one knows {known})");
        assert!(said.contains(&why), "{arguments:?}: {said}");
        assert_eq!(schema(&home), NEWER);
    }
}
