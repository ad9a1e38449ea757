//! Who may call what, for every operation of the OpenAPI document: a route without a row in the table fails.
//!
//! Each operation is called with real ids and the smallest body that its schema allows, by everybody who may not:
//! nobody (401), members without the role (403), the manager of another project (404, the same as for a project that
//! does not exist).

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::harness::{Answer, Client, World};
use crate::openapi::operations as every_operation;

/// The least that a caller must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Least {
    /// Anybody: see [`PUBLIC`].
    Anybody,
    /// Anybody with an account.
    Person,
    /// The one whose thing it is (in the seeded world: the annotator); it does not exist for others.
    Owner,
    /// Gets tasks of the project: whoever has a role in it. It does not exist for others.
    Labeller,
    /// In the project, as whatever.
    Member,
    /// Manager or reviewer.
    Viewer,
    Manager,
    Admin,
}

use Least::{Admin, Anybody, Labeller, Manager, Member, Owner, Person, Viewer};

/// The operations of Sheaf's own API; those of Scale's have tests of their own, see `scale.rs`.
fn operations(document: &Value) -> impl Iterator<Item = (&str, String, &Value)> {
    every_operation(document).filter(|(path, ..)| path.starts_with("/api/"))
}

const TABLE: &[(&str, &str, Least)] = &[
    ("GET", "/api/session", Anybody),
    ("POST", "/api/session", Anybody),
    ("DELETE", "/api/session", Anybody),
    ("PATCH", "/api/session/user", Person),
    ("POST", "/api/setup", Anybody),
    ("GET", "/api/users", Admin),
    ("PATCH", "/api/users/{user}", Admin),
    ("GET", "/api/invitations", Manager),
    ("POST", "/api/invitations", Manager),
    ("DELETE", "/api/invitations/{invitation}", Manager),
    ("GET", "/api/invitations/lookup", Anybody),
    ("POST", "/api/invitations/accept", Anybody),
    ("GET", "/api/keys", Person),
    ("POST", "/api/keys", Person),
    ("DELETE", "/api/keys/{key}", Owner),
    ("GET", "/api/audit", Admin),
    ("GET", "/api/check", Admin),
    ("GET", "/api/projects/{project}/upload-sources", Manager),
    ("GET", "/api/projects/{project}/uploads/{upload}/sync", Manager),
    ("POST", "/api/projects/{project}/uploads/{upload}/sync", Manager),
    ("GET", "/api/projects", Person),
    ("POST", "/api/projects", Admin),
    ("GET", "/api/projects/{project}", Member),
    ("PATCH", "/api/projects/{project}", Manager),
    ("GET", "/api/projects/{project}/taxonomy", Member),
    ("PUT", "/api/projects/{project}/taxonomy", Manager),
    ("GET", "/api/projects/{project}/prelabels", Viewer),
    ("PUT", "/api/projects/{project}/prelabels", Manager),
    ("DELETE", "/api/projects/{project}/prelabels", Manager),
    ("PUT", "/api/projects/{project}/answers", Manager),
    ("GET", "/api/projects/{project}/quality", Manager),
    ("GET", "/api/projects/{project}/batches/{batch}/known-answers", Manager),
    ("PUT", "/api/projects/{project}/batches/{batch}/known-answers", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/known-answers/copy", Manager),
    ("GET", "/api/projects/{project}/members", Manager),
    ("PUT", "/api/projects/{project}/members/{user}", Manager),
    ("GET", "/api/projects/{project}/members/{user}/queue", Manager),
    ("GET", "/api/projects/{project}/groups", Manager),
    ("POST", "/api/projects/{project}/groups", Manager),
    ("PATCH", "/api/projects/{project}/groups/{group}", Manager),
    ("DELETE", "/api/projects/{project}/groups/{group}", Manager),
    ("GET", "/api/projects/{project}/queue-order", Viewer),
    ("PUT", "/api/projects/{project}/queue-order", Manager),
    ("DELETE", "/api/projects/{project}/queue-order", Manager),
    ("POST", "/api/projects/{project}/members/{user}/pause", Manager),
    ("POST", "/api/projects/{project}/members/{user}/resume", Manager),
    ("POST", "/api/projects/{project}/members/{user}/revoke", Manager),
    ("GET", "/api/projects/{project}/uploads", Viewer),
    ("POST", "/api/projects/{project}/uploads", Manager),
    ("GET", "/api/projects/{project}/uploads/{upload}", Viewer),
    ("GET", "/api/projects/{project}/uploads/{upload}/files", Viewer),
    ("PUT", "/api/projects/{project}/uploads/{upload}/files", Manager),
    ("POST", "/api/projects/{project}/uploads/{upload}/annotations", Manager),
    ("PUT", "/api/projects/{project}/uploads/{upload}/manifest", Manager),
    ("DELETE", "/api/projects/{project}/uploads/{upload}/manifest", Manager),
    ("POST", "/api/projects/{project}/uploads/{upload}/manifest/commit", Manager),
    ("POST", "/api/projects/{project}/uploads/{upload}/finish", Manager),
    ("POST", "/api/projects/{project}/uploads/{upload}/cancel", Manager),
    ("GET", "/api/projects/{project}/uploads/{upload}/report", Viewer),
    ("GET", "/api/projects/{project}/assets", Viewer),
    ("GET", "/api/projects/{project}/assets/{asset}", Viewer),
    ("PATCH", "/api/projects/{project}/assets/{asset}", Manager),
    ("GET", "/api/projects/{project}/metadata-updates", Viewer),
    ("POST", "/api/projects/{project}/metadata-updates", Manager),
    ("GET", "/api/projects/{project}/metadata-updates/{metadata_update}", Viewer),
    ("GET", "/api/projects/{project}/metadata-updates/{metadata_update}/report", Viewer),
    ("POST", "/api/projects/{project}/metadata-updates/{metadata_update}/cancel", Manager),
    // Annotators see the assets of their own tasks; the seeded one has a task on this asset.
    ("GET", "/api/projects/{project}/assets/{asset}/content", Member),
    ("GET", "/api/projects/{project}/assets/{asset}/thumbnail", Member),
    ("GET", "/api/projects/{project}/fields", Viewer),
    ("POST", "/api/projects/{project}/facets", Viewer),
    ("GET", "/api/projects/{project}/complete", Viewer),
    ("GET", "/api/projects/{project}/parse", Viewer),
    ("POST", "/api/projects/{project}/select", Manager),
    ("GET", "/api/projects/{project}/batches", Viewer),
    ("POST", "/api/projects/{project}/batches", Manager),
    ("GET", "/api/projects/{project}/batches/{batch}", Viewer),
    ("PATCH", "/api/projects/{project}/batches/{batch}", Manager),
    ("DELETE", "/api/projects/{project}/batches/{batch}", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/launch", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/pause", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/resume", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/cancel", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/archive", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/unarchive", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/unblock", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/rerun", Manager),
    // Private ones do not exist for others; see the tests of saved queries.
    ("GET", "/api/projects/{project}/saved-queries", Viewer),
    ("POST", "/api/projects/{project}/saved-queries", Viewer),
    ("PATCH", "/api/projects/{project}/saved-queries/{saved_query}", Viewer),
    ("DELETE", "/api/projects/{project}/saved-queries/{saved_query}", Viewer),
    ("GET", "/api/projects/{project}/standing-batches", Viewer),
    ("POST", "/api/projects/{project}/standing-batches", Manager),
    ("GET", "/api/projects/{project}/standing-batches/{standing_batch}", Viewer),
    ("PATCH", "/api/projects/{project}/standing-batches/{standing_batch}", Manager),
    ("DELETE", "/api/projects/{project}/standing-batches/{standing_batch}", Manager),
    ("POST", "/api/projects/{project}/standing-batches/{standing_batch}/pause", Manager),
    ("POST", "/api/projects/{project}/standing-batches/{standing_batch}/resume", Manager),
    ("POST", "/api/projects/{project}/standing-batches/{standing_batch}/run", Manager),
    ("GET", "/api/projects/{project}/standing-batches/{standing_batch}/runs", Viewer),
    ("POST", "/api/projects/{project}/batches/{batch}/append", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/remove", Manager),
    ("POST", "/api/projects/{project}/batches/{batch}/split", Manager),
    ("GET", "/api/projects/{project}/batches/{batch}/revisions", Viewer),
    ("GET", "/api/projects/{project}/batches/{batch}/diff", Viewer),
    ("GET", "/api/projects/{project}/batches/{batch}/tasks", Manager),
    ("GET", "/api/projects/{project}/batches/{batch}/progress", Viewer),
    ("POST", "/api/projects/{project}/batches/{batch}/rehearse", Manager),
    ("GET", "/api/projects/{project}/insights", Viewer),
    ("GET", "/api/projects/{project}/events", Viewer),
    ("GET", "/api/projects/{project}/batches/{batch}/agreement", Viewer),
    ("GET", "/api/projects/{project}/tasks/{task}/agreement", Viewer),
    ("GET", "/api/projects/{project}/export", Viewer),
    ("GET", "/api/projects/{project}/webhooks", Manager),
    ("POST", "/api/projects/{project}/webhooks", Manager),
    ("GET", "/api/projects/{project}/webhooks/{webhook}", Manager),
    ("PATCH", "/api/projects/{project}/webhooks/{webhook}", Manager),
    ("DELETE", "/api/projects/{project}/webhooks/{webhook}", Manager),
    ("POST", "/api/projects/{project}/webhooks/{webhook}/rotate", Manager),
    ("POST", "/api/projects/{project}/webhooks/{webhook}/test", Manager),
    ("GET", "/api/projects/{project}/webhooks/{webhook}/deliveries", Manager),
    ("POST", "/api/projects/{project}/webhooks/{webhook}/deliveries/{delivery}/redeliver", Manager),
    ("GET", "/api/queue", Person),
    ("POST", "/api/queue/claim", Person),
    ("GET", "/api/queue/history", Labeller),
    ("GET", "/api/queue/explain", Labeller),
    ("GET", "/api/queue/skips", Labeller),
    ("POST", "/api/queue/leases/{lease}/heartbeat", Owner),
    ("PUT", "/api/queue/leases/{lease}/draft", Owner),
    ("POST", "/api/queue/leases/{lease}/submit", Owner),
    ("POST", "/api/queue/leases/{lease}/accept", Owner),
    ("POST", "/api/queue/leases/{lease}/reject", Owner),
    ("POST", "/api/queue/leases/{lease}/fix", Owner),
    ("POST", "/api/queue/tasks/{task}/amend", Owner),
    ("POST", "/api/projects/{project}/tasks/{task}/revoke", Manager),
    ("POST", "/api/projects/{project}/tasks/{task}/reopen", Manager),
    ("POST", "/api/projects/{project}/tasks/{task}/unblock", Manager),
    ("GET", "/api/projects/{project}/tasks/{task}/queue", Viewer),
    // By the one who passed on it; for somebody else only by managers, see the test of skips.
    ("POST", "/api/projects/{project}/tasks/{task}/unskip", Member),
    ("POST", "/api/projects/{project}/tasks/{task}/assign", Manager),
    ("POST", "/api/queue/leases/{lease}/release", Owner),
    ("POST", "/api/queue/leases/{lease}/skip", Owner),
];

/// What needs no account, once more: adding to it is a decision of its own.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/api/session"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("POST", "/api/setup"),
    ("GET", "/api/invitations/lookup"),
    ("POST", "/api/invitations/accept"),
];

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document = sheaf_server::openapi();
    let mut missing: Vec<String> = Vec::new();
    for (path, method, _) in operations(&document) {
        if least(&method, path).is_none() {
            missing.push(format!("(\"{method}\", \"{path}\", ...)"));
        }
    }
    assert!(missing.is_empty(), "add to TABLE who may call:\n{}", missing.join("\n"));
    for (method, path, least) in TABLE {
        let known = document["paths"][path].get(method.to_lowercase()).is_some();
        assert!(known, "{method} {path} is in TABLE and nowhere else");
        assert_eq!(
            PUBLIC.contains(&(method, path)),
            *least == Anybody,
            "{method} {path}: PUBLIC and TABLE disagree"
        );
    }
}

#[tokio::test]
async fn callers_without_the_right_are_refused() {
    let world = World::seed().await;
    let document = sheaf_server::openapi();
    for (path, method, operation) in operations(&document) {
        let Some(least) = least(&method, path) else { continue };
        let probe = Probe { document: &document, world: &world, path, method: &method, operation };
        if least != Anybody {
            probe.call(&world.anonymous).await.is_error(401, "unauthenticated");
        }
        let lacking: &[&Client] = match least {
            Anybody | Person | Owner | Labeller | Member => &[],
            Viewer => &[&world.annotator],
            Manager => &[&world.annotator, &world.reviewer],
            Admin => &[&world.annotator, &world.reviewer, &world.manager, &world.program, &world.stranger],
        };
        for client in lacking {
            probe.call(client).await.is_error(403, "forbidden");
        }
        if matches!(least, Owner | Labeller | Member | Viewer | Manager)
            && (path.contains('{') || least == Labeller)
        {
            let foreign = probe.call(&world.stranger).await.is_error(404, "not_found");
            let nowhere = probe.call_elsewhere(&world.stranger).await.is_error(404, "not_found");
            assert_eq!(
                foreign["message"], nowhere["message"],
                "{method} {path} tells what is foreign from what is not"
            );
        }
        let not_theirs: &[&Client] = match least {
            Owner => &[&world.reviewer, &world.manager, &world.program, &world.admin],
            Labeller => &[&world.admin],
            _ => &[],
        };
        for client in not_theirs {
            probe.call(client).await.is_error(404, "not_found");
        }
    }
}

#[tokio::test]
async fn callers_with_the_right_can_read() {
    let world = World::seed().await;
    let document = sheaf_server::openapi();
    for (path, method, operation) in operations(&document) {
        // A stream does not end by itself; it has tests of its own.
        let ends = path != "/api/projects/{project}/events";
        let Some(least) = least(&method, path).filter(|_| method == "GET" && ends) else { continue };
        let probe = Probe { document: &document, world: &world, path, method: &method, operation };
        let allowed: &[&Client] = match least {
            // The public ones answer depending on what they are shown; they have tests of their own.
            Anybody => &[],
            Person | Member => {
                &[&world.annotator, &world.reviewer, &world.manager, &world.program, &world.admin]
            }
            Owner => &[&world.annotator],
            Labeller => &[&world.annotator, &world.manager, &world.program],
            Viewer => &[&world.reviewer, &world.manager, &world.program, &world.admin],
            Manager => &[&world.manager, &world.program, &world.admin],
            Admin => &[&world.admin],
        };
        for client in allowed {
            let answer = probe.call(client).await;
            assert!(
                !matches!(answer.status.as_u16(), 401 | 403 | 404),
                "{}: {}",
                answer.asked,
                answer.text()
            );
        }
    }
}

fn least(method: &str, path: &str) -> Option<Least> {
    TABLE.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, least)| *least)
}

/// One operation, ready to be called by anybody.
struct Probe<'a> {
    document: &'a Value,
    world: &'a World,
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
}

impl Probe<'_> {
    async fn call(&self, client: &Client) -> Answer {
        self.send(client, |name| self.world.id(name).to_owned()).await
    }

    /// With ids that look right and are nobody's.
    async fn call_elsewhere(&self, client: &Client) -> Answer {
        self.send(client, |name| {
            let id = self.world.id(name);
            let (prefix, digits) = id.split_once('_').unwrap_or(("", id));
            // The last digit holds loose bits and must stay.
            let (inner, last) = digits.split_at(digits.len() - 1);
            let other: String = inner.chars().rev().collect();
            format!("{prefix}_0{}{last}", &other[1..])
        })
        .await
    }

    async fn send(&self, client: &Client, id: impl Fn(&str) -> String) -> Answer {
        let mut uri: String = String::new();
        for (i, part) in self.path.split(['{', '}']).enumerate() {
            if i % 2 == 0 { uri.push_str(part) } else { uri.push_str(&id(part)) }
        }
        let parameters = self.operation["parameters"].as_array().into_iter().flatten();
        let query: Vec<String> = parameters
            .filter(|parameter| parameter["in"] == "query")
            // Ids are sent also where they may be left out: they are what a stranger would try.
            .filter(|parameter| {
                let is_id = parameter["name"].as_str().is_some_and(|name| name.ends_with("_id"));
                parameter["required"] == true || is_id
            })
            .map(|parameter| {
                let name = parameter["name"].as_str().unwrap_or_default();
                let value = example(self.document, &parameter["schema"]);
                let text = match name.strip_suffix("_id") {
                    Some(thing) => id(thing),
                    None => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                };
                format!("{name}={text}")
            })
            .collect();
        if !query.is_empty() {
            uri = format!("{uri}?{}", query.join("&"));
        }
        let content: HashMap<&String, &Value> =
            self.operation["requestBody"]["content"].as_object().into_iter().flatten().collect();
        match content.iter().next() {
            None => client.send(self.method, &uri, "", Vec::new()).await,
            Some((kind, body)) if kind.as_str() == "application/json" => {
                client.json(self.method, &uri, &example(self.document, &body["schema"])).await
            }
            Some((kind, _)) => client.send(self.method, &uri, kind, b"x".to_vec()).await,
        }
    }
}

const UUID: &str = "01936d2e-0000-7000-8000-00000000000a";

/// The smallest value that a schema allows.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return example(document, &document["components"]["schemas"][name]);
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[word].as_array() {
            let part = parts.iter().find(|part| part["type"] != "null").unwrap_or(&Value::Null);
            return example(document, part);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let objects = parts.iter().filter_map(|part| example(document, part).as_object().cloned());
        return objects
            .fold(Map::new(), |mut all, object| {
                all.extend(object);
                all
            })
            .into();
    }
    if let Some(value) = schema["enum"].as_array().and_then(|values| values.first()) {
        return value.clone();
    }
    let kind = schema["type"].as_str().or_else(|| {
        schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str).find(|kind| *kind != "null")
    });
    match kind {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let fields = required.map(|name| {
                // A text to the schema; the doc comments say that clients make a UUID.
                let is_uuid = matches!(name, "claim_id" | "submission_id" | "review_id");
                let value = match name {
                    _ if is_uuid => json!(UUID),
                    // Of the right form, and of nothing.
                    "from_batch_id" => json!("bat_0000000000002"),
                    "user_id" => json!("usr_0000000000002"),
                    _ => example(document, &schema["properties"][name]),
                };
                (name.to_owned(), value)
            });
            fields.collect::<Map<String, Value>>().into()
        }
        Some("array") => json!([]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => json!("x"),
        _ => Value::Null,
    }
}
