//! A link to a server that fails as networks do: a small proxy between a node and its database or its object store.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What it does with what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It hands on what comes.
    Open,
    /// Nothing comes through until it is open again, and nothing is lost.
    Stalled,
    /// What the server says is lost, while the server hears everything.
    Deaf,
    /// Connections are closed, and no new ones are let through.
    Cut,
}

#[derive(Default)]
struct State {
    mode: Mutex<Option<Mode>>,
    changed: Condvar,
    /// Connections on which something waits for the link to open.
    waiting: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

pub struct Link {
    pub port: u16,
    state: Arc<State>,
}

impl Link {
    /// A way to `server`, open.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let of_listener = state.clone();
        // Ends with the process of the test.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if of_listener.mode() == Mode::Cut {
                    continue;
                }
                let Ok(server) = TcpStream::connect(server) else { continue };
                drop((client.set_nodelay(true), server.set_nodelay(true)));
                let ends = || (client.try_clone().unwrap(), server.try_clone().unwrap());
                of_listener.streams.lock().unwrap().extend([ends().0, ends().1]);
                let ((there, back), state) = ((ends(), ends()), of_listener.clone());
                std::thread::spawn(move || state.carry(there.0, there.1, false));
                let state = of_listener.clone();
                std::thread::spawn(move || state.carry(back.1, back.0, true));
            }
        });
        Self { port, state }
    }

    pub fn set(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = Some(mode);
        self.state.changed.notify_all();
        if mode == Mode::Cut {
            self.hang_up();
        }
    }

    /// Whether something came that is held back until the link is open.
    pub fn is_waiting(&self) -> bool {
        self.state.waiting.load(Ordering::Relaxed) > 0
    }

    /// Closes every connection; new ones are let through.
    pub fn hang_up(&self) {
        for stream in self.state.streams.lock().unwrap().drain(..) {
            // It may be closed already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

impl State {
    fn mode(&self) -> Mode {
        self.mode.lock().unwrap().unwrap_or(Mode::Open)
    }

    fn carry(&self, mut from: TcpStream, mut to: TcpStream, answers: bool) {
        let mut buffer = [0; 1 << 16];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            let mut mode = self.mode.lock().unwrap();
            self.waiting.fetch_add(1, Ordering::Relaxed);
            while *mode == Some(Mode::Stalled) {
                mode = self.changed.wait_timeout(mode, Duration::from_secs(1)).unwrap().0;
            }
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let lost = answers && *mode == Some(Mode::Deaf);
            drop(mode);
            if !lost && to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
    }
}
