//! Any text is read without a panic; what has no error is printed, read again and means the same.
#![no_main]

#[path = "../../crates/sheaf-query/tests/text/mod.rs"]
mod text;

libfuzzer_sys::fuzz_target!(|text: &str| text::holds_of_any_text(text));
