//! A project to begin with.

use sheaf_app::projects::{self, NewProject};
use sheaf_app::{Actor, App};
use sheaf_model::{Media, ProjectId, UserId};

/// A new project, the only one.
pub fn project(app: &App, media: Media) -> ProjectId {
    let new = NewProject {
        name: "Only".into(),
        media,
        taxonomy: None,
        instructions: String::new(),
        attribution: None,
    };
    let admin = Actor { user: UserId(1), is_admin: true };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(projects::create(app, &admin, new)).unwrap().project.id
}
