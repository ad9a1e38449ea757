//! Removing files that nothing names any more: of uploads that were given up or refused after their files were stored, and
//! contents that were replaced. It may run beside any number of nodes that are at work; why that is safe is told in
//! [`sheaf_store::blob_removals`].

use std::time::{Duration, Instant};

use sheaf_model::Millis;
use sheaf_store::blobs::{BlobHash, Listed};
use sheaf_store::{StoreError, Turn, Tx};

use crate::{App, Error, Result};

/// How old a file has to be by default. Younger ones may be on their way to the row that will name them; they would be safe,
/// but their sender would have to send them again.
pub const OLDER_THAN: Duration = Duration::from_hours(24);
/// Files of one transaction: few enough that a claim that waits behind it does not notice.
const AT_ONCE: usize = 500;
/// Files before which it is asked whether they are still this process's to remove.
const ASKED_AT_ONCE: usize = 100;
/// How long files may be removed after it was written down that they may be.
const REMOVE_WITHIN: Duration = Duration::from_secs(60);
/// After this time another process ends what one has begun: far more than that, and what a request may take besides.
const LEFT_AFTER_MS: i64 = 15 * 60 * 1000;
/// How long it is known that a file was removed: much more than lies between a put and the write that names it.
const KNOWN_FOR_MS: i64 = 24 * 3600 * 1000;

/// What was found and done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// All files.
    pub blobs: u64,
    pub bytes: u64,
    /// Not looked at, because they are young.
    pub young: u64,
    /// Old, and nothing names them.
    pub unused: u64,
    pub unused_bytes: u64,
    pub removed: u64,
    /// Named by a write that came meanwhile, being removed by another run, or removed within the last day and there again.
    pub spared: u64,
}

/// What is done with what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is only looked.
    Look,
    /// It is removed, unless it is so much that the database may be another's.
    Remove,
    /// It is removed, however much it is.
    RemoveAll,
}

/// Finds the files that nothing names and are older than this, and removes them as `mode` says. An error when more than half of
/// the old files are named by nothing, and nobody said that this is meant.
pub fn run(app: &App, older_than: Duration, mode: Mode) -> Result<Report> {
    let only_look = mode == Mode::Look;
    let mut report = Report::default();
    if !only_look {
        end_left(app)?;
    }
    // First the list, then the snapshot: what was named in between is named in it.
    let mut old = list(app, older_than, &mut report)?;
    let mut used = vec![false; old.len()];
    mark(app, &old, &mut used)?;
    let n_old = old.len();
    let mut unused = used.iter();
    old.retain(|_| !unused.next().copied().unwrap_or(true));
    report.unused = old.len() as u64;
    report.unused_bytes = old.iter().map(|(_, size)| size).sum();
    if only_look || old.is_empty() {
        return Ok(report);
    }
    if mode == Mode::Remove && old.len() * 2 > n_old {
        let message = format!(
            "nothing in this database names {} of the {n_old} old files, so it may not be the one that they belong to; nothing was removed",
            old.len()
        );
        return Err(Error::conflict("most_files_unused", message)
            .hint("see that --data, --database and --blobs are of the same instance; then say --yes"));
    }
    for some in old.chunks(AT_ONCE) {
        let (hashes, own) = (hashes(some), app.now());
        // In the turn of everything: a write that did not find it chosen is in the next snapshot.
        app.store().write_blocking(move |tx| tx.choose_blobs(&hashes, tx.common_now(own)?))?;
    }
    // Once more: what was named before the choice is in this snapshot, what is named after it is spared by who names it.
    let mut used = vec![false; old.len()];
    mark(app, &old, &mut used)?;
    let spared: Vec<_> = old.iter().zip(&used).filter(|(_, used)| **used).map(|(blob, _)| *blob).collect();
    for some in spared.chunks(AT_ONCE) {
        let hashes = hashes(some);
        app.store().write_blocking_in(Turn::instance(), move |tx| tx.spare_blobs(&hashes))?;
    }
    for some in old.chunks(AT_ONCE) {
        let hashes = hashes(some);
        let began = Began::now(app);
        let own = began.own;
        let begun = move |tx: &Tx<'_>| tx.begin_removals(&hashes, tx.common_now(own)?);
        let chosen = app.store().write_blocking_in(Turn::instance(), begun)?;
        report.removed += chosen.len() as u64;
        remove(app, chosen, began)?;
    }
    report.spared = report.unused - report.removed;
    Ok(report)
}

/// Ends what a process that is no more has begun, and forgets what is long done.
fn end_left(app: &App) -> Result<()> {
    loop {
        let began = Began::now(app);
        let own = began.own;
        let left = app.store().write_blocking_in(Turn::instance(), move |tx| {
            let now = tx.common_now(own)?;
            tx.take_removals(now - LEFT_AFTER_MS, now)
        })?;
        if left.is_empty() {
            break;
        }
        tracing::info!(n = left.len(), "ending removals that another process began");
        remove(app, left, began)?;
    }
    let own = app.now();
    let forgotten = move |tx: &Tx<'_>| tx.forget_removals(tx.common_now(own)? - KNOWN_FOR_MS);
    Ok(app.store().write_blocking_in(Turn::instance(), forgotten)?)
}

/// When removals began, by both clocks of the machine: the one stands while it sleeps, and the other may be set.
#[derive(Clone, Copy)]
struct Began {
    lived: Instant,
    own: Millis,
}

impl Began {
    fn now(app: &App) -> Self {
        Self { lived: Instant::now(), own: app.now() }
    }

    /// Whether nobody else has ended them meanwhile, by what the clocks say.
    fn is_recent(self, app: &App) -> bool {
        let passed = app.now() - self.own;
        self.lived.elapsed() < REMOVE_WITHIN && i128::from(passed) < REMOVE_WITHIN.as_millis() as i128
    }
}

/// Removes files of which it is written down, `began` or later, that they may be.
fn remove(app: &App, blobs: Vec<BlobHash>, began: Began) -> Result<()> {
    for some in blobs.chunks(ASKED_AT_ONCE) {
        if !app.store().read_blocking(|tx| tx.holds_removals(some))? {
            return Err(Error::conflict(
                "removals_taken",
                "another process has ended what this one began to remove",
            )
            .hint("this one stood still for long; run `sheaf gc` again"));
        }
        app.store().blobs().remove(some, &|| began.is_recent(app))?;
    }
    let own = app.now();
    let ended = move |tx: &Tx<'_>| tx.end_removals(&blobs, tx.common_now(own)?);
    Ok(app.store().write_blocking_in(Turn::instance(), ended)?)
}

/// Files of at least this age with their sizes, in the order of their names.
fn list(app: &App, older_than: Duration, report: &mut Report) -> Result<Vec<(BlobHash, u64)>> {
    let mut old = Vec::new();
    app.store().blobs().each(|Listed { hash, size, age }| {
        report.blobs += 1;
        report.bytes += size;
        if age >= older_than {
            old.push((hash, size));
        } else {
            report.young += 1;
        }
    })?;
    old.sort_unstable();
    Ok(old)
}

/// Notes which of these something names, by one snapshot that begins now.
fn mark(app: &App, sorted: &[(BlobHash, u64)], used: &mut [bool]) -> Result<()> {
    app.store().read_blocking(|tx: &Tx<'_>| {
        for project in tx.project_ids()? {
            tx.each_asset_refs(project, |asset| {
                for hash in asset.content.iter().chain(&asset.thumbnail) {
                    if let Ok(at) = sorted.binary_search_by(|(known, _)| known.cmp(hash)) {
                        used[at] = true;
                    }
                }
                Ok(())
            })?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

fn hashes(blobs: &[(BlobHash, u64)]) -> Vec<BlobHash> {
    blobs.iter().map(|(hash, _)| *hash).collect()
}
