//! Blobs, in the folder or in the object store that the run is for.

use std::time::Duration;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sheaf_store::blobs::{BlobHash, Body, ByteRange, Shown};
use sheaf_store::{Blobs, BlobsAt, Store, StoreError};
use sheaf_testing::{Home, Link, Mode, s3};

/// Short enough for a test of what never comes.
const RETRY_WITHIN: Duration = Duration::from_millis(1_500);

fn open(home: &Home) -> Store {
    let at = home.blobs().map(BlobsAt::from);
    Store::open_with(home.path(), home.database(), at.as_ref()).unwrap()
}

/// Opened by an address that the test makes.
fn open_at(home: &Home, (address, options): (String, Vec<(String, String)>)) -> Result<Store, StoreError> {
    let at = BlobsAt { address, options, retry_within: RETRY_WITHIN };
    Store::open_with(home.path(), home.database(), Some(&at))
}

fn hash(bytes: &[u8]) -> BlobHash {
    Sha256::digest(bytes).into()
}

/// Files that lie in the scratch.
fn scratch(home: &Home) -> usize {
    std::fs::read_dir(home.path().join("blobs/tmp")).unwrap().count()
}

fn adopt(blobs: &Blobs, bytes: &[u8]) -> BlobHash {
    let file = blobs.temporary();
    std::fs::write(&file, bytes).unwrap();
    blobs.adopt(&file, &hash(bytes)).unwrap();
    hash(bytes)
}

async fn part(blobs: &Blobs, hash: &BlobHash, range: Option<ByteRange>) -> (u64, Option<Vec<u8>>) {
    let opened = blobs.open_blob(hash, range).await.unwrap().unwrap();
    let Some(range) = opened.range else { return (opened.size, None) };
    let mut bytes = Vec::new();
    match opened.body {
        Body::Empty => {}
        Body::File(mut file) => drop(std::io::Read::read_to_end(&mut file, &mut bytes).unwrap()),
        Body::Stream(stream) => {
            let pieces: Vec<_> = stream.try_collect().await.unwrap();
            bytes = pieces.concat();
        }
    }
    bytes.truncate((range.end - range.start) as usize);
    (opened.size, Some(bytes))
}

#[tokio::test]
async fn what_was_put_is_there_after_the_flush() {
    let home = Home::new();
    let store = open(&home);
    let blobs = store.blobs();
    let small: Vec<Vec<u8>> = (0..300_u32).map(|n| n.to_le_bytes().to_vec()).collect();
    let mut hashes: Vec<_> = small.iter().map(|bytes| blobs.put(bytes.clone()).unwrap()).collect();
    hashes.push(adopt(blobs, b"a file"));
    hashes.push(adopt(blobs, &vec![7; 100_000]));
    // The same once more, as two of an import may be.
    hashes.push(adopt(blobs, b"a file"));
    blobs.flush(&hashes).unwrap();
    assert_eq!(scratch(&home), 0);
    assert!(hashes.iter().all(|hash| blobs.verify(hash).unwrap() == Some(true)));
    assert_eq!(blobs.read(&hashes[7]).unwrap().as_deref(), Some(small[7].as_slice()));
    let missing = hash(b"nobody put it");
    assert_eq!((blobs.read(&missing).unwrap(), blobs.verify(&missing).unwrap()), (None, None));
    assert!(blobs.open_blob(&missing, None).await.unwrap().is_none());
    assert!(blobs.open_blob(&missing, Some(ByteRange::From(1))).await.unwrap().is_none());
    let present = blobs.present().unwrap();
    assert!(hashes.iter().all(|hash| present.has(hash)) && !present.has(&missing));
    drop(store);
    let store = open(&home);
    assert!(hashes.iter().all(|hash| store.blobs().verify(hash).unwrap() == Some(true)));
}

#[tokio::test]
async fn a_large_file_is_stored_in_parts_and_read_in_ranges() {
    let home = Home::new();
    let store = open(&home);
    let blobs = store.blobs();
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let hash = adopt(blobs, &bytes);
    blobs.flush(&[hash]).unwrap();
    assert_eq!(blobs.verify(&hash).unwrap(), Some(true));
    assert_eq!(scratch(&home), 0);
    // It is there, so nothing is sent; the file is gone nevertheless.
    adopt(blobs, &bytes);
    blobs.flush(&[hash]).unwrap();
    assert_eq!(scratch(&home), 0);
    let size = bytes.len() as u64;
    for (range, expected) in [
        (None, Some(0..bytes.len())),
        (Some(ByteRange::Within(5, 9)), Some(5..10)),
        (Some(ByteRange::From(size - 3)), Some(bytes.len() - 3..bytes.len())),
        (Some(ByteRange::Last(1_000_000)), Some(bytes.len() - 1_000_000..bytes.len())),
        (Some(ByteRange::Within(size - 2, size + 5)), Some(bytes.len() - 2..bytes.len())),
        (Some(ByteRange::From(size)), None),
    ] {
        let (whole, got) = part(blobs, &hash, range).await;
        assert_eq!(whole, size);
        assert!(got.as_deref() == expected.map(|at| &bytes[at]), "{range:?}");
    }
    let empty = blobs.put(Vec::new()).unwrap();
    blobs.flush(&[empty]).unwrap();
    assert_eq!(part(blobs, &empty, None).await, (0, Some(Vec::new())));
    assert_eq!(part(blobs, &empty, Some(ByteRange::From(0))).await, (0, None));
}

#[tokio::test]
async fn a_link_is_for_those_who_have_it() {
    let home = Home::new();
    let store = open(&home);
    let hash = store.blobs().put(b"seen".to_vec()).unwrap();
    store.blobs().flush(&[hash]).unwrap();
    let shown = Shown { content_type: "image/png", is_download: false };
    let link = store.blobs().link(&hash, &shown, Duration::from_secs(60)).await.unwrap();
    assert_eq!(link.is_some(), store.blobs().has_links());
    assert_eq!(link.is_some(), s3().is_some(), "a folder has none");
    let Some(link) = link else { return };
    let ask = |link: String| tokio::task::spawn_blocking(move || sheaf_testing::http_get(&link));
    let (status, headers, body) = ask(link.clone()).await.unwrap();
    assert_eq!((status, body.as_slice()), (200, b"seen".as_slice()));
    assert_eq!(headers.get("content-type").map(String::as_str), Some("image/png"));
    assert_eq!(headers.get("content-disposition").map(String::as_str), Some("inline"));
    let (unsigned, _) = link.split_once('?').unwrap();
    assert_eq!(ask(unsigned.to_owned()).await.unwrap().0, 403);
}

#[test]
fn an_address_that_cannot_be_used_is_a_clear_error_at_the_start() {
    let home = Home::sqlite();
    for (address, says) in [
        ("s3:/bucket", "write s3://bucket/prefix"),
        ("http://169.254.169.254/bucket", "write s3://bucket/prefix"),
        ("file:///etc", "write s3://bucket/prefix"),
        ("memory:///", "write s3://bucket/prefix"),
        ("s3://", "write s3://bucket/prefix"),
        ("s3://key:secret@bucket/prefix", "keys do not belong into it"),
    ] {
        let error = open_at(&home, (address.to_owned(), Vec::new())).err().unwrap().to_string();
        assert!(error.contains(says) && !error.contains("secret"), "{address}: {error}");
    }
    let Some(server) = s3() else { return };
    let (address, options) = home.blobs_at(&server);
    let error = open_at(&home, ("s3://no-such-bucket/a".into(), options)).err().unwrap().to_string();
    assert!(error.contains("`s3://no-such-bucket/a`: there is no such bucket; make it"), "{error}");
    // Where another instance's files are.
    let other = Home::sqlite();
    drop(open_at(&other, other.blobs_at(&server)).unwrap());
    drop(open_at(&other, other.blobs_at(&server)).unwrap());
    let error = open_at(&home, other.blobs_at(&server)).err().unwrap().to_string();
    assert!(error.contains("it has the files of another instance"), "{error}");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = sheaf_testing::s3_settings(&format!("http://{nobody}"));
    let error = open_at(&home, (address.clone(), options)).err().unwrap().to_string();
    assert!(error.contains(&address) && error.contains("does not answer as it should"), "{error}");
}

#[test]
fn a_store_that_goes_away_fails_the_flush_and_nothing_that_was_flushed_is_lost() {
    let Some(server) = s3() else { return };
    let home = Home::new();
    let link = Link::to(server.trim_start_matches("http://").parse().unwrap());
    let at = home.blobs_at(&format!("http://127.0.0.1:{}", link.port));
    let store = open_at(&home, at).unwrap();
    let blobs = store.blobs();
    let mut kept = vec![blobs.put(b"before".to_vec()).unwrap()];
    blobs.flush(&kept).unwrap();
    for mode in [Mode::Cut, Mode::Deaf] {
        link.set(mode);
        let bytes = format!("while it is {mode:?}").into_bytes();
        let file = format!("a file while it is {mode:?}").into_bytes();
        let failed = [blobs.put(bytes.clone()).unwrap(), adopt(blobs, &file)];
        for _ in 0..2 {
            let error = blobs.flush(&failed).err().unwrap();
            assert!(matches!(error, StoreError::BlobsUnreachable(_)), "{mode:?}: {error}");
        }
        assert_eq!(scratch(&home), 0, "what could not be sent does not fill the disk");
        blobs.flush(&kept).unwrap();
        assert!(blobs.read(&kept[0]).is_err(), "away is not the same as not there");
        link.hang_up();
        link.set(Mode::Open);
        kept.extend([blobs.put(bytes).unwrap(), adopt(blobs, &file)]);
        blobs.flush(&kept).unwrap();
        assert!(kept.iter().all(|hash| blobs.verify(hash).unwrap() == Some(true)), "{mode:?}");
    }
}

#[test]
fn what_is_on_its_way_in_has_a_name_and_is_no_blob() {
    let home = Home::new();
    let store = open(&home);
    let Some(staging) = store.blobs().staging() else {
        assert!(s3().is_none(), "in a folder it lies on the disk");
        return;
    };
    let read = |name: &str| {
        let mut bytes = Vec::new();
        staging.each_piece(name, |piece| bytes.extend_from_slice(piece)).unwrap().then_some(bytes)
    };
    staging.put("7/a/1", "one").unwrap();
    staging.put("7/a/1", "again").unwrap();
    // Sent in parts.
    let large: Vec<u8> = (0..20_000_003_u32).map(|n| (n % 251) as u8).collect();
    let file = store.blobs().temporary();
    std::fs::write(&file, &large).unwrap();
    staging.put_file("7/b/2.x", &file).unwrap();
    staging.put("70/c", "of another").unwrap();

    let n = large.len() as u64;
    assert_eq!(staging.list("7").unwrap(), [("a/1".to_owned(), 5), ("b/2.x".to_owned(), n)]);
    assert_eq!(staging.list("7/b").unwrap(), [("2.x".to_owned(), n)]);
    assert_eq!(staging.list("8").unwrap(), []);
    assert_eq!(read("7/a/1").unwrap(), b"again");
    assert!(read("7/b/2.x").is_some_and(|read| read == large));
    assert_eq!(read("7/b/3"), None);
    assert!(file.exists(), "it is copied");
    store.blobs().each(|blob| panic!("{blob:?}")).unwrap();

    staging.remove("7/b").unwrap();
    staging.remove("8").unwrap();
    assert_eq!(staging.list("7").unwrap(), [("a/1".to_owned(), 5)]);
    staging.remove("7").unwrap();
    assert_eq!(staging.list("7").unwrap(), []);
    assert_eq!(staging.list("70").unwrap(), [("c".to_owned(), 10)]);
}

/// What a process that was killed has left in the folder for what is being read: files and unpacked archives.
#[test]
fn what_a_killed_process_left_is_removed_at_the_next_start() {
    let home = sheaf_testing::Home::sqlite();
    drop(sheaf_store::Store::open(home.path(), None).unwrap());
    let left = home.path().join("blobs/tmp");
    std::fs::create_dir_all(left.join("1-0/a")).unwrap();
    std::fs::write(left.join("1-0/a/b.png"), "x").unwrap();
    std::fs::write(left.join("1-1"), "x").unwrap();
    drop(sheaf_store::Store::open(home.path(), None).unwrap());
    assert_eq!(std::fs::read_dir(&left).unwrap().count(), 0);
}

/// A file that has its name and not its bytes, as the power leaves it when it is cut off before a flush, is put again.
#[test]
fn a_file_that_is_cut_off_is_put_again() {
    let home = sheaf_testing::Home::sqlite();
    let store = sheaf_store::Store::open(home.path(), None).unwrap();
    let hash = store.blobs().put(&b"all of it"[..]).unwrap();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = home.path().join("blobs").join(&hex[..2]).join(&hex[2..]);
    std::fs::write(&path, "").unwrap();
    store.blobs().put(&b"all of it"[..]).unwrap();
    assert_eq!(store.blobs().verify(&hash).unwrap(), Some(true));
    std::fs::write(&path, "").unwrap();
    let file = store.blobs().temporary();
    std::fs::write(&file, "all of it").unwrap();
    store.blobs().adopt(&file, &hash).unwrap();
    assert_eq!(store.blobs().verify(&hash).unwrap(), Some(true));
}
