//! Files: whole, in parts, in archives, bad ones, and all of them twice.

use sheaf_app::uploads::{self, FileFilter, FileOutcomeState as State, FilePart};
use sheaf_model::Media;

use crate::bench::{Bench, PROJECT, code, png, zip};

#[tokio::test]
async fn a_file_is_an_asset_with_content_and_thumbnail_when_it_is_done() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("first").await;
    let outcome = bench.send(id, "day 1/a.png", &png(1)).await;
    assert_eq!((outcome.state, outcome.received), (State::Done, png(1).len() as u64));
    let asset = &bench.assets()[0];
    assert_eq!(asset.name, "day 1/a.png");
    assert_eq!((asset.width, asset.height, asset.media_type.as_str()), (Some(8), Some(6), "image/png"));
    let content = bench.app.store().blobs().read(&asset.content.unwrap()).unwrap().unwrap();
    assert_eq!(content, png(1));
    assert!(bench.app.store().blobs().read(&asset.thumbnail.unwrap()).unwrap().is_some());
    assert_eq!(bench.counts(id).await, [1, 1, 0, 0, 0]);
    assert_eq!(bench.get(id).await.first_ordinal, Some(0));
}

#[tokio::test]
async fn a_second_try_adds_nothing_twice() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("first").await;
    let first = bench.send(id, "a.png", &png(1)).await;
    let again = bench.send(id, "./a.png", &png(1)).await;
    assert_eq!((again.state, again.asset), (State::Duplicate, first.asset));
    assert_eq!(bench.counts(id).await, [2, 1, 0, 1, 0]);
    // Other bytes at the path, and the same bytes at another path, are assets of their own.
    bench.send(id, "a.png", &png(2)).await;
    bench.send(id, "b.png", &png(1)).await;
    assert_eq!(bench.names(), ["a.png", "a.png", "b.png"]);
    // So is the same file in another upload.
    let other = bench.upload("second").await;
    assert_eq!(bench.send(other, "a.png", &png(1)).await.state, State::Done);
}

#[tokio::test]
async fn bad_files_are_in_the_report_and_take_nothing_with_them() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("mixed").await;
    let cut = &png(1)[..40];
    for (path, bytes, expected) in [
        ("broken.png", cut, "broken_image"),
        ("empty.png", b"".as_slice(), "empty"),
        ("note.txt", b"hello".as_slice(), "unsupported_type"),
        ("program.exe", b"MZ\x90\0\x03\0\0\0".as_slice(), "unsupported_type"),
        ("../evil.png", b"x".as_slice(), "bad_path"),
    ] {
        let outcome = bench.send(id, path, bytes).await;
        assert_eq!((outcome.state, outcome.code.as_deref()), (State::Refused, Some(expected)), "for {path}");
        assert!(outcome.message.is_some_and(|message| !message.is_empty()), "for {path}");
    }
    bench.send(id, "good.png", &png(1)).await;
    assert_eq!(bench.counts(id).await, [6, 1, 0, 0, 5]);
    let report = bench.report(id).await;
    assert_eq!(report.len(), 5);
    assert!(report.contains(&("note.txt".into(), "unsupported_type".into())), "{report:?}");

    // Refused again it counts once; put right it leaves the report.
    bench.send(id, "broken.png", cut).await;
    assert_eq!(bench.counts(id).await, [6, 1, 0, 0, 5]);
    bench.send(id, "broken.png", &png(9)).await;
    assert_eq!(bench.counts(id).await, [6, 2, 0, 0, 4]);
    assert_eq!(bench.report(id).await.len(), 4);

    let csv = uploads::report_csv(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
    assert_eq!(csv.lines().count(), 5);
}

#[tokio::test]
async fn an_image_has_no_place_in_a_text_project() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("texts").await;
    assert_eq!(bench.send(id, "a.png", &png(1)).await.code.as_deref(), Some("unsupported_type"));
    assert_eq!(bench.send(id, "a.txt", b"caf\xe9 au lait").await.code.as_deref(), Some("not_utf8"));
    assert_eq!(bench.send(id, "b.txt", "grüße".as_bytes()).await.state, State::Done);
    let text = bench.app.store().read_blocking(|tx| tx.text(PROJECT, 0)).unwrap();
    assert_eq!(text.as_deref(), Some("grüße"));
}

#[tokio::test]
async fn a_file_comes_in_parts_also_over_a_restart() {
    let mut bench = Bench::new(Media::Text).await;
    let id = bench.upload("large").await;
    let text = "0123456789".repeat(60_000);
    let (size, bytes) = (text.len() as u64, text.as_bytes());
    let first = bench.part(id, "a.txt", size, 0, &bytes[..300_000], None).await.unwrap();
    assert_eq!((first.state, first.received), (State::Partial, 300_000));
    assert_eq!(code(bench.part(id, "a.txt", size, 10, b"x", None).await), "bad_offset");

    bench = bench.reopen();
    let list =
        uploads::files(&bench.app, &bench.actor, PROJECT, id, FileFilter::All, String::new(), 10).await;
    let list = list.unwrap();
    assert_eq!((list.items[0].state, list.items[0].received, list.total), ("partial", 300_000, 1));
    let last = bench.part(id, "a.txt", size, 300_000, &bytes[300_000..], None).await.unwrap();
    assert_eq!(last.state, State::Done);
    assert_eq!(bench.app.store().read_blocking(|tx| tx.text(PROJECT, 0)).unwrap(), Some(text));
    let list =
        uploads::files(&bench.app, &bench.actor, PROJECT, id, FileFilter::All, String::new(), 10).await;
    let list = list.unwrap();
    assert_eq!((list.items.len(), list.items[0].state, list.total), (1, "done", 1));
}

#[tokio::test]
async fn a_request_that_breaks_off_leaves_nothing_half() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("broken off").await;
    let bytes = png(3);
    let size = bytes.len() as u64;
    let whole = FilePart { path: "a.png".into(), size, offset: 0, length: Some(size) };
    let mut receiving = uploads::receive(&bench.app, &bench.actor, PROJECT, id, whole.clone()).await.unwrap();
    receiving.write(&bytes[..20]).await.unwrap();
    // While it is received, nobody else may send it.
    assert_eq!(code(bench.try_send(id, "a.png", &bytes).await), "file_busy");
    drop(receiving);
    assert_eq!(std::fs::read_dir(bench.dir.path().join("blobs/tmp")).unwrap().count(), 0);
    assert_eq!(bench.counts(id).await, [0; 5]);
    assert_eq!(bench.send(id, "a.png", &bytes).await.state, State::Done);

    let mut longer =
        uploads::receive(&bench.app, &bench.actor, PROJECT, id, FilePart { path: "b.png".into(), ..whole })
            .await
            .unwrap();
    longer.write(&bytes).await.unwrap();
    assert_eq!(code(longer.write(b"more").await), "invalid");
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_unread() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("huge").await;
    let outcome = bench.part(id, "huge.png", 6_000_000_000, 0, b"first bytes", None).await.unwrap();
    assert_eq!((outcome.state, outcome.code.as_deref()), (State::Refused, Some("too_large")));
    assert_eq!(bench.report(id).await, [("huge.png".to_owned(), "too_large".to_owned())]);
}

#[tokio::test]
async fn an_archive_is_its_files() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("zip").await;
    let archive = zip(&[
        ("in/a.png", &png(1)),
        ("b.png", &png(2)),
        ("c.png", b"\x89PNG\r\n\x1a\nno"),
        ("d.txt", b"text"),
    ]);
    let outcome = bench.send(id, "photos.zip", &archive).await;
    assert_eq!(outcome.state, State::Done, "{outcome:?}");
    assert_eq!(bench.names(), ["photos.zip/in/a.png", "photos.zip/b.png"]);
    assert_eq!(bench.counts(id).await, [4, 2, 0, 0, 2]);
    bench.send(id, "photos.zip", &archive).await;
    assert_eq!(bench.counts(id).await, [6, 2, 0, 2, 2]);

    let broken = bench.send(id, "broken.zip", b"PK\x03\x04 and nothing more").await;
    assert_eq!(broken.state, State::Refused);
    assert_eq!(std::fs::read_dir(bench.dir.path().join("blobs/tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn files_that_come_at_once_are_all_there() {
    let bench = std::sync::Arc::new(Bench::new(Media::Image).await);
    let id = bench.upload("many").await;
    let mut tasks = Vec::new();
    for n in 0..60_u8 {
        let bench = bench.clone();
        tasks.push(tokio::spawn(async move { bench.send(id, &format!("{n}.png"), &png(n)).await.asset }));
    }
    let mut assets = Vec::new();
    for task in tasks {
        assets.extend(task.await.unwrap());
    }
    assets.sort();
    assets.dedup();
    assert_eq!(assets.len(), 60);
    assert_eq!(bench.counts(id).await, [60, 60, 0, 0, 0]);
}

#[tokio::test]
async fn the_list_of_files_has_pages() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("pages").await;
    for n in 0..5 {
        bench.send(id, &format!("{n}.txt"), format!("text {n}").as_bytes()).await;
    }
    bench.send(id, "3a.txt", b"").await;
    bench.part(id, "2a.txt", 10, 0, b"12345", None).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page =
            uploads::files(&bench.app, &bench.actor, PROJECT, id, FileFilter::All, after, 2).await.unwrap();
        assert_eq!(page.total, 7);
        seen.extend(page.items.into_iter().map(|file| format!("{} {}", file.path, file.state)));
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(
        seen,
        [
            "0.txt done",
            "1.txt done",
            "2.txt done",
            "2a.txt partial",
            "3.txt done",
            "3a.txt refused",
            "4.txt done"
        ]
    );
    for (filter, n) in [(FileFilter::Partial, 1), (FileFilter::Refused, 1), (FileFilter::Done, 5)] {
        let page =
            uploads::files(&bench.app, &bench.actor, PROJECT, id, filter, String::new(), 10).await.unwrap();
        assert_eq!((page.items.len() as i64, page.total), (n, n), "for {filter:?}");
    }
}
