//! No spelling of a URL, no redirect and no name that changes its mind reaches what is not of the public internet.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use sheaf_app::webhooks::deliver::Dispatch;
use sheaf_model::{DeliveryId, ProjectId, Reach, WebhookId, WebhookUrl};
use sheaf_server::webhooks::Sender;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::receiver::{Manner, OK, Receiver};

const WITHIN: Duration = Duration::from_secs(5);

fn dispatch(url: &str) -> Dispatch {
    Dispatch {
        project: ProjectId(1),
        id: DeliveryId { webhook: WebhookId(1), number: 1 },
        url: url.to_owned(),
        body: "{}".to_owned(),
        timestamp: 1,
        signature: "v1,x".to_owned(),
        lock: 0,
    }
}

/// Spellings of addresses of this machine, of private networks and of clouds' metadata, as hosts of a URL.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "127.000.000.001",
    "2130706433",
    "0x7f000001",
    "0x7F000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "00000177.0.0.1",
    "0",
    "00",
    "0x0",
    "0.0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "LocalHost",
    "ip6-localhost",
    "%31%32%37.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "１２７.0.0.1",
    "127.0.0.1%00",
    "127.0.0.1%20",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:7F00:0001]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:0.0.0.0]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:1::1]",
    "[2001:0:7f00:1::1]",
    "[fe80::1]",
    "[fe80::1%lo]",
    "[fe80::1%25lo]",
    "[::1%lo]",
    "[::1%251]",
    "[fc00::1]",
    "[fd00::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[fec0::1]",
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[[::1]]",
    "10.0.0.1",
    "10.255.255.255",
    "012.0.0.1",
    "0xa.0.0.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.88.99.1",
];

/// Every host in several forms of a URL, and forms that confuse readers of URLs.
fn corpus(port: u16) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut hosts: Vec<String> = HOSTS.iter().map(|&host| host.to_owned()).collect();
    // The machine's own address in its network, when it has one.
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.connect("192.0.2.1:9").map(|()| socket));
    if let Ok(IpAddr::V4(own)) = own.and_then(|socket| socket.local_addr()).map(|own| own.ip())
        && !Reach::Public.allows(IpAddr::V4(own))
    {
        hosts.extend([own.to_string(), u32::from(own).to_string(), format!("[::ffff:{own}]")]);
    }
    for host in &hosts {
        out.insert(format!("http://{host}:{port}/"));
        out.insert(format!("https://{host}:{port}/hook?x=1"));
        out.insert(format!("HTTP://example.org:80@{host}:{port}/"));
    }
    for rest in [
        "\\\\127.0.0.1:PORT",
        "/127.0.0.1:PORT",
        "127.0.0.1:PORT",
        "///127.0.0.1:PORT",
        "//127.0.0.1\\@[2001:db8::1]:PORT/",
        "//[2001:db8::1]:PORT\\@127.0.0.1:PORT/",
        "//[2001:db8::1]#@127.0.0.1:PORT/",
        "//[2001:db8::1]?@127.0.0.1:PORT/",
        "//[2001:db8::1]:PORT@127.0.0.1:PORT/",
        "//127.0.0.1:PORT@[2001:db8::1]/",
        "//a@b@127.0.0.1:PORT/",
        "//@127.0.0.1:PORT/",
        "//127.0.0.1:PORT#@[2001:db8::1]/",
        "//127.0.0.1 :PORT/",
        "//127.0.0.1:\tPORT/",
        "//127.0.0.1\n:PORT/",
        "//127.0.0.1:PORT\r\nHost: x/",
        "//localhost%00.[2001:db8::1]:PORT/",
        "//[2001:db8::1]%2f@localhost:PORT/",
        "//:PORT/",
        "//127.0.0.1:0PORT/",
        "//.localhost:PORT/",
        "//localhost..:PORT/",
        "//127.0.0.1:PORT:80/",
        "//[::1]127.0.0.1:PORT/",
    ] {
        out.insert(format!("http:{}", rest.replace("PORT", &port.to_string())));
    }
    for url in [
        "//127.0.0.1:PORT/",
        "127.0.0.1:PORT",
        "localhost:PORT",
        "/x",
        "",
        " ",
        "http://",
        "http:",
        "://127.0.0.1:PORT/",
        " http://127.0.0.1:PORT/",
        "\thttp://127.0.0.1:PORT/",
        "gopher://127.0.0.1:PORT/_x",
        "ftp://127.0.0.1:PORT/",
        "file:///etc/passwd",
        "file://127.0.0.1:PORT/x",
        "dict://127.0.0.1:PORT/",
        "ldap://127.0.0.1:PORT/",
        "tftp://127.0.0.1:PORT/",
        "ws://127.0.0.1:PORT/",
        "socks5://127.0.0.1:PORT/",
        "unix:/var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
        "data:text/plain,x",
        "jar:http://127.0.0.1:PORT/!/x",
        "url:http://127.0.0.1:PORT/",
        "hTTp://127.0.0.1:PORT/",
        "httpx://127.0.0.1:PORT/",
        "http;//127.0.0.1:PORT/",
    ] {
        out.insert(url.replace("PORT", &port.to_string()));
    }
    out
}

#[test]
fn no_spelling_reaches_what_is_not_public() {
    let canary = Receiver::everywhere();
    let open = Sender::new(Reach::Private, WITHIN);
    assert_eq!(open.send(&dispatch(&canary.url)).answer, Ok(200), "the canary would be seen");
    let before = canary.connections();
    assert_eq!(before, 1);

    let sender = Sender::new(Reach::Public, WITHIN);
    let corpus = corpus(canary.port);
    assert!(corpus.len() >= 200, "{}", corpus.len());
    for url in &corpus {
        let began = Instant::now();
        let attempt = sender.send(&dispatch(url));
        let said = attempt.answer.clone().expect_err(url);
        assert!(
            ["no address of the public", "is not known", "cannot be called", "could not be sent"]
                .iter()
                .any(|part| said.contains(part)),
            "{url:?} was not refused before anything was sent: {said}"
        );
        assert!(began.elapsed() < WITHIN, "{url:?}");
        // What is stored may be more, a name may be looked up; a number never gets so far.
        if let Ok(read) = WebhookUrl::parse(url) {
            let is_ip = matches!(read.host, sheaf_model::webhook::Host::Ip(ip) if !Reach::Public.allows(ip));
            assert!(is_ip || read.as_str().to_lowercase().contains("localhost"), "{url:?} would be stored");
        }
    }
    assert_eq!(canary.connections(), before, "something got through");
}

#[test]
fn metadata_is_never_called() {
    let sender = Sender::new(Reach::Private, WITHIN);
    for host in [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ] {
        let said = sender.send(&dispatch(&format!("http://{host}/"))).answer.unwrap_err();
        assert!(said.contains("no address"), "{host}: {said}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let canary = Receiver::start(OK, 0);
    let sender = Sender::new(Reach::Private, WITHIN);
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://127.0.0.1:{}/", canary.port);
        let head = format!("HTTP/1.1 {status} X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let receiver = Receiver::start(Manner::Answer(head.leak()), 0);
        assert_eq!(sender.send(&dispatch(&receiver.url)).answer, Ok(status));
    }
    assert_eq!(canary.connections(), 0);
}

/// Names that stand for other addresses at every look-up.
#[derive(Debug)]
struct Rebinding {
    answers: Vec<Vec<SocketAddr>>,
    asked: Arc<AtomicUsize>,
}

impl Resolver for Rebinding {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        let mut out = self.empty();
        self.answers[n % self.answers.len()].iter().for_each(|address| out.push(*address));
        Ok(out)
    }
}

#[test]
fn what_was_checked_is_what_is_called() {
    let canary = Receiver::everywhere();
    let own = SocketAddr::from((Ipv4Addr::LOCALHOST, canary.port));
    // Of the public internet, in a network that nobody was given.
    let public = SocketAddr::from((Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1), 9));
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = vec![vec![public], vec![own], vec![public, own], vec![own, public], vec![own]];
    let lookup = Rebinding { answers, asked: asked.clone() };
    let sender = Sender::with_lookup(Reach::Public, Duration::from_millis(200), lookup);
    for n in 1..=10 {
        sender.send(&dispatch("http://rebinding.example/"));
        assert_eq!(asked.load(Ordering::SeqCst), n, "a name is looked up once an attempt");
    }
    assert_eq!(canary.connections(), 0);
}

#[test]
fn what_an_endpoint_says_is_not_repeated() {
    let sender = Sender::new(Reach::Private, Duration::from_millis(300));
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "secret".repeat(50_000)).leak();
    for (manner, wanted) in [
        (Manner::Answer("HTTP/1.1 500 secret\r\nx: secret\r\ncontent-length: 6\r\n\r\nsecret"), Ok(500)),
        (Manner::Answer("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nsec"), Ok(200)),
        (Manner::CloseAtOnce, Err("broke off")),
        (Manner::CloseHalfWay, Err("")),
        (Manner::Babble, Err("")),
        (Manner::Hang, Err("no answer in time")),
        (Manner::Answer(long), Err("")),
    ] {
        let receiver = Receiver::start(manner.clone(), 0);
        let answer = sender.send(&dispatch(&receiver.url)).answer;
        match (&answer, wanted) {
            (Ok(status), Ok(wanted)) => assert_eq!(*status, wanted),
            (Err(said), Err(part)) => assert!(said.contains(part) && !said.contains("secret"), "{said}"),
            _ => panic!("{manner:?}: {answer:?}"),
        }
    }
    let refused = sender.send(&dispatch("http://127.0.0.1:1/")).answer;
    assert_eq!(refused, Err("the connection was refused".to_owned()));
    let plain = Receiver::start(OK, 0);
    let secure = sender.send(&dispatch(&format!("https://127.0.0.1:{}/", plain.port))).answer.unwrap_err();
    assert!(secure.contains("connection") || secure.contains("in time"), "{secure}");
}

proptest! {
    /// What is stored can be called, and has the host that was checked.
    #[test]
    fn stored_urls_mean_the_same_to_the_sender(text in "https?://[a-z0-9.\\-_]{1,12}(:[0-9]{1,5})?[a-z0-9/?&=%@:+,;!$'()*~\\[\\]]{0,20}") {
        if let Ok(url) = WebhookUrl::parse(&text) {
            let read: Uri = url.as_str().parse().map_err(|error| TestCaseError::fail(format!("{url:?}: {error}")))?;
            prop_assert_eq!(read.host().unwrap_or_default(), url.host.to_string());
            prop_assert!(url.as_str().starts_with(url.origin()));
        }
    }
}
