//! What the tests of processes share.

use std::process::Command;

use sheaf_testing::Home;

/// The real binary on the data of a test, without what the caller's environment says of servers.
pub fn sheaf(home: &Home) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sheaf"));
    for name in ["SHEAF_SERVER", "SHEAF_KEY", "SHEAF_LOG", "SHEAF_DATABASE", "SHEAF_BLOBS"] {
        command.env_remove(name);
    }
    command.env("SHEAF_DATA", home.path()).envs(home.database().map(|url| ("SHEAF_DATABASE", url)));
    command
}
