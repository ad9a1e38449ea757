//! What befalls the server: it is killed, stopped for a while, its batch is paused, and the machine's clock is set forward
//! and back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::pause::{Gate, pause};
use super::session::{Random, Session};
use super::world::{PEOPLE, World};

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

/// SIGKILL: nothing of the process runs any more.
pub fn kill(server: &mut Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Bad weather for a time. Leases of the world last a minute.
pub fn storm(world: &World, gate: &Gate, server: &mut Child, clock: &mut Clock, time: Duration) {
    let (began, mut random) = (Instant::now(), Random(7));
    let manager = Session::new(world, gate, PEOPLE as usize, 0);
    pass(Duration::from_secs(1));
    pause(gate, &manager);
    while began.elapsed() < time {
        pass(Duration::from_millis(1_000 + random.below(1_500)));
        match random.below(9) {
            0 | 1 => {
                signal(server, "-STOP");
                pass(Duration::from_millis(300 + random.below(700)));
                signal(server, "-CONT");
            }
            // All leases run out.
            2 => clock.step(130),
            3 => clock.step(3 * 3600),
            4 => clock.step(-3600),
            // More than a task is kept for who was sent it back.
            5 => clock.step(25 * 3600),
            6 => pause(gate, &manager),
            _ => {
                kill(server);
                *server = world.serve(clock);
            }
        }
    }
}
