//! What the benchmarks run in: an app over a folder, a person, a project.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use sheaf_app::projects::{NewProject, create};
use sheaf_app::{Actor, App, Config, SystemClock, ids};
use sheaf_model::project::Media;
use sheaf_model::{ProjectId, Roles, Taxonomy, UploadId, UserId};
use sheaf_store::users::UserRow;

use super::Size;

pub(super) struct World {
    pub(super) app: App,
    pub(super) admin: Actor,
    /// Removes the data at the end, when it is temporary.
    _dir: Option<tempfile::TempDir>,
}

/// A question with two answers.
const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"car"},{"value":"other"}]}]}"#;

impl World {
    pub(super) async fn open(size: &Size) -> anyhow::Result<Self> {
        let temporary = if size.dir.is_none() { Some(tempfile::tempdir()?) } else { None };
        let dir = match (&size.dir, &temporary) {
            (Some(dir), _) => dir.as_path(),
            (None, Some(dir)) => dir.path(),
            (None, None) => Path::new("."),
        };
        let app = App::open(Config::new(dir).on(size.database.as_deref()), Arc::new(SystemClock::default()))?;
        let admin = person(&app, "bench@localhost", true).await?;
        Ok(Self { app, admin, _dir: temporary })
    }

    /// The project of this name, made when it is not there.
    pub(super) async fn project(&self, name: &str) -> anyhow::Result<ProjectId> {
        let (app, wanted) = (&self.app, name.to_owned());
        let known = app.store().read(move |tx| tx.project_by_name(&wanted)).await?;
        if let Some(project) = known {
            return Ok(project.id);
        }
        let taxonomy: Taxonomy = serde_json::from_str(TAXONOMY)?;
        let new = NewProject {
            name: name.to_owned(),
            media: Media::Image,
            taxonomy: Some(taxonomy),
            instructions: String::new(),
            attribution: None,
        };
        Ok(create(app, &self.admin, new).await?.project.id)
    }

    /// Lets go of the data; gives the temporary folder, which is removed when that is dropped.
    pub(super) fn close(self) -> Option<tempfile::TempDir> {
        self._dir
    }

    /// A library of this size: assets are appended until there are as many. Returns how many there were before.
    pub(super) fn fill(&self, project: ProjectId, n: u32) -> anyhow::Result<u32> {
        const AT_ONCE: u32 = 5_000;
        let store = self.app.store();
        let there = store.read_blocking(|tx| tx.project(project))?.map_or(0, |project| project.n_assets);
        // Made beside the writing, as an importer's parser does.
        let (made, groups) = sync_channel(2);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for next in (there..n).step_by(AT_ONCE as usize) {
                    let until = (next + AT_ONCE).min(n);
                    let assets: Vec<_> = (next..until).map(|i| super::data::asset(u64::from(i))).collect();
                    if made.send((next, assets)).is_err() {
                        return;
                    }
                }
            });
            for (next, assets) in groups {
                let upload = UploadId(i64::from(next / super::data::UPLOAD_SIZE) + 1);
                let now = self.app.now();
                store.write_blocking(move |tx| tx.append_assets(project, upload, now, &assets))?;
            }
            anyhow::Ok(())
        })?;
        Ok(there)
    }

    /// Appends this many assets; returns how many those were.
    pub(super) fn fill_more(&self, project: ProjectId, n: u32) -> anyhow::Result<u32> {
        let there = self.app.store().read_blocking(|tx| tx.project(project))?.map_or(0, |it| it.n_assets);
        self.fill(project, there + n)?;
        Ok(n)
    }

    /// A person who may label in the project.
    pub(super) async fn annotator(&self, project: ProjectId, n: u32) -> anyhow::Result<Actor> {
        let actor = person(&self.app, &format!("annotator-{n}@localhost"), false).await?;
        let user = actor.user;
        self.app.store().write(move |tx| tx.set_roles(project, user, Roles(4))).await?;
        Ok(actor)
    }
}

async fn person(app: &App, email: &str, is_admin: bool) -> anyhow::Result<Actor> {
    let (wanted, now) = (email.to_owned(), app.now());
    let row = app
        .store()
        .write(move |tx| {
            if let Some(known) = tx.user_by_email(&wanted)? {
                return Ok(known);
            }
            let row = UserRow {
                id: UserId(ids::row_id(now)?),
                name: wanted.clone(),
                email: wanted,
                password_hash: None,
                is_admin,
                disabled: false,
                created: now,
            };
            tx.insert_user(&row)?;
            Ok::<_, sheaf_app::Error>(row)
        })
        .await?;
    Ok(Actor { user: row.id, is_admin: row.is_admin })
}
