//! A link to a server that fails as networks do: a small proxy between a node and its database or its object store.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

/// What it does with what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It hands on what comes.
    Open,
    /// Nothing comes through until it is open again, and nothing is lost.
    Stalled,
    /// Everything takes a while, both ways.
    Slow,
    /// What the server says is lost, while the server hears everything.
    Deaf,
    /// Connections are closed, and no new ones are let through.
    Cut,
}

/// Lets time pass.
pub fn pass(time: Duration) {
    let (_keep, nothing) = mpsc::channel::<()>();
    nothing.recv_timeout(time).unwrap_err();
}

/// How long things take on a slow link, one way.
const SLOW: Duration = Duration::from_millis(20);
/// How long the server is not told that the other end is gone: longer than a turn may stand still.
const HALF_CLOSED: Duration = Duration::from_secs(7);

#[derive(Default)]
struct State {
    mode: Mutex<Option<Mode>>,
    changed: Condvar,
    /// Connections on which something waits for the link to open.
    waiting: AtomicUsize,
    pairs: Mutex<Vec<Arc<Pair>>>,
}

/// The two connections that are one.
struct Pair {
    client: TcpStream,
    server: TcpStream,
    /// The client's is closed, and the server is not told.
    half_closed: AtomicBool,
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
                let pair = Arc::new(Pair { client, server, half_closed: AtomicBool::new(false) });
                of_listener.pairs.lock().unwrap().push(pair.clone());
                for answers in [false, true] {
                    let (state, pair) = (of_listener.clone(), pair.clone());
                    std::thread::spawn(move || state.carry(&pair, answers));
                }
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
        for pair in self.state.pairs.lock().unwrap().drain(..) {
            close(&pair.client);
            close(&pair.server);
        }
    }

    /// Closes the node's end of every connection, while the server waits for more; new ones are let through.
    pub fn half_close(&self) {
        let pairs: Vec<_> = self.state.pairs.lock().unwrap().drain(..).collect();
        for pair in &pairs {
            pair.half_closed.store(true, Ordering::Relaxed);
            close(&pair.client);
        }
        std::thread::spawn(move || {
            pass(HALF_CLOSED);
            pairs.iter().for_each(|pair| close(&pair.server));
        });
    }
}

fn close(stream: &TcpStream) {
    // It may be closed already.
    drop(stream.shutdown(Shutdown::Both));
}

impl State {
    fn mode(&self) -> Mode {
        self.mode.lock().unwrap().unwrap_or(Mode::Open)
    }

    fn carry(&self, pair: &Pair, answers: bool) {
        let (mut from, mut to) =
            if answers { (&pair.server, &pair.client) } else { (&pair.client, &pair.server) };
        let mut buffer = [0; 1 << 16];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            let mut mode = self.mode.lock().unwrap();
            self.waiting.fetch_add(1, Ordering::Relaxed);
            while *mode == Some(Mode::Stalled) {
                mode = self.changed.wait_timeout(mode, Duration::from_secs(1)).unwrap().0;
            }
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let (lost, slow) = (answers && *mode == Some(Mode::Deaf), *mode == Some(Mode::Slow));
            drop(mode);
            if slow {
                pass(SLOW);
            }
            if !lost && to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        close(&pair.client);
        if !pair.half_closed.load(Ordering::Relaxed) {
            close(&pair.server);
        }
    }
}
