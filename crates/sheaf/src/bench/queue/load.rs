//! The people of the benchmark over HTTP: one thread that serves all of their connections, so that what loads the server
//! takes as little of the machine as it can.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use sheaf_app::ids;
use sheaf_model::{ProjectId, SubmissionId};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use super::super::ms;
use super::{ANSWER, Times, submission_id};

/// Who works where.
pub(super) struct Load<'a> {
    /// Addresses of the nodes, like `http://127.0.0.1:8000`; people are spread over them.
    pub(super) nodes: &'a [String],
    /// One of each person.
    pub(super) keys: &'a [String],
    pub(super) project: ProjectId,
}

impl Load<'_> {
    /// Has everybody work until `pairs` were taken; at a pace the n-th is due n `each` after the start, and its claim is timed
    /// from then. The times, and how many seconds it took.
    pub(super) fn run(&self, pairs: u32, each: Option<Duration>) -> anyhow::Result<(Times, f64)> {
        let host = |node: &String| {
            node.strip_prefix("http://").map(str::to_owned).context("a node is not at an http address")
        };
        let hosts = self.nodes.iter().map(host).collect::<anyhow::Result<Vec<_>>>()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (taken, times) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Times::default())));
        let local = LocalSet::new();
        let started = Instant::now();
        let people: Vec<_> = self
            .keys
            .iter()
            .zip(hosts.iter().cycle())
            .map(|(key, host)| {
                let (host, key, project) = (host.clone(), key.clone(), self.project);
                let (taken, times) = (taken.clone(), times.clone());
                local.spawn_local(async move {
                    let mut person = Person::connect(&host, &key).await?;
                    while taken.get() < pairs {
                        let pair = taken.replace(taken.get() + 1);
                        let due = each.map(|each| started + each * pair);
                        if let Some(due) = due {
                            tokio::time::sleep_until(due.into()).await;
                        }
                        let (claim, submit) = person.pair(project, due.unwrap_or_else(Instant::now)).await?;
                        times.borrow_mut().add(claim, submit);
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        local.block_on(&runtime, async {
            for person in people {
                person.await??;
            }
            anyhow::Ok(())
        })?;
        Ok((times.take(), started.elapsed().as_secs_f64()))
    }
}

/// A connection, and whose it is.
struct Person {
    send: SendRequest<Full<Bytes>>,
    host: String,
    authorization: String,
}

#[derive(Deserialize)]
struct Claimed<'a> {
    #[serde(borrow)]
    tasks: Vec<Granted<'a>>,
}

#[derive(Deserialize)]
struct Granted<'a> {
    lease_id: &'a str,
}

impl Person {
    async fn connect(host: &str, key: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (send, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        Ok(Self { send, host: host.to_owned(), authorization: format!("Bearer {key}") })
    }

    /// A claim and its answer; how long each took, in milliseconds.
    async fn pair(&mut self, project: ProjectId, began: Instant) -> anyhow::Result<(f64, f64)> {
        let asked = json!({ "claim_id": SubmissionId(ids::random()?), "project_id": project.to_string(), "count": 1 });
        let claimed = self.post("/api/queue/claim", asked.to_string()).await?;
        let claim = ms(began.elapsed());
        let claimed: Claimed<'_> = serde_json::from_slice(&claimed)?;
        let lease = claimed.tasks.first().context("nothing was granted")?.lease_id;
        let began = Instant::now();
        let id = submission_id(jiff::Timestamp::now().as_millisecond())?;
        let response: &RawValue = serde_json::from_str(ANSWER)?;
        let answer = json!({ "submission_id": id, "response": response, "seconds": 1.0 });
        self.post(&format!("/api/queue/leases/{lease}/submit"), answer.to_string()).await?;
        Ok((claim, ms(began.elapsed())))
    }

    async fn post(&mut self, path: &str, body: String) -> anyhow::Result<Bytes> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        self.send.ready().await?;
        let response = self.send.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        anyhow::ensure!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&body));
        Ok(body)
    }
}
