//! The rules: who may import what, how long a file may be, what may not stand in it. Each broken rule is one line that
//! says where, what and what to do instead.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Lines of a source file, and of a test.
const LINES_MAX: usize = 800;
const TEST_LINES_MAX: usize = 1_500;

/// Crates of ours that each crate may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("sheaf-model", &[]),
    ("sheaf-query", &[]),
    ("sheaf-select", &["sheaf-model", "sheaf-query"]),
    ("sheaf-intake", &["sheaf-model"]),
    ("sheaf-formats", &["sheaf-model", "sheaf-intake"]),
    ("sheaf-store", &["sheaf-model", "sheaf-select"]),
    (
        "sheaf-app",
        &["sheaf-model", "sheaf-query", "sheaf-select", "sheaf-intake", "sheaf-formats", "sheaf-store"],
    ),
    ("sheaf-server", &["sheaf-app", "sheaf-model", "sheaf-query"]),
];

/// Libraries that only these crates may name.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["sheaf-store"]),
    ("tokio_postgres", &["sheaf-store", "sheaf-testing"]),
    ("axum", &["sheaf-server"]),
    ("roaring", &["sheaf-select", "sheaf-store", "sheaf-app"]),
    ("clap", &["sheaf"]),
    ("tokio", &["sheaf-store", "sheaf-app", "sheaf-server", "sheaf"]),
    ("utoipa", &["sheaf-server"]),
];

/// Words that source files may not have, and why. Split, so that this file does not have them itself.
const BANNED: &[(&[&str], &str)] = &[
    (&["todo", "!("], "finish it or say in the docs that it is not there"),
    (&["unimplemented", "!("], "finish it or say in the docs that it is not there"),
    (&["dbg", "!("], "remove it"),
    (&["waitFor", "Timeout("], "wait for what is to be seen"),
    (&["../sha", "red"], "the project stands on its own"),
    (
        &["clock_time", "stamp("],
        "a distributed database refuses it in an update: pass the value in, or use now()",
    ),
    (&["gen_random", "_uuid("], "a distributed database refuses it in an update: pass the value in"),
    (&["next", "val("], "no sequences: numbers are made by the writer"),
];

/// Words that tests may not have: a test that sleeps is slow when it passes and fails when the machine is.
const BANNED_IN_TESTS: &[(&[&str], &str)] = &[
    (&["thread::", "sleep("], "wait for the event itself"),
    (&["time::", "sleep("], "wait for the event itself"),
    (&["#[ign", "ore"], "a test runs or is not there"),
];

/// Every broken rule of the repository.
pub fn run(root: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for (name, may) in LAYERS {
        layers(root, name, may, &mut out);
    }
    for file in sources(root) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        check_file(&shown, &text, &mut out);
    }
    out
}

fn layers(root: &Path, name: &str, may: &[&str], out: &mut Vec<String>) {
    let path = root.join("crates").join(name).join("Cargo.toml");
    let manifest = fs::read_to_string(&path).unwrap_or_default();
    let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    for line in dependencies.lines() {
        let used = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if used.starts_with("sheaf-") && used != name && !may.contains(&used) {
            out.push(format!(
                "crates/{name}/Cargo.toml: {name} may not use {used}; see ARCHITECTURE.md, layers"
            ));
        }
        for (library, crates) in ONLY_IN {
            if used == *library && !crates.contains(&name) {
                out.push(format!("crates/{name}/Cargo.toml: only {} may use {library}", crates.join(", ")));
            }
        }
    }
}

fn check_file(shown: &str, text: &str, out: &mut Vec<String>) {
    let test = shown.contains("/tests/") || shown.contains("tests.rs") || shown.contains(".test.");
    let (lines, max) = (text.lines().count(), if test { TEST_LINES_MAX } else { LINES_MAX });
    if lines > max {
        out.push(format!("{shown}: {lines} lines, more than {max}; split it by what its parts are for"));
    }
    let more: &[_] = if test { BANNED_IN_TESTS } else { &[] };
    for (parts, why) in BANNED.iter().chain(more) {
        if let Some(at) = text.lines().position(|line| line.contains(&parts.concat())) {
            out.push(format!("{shown}:{}: `{}`: {why}", at + 1, parts.concat()));
        }
    }
    if shown.ends_with(".rs") && shown.contains("/src/") && !text.starts_with("//!") {
        out.push(format!("{shown}: begin with a `//!` sentence that says what the file is responsible for"));
    }
    // A test may damage data on purpose.
    let sql_outside = shown.ends_with(".rs")
        && !test
        && !shown.starts_with("crates/sheaf-store/")
        && !shown.starts_with("xtask/")
        && text.lines().any(|line| {
            let line = line.trim_start().trim_start_matches('"');
            ["SELECT ", "INSERT INTO ", "DELETE FROM "].iter().any(|word| line.starts_with(word))
        });
    if sql_outside {
        out.push(format!("{shown}: SQL belongs to crates/sheaf-store"));
    }
}

/// Source files that git would track: Rust, TypeScript, CSS and scripts outside build folders.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["crates", "xtask", "ui/src", "e2e", "scripts", "demo"].map(|f| root.join(f)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "dist", "results", "test-results"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if [".rs", ".ts", ".tsx", ".css", ".sh"].iter().any(|end| name.ends_with(end))
                && !name.ends_with(".d.ts")
            {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_keeps_its_rules() {
        assert_eq!(run(&root()), Vec::<String>::new());
    }

    #[test]
    fn broken_rules_are_found() {
        let mut out = Vec::new();
        let text = format!("//! x\nfn f() {{ {}{}) }}\n", "todo", "!(");
        check_file("crates/sheaf-app/src/x.rs", &text, &mut out);
        check_file("crates/sheaf-app/src/y.rs", "fn f() {}\n", &mut out);
        check_file("crates/sheaf-app/src/z.rs", "//! z\nconst S: &str =\n    \"SELECT 1\";\n", &mut out);
        check_file("crates/sheaf-app/src/w.rs", &format!("//! w\n{}", "\n".repeat(LINES_MAX)), &mut out);
        assert_eq!(out.len(), 4, "{out:?}");
    }
}
