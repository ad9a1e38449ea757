//! Any bytes as an index block: refused or usable, and written and read again the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheaf_select::fuzzing::block(bytes));
