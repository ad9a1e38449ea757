//! An instance with somebody of every kind in it, and one of everything that has an id.
//!
//! A new kind of thing is added in [`World::seed`] with the name that it has in the paths of its routes; the tests that
//! walk every route then cover it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Client, PASSWORD, TestServer};

pub struct World {
    pub server: TestServer,
    pub anonymous: Client,
    /// Runs the instance; in no project.
    pub admin: Client,
    /// Of the project `project`.
    pub manager: Client,
    pub reviewer: Client,
    pub annotator: Client,
    /// A program with a key of the manager's.
    pub program: Client,
    /// Runs another project, and is not in `project`.
    pub stranger: Client,
    /// Ids by the names that they have in paths: `project`, `user`, ...
    pub ids: HashMap<&'static str, String>,
}

impl World {
    pub async fn seed() -> Self {
        Self::seed_on(TestServer::start()).await
    }

    pub async fn seed_on(server: TestServer) -> Self {
        let anonymous = server.anonymous();
        let admin = admin(&server).await;
        let project = make_project(&admin, "Streets", "image").await;
        let other_project = make_project(&admin, "Mails", "text").await;
        let manager = member(&server, &admin, "manager", &project, "manager").await;
        let reviewer = member(&server, &admin, "reviewer", &project, "reviewer").await;
        let annotator = member(&server, &admin, "annotator", &project, "annotator").await;
        let stranger = member(&server, &admin, "stranger", &other_project, "manager").await;

        let key = manager.post("/api/keys", &json!({ "name": "for a program" })).await.is(201);
        let program = anonymous.key(key["secret"].as_str().unwrap());
        let own_key = annotator.post("/api/keys", &json!({ "name": "own" })).await.is(201);
        let invited = json!({ "email": "late@example.org", "project_id": project, "roles": ["annotator"] });
        let invitation = manager.post("/api/invitations", &invited).await.is(201);
        manager.put(&format!("/api/projects/{project}/taxonomy"), &taxonomy(0)).await.is(200);

        let mut ids = HashMap::new();
        ids.insert("user", annotator.id().await);
        ids.insert("key", text(&own_key["id"]));
        ids.insert("invitation", text(&invitation["id"]));
        work(&manager, &annotator, &project, &mut ids).await;
        ids.insert("other_project", other_project);
        ids.insert("project", project);
        Self { server, anonymous, admin, manager, reviewer, annotator, program, stranger, ids }
    }

    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("World::seed knows no `{name}`: add one"))
    }

    /// A path under the project.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/projects/{}{rest}", self.id("project"))
    }
}

/// An upload with one image, a batch of it, and a task in the annotator's hands.
async fn work(manager: &Client, annotator: &Client, project: &str, ids: &mut HashMap<&'static str, String>) {
    let at = format!("/api/projects/{project}");
    let upload = json!({ "name": "Monday", "source": "api" });
    let upload = text(&manager.post(&format!("{at}/uploads"), &upload).await.is(201)["id"]);
    let file = format!("{at}/uploads/{upload}/files?path=a.png&size={}&offset=0", IMAGE.len());
    let sent = manager.send("PUT", &file, "application/octet-stream", IMAGE.to_vec()).await.is(200);
    assert_eq!(sent["state"], "done", "{sent}");
    manager.post(&format!("{at}/uploads/{upload}/finish"), &json!({})).await.is(200);
    let batch = json!({ "name": "First", "recipe": { "pick": "all" }, "launch": true });
    let batch = text(&manager.post(&format!("{at}/batches"), &batch).await.is(201)["id"]);
    let claim = json!({ "claim_id": "01936d2e-0000-7000-8000-000000000001" });
    let claimed = annotator.post("/api/queue/claim", &claim).await.is(200);
    let task = &claimed["tasks"][0];
    let saved = json!({ "name": "All", "query": "", "shared": true });
    let saved = text(&manager.post(&format!("{at}/saved-queries"), &saved).await.is(201)["id"]);
    let standing =
        json!({ "name": "Every 1000", "trigger": { "matches": { "every": 1000 } }, "name_pattern": "x {n}" });
    let standing = text(&manager.post(&format!("{at}/standing-batches"), &standing).await.is(201)["id"]);
    let group = manager.post(&format!("{at}/groups"), &json!({ "name": "Night shift" })).await.is(201);
    ids.insert("group", text(&group["id"]));
    let webhook = manager.post(&format!("{at}/webhooks"), &json!({ "url": "https://hooks.example/x" })).await;
    let webhook = text(&webhook.is(201)["id"]);
    let ping = manager.post(&format!("{at}/webhooks/{webhook}/test"), &json!({})).await.is(202);
    ids.insert("delivery", text(&ping["id"]));
    ids.insert("webhook", webhook);
    ids.insert("saved_query", saved);
    ids.insert("standing_batch", standing);
    ids.insert("asset", text(&task["asset"]["id"]));
    ids.insert("lease", text(&task["lease_id"]));
    ids.insert("task", text(&task["task_id"]));
    let update = json!({ "query": "", "metadata": { "checked": true } });
    let update = manager.post(&format!("{at}/metadata-updates"), &update).await.is(202);
    ids.insert("metadata_update", text(&update["id"]));
    ids.insert("upload", upload);
    ids.insert("batch", batch);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A PNG of one pixel.
const IMAGE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0xf8, 0xcf, 0x50, 0x0f, 0x00, 0x03,
    0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];

/// The first admin, through the set-up link.
pub async fn admin(server: &TestServer) -> Client {
    let token = sheaf_app::setup::link(&server.app).await.unwrap().unwrap();
    let body =
        json!({ "token": token, "email": "admin@example.org", "name": "Ada Admin", "password": PASSWORD });
    let answer = server.anonymous().post("/api/setup", &body).await;
    answer.is(201);
    server.anonymous().cookie(&answer.cookie().unwrap())
}

pub async fn make_project(admin: &Client, name: &str, media: &str) -> String {
    let made = admin.post("/api/projects", &json!({ "name": name, "media": media })).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A new person in a project, through an invitation.
pub async fn member(server: &TestServer, admin: &Client, name: &str, project: &str, role: &str) -> Client {
    let email = format!("{name}@example.org");
    let invited = json!({ "email": email, "project_id": project, "roles": [role] });
    let token = admin.post("/api/invitations", &invited).await.is(201)["token"].clone();
    let accepted = json!({ "token": token, "name": format!("The {name}"), "password": PASSWORD });
    let answer = server.anonymous().post("/api/invitations/accept", &accepted).await;
    answer.is(200);
    server.anonymous().cookie(&answer.cookie().unwrap())
}

/// A taxonomy for image projects, as the body of a PUT.
pub fn taxonomy(base_version: i64) -> Value {
    json!({ "base_version": base_version, "taxonomy": {
        "labels": [{ "name": "car", "title": "Car", "color": "#e03131", "hotkey": "1", "tools": ["box", "polygon"],
                     "attributes": [{ "name": "occluded", "type": "boolean", "required": false }] }],
        "fields": [{ "id": "weather", "title": "Weather?", "type": "single", "required": true,
                     "options": [{ "value": "sun", "hotkey": "s" }, { "value": "rain", "hotkey": "r" }] }] } })
}
