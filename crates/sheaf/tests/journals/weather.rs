//! What befalls the servers: they are killed, stopped for a while, cut off from their database; the batch is paused, and the
//! machine's clock is set forward and back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::pause::{Gate, pause};
use super::session::{Random, Session};
use super::world::{PEOPLE, World};
use sheaf_testing::Mode;

/// The machine's clock as the server sees it: the real one and a number of seconds, by libfaketime.
pub struct Clock {
    file: PathBuf,
    library: PathBuf,
    ahead: i64,
}

impl Clock {
    pub fn new(dir: &Path) -> Self {
        let libs = std::fs::read_dir("/usr/lib").unwrap().flatten();
        let library = libs
            .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
            .find(|path| path.exists())
            .expect("libfaketime, a Debian package: run `scripts/need.sh faketime`");
        let clock = Self { file: dir.join("clock"), library, ahead: 0 };
        clock.write();
        clock
    }

    /// Makes a command see this clock.
    pub fn rule(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.file);
        // Looked at once a second. Time that passes goes on as it does: only what the wall says is another.
        command.env("FAKETIME_CACHE_DURATION", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.env("FAKETIME_DISABLE_SHM", "1").env("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }

    pub fn step(&mut self, seconds: i64) {
        self.ahead += seconds;
        self.write();
    }

    fn write(&self) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{:+}", self.ahead)).unwrap();
        std::fs::rename(&new, &self.file).unwrap();
    }
}

/// Lets time pass.
pub fn pass(time: Duration) {
    let (_keep, nothing) = mpsc::channel::<()>();
    nothing.recv_timeout(time).unwrap_err();
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// The servers of the world, and what befell them.
pub struct Nodes {
    servers: Vec<Child>,
    events: BTreeMap<&'static str, u32>,
}

impl Nodes {
    pub fn start(world: &World, clock: &Clock) -> Self {
        let servers = (0..world.nodes.len()).map(|n| world.serve(n, clock)).collect();
        Self { servers, events: BTreeMap::new() }
    }

    /// SIGKILL, to all: nothing of them runs any more.
    pub fn kill_all(&mut self) {
        for server in &mut self.servers {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    fn kill(&mut self, n: usize) {
        self.servers[n].kill().unwrap();
        self.servers[n].wait().unwrap();
    }

    /// What befell them, counted.
    pub fn befell(&self) -> String {
        let told: Vec<_> = self.events.iter().map(|(what, n)| format!("{what} {n}")).collect();
        format!("{} events: {}", self.events.values().sum::<u32>(), told.join(", "))
    }
}

/// Bad weather for a time. Leases of the world last a minute.
pub fn storm(world: &World, gate: &Gate, nodes: &mut Nodes, clock: &mut Clock, time: Duration) {
    let (began, mut random) = (Instant::now(), Random(7));
    let mut manager = Session::new(world, gate, PEOPLE as usize, 0);
    pass(Duration::from_secs(1));
    pause(gate, &mut manager);
    while began.elapsed() < time {
        // With more nodes more befalls them.
        pass(Duration::from_millis((1_000 + random.below(1_500)) / world.nodes.len() as u64));
        let n = random.below(world.nodes.len() as u64) as usize;
        let briefly = Duration::from_millis(300 + random.below(700));
        let link = world.nodes[n].link.as_ref();
        let event = match (random.below(if link.is_some() { 14 } else { 9 }), link) {
            (0 | 1, _) => {
                signal(&nodes.servers[n], "-STOP");
                pass(briefly);
                signal(&nodes.servers[n], "-CONT");
                "stopped"
            }
            (2, _) => {
                // All leases run out, and who held some wakes up after that.
                signal(&nodes.servers[n], "-STOP");
                clock.step(130);
                pass(briefly);
                signal(&nodes.servers[n], "-CONT");
                "stopped past its leases"
            }
            (3, _) => {
                clock.step(3 * 3600);
                "hours forward"
            }
            (4, _) => {
                clock.step(-3600);
                "an hour back"
            }
            (5, _) => {
                // More than a task is kept for who was sent it back.
                clock.step(25 * 3600);
                "a day forward"
            }
            (6, _) => {
                pause(gate, &mut manager);
                "paused"
            }
            (9, Some(link)) => {
                link.hang_up();
                "link closed"
            }
            (10, Some(link)) => {
                link.set(Mode::Cut);
                pass(briefly);
                link.set(Mode::Open);
                "link cut"
            }
            (11, Some(link)) => {
                link.set(Mode::Stalled);
                pass(briefly);
                link.set(Mode::Open);
                "link stalled"
            }
            (12 | 13, Some(link)) => {
                // What was committed meanwhile, nobody was told.
                link.set(Mode::Deaf);
                pass(briefly);
                link.hang_up();
                link.set(Mode::Open);
                "answers lost"
            }
            _ => {
                nodes.kill(n);
                nodes.servers[n] = world.serve(n, clock);
                "killed"
            }
        };
        *nodes.events.entry(event).or_default() += 1;
    }
}
