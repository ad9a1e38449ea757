//! Import, updates, queries and claims at once: each goes on, and in the end everything is as it must be.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use sheaf_app::batches::{self, NewBatch};
use sheaf_app::ids;
use sheaf_app::library::list;
use sheaf_app::queue::{Claim, claim};
use sheaf_app::uploads::{self, JobState, NewUpload};
use sheaf_model::Recipe;
use sheaf_select::CHUNK;

use crate::{World, asset};

/// Assets that the import adds: it fills a chunk on the way.
const IMPORTED: u32 = 20_000;
const ROUNDS: u32 = 6;

/// Numbers below `n` with this rest.
fn count(n: u32, of: u32, rest: u32) -> u64 {
    (0..n).filter(|i| i % of == rest).count() as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn imports_updates_queries_and_claims_do_not_disturb_each_other() {
    let n = CHUNK - 5_000;
    let world = World::new((0..n).map(asset).collect()).await;
    let annotator = world.annotator(5).await;
    let new = NewBatch { name: "all".into(), launch: true, ..NewBatch::default() };
    batches::create(&world.app, &world.admin, world.project, new, Recipe::default()).await.unwrap();
    let (app, admin, project) = (&world.app, &world.admin, world.project);
    let new = NewUpload { name: "second".into(), source: "api".into(), batch: None };
    let upload = uploads::create(app, admin, project, new).await.unwrap().0.id;
    let mut csv = String::from("url,id,n,kind\n");
    for i in 0..IMPORTED {
        writeln!(csv, "https://x.example/new{i}.png,new{i},{},new", n + i).unwrap();
    }
    let mut staging = uploads::stage_manifest(app, admin, project, upload, "m.csv".into()).await.unwrap();
    staging.write(csv.as_bytes()).await.unwrap();
    staging.finish().await.unwrap();

    let (over, asked, claimed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let queries = async {
        while !over.load(Ordering::Relaxed) {
            // Every asset of the first upload has a round or none; both halves are of one snapshot.
            let page = list::Page { query: "kind:k1".into(), limit: 10, ..list::Page::default() };
            let listed = list::list(app, admin, project, page).await.unwrap();
            assert_eq!(listed.total, count(n, 5, 1), "updates do not touch the kind");
            asked.fetch_add(1, Ordering::Relaxed);
        }
    };
    let claims = async {
        let mut longest = Duration::ZERO;
        while !over.load(Ordering::Relaxed) {
            let asked =
                Claim { claim_id: ids::random().unwrap(), project: Some(project), work: None, count: 1 };
            let started = Instant::now();
            claim(app, &annotator, asked).await.unwrap();
            longest = longest.max(started.elapsed());
            claimed.fetch_add(1, Ordering::Relaxed);
        }
        longest
    };
    let imports = async {
        uploads::commit_manifest(app, admin, project, upload, Vec::new()).await.unwrap();
        let mut look = tokio::time::interval(Duration::from_millis(5));
        loop {
            look.tick().await;
            let job = uploads::get(app, admin, project, upload).await.unwrap().job.unwrap();
            match job.state {
                JobState::Running => {}
                JobState::Done => return,
                other => panic!("{other:?} {:?}", job.message),
            }
        }
    };
    let updates = async {
        for round in 0..ROUNDS {
            let counts = world.counts(world.by_query("n%10=3", json!({ "round": round })).await).await;
            assert_eq!(counts[2], 0);
        }
    };
    let work = async {
        tokio::join!(imports, updates);
        over.store(true, Ordering::Relaxed);
    };
    let ((), (), longest) = tokio::join!(work, queries, claims);
    assert!(asked.load(Ordering::Relaxed) > 0 && claimed.load(Ordering::Relaxed) > 0);
    // Generous, for machines that do other things, too; the figure is in the benchmark.
    assert!(longest < Duration::from_secs(5), "a claim waited for {longest:?}");

    let counts = world.counts(world.by_query("n%10=3", json!({ "round": ROUNDS - 1 })).await).await;
    assert!(counts[1] >= i64::from(n / 10), "{counts:?}");
    let page = list::Page { query: format!("round:{}", ROUNDS - 1), limit: 1, ..list::Page::default() };
    let listed = list::list(app, admin, project, page).await.unwrap();
    assert_eq!(listed.total, count(n + IMPORTED, 10, 3));
    world.is_sound();
}
