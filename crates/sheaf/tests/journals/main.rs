//! The queue as a black box: 25 people in two sessions each work on one batch through a real server that is killed and
//! stopped meanwhile (on PostgreSQL: four of them, whose links to the database fail, and the database, too), while the batch is paused now and then, its clock is set forward and back, and leases run out. Then the
//! weather clears, and the batch must come to its end: no task is left that somebody could do. Every session keeps its own
//! journal of what it sent and what it was told; in the end the journals are held against the data: lost 0, duplicated 0,
//! unexpected 0, nobody twice on a task, no task with more answers than were asked for, no lease granted in a pause.
//! How soon claims are back after an event is measured.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
mod judge;
#[path = "../common/open.rs"]
mod open;
mod pause;
mod pulse;
mod session;
mod size;
mod weather;
mod world;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::sheaf;
use pause::Gate;
use session::{Entry, Session};
use sheaf_testing::pass;
use size::Size;
use weather::{Clock, Nodes, storm};
use world::World;

const SESSIONS: usize = 2;

/// Waits until nobody could do anything more. Leases that were left lying run out meanwhile.
fn drain(admin: &mut Session<'_>, nodes: &mut Nodes<'_>, clock: &mut Clock, size: &Size) {
    let began = Instant::now();
    loop {
        nodes.watch_over(clock);
        let counts = admin.counts();
        let left =
            ["pending", "claimed", "to_review", "reviewing"].map(|name| counts[name].as_i64().unwrap());
        if left.iter().sum::<i64>() == 0 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(300) + 2 * size.time, "left lying: {counts}");
        pass(Duration::from_secs(1));
        clock.step(130);
    }
}

#[test]
fn nothing_is_lost_nothing_doubled_and_all_comes_to_its_end() {
    let size = Size::of_this_run();
    let world = World::new(size);
    let mut clock = Clock::new(world.home.path());
    let gate = Gate::new(size.people);
    let stop = AtomicBool::new(false);
    let mut nodes = Nodes::start(&world, &clock);
    let mut journal: Vec<Entry> = Vec::new();
    let recoveries = std::thread::scope(|scope| {
        let sessions: Vec<_> = (0..size.people * SESSIONS)
            .map(|n| {
                let (mut session, stop) = (Session::new(&world, &gate, n / SESSIONS, n as u64 + 1), &stop);
                scope.spawn(move || {
                    session.work(stop);
                    session.journal
                })
            })
            .collect();
        let began = Instant::now();
        let recoveries = storm(&gate, &mut nodes, &mut clock, &size);
        let over = began.elapsed();
        drain(&mut Session::new(&world, &gate, size.people, 0), &mut nodes, &mut clock, &size);
        stop.store(true, Ordering::Relaxed);
        eprintln!("a storm of {over:.0?}, and {:.0?} until nobody could do more", began.elapsed() - over);
        for session in sessions {
            journal.extend(session.join().unwrap());
        }
        recoveries
    });
    eprintln!("{}", nodes.befell());
    eprintln!("{}", pulse::report(&recoveries));
    nodes.kill_all();
    let checked = sheaf(&world.home).args(["check", "--deep"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let (pauses, granted) = gate.judged();
    eprintln!("granted in {pauses} pauses: {}", granted.len());
    assert_eq!(granted, Vec::<String>::new());
    assert!(pauses > 0, "no pause was watched");
    judge::judge(&world, &journal);
    if size.measured {
        let late: Vec<_> = recoveries.iter().filter(|it| !it.in_time()).map(|it| it.what).collect();
        assert_eq!(late, Vec::<&str>::new(), "claims were not back within {:?}", pulse::WITHIN);
    }
}
