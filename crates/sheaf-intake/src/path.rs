//! The path of a file inside an upload: a name that users see and that manifests point to. It is never used to open
//! anything on the server, and is still refused when it could be mistaken for such a path.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::problem::{Problem, ProblemCode};

const BYTES_MAX: usize = 1024;

/// The one spelling of a relative path: `/` between parts, no empty or `.` parts, Unicode NFC.
pub fn clean(relative: &str) -> Result<String, Problem> {
    clean_within(relative, BYTES_MAX)
}

pub(crate) fn clean_within(relative: &str, bytes_max: usize) -> Result<String, Problem> {
    let refuse = |message: &str, hint: &str| {
        Err(Problem::new(ProblemCode::BadPath, message).hint(hint).at_path(relative))
    };
    if relative.len() > bytes_max {
        return refuse(
            &format!("the path is longer than {bytes_max} bytes"),
            "shorten the folder or file names",
        );
    }
    if relative.chars().any(char::is_control) {
        return refuse("the path contains a control character", "rename the file");
    }
    if relative.contains('\\') {
        return refuse("the path contains a backslash", "use / between folders");
    }
    if relative.starts_with('/') {
        return refuse("the path is absolute", "use a path relative to the upload");
    }
    let mut out = String::with_capacity(relative.len());
    for part in relative.split('/') {
        match part {
            "" | "." => continue,
            ".." => return refuse("the path leads out of the upload", "remove the .. from it"),
            part => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(part);
            }
        }
    }
    if out.is_empty() {
        return refuse("the path is empty", "give the file a name");
    }
    if relative.ends_with('/') {
        return refuse("the path names a folder", "name the file in it");
    }
    if !is_nfc(&out) {
        out = out.nfc().collect();
        if out.len() > bytes_max {
            return refuse(
                &format!("the path is longer than {bytes_max} bytes"),
                "shorten the folder or file names",
            );
        }
    }
    // Of the spelling that is kept: `./c:a` is `c:a`, and the Kelvin sign is a K.
    if has_drive(&out) {
        return refuse("the path names a drive", "use a path relative to the upload");
    }
    Ok(out)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The extension in lower case, without the dot; empty when there is none.
pub fn extension(path: &str) -> String {
    match file_name(path).rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<&str>) {
        match (clean(input), expected) {
            (Ok(path), Some(expected)) => assert_eq!(path, expected, "for {input:?}"),
            (Err(problem), None) => assert_eq!(problem.code, ProblemCode::BadPath, "for {input:?}"),
            (got, _) => panic!("for {input:?} got {got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn paths_have_one_spelling() {
        check("a.png", Some("a.png"));
        check("./day 1//a.png", Some("day 1/a.png"));
        check("a/./b.png", Some("a/b.png"));
        check("..a/b..png/...", Some("..a/b..png/..."));
        check("%2e%2e/a.png", Some("%2e%2e/a.png"));
        check("cafe\u{301}.png", Some("caf\u{e9}.png"));
        check("日本/語.txt", Some("日本/語.txt"));
        check(&"a".repeat(1024), Some(&"a".repeat(1024)));
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for bad in [
            "",
            ".",
            "./",
            "/",
            "..",
            "../a",
            "a/../b",
            "a/..",
            "/etc/passwd",
            "//host/share",
            "C:/a",
            "c:a",
            "./c:a",
            "\u{212a}:a",
            "..\\a",
            "a\\b",
            "a\0.png",
            "a\nb",
            "a\u{85}b",
            "a/",
            "\u{7f}",
        ] {
            check(bad, None);
        }
        check(&"a".repeat(1025), None);
    }

    #[test]
    fn extensions_are_read_from_the_last_part_only() {
        for (path, expected) in
            [("a.PNG", "png"), ("a.b/c", ""), (".gitignore", ""), ("x.tar.gz", "gz"), ("a.", "")]
        {
            assert_eq!(extension(path), expected, "for {path:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn cleaning_is_idempotent_and_never_escapes(input in "\\PC{0,40}|[./\\\\a:]{0,12}") {
            if let Ok(path) = clean(&input) {
                proptest::prop_assert_eq!(clean(&path).unwrap(), path.clone());
                proptest::prop_assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
            }
        }
    }
}
