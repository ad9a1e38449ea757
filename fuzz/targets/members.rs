//! Any bytes as a blob of members: refused or a set within its chunk, and written and read again the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheaf_select::fuzzing::members(bytes));
