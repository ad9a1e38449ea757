//! A bucket as the source of an upload. Without a server there is nothing to test here but that nobody reads what they may not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sheaf_app::uploads::{self, NewSync, Sync, SyncState};
use sheaf_app::{Error, Result, check};
use sheaf_model::{Media, UploadId};
use sheaf_store::BlobsAt;
use sheaf_testing::{Home, Link, Mode, s3};

use crate::bench::{Bench, PROJECT, code, png};

/// How far the clocks of a store and of the machine may be apart, see the use case.
const CLOCKS_APART_MS: i64 = 15 * 60 * 1000;

/// A bench whose operator lets one folder be read, by a link.
struct Synced {
    bench: Bench,
    link: Link,
    server: String,
    /// The folder's address, and its path on the server.
    address: String,
    path: String,
}

impl Synced {
    async fn new() -> Option<Self> {
        let server = s3()?;
        let link = Link::to(server.trim_start_matches("http://").parse().unwrap());
        let dir = Arc::new(Home::new());
        let (address, options) = dir.blobs_at(&format!("http://127.0.0.1:{}", link.port));
        let address = format!("{address}-source/photos");
        let retry_within = Duration::from_millis(1_500);
        let source = BlobsAt { address: address.clone(), options, retry_within };
        let blobs = dir.blobs().map(BlobsAt::from);
        let bench = Bench::with(dir, Media::Image, blobs, vec![source]).await;
        let path = address.trim_start_matches("s3:/").to_owned();
        Some(Self { bench, link, server, address, path })
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) {
        let url = format!("{}{}/{name}", self.server, self.path);
        let status = tokio::task::spawn_blocking(move || sheaf_testing::s3_put(&url, &bytes)).await.unwrap();
        assert_eq!(status, 200);
    }

    async fn begin(&self, id: UploadId, ascending: bool) -> Result<Sync> {
        let new = NewSync { address: self.address.clone(), ascending };
        uploads::sync(&self.bench.app, &self.bench.actor, PROJECT, id, new).await
    }

    async fn sync(&self, id: UploadId, ascending: bool) -> Sync {
        self.begin(id, ascending).await.unwrap();
        self.ends(id).await
    }

    async fn ends(&self, id: UploadId) -> Sync {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        loop {
            look.tick().await;
            let sync = uploads::get_sync(&self.bench.app, &self.bench.actor, PROJECT, id).await;
            let sync = sync.unwrap().unwrap();
            if sync.state != SyncState::Running {
                return sync;
            }
        }
    }

    /// The next second begins, by which stores tell times; a pass that begins now is one of it.
    async fn next_second(&self) {
        let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
        let next = now() + 1;
        while now() < next {
            tokio::task::yield_now().await;
        }
        self.bench.clock.set(next * 1000 + CLOCKS_APART_MS);
    }

    fn names(&self) -> BTreeSet<String> {
        let names = self.bench.names();
        let set: BTreeSet<_> = names.iter().cloned().collect();
        assert_eq!(names.len(), set.len(), "once each");
        set
    }
}

#[tokio::test]
async fn a_pass_takes_what_is_new_since_the_last_one() {
    let Some(it) = Synced::new().await else { return };
    for name in ["a/1.png", "b/2.png", "c d/ü%5B1%5D%23%25.png"] {
        it.put(name, png(name.len() as u8)).await;
    }
    it.put("note.txt", b"a text".to_vec()).await;
    it.put("empty.png", Vec::new()).await;
    let id = it.bench.upload("photos").await;
    it.next_second().await;
    let first = it.sync(id, false).await;
    assert_eq!((first.state, first.looked, first.taken), (SyncState::Done, 5, 4), "{first:?}");
    assert_eq!(it.names(), ["a/1.png", "b/2.png", "c d/ü[1]#%.png"].map(str::to_owned).into());
    assert_eq!(it.bench.report(id).await, [("note.txt".to_owned(), "unsupported_type".to_owned())]);

    // A name before the others, and another content under a known one.
    it.put("a/0.png", png(100)).await;
    it.put("b/2.png", png(101)).await;
    it.next_second().await;
    let second = it.sync(id, false).await;
    assert_eq!((second.looked, second.taken), (6, 2), "{second:?}");
    assert_eq!(it.bench.counts(id).await, [6, 5, 0, 0, 1]);
    it.next_second().await;
    let third = it.sync(id, false).await;
    assert_eq!((third.looked, third.taken), (6, 0), "{third:?}");
    assert!(check::run(&it.bench.app, true).unwrap().is_clean());
}

#[tokio::test]
async fn where_names_ascend_only_the_later_ones_are_looked_at() {
    let Some(it) = Synced::new().await else { return };
    for n in 0..5 {
        it.put(&format!("2026-11-0{n}.png"), png(n)).await;
    }
    let id = it.bench.upload("days").await;
    assert_eq!(it.sync(id, true).await.looked, 5);
    it.put("2026-11-05.png", png(5)).await;
    let second = it.sync(id, true).await;
    assert_eq!((second.looked, second.taken), (1, 1), "{second:?}");
    assert_eq!(it.sync(id, true).await.looked, 0);
    assert_eq!(it.bench.counts(id).await, [6, 6, 0, 0, 0]);
}

/// Whoever writes into a bucket names objects as they like.
#[tokio::test]
async fn a_name_that_cannot_be_kept_is_in_the_report_and_the_rest_comes_in() {
    let Some(it) = Synced::new().await else { return };
    for n in 0..30_u8 {
        it.put(&format!("m/{n:02}.png"), png(n)).await;
    }
    let bad = ["/first.png", "a//b.png", "m/10.png//x.png", "m/20/../secret.png", "n/./o.png", "z//"];
    for name in bad.into_iter().chain(["a/ok.png", "zz.png", "back\\slash.png"]) {
        it.put(name, png(40 + name.len() as u8)).await;
    }
    let id = it.bench.upload("names").await;
    let first = it.sync(id, true).await;
    assert_eq!((first.state, first.message.as_deref()), (SyncState::Done, None), "{first:?}");
    assert_eq!(it.names().len(), 32);
    let mut report = it.bench.report(id).await;
    report.sort();
    let wanted =
        ["/first.png", "a//b.png", "back\\slash.png", "m/10.png//x.png", "m/20/../secret.png", "n/./o.png"];
    assert_eq!(report, wanted.map(|name| (name.to_owned(), "bad_path".to_owned())));
    // Again it is the same, and where names ascend the look goes on after the last one.
    assert_eq!(it.sync(id, true).await.looked, 0);
    it.put("zz//late.png", png(80)).await;
    it.put("zz/late.png", png(81)).await;
    let next = it.sync(id, true).await;
    assert_eq!((next.looked, next.taken), (2, 1), "{next:?}");
    it.next_second().await;
    let all = it.sync(id, false).await;
    assert_eq!(all.state, SyncState::Done);
    assert_eq!(it.bench.report(id).await.len(), 7, "each once");
    assert!(check::run(&it.bench.app, true).unwrap().is_clean());
}

/// The list said less than what came to be there before it was read.
#[tokio::test]
async fn an_object_that_grew_is_not_read_beyond_what_was_listed() {
    let Some(it) = Synced::new().await else { return };
    for n in 0..260_u16 {
        it.put(&format!("{n:03}.png"), png((n % 200) as u8)).await;
    }
    let id = it.bench.upload("grows").await;
    it.begin(id, false).await.unwrap();
    // All is listed when the first of them are in; the last page is not fetched yet.
    let mut look = tokio::time::interval(Duration::from_millis(2));
    while it.bench.counts(id).await[0] == 0 {
        look.tick().await;
    }
    it.link.set(Mode::Stalled);
    it.put("259.png", [png(1), vec![0; 100_000]].concat()).await;
    it.link.set(Mode::Open);
    let done = it.ends(id).await;
    assert_eq!((done.state, done.taken), (SyncState::Done, 260), "{done:?}");
    assert_eq!(it.bench.report(id).await, [("259.png".to_owned(), "changed".to_owned())]);
    assert_eq!(it.names().len(), 259);
}

#[tokio::test]
async fn an_interrupted_look_goes_on_and_adds_nothing_twice() {
    let Some(it) = Synced::new().await else { return };
    for n in 0..40_u8 {
        it.put(&format!("{n:02}.png"), png(n)).await;
    }
    let id = it.bench.upload("interrupted").await;
    it.link.set(Mode::Cut);
    let failed = it.sync(id, false).await;
    assert_eq!(failed.state, SyncState::Failed);
    let message = failed.message.unwrap();
    assert!(message.contains(&it.address) && message.contains("does not answer"), "{message}");
    it.link.set(Mode::Open);
    // While it runs nobody may finish the upload or begin another one; then the process ends.
    it.begin(id, false).await.unwrap();
    let finished = uploads::finish(&it.bench.app, &it.bench.actor, PROJECT, id, None).await;
    let again = it.begin(id, false).await;
    if it.ends(id).await.taken != 40 {
        panic!("not all were taken");
    }
    // It may have been quick.
    for refused in [finished.map(drop), again.map(drop)] {
        assert!(refused.is_ok() || code(refused) == "job_running");
    }
    assert_eq!(it.names().len(), 40);
    assert!(check::run(&it.bench.app, true).unwrap().is_clean());
}

/// A node that stood still while another one took its sync may come with an older version of an object.
#[tokio::test]
async fn a_node_whose_sync_was_taken_writes_nothing_more() {
    let Some(it) = Synced::new().await else { return };
    it.put("a.png", png(1)).await;
    it.put("note.txt", b"a text".to_vec()).await;
    let id = it.bench.upload("taken").await;
    // Whoever takes the job loses it at once.
    match it.bench.dir.database() {
        Some(url) => sheaf_testing::run(
            url,
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN NEW.node = 1; NEW.until_ms = 0; RETURN NEW; END $$;
             CREATE TRIGGER lose BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION lose()",
        ),
        None => {
            let sql =
                "CREATE TRIGGER lose AFTER INSERT ON jobs BEGIN UPDATE jobs SET node = 1, until_ms = 0; END";
            it.bench.app.store().write_blocking(move |tx| tx.exec(sql, &[])).unwrap();
        }
    }
    it.begin(id, false).await.unwrap();
    let finish = async || uploads::finish(&it.bench.app, &it.bench.actor, PROJECT, id, None).await;
    let mut finished = finish().await;
    while matches!(&finished, Err(Error::Conflict { code: "job_running", .. })) {
        tokio::task::yield_now().await;
        finished = finish().await;
    }
    finished.unwrap();
    assert_eq!(it.bench.counts(id).await, [0; 5]);
    assert_eq!(it.bench.assets().len(), 0);
}

#[tokio::test]
async fn only_what_the_operator_named_is_read() {
    let dir = Arc::new(Home::new());
    let source = BlobsAt::from(("s3://open/photos".to_owned(), Vec::new()));
    let blobs = dir.blobs().map(BlobsAt::from);
    let bench = Bench::with(dir, Media::Image, blobs, vec![source]).await;
    let id = bench.upload("not mine").await;
    for address in [
        "s3://other/photos",
        "s3://open",
        "s3://open/photos2",
        "s3://open/photos/../secrets",
        "s3://open/photos/%2e%2e/secrets",
        "s3://open/photos?x",
        "gs://open/photos",
        "file:///etc",
        "http://169.254.169.254/latest",
        "",
    ] {
        let new = NewSync { address: address.into(), ascending: false };
        let answer = uploads::sync(&bench.app, &bench.actor, PROJECT, id, new).await;
        assert!(
            matches!(answer, Err(Error::Forbidden { code: "source_not_allowed", .. })),
            "{address}: {answer:?}"
        );
    }
    assert_eq!(uploads::get_sync(&bench.app, &bench.actor, PROJECT, id).await.unwrap(), None);
}
