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
        let server = TestServer::start();
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
        let invited = json!({ "email": "late@example.org", "project_id": project, "roles": ["annotator"] });
        let invitation = manager.post("/api/invitations", &invited).await.is(201);
        manager.put(&format!("/api/projects/{project}/taxonomy"), &taxonomy(0)).await.is(200);

        let mut ids = HashMap::new();
        ids.insert("user", annotator.id().await);
        ids.insert("key", key["id"].as_str().unwrap().to_owned());
        ids.insert("invitation", invitation["id"].as_str().unwrap().to_owned());
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

/// The first admin, through the set-up link.
pub async fn admin(server: &TestServer) -> Client {
    let token = sheaf_app::setup::link(&server.app).await.unwrap().unwrap();
    let body = json!({ "token": token, "email": "admin@example.org", "name": "Ada Admin", "password": PASSWORD });
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
