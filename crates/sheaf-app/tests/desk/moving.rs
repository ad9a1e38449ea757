//! An instance that moves, in the middle of its work: to SQLite, to the database of the run and back again. At each stop the
//! check finds nothing, queries and exports answer the same, who holds something may hand it in, and the next claim is the same.

use std::path::Path;

use sheaf_app::batches::{self, NewBatch};
use sheaf_app::export::{Format, Spec};
use sheaf_app::queue::submit::submit;
use sheaf_app::queue::{Claim, claim};
use sheaf_app::{Actor, App, Config};
use sheaf_model::{BatchAction, LeaseId, Pick, Recipe};
use sheaf_store::transfer;
use sheaf_testing::Home;

use crate::changes::{query, range};
use crate::queue::answer;
use crate::{Desk, code};

const N: u32 = 300;

/// What is asked at each stop.
async fn asked(desk: &Desk) -> String {
    let mut out = String::new();
    let queries = [
        "",
        "third:1",
        "score>10 -tags:red",
        "tags:(blue, green)",
        "is:labelled",
        "batch:first status:done",
        "annotator:p10@x",
    ];
    for text in queries {
        let found = desk.found(text).await;
        assert!(!found.is_empty(), "{text}");
        out += &format!("{text}: {found:?}\n");
    }
    out += &desk
        .export(Spec {
            format: Format::Jsonl,
            query: String::new(),
            batch: None,
            all: true,
            merged: None,
            prelabels: false,
        })
        .await;
    let rows = desk.app.store().read_blocking(|tx| tx.batches(desk.project)).unwrap();
    assert_eq!(rows.len(), 2);
    out += &format!("{rows:#?}");
    out
}

async fn next(desk: &Desk, who: &Actor, n: u8, count: u32) -> Vec<(String, LeaseId)> {
    let asked = Claim { claim_id: [n; 16], project: Some(desk.project), work: None, count };
    let tasks = claim(&desk.app, who, asked).await.unwrap().tasks;
    // (The lease's proof is random.)
    tasks.into_iter().map(|it| (format!("{:?} {:?}", it.task, it.asset.row.name), it.lease)).collect()
}

/// The instance at a new home.
fn moved(desk: &Desk, from: &Path, home: Home) -> Desk {
    transfer::import_all(from, home.path(), home.database(), &mut |_| {}).unwrap();
    let config = Config::new(home.path()).on(home.database());
    let app = App::open(config, desk.clock.clone()).unwrap();
    let manager = Actor { user: desk.manager.user, is_admin: true };
    Desk { app, clock: desk.clock.clone(), manager, project: desk.project, _dir: home }
}

fn exported(desk: &Desk, out: &Path) -> serde_json::Value {
    transfer::export_all(desk.app.store().dir(), desk._dir.database(), out, true, 7, &mut |_| {}).unwrap();
    let header = std::fs::read_to_string(out.join("sheaf-export.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&header).unwrap()["tables"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_moves_in_the_middle_of_its_work() {
    let desk = Desk::new(N).await;
    let (ann, ben) = (desk.annotator(10).await, desk.annotator(11).await);
    let new = |name: &str| NewBatch { name: name.into(), ..NewBatch::default() };
    let make = async |name, recipe| {
        batches::create(&desk.app, &desk.manager, desk.project, new(name), recipe).await.unwrap().row.id
    };
    let first = make("first", range(20, 120)).await;
    let pick = Pick::Random { count: 30, seed: Some(9) };
    make("second", Recipe { pick, ..query("third:2") }).await;
    desk.act(first, BatchAction::Launch).await;
    // Below the cursor, once some were handed out.
    for n in 0..12 {
        let held = next(&desk, &ann, n, 2).await;
        submit(&desk.app, &ann, held[0].1, answer(if n % 2 == 0 { "a" } else { "b" })).await.unwrap();
        desk.clock.advance(1_000);
    }
    desk.append(first, range(0, 5)).await.unwrap();
    // One that will have run out, and one that is held while all of it moves.
    next(&desk, &ben, 100, 1).await;
    desk.clock.advance(16 * 60_000);
    let held = next(&desk, &ann, 101, 1).await;
    assert_eq!(held.len(), 1);

    let dir = tempfile::tempdir().unwrap();
    let out = |n: usize| dir.path().join(n.to_string());
    let wanted = asked(&desk).await;
    let tables = exported(&desk, &out(0));
    let mut stops = vec![desk];
    for (n, home) in [Home::sqlite(), Home::new(), Home::sqlite()].into_iter().enumerate() {
        let there = moved(&stops[n], &out(n), home);
        assert_eq!(asked(&there).await, wanted, "stop {n}");
        there.is_sound();
        assert_eq!(exported(&there, &out(n + 1)), tables, "stop {n}: nothing was changed by looking");
        stops.push(there);
    }
    // Every one of them goes on in the same way.
    let mut went_on = Vec::new();
    for desk in &stops {
        submit(&desk.app, &ann, held[0].1, answer("b")).await.unwrap();
        let again = submit(&desk.app, &ben, held[0].1, answer("b")).await.unwrap_err();
        let mut told = vec![code(&again).to_owned()];
        for n in 110..116 {
            for who in [&ann, &ben] {
                for (task, lease) in next(desk, who, n, 1).await {
                    told.push(task);
                    submit(&desk.app, who, lease, answer("a")).await.unwrap();
                }
            }
        }
        desk.recount(first).await;
        desk.is_sound();
        went_on.push(told);
    }
    assert_eq!(went_on[0].len(), 13, "{went_on:?}");
    assert!(went_on.iter().all(|told| *told == went_on[0]), "{went_on:#?}");
}
