//! What the tests of processes share.

use std::path::Path;
use std::process::Command;

/// The real binary on a data folder, without what the caller's environment says of servers.
pub fn sheaf(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheaf"));
    for name in ["SHEAF_SERVER", "SHEAF_KEY", "SHEAF_LOG"] {
        command.env_remove(name);
    }
    command.env("SHEAF_DATA", data);
    command.env_remove("SHEAF_DATABASE").env_remove("SHEAF_BLOBS");
    command
}
