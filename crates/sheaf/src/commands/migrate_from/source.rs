//! The server that a project comes from, read by Scale's API alone.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::Agent;

use crate::client::escaped;

/// Things of one page.
const PAGE: usize = 100;
/// Pauses before a request is tried again that may go better then.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// No page is expected to be larger.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024 * 1024;

pub(super) struct Source {
    agent: Agent,
    base: String,
    authorization: String,
}

impl Source {
    /// `base` ends with the version: `https://api.scale.com/v1`.
    pub(super) fn new(base: &str, key: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(120)))
            .user_agent(concat!("sheaf-migrate/", env!("CARGO_PKG_VERSION")));
        let base = base.trim_end_matches('/').to_owned();
        Self {
            agent: config.build().new_agent(),
            base,
            authorization: format!("Basic {}", STANDARD.encode(format!("{key}:"))),
        }
    }

    pub(super) fn project(&self, name: &str) -> Result<Value> {
        self.get(&format!("projects/{}", escaped(name)))
            .with_context(|| format!("cannot read the project `{name}` of {}", self.base))
    }

    /// The batches of a project, the first made first.
    pub(super) fn batches(&self, project: &str) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        loop {
            let at = format!("batches?project={}&limit={PAGE}&offset={}", escaped(project), out.len());
            let page = self.get(&at).context("cannot read the batches")?;
            let docs = list(&page)?;
            if docs.is_empty() {
                break;
            }
            out.extend(docs);
            if page["has_more"] != true {
                break;
            }
        }
        out.reverse();
        Ok(out)
    }

    /// Hands each page of the tasks of a status to `each`, the newest first.
    pub(super) fn tasks(
        &self,
        project: &str,
        status: &str,
        mut each: impl FnMut(Vec<Value>) -> Result<()>,
    ) -> Result<()> {
        let of = format!("tasks?project={}&status={status}&limit={PAGE}", escaped(project));
        let (mut at, mut seen) = (of.clone(), 0);
        loop {
            let page = self.get(&at).with_context(|| format!("cannot read the {status} tasks"))?;
            let docs = list(&page)?;
            seen += docs.len();
            let over = docs.is_empty() || page["has_more"] != true;
            if !docs.is_empty() {
                each(docs)?;
            }
            if over {
                return Ok(());
            }
            at = match page["next_token"].as_str() {
                Some(token) => format!("{of}&next_token={}", escaped(token)),
                None => format!("{of}&offset={seen}"),
            };
        }
    }

    fn get(&self, path: &str) -> Result<Value> {
        let mut pauses = PAUSES.iter();
        loop {
            match self.ask(path)? {
                Ok(value) => return Ok(value),
                Err(why) => match pauses.next() {
                    Some(pause) => std::thread::sleep(*pause),
                    None => bail!("{why}; run the command again, it goes on from here"),
                },
            }
        }
    }

    /// The answer, or why it may go better in a moment.
    fn ask(&self, path: &str) -> Result<std::result::Result<Value, String>> {
        let request = self.agent.get(format!("{}/{path}", self.base));
        let mut answer = match request.header("Authorization", &self.authorization).call() {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(format!("no connection to {}: {error}", self.base))),
        };
        let status = answer.status().as_u16();
        let bytes = match answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(format!("the answer of {} was cut off: {error}", self.base))),
        };
        let read = serde_json::from_slice::<Value>(&bytes);
        if status == 200 {
            let what = format!(
                "{} answered with something that is no JSON; is it the API, with its version?",
                self.base
            );
            return Ok(Ok(read.context(what)?));
        }
        let said = read.ok().and_then(|body| body["error"].as_str().map(str::to_owned));
        let said = said.unwrap_or_else(|| "no reason is given".to_owned());
        let what = format!("{} answered {status}: {said}", self.base);
        if matches!(status, 408 | 429 | 500..) { Ok(Err(what)) } else { bail!(what) }
    }
}

fn list(page: &Value) -> Result<Vec<Value>> {
    page["docs"].as_array().cloned().context("a page has no list `docs`; is this Scale's API?")
}
