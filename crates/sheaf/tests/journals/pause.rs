//! Pauses of the batch, and that nothing is granted between the word that it is paused and the wish to go on (I7).

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::session::Session;
use sheaf_testing::pass;

/// Within which everybody who works asks for something.
const WITHIN: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Open,
    /// Paused, and not everybody has been told since what they hold.
    Settling,
    /// Paused, and what anybody holds has been seen.
    Watched,
}

/// What all sessions know of the pauses and of the leases.
pub struct Gate {
    people: usize,
    inner: Mutex<Inner>,
}

struct Inner {
    phase: Phase,
    /// People who were answered by a claim that they sent while it was settling.
    settled: BTreeSet<usize>,
    seen: BTreeSet<String>,
    /// Leases that were new in a pause.
    granted: Vec<String>,
    pauses: usize,
}

impl Gate {
    pub fn new(people: usize) -> Self {
        let inner = Inner {
            phase: Phase::Open,
            settled: BTreeSet::new(),
            seen: BTreeSet::new(),
            granted: Vec::new(),
            pauses: 0,
        };
        Self { people, inner: Mutex::new(inner) }
    }

    /// To be asked before a claim is sent.
    pub fn phase(&self) -> Phase {
        self.inner.lock().unwrap().phase
    }

    /// What a person holds by a claim that was sent at a phase.
    pub fn saw<'a>(&self, person: usize, sent: Phase, leases: impl Iterator<Item = &'a str>) {
        let mut inner = self.inner.lock().unwrap();
        let watched = sent == Phase::Watched && inner.phase == Phase::Watched;
        for lease in leases {
            if inner.seen.insert(lease.to_owned()) && watched {
                inner.granted.push(lease.to_owned());
            }
        }
        if sent == Phase::Settling && inner.phase == Phase::Settling {
            inner.settled.insert(person);
        }
    }

    fn enter(&self, phase: Phase) {
        let mut inner = self.inner.lock().unwrap();
        inner.phase = phase;
        inner.settled.clear();
        inner.pauses += usize::from(phase == Phase::Watched);
    }

    fn all_settled(&self) -> bool {
        self.inner.lock().unwrap().settled.len() == self.people
    }

    /// How many pauses were watched, and the leases that were granted in them.
    pub fn judged(&self) -> (usize, Vec<String>) {
        let inner = self.inner.lock().unwrap();
        (inner.pauses, inner.granted.clone())
    }
}

/// Pauses the batch for a moment. Nothing else befalls the server meanwhile.
pub fn pause(gate: &Gate, admin: &mut Session<'_>) {
    admin.act("pause");
    gate.enter(Phase::Settling);
    let began = Instant::now();
    while !gate.all_settled() && began.elapsed() < WITHIN {
        pass(Duration::from_millis(20));
    }
    if gate.all_settled() {
        gate.enter(Phase::Watched);
        pass(Duration::from_millis(500));
    }
    gate.enter(Phase::Open);
    admin.act("resume");
}
