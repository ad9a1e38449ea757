//! A receiver of webhooks on a real socket, that behaves as badly as it is told to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Manner {
    Answer(&'static str),
    /// Closes before it has read anything.
    CloseAtOnce,
    /// Closes in the middle of the answer.
    CloseHalfWay,
    /// Keeps the connection and says nothing.
    Hang,
    /// Says something that is not HTTP.
    Babble,
    /// One of the others, by the numbers that follow from a seed; mostly failures.
    Random,
}

pub const OK: Manner = Manner::Answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

#[derive(Debug, Clone)]
pub struct Message {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Whether it was answered with a 2xx.
    pub accepted: bool,
}

impl Message {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether a signature is that of a secret, by another implementation than ours.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let verifier = standardwebhooks::Webhook::new(secret).unwrap();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let wanted = verifier.sign(self.header("webhook-id"), timestamp, self.body.as_bytes()).unwrap();
        self.header("webhook-signature").split(' ').any(|signature| signature == wanted)
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    manner: Mutex<Manner>,
    seen: Mutex<Vec<Message>>,
    connections: AtomicU64,
    random: AtomicU64,
    held: Mutex<Vec<TcpStream>>,
}

impl Receiver {
    /// On 127.0.0.1.
    pub fn start(manner: Manner, seed: u64) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), manner, seed)
    }

    /// On every address of this machine.
    pub fn everywhere() -> Self {
        let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
        Self::on(listener, OK, 0)
    }

    fn on(listener: TcpListener, manner: Manner, seed: u64) -> Self {
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            manner: Mutex::new(manner),
            seen: Mutex::default(),
            connections: AtomicU64::new(0),
            random: AtomicU64::new(seed),
            held: Mutex::default(),
        });
        let accepting = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let inner = accepting.clone();
                std::thread::spawn(move || inner.serve(stream));
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), port, inner }
    }

    pub fn behave(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// Every whole request, in the order of their ends.
    pub fn seen(&self) -> Vec<Message> {
        self.inner.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> u64 {
        self.inner.connections.load(Ordering::SeqCst)
    }
}

impl Inner {
    fn serve(&self, mut stream: TcpStream) {
        let mut manner = self.manner.lock().unwrap().clone();
        if matches!(manner, Manner::Random) {
            manner = self.any();
        }
        if matches!(manner, Manner::CloseAtOnce) {
            return;
        }
        let Some(mut message) = read(&stream) else { return };
        message.accepted = matches!(manner, Manner::Answer(text) if text.starts_with("HTTP/1.1 2"));
        self.seen.lock().unwrap().push(message);
        match manner {
            Manner::Answer(text) => drop(stream.write_all(text.as_bytes())),
            Manner::Babble => drop(stream.write_all(b"220 hello, this is mail\r\n")),
            Manner::CloseHalfWay => {
                drop(stream.write_all(b"HTTP/1.1 20"));
                drop(stream.shutdown(Shutdown::Both));
            }
            Manner::Hang => self.held.lock().unwrap().push(stream),
            Manner::CloseAtOnce | Manner::Random => {}
        }
    }

    fn any(&self) -> Manner {
        let number = self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (number ^ (number >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33;
        match mixed % 16 {
            0..6 => OK,
            6..9 => Manner::Answer("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"),
            9 => Manner::Answer(
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            ),
            10 => Manner::Answer("HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n"),
            11..13 => Manner::CloseAtOnce,
            13 => Manner::CloseHalfWay,
            14 => Manner::Babble,
            _ => Manner::Hang,
        }
    }
}

/// A whole request; `None` when it broke off.
fn read(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.strip_prefix("POST ")?.split(' ').next()?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Message { path, headers, body: String::from_utf8(body).ok()?, accepted: false })
}
