//! Benchmarks of the main kernels at one million assets.
fn main() {
    divan::main();
}
