//! Rebuilds the server when the UI was built again: the embedded folder's new files are not seen otherwise.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
