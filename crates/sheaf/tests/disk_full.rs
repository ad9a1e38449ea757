//! A volume that fills up in the middle of an import: a clear error, nothing acknowledged is lost, and the same command
//! ends the work when there is room again.
//!
//! The volume is a small one in memory, mounted in a name space of its own, which Linux lets everybody do.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::process::Command;

const ROWS: u32 = 150_000;

/// Runs in the name space, with `$SHEAF`, `$DIR` (the volume), `$MANIFEST`. Every answer is a line that the test reads.
const SCENARIO: &str = r#"
mount -t tmpfs -o size=200m tmpfs "$DIR" || exit 9
export SHEAF_DATA="$DIR"
"$SHEAF" serve --port 0 2>"$DIR/log" & server=$!
until grep -q 'setup?token' "$DIR/log"; do kill -0 $server || exit 9; done
kill $server; wait $server
"$SHEAF" project create p --media text >/dev/null || exit 9
head -c 170m /dev/zero > "$DIR/ballast" || exit 9
"$SHEAF" import "$MANIFEST" 2>&1 | sed 's/^/full: /'
"$SHEAF" query --limit 0 2>&1 | sed 's/^/start: /'
rm "$DIR/ballast"
"$SHEAF" import "$MANIFEST" 2>&1 | sed 's/^/room: /'
"$SHEAF" query --limit 0 2>/dev/null | sed 's/^/count: /'
"#;

#[test]
fn an_import_that_fills_the_volume_says_so_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let mut csv = String::from("text,n\n");
    for n in 0..ROWS {
        writeln!(csv, "text number {n} {:060},{n}", 0).unwrap();
    }
    std::fs::write(manifest.path(), csv).unwrap();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "bash", "-c", SCENARIO])
        .env("SHEAF", env!("CARGO_BIN_EXE_sheaf"))
        .env("DIR", dir.path())
        .env("MANIFEST", manifest.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let all = format!("{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let has = |from: &str, what: &str| said.lines().any(|line| line.starts_with(from) && line.contains(what));
    assert!(output.status.success(), "{all}");
    assert!(has("full: ", "no space is left on the volume that holds the data"), "{all}");
    assert!(!has("start: ", "something went wrong inside"), "{all}");
    assert!(has("start: ", "no space is left") || has("start: ", " assets in "), "{all}");
    assert!(has("room: ", &format!("{ROWS} received: {ROWS} added")), "{all}");
    assert!(has("count: ", &ROWS.to_string()), "{all}");
}
