//! What the machine itself can do: how fast memory is read, how fast the disk is written, what a flush costs. The limits
//! that the other figures are held against are computed from these.

use std::io::{Seek, SeekFrom, Write};
use std::time::Instant;

use super::{Report, Size, median_ms, ms};

/// Words that are read: far more than any cache holds.
const WORDS: usize = 64 << 20;
/// Bytes that are written one after the other.
const SEQUENTIAL: usize = 256 << 20;
/// Bytes of a small durable write, and how many are made.
const PAGE: usize = 8192;
const FLUSHES: usize = 200;

pub(super) fn run(size: &Size) -> anyhow::Result<Report> {
    let mut report = Report::new("machine", size.assets);
    let words = vec![1u64; WORDS];
    let time = median_ms(5, || Ok(words.iter().fold(0u64, |sum, word| sum.wrapping_add(*word))))?;
    report.add("memory read by one core", (WORDS * 8) as f64 / time / 1e6, "GB/s", None);
    drop(words);

    let dir = size.dir.clone().unwrap_or_else(std::env::temp_dir);
    let mut file = tempfile::tempfile_in(&dir)?;
    let part = vec![7u8; 1 << 20];
    let started = Instant::now();
    for _ in 0..SEQUENTIAL / part.len() {
        file.write_all(&part)?;
    }
    file.sync_data()?;
    let rate = SEQUENTIAL as f64 / 1e6 / started.elapsed().as_secs_f64();
    report.add("sequential write, durable", rate, "MB/s", None);

    let mut times = Vec::new();
    for i in 0..FLUSHES {
        file.seek(SeekFrom::Start((i * PAGE) as u64))?;
        let started = Instant::now();
        file.write_all(&part[..PAGE])?;
        file.sync_data()?;
        times.push(ms(started.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    report.add("flush of 8 KB, p50", times[FLUSHES / 2], "ms", None);
    report.add("flush of 8 KB, p95", times[FLUSHES * 95 / 100], "ms", None);
    Ok(report)
}
