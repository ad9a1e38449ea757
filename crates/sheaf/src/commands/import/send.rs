//! Sending files over a few connections at once, each file from where the server has it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde::Deserialize;

use super::file_address;
use super::walk::LocalFile;
use crate::client::{Client, Failure};

const CONNECTIONS: usize = 4;
/// Larger files are sent in parts of this size.
const PART_BYTES: u64 = 8 * 1024 * 1024;
/// Tries of one request while the connection fails.
const TRIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// A file that the server has, or a part of one.
#[derive(Deserialize)]
struct There {
    path: String,
    size: u64,
    state: String,
    received: u64,
}

#[derive(Deserialize)]
struct Answer {
    received: u64,
    state: String,
}

/// Sends the files that the server does not have. A file that is refused is no error.
pub(super) fn all(client: &Client, base: &str, files: Vec<LocalFile>) -> Result<()> {
    let there: Vec<There> = client.all(&format!("{base}/files?limit=10000"))?;
    let mut there: HashMap<String, There> = there.into_iter().map(|file| (file.path.clone(), file)).collect();
    let n_all = files.len();
    let mut bytes = 0;
    let mut todo = Vec::new();
    for file in files {
        let known = there.remove(&file.path).filter(|known| known.size == file.size);
        match known {
            Some(known) if known.state == "done" => {}
            Some(known) if known.state == "partial" => {
                bytes += file.size - known.received.min(file.size);
                todo.push((file, known.received));
            }
            _ => {
                bytes += file.size;
                todo.push((file, 0));
            }
        }
    }
    if todo.len() < n_all {
        eprintln!("{} of {n_all} files are there already", n_all - todo.len());
    }
    let sending = Sending {
        client,
        base,
        todo,
        next: AtomicUsize::new(0),
        refused: AtomicU64::new(0),
        failed: AtomicBool::new(false),
        bar: bar(bytes)?,
    };
    let outcome = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| sending.work())).collect();
        let mut first = Ok(());
        for thread in threads {
            let ended = thread.join().unwrap_or_else(|_| Err(anyhow!("sending failed inside")));
            first = first.and(ended);
        }
        first
    });
    sending.bar.finish_and_clear();
    outcome.context("the import stopped; run it again to go on")
}

fn bar(bytes: u64) -> Result<ProgressBar> {
    let bar = ProgressBar::new(bytes);
    bar.set_style(ProgressStyle::with_template(
        "{bar:32} {bytes}/{total_bytes} {msg} [{elapsed}, {eta} left]",
    )?);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

struct Sending<'a> {
    client: &'a Client,
    base: &'a str,
    /// Each with the byte to go on at.
    todo: Vec<(LocalFile, u64)>,
    next: AtomicUsize,
    refused: AtomicU64,
    failed: AtomicBool,
    bar: ProgressBar,
}

impl Sending<'_> {
    fn work(&self) -> Result<()> {
        while !self.failed.load(Ordering::Relaxed) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some((file, from)) = self.todo.get(at) else { break };
            if let Err(error) = self.send(file, *from) {
                self.failed.store(true, Ordering::Relaxed);
                return Err(error.context(format!("cannot send `{}`", file.file.display())));
            }
            let refused = self.refused.load(Ordering::Relaxed);
            let n = at + 1;
            self.bar.set_message(format!("{n}/{} files, {refused} refused", self.todo.len()));
        }
        Ok(())
    }

    fn send(&self, local: &LocalFile, from: u64) -> Result<()> {
        let mut file = File::open(&local.file)?;
        let mut offset = from.min(local.size);
        let mut bytes = Vec::new();
        loop {
            file.seek(SeekFrom::Start(offset))?;
            bytes.clear();
            let wanted = PART_BYTES.min(local.size - offset);
            Read::take(&mut file, wanted).read_to_end(&mut bytes)?;
            if (bytes.len() as u64) < wanted {
                anyhow::bail!("the file became shorter while it was sent");
            }
            let address = file_address(self.base, &local.path, local.size, offset);
            let answer = match self.with_tries(|| self.client.put_bytes::<Answer>(&address, &bytes)) {
                Err(Failure::Api { code, details: Some(details), .. }) if code == "bad_offset" => {
                    // Another run got further, or an answer was lost.
                    offset = details["received"].as_u64().unwrap_or(0).min(local.size);
                    continue;
                }
                other => other?,
            };
            self.bar.inc(bytes.len() as u64);
            match answer.state.as_str() {
                "partial" => offset = answer.received,
                "refused" => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    // What is left of it is not sent.
                    self.bar.inc(local.size.saturating_sub(offset + bytes.len() as u64));
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }

    /// Tries again, later and later, while the connection fails.
    fn with_tries<T>(&self, request: impl Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match request() {
                Err(failure) if failure.passes() && !self.failed.load(Ordering::Relaxed) => {
                    self.bar.println(format!("{failure}; trying again in {:.1} s", wait.as_secs_f64()));
                    std::thread::sleep(wait);
                    wait *= 2;
                }
                other => return other,
            }
        }
        request()
    }
}

/// A manifest of this size is on its way.
pub(super) fn announce(what: &str, bytes: u64) {
    eprintln!("sending {what} ({})", HumanBytes(bytes));
}
