//! A caller: a browser with a cookie, a program with a key, or nobody. Each sends what such a caller would send.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::{Answer, TestServer};

#[derive(Clone)]
pub struct Client {
    server: TestServer,
    headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(server: TestServer) -> Self {
        Self { server, headers: vec![("host".into(), "localhost:8420".into())] }
    }

    /// Sends this header too; an empty value leaves it out.
    pub fn header(&self, name: &str, value: &str) -> Self {
        let mut out = self.clone();
        out.headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            out.headers.push((name.into(), value.into()));
        }
        out
    }

    /// A browser on a page of ours.
    pub fn cookie(&self, token: &str) -> Self {
        self.header("cookie", &format!("sheaf_session={token}")).header("sec-fetch-site", "same-origin")
    }

    /// A program.
    pub fn key(&self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    fn request(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        request.body(Body::from(body)).unwrap()
    }

    pub async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.server.send(self.request(method, path, kind, body)).await
    }

    /// An answer whose body is still to come.
    pub async fn open(&self, path: &str) -> axum::response::Response {
        self.server.open(self.request("GET", path, "", Vec::new())).await
    }

    pub async fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, "application/json", serde_json::to_vec(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", Vec::new()).await
    }
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body).await
    }
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json("PUT", path, body).await
    }
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, body).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", Vec::new()).await
    }

    /// Their own id.
    pub async fn id(&self) -> String {
        let session = self.get("/api/session").await.is(200);
        session["user"]["id"].as_str().unwrap_or_default().to_owned()
    }
}
