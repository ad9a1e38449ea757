//! The bytes choose a library and queries: the engine finds what the naive evaluator says.
#![no_main]

#[path = "../../crates/sheaf-select/tests/library/mod.rs"]
mod library;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    library::agree(&mut library::Random::of_bytes(bytes));
});
