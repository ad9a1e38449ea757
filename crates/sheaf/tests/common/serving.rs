//! A server process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts a server on the data of this folder: the process, its address, and the key of its command line.
pub fn serve(mut command: Command, folder: &Path) -> (Child, String, String) {
    let mut child = command.args(["serve", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(" at http://") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the server ended");
    }
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    let key = std::fs::read_to_string(folder.join("local.key")).unwrap().trim().to_owned();
    (child, line.rsplit(" at ").next().unwrap().trim().to_owned(), key)
}
