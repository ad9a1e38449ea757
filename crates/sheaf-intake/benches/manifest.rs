//! Rows a second of reading small rows, for each format and pass. To reach: 400,000 on one core.

#![allow(clippy::unwrap_used, reason = "a panic is how a test or benchmark fails")]

use std::fmt::Write;

use divan::{Bencher, counter::ItemsCount};
use sheaf_intake::{
    Limits,
    manifest::{Preview, preview, rows},
};

const ROWS: usize = 100_000;

fn main() {
    divan::main();
}

fn csv() -> Vec<u8> {
    let mut out = String::from("id,url,weather,hour,camera,night,taken,speed\n");
    for n in 0..ROWS {
        let _ = writeln!(
            out,
            "k{n},https://example.org/{n}.png,rain,{},cam-{},{},2026-11-24T02:10:00Z,{}.5",
            n % 24,
            n % 9,
            n % 2 == 0,
            n % 130
        );
    }
    out.into_bytes()
}

fn jsonl() -> Vec<u8> {
    let mut out = String::new();
    for n in 0..ROWS {
        let _ = writeln!(
            out,
            r#"{{"id":"k{n}","url":"https://example.org/{n}.png","weather":"rain","hour":{},"camera":"cam-{}","night":{},"taken":"2026-11-24T02:10:00Z","speed":{}.5}}"#,
            n % 24,
            n % 9,
            n % 2 == 0,
            n % 130
        );
    }
    out.into_bytes()
}

fn look(name: &str, bytes: &[u8]) -> Preview {
    preview(bytes, name, &Limits::default()).unwrap()
}

fn bench_preview(bencher: Bencher, name: &str, bytes: &[u8]) {
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| look(name, bytes));
}

fn bench_rows(bencher: Bencher, name: &str, bytes: &[u8]) {
    let plan = look(name, bytes).plan();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let read = rows(bytes, &plan, &Limits::default()).unwrap().filter(Result::is_ok).count();
        assert_eq!(read, ROWS);
    });
}

#[divan::bench(sample_count = 10)]
fn csv_preview(bencher: Bencher) {
    bench_preview(bencher, "a.csv", &csv());
}

#[divan::bench(sample_count = 10)]
fn csv_rows(bencher: Bencher) {
    bench_rows(bencher, "a.csv", &csv());
}

#[divan::bench(sample_count = 10)]
fn jsonl_preview(bencher: Bencher) {
    bench_preview(bencher, "a.jsonl", &jsonl());
}

#[divan::bench(sample_count = 10)]
fn jsonl_rows(bencher: Bencher) {
    bench_rows(bencher, "a.jsonl", &jsonl());
}
