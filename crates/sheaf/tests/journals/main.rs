//! The queue as a black box: 25 people in two sessions each work on one batch through a real server that is killed and
//! stopped meanwhile (on PostgreSQL: four of them, whose links to the database fail, too), while the batch is paused now and then, its clock is set forward and back, and leases run out. Then the
//! weather clears, and the batch must come to its end: no task is left that somebody could do. Every session keeps its own
//! journal of what it sent and what it was told; in the end the journals are held against the data: lost 0, duplicated 0,
//! unexpected 0, nobody twice on a task, no task with more answers than were asked for, no lease granted in a pause.
//! `SHEAF_JOURNALS` says for how many seconds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod pause;
mod session;
mod weather;
mod world;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pause::Gate;
use session::{Entry, Session};
use weather::{Clock, Nodes, pass, storm};
use world::{PEOPLE, World, sheaf};

const SESSIONS: usize = 2;

fn seconds() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "how the campaign asks for more")]
    std::env::var("SHEAF_JOURNALS").ok().and_then(|n| n.parse().ok()).unwrap_or(15)
}

/// Waits until nobody could do anything more. Leases that were left lying run out meanwhile.
fn drain(admin: &mut Session<'_>, clock: &mut Clock) {
    let began = Instant::now();
    loop {
        let counts = admin.counts();
        let left =
            ["pending", "claimed", "to_review", "reviewing"].map(|name| counts[name].as_i64().unwrap());
        if left.iter().sum::<i64>() == 0 {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(120 + 2 * u64::from(seconds())),
            "left lying: {counts}"
        );
        pass(Duration::from_secs(1));
        clock.step(130);
    }
}

#[test]
fn nothing_is_lost_nothing_doubled_and_all_comes_to_its_end() {
    let world = World::new(150 * seconds());
    let mut clock = Clock::new(world.home.path());
    let gate = Gate::new();
    let stop = AtomicBool::new(false);
    let mut nodes = Nodes::start(&world, &clock);
    let mut journal: Vec<Entry> = Vec::new();
    std::thread::scope(|scope| {
        let sessions: Vec<_> = (0..PEOPLE as usize * SESSIONS)
            .map(|n| {
                let (mut session, stop) = (Session::new(&world, &gate, n / SESSIONS, n as u64 + 1), &stop);
                scope.spawn(move || {
                    session.work(stop);
                    session.journal
                })
            })
            .collect();
        storm(&world, &gate, &mut nodes, &mut clock, Duration::from_secs(seconds().into()));
        drain(&mut Session::new(&world, &gate, PEOPLE as usize, 0), &mut clock);
        stop.store(true, Ordering::Relaxed);
        for session in sessions {
            journal.extend(session.join().unwrap());
        }
    });
    eprintln!("{}", nodes.befell());
    nodes.kill_all();
    let checked = sheaf(&world.home).args(["check", "--deep"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let (pauses, granted) = gate.judged();
    eprintln!("granted in {pauses} pauses: {}", granted.len());
    assert_eq!(granted, Vec::<String>::new());
    assert!(pauses > 0, "no pause was watched");
    judge::judge(&world, &journal);
}
