//! What befalls the servers: they are killed, stopped for a while, cut off from their database, which is killed itself; the batch
//! is paused, and the machine's clock is set forward and back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use sheaf_testing::{Link, Mode, PrivateServer, pass};

use super::pause::{Gate, pause};
use super::pulse::{Recovery, Usual};
use super::session::{Random, Session};
use super::size::Size;
use super::world::World;

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

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// The servers of the world, and what befell them.
pub struct Nodes<'w> {
    world: &'w World,
    servers: Vec<Child>,
    events: BTreeMap<&'static str, u32>,
}

impl<'w> Nodes<'w> {
    pub fn start(world: &'w World, clock: &Clock) -> Self {
        let servers = (0..world.nodes.len()).map(|n| world.serve(n, clock)).collect();
        Self { world, servers, events: BTreeMap::new() }
    }

    /// SIGKILL, to all: nothing of them runs any more.
    pub fn kill_all(&mut self) {
        (0..self.servers.len()).for_each(|n| self.kill(n));
    }

    fn kill(&mut self, n: usize) {
        self.servers[n].kill().unwrap();
        self.servers[n].wait().unwrap();
    }

    /// Starts those again that ended by themselves, as whoever watches over services does: one that finds no database ends.
    pub fn watch_over(&mut self, clock: &Clock) {
        for (n, server) in self.servers.iter_mut().enumerate() {
            if server.try_wait().unwrap().is_some() {
                *server = self.world.serve(n, clock);
            }
        }
    }

    fn stop(&self, n: usize, time: Duration, meanwhile: impl FnOnce()) {
        signal(&self.servers[n], "-STOP");
        meanwhile();
        pass(time);
        signal(&self.servers[n], "-CONT");
    }

    fn count(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    fn n_events(&self) -> u32 {
        self.events.values().sum()
    }

    /// What befell them, counted.
    pub fn befell(&self) -> String {
        let told: Vec<_> = self.events.iter().map(|(what, n)| format!("{what} {n}")).collect();
        format!("{} events: {}", self.n_events(), told.join(", "))
    }
}

/// What may befall a node, its link to the database, and the database itself: that many numbers each.
const OF_NODES: u64 = 9;
const OF_LINKS: u64 = 7;
const OF_DATABASE: u64 = 2;

/// Events of which one is told when it is over.
const TOLD_EVERY: u32 = 50;

/// Bad weather for a time; how the claims came back after what was measured. Leases of the world last a minute.
pub fn storm(gate: &Gate, nodes: &mut Nodes<'_>, clock: &mut Clock, size: &Size) -> Vec<Recovery> {
    let (began, mut random, world) = (Instant::now(), Random(7), nodes.world);
    let mut manager = Session::new(world, gate, size.people, 0);
    let (mut recoveries, mut usual) = (Vec::new(), Usual::default());
    // All that may befall them comes once before anything comes again.
    let mut deck: Vec<u64> = Vec::new();
    pass(Duration::from_secs(1));
    pause(gate, &mut manager);
    while began.elapsed() < size.time || nodes.n_events() < size.events {
        nodes.watch_over(clock);
        world.feed(&mut manager);
        // With more nodes more befalls them.
        pass(Duration::from_millis((1_000 + random.below(1_500)) / size.nodes as u64));
        let n = random.below(size.nodes as u64) as usize;
        let briefly = Duration::from_millis(300 + random.below(700));
        let (link, server) = (world.nodes[n].link.as_ref(), world.server.as_ref());
        let links = link.map_or(0, |_| OF_LINKS);
        let databases = server.map_or(0, |_| OF_DATABASE);
        if deck.is_empty() {
            deck.extend(0..OF_NODES + links + databases);
        }
        let kind = deck.swap_remove(random.below(deck.len() as u64) as usize);
        let measured = size.measured || kind >= OF_NODES + links;
        if measured {
            world.pulse.settle();
        }
        let before = usual.at_most(world.pulse.lately());
        let event = match (kind, link, server) {
            (0..OF_NODES, ..) => of_node(kind, n, nodes, clock, gate, &mut manager, briefly),
            (_, Some(link), _) if kind < OF_NODES + links => of_link(kind - OF_NODES, link, briefly),
            (_, _, Some(server)) => of_database(kind - OF_NODES - links, server),
            _ => panic!("there is no event {kind}"),
        };
        nodes.count(event);
        if measured {
            let recovery = world.pulse.recover(event, before, || world.feed(&mut manager));
            // A run of an hour says now and then how it goes, and at once what went wrong.
            let n = nodes.n_events();
            if !recovery.in_time() || n.is_multiple_of(TOLD_EVERY) {
                eprintln!("{n} events, {:.0?}: {recovery}", began.elapsed());
            }
            recoveries.push(recovery);
        }
    }
    recoveries
}

fn of_node(
    kind: u64,
    n: usize,
    nodes: &mut Nodes<'_>,
    clock: &mut Clock,
    gate: &Gate,
    manager: &mut Session<'_>,
    briefly: Duration,
) -> &'static str {
    match kind {
        0 | 1 => {
            nodes.stop(n, briefly, || {});
            "stopped"
        }
        2 => {
            // All leases run out, and who held some wakes up after that.
            nodes.stop(n, briefly, || clock.step(130));
            "stopped past its leases"
        }
        3 => {
            clock.step(3 * 3600);
            "hours forward"
        }
        4 => {
            clock.step(-3600);
            "an hour back"
        }
        5 => {
            // More than a task is kept for who was sent it back.
            clock.step(25 * 3600);
            "a day forward"
        }
        6 => {
            pause(gate, manager);
            "paused"
        }
        _ => {
            nodes.kill(n);
            nodes.servers[n] = nodes.world.serve(n, clock);
            "killed"
        }
    }
}

fn of_link(kind: u64, link: &Link, briefly: Duration) -> &'static str {
    let for_a_while = |mode| {
        link.set(mode);
        pass(briefly);
    };
    let event = match kind {
        0 => {
            link.hang_up();
            "link closed"
        }
        1 => {
            link.half_close();
            "link half closed"
        }
        2 => {
            for_a_while(Mode::Cut);
            "link cut"
        }
        3 => {
            for_a_while(Mode::Stalled);
            "link stalled"
        }
        4 => {
            for_a_while(Mode::Slow);
            "link slow"
        }
        _ => {
            // What was committed meanwhile, nobody was told.
            for_a_while(Mode::Deaf);
            link.hang_up();
            "answers lost"
        }
    };
    link.set(Mode::Open);
    event
}

fn of_database(kind: u64, server: &PrivateServer) -> &'static str {
    let event = if kind == 0 {
        server.kill();
        "database killed"
    } else {
        server.stop_at_once();
        "database stopped at once"
    };
    server.start_again();
    event
}
