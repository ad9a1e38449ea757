//! Updates of metadata through the use cases, on a real store, beside a naive model; and the check of the data, with every
//! kind of damage done on purpose.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod damage;
mod jobs;
mod together;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use sheaf_app::metadata_updates::{self, FileFormat, MetadataUpdate, Selected};
use sheaf_app::projects::{NewProject, create};
use sheaf_app::uploads::{self, NewUpload};
use sheaf_app::{Actor, App, Config, Error, Result, SystemClock, check};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{AssetId, Media, MetadataUpdateState, ProjectId, Roles, UploadId, UserId};
use sheaf_store::library::NewAsset;
use sheaf_store::users::UserRow;
use sheaf_testing::Home;

const TAXONOMY: &str = r##"{"labels":[{"name":"car","title":"Car","color":"#e03131","tools":["box"]}],
    "fields":[{"id":"kind","title":"Kind","type":"single","required":true,"options":[{"value":"a"},{"value":"b"}]}]}"##;

pub struct World {
    pub app: App,
    pub admin: Actor,
    pub project: ProjectId,
    pub upload: UploadId,
    pub dir: Arc<Home>,
}

impl World {
    /// A project with these assets, in one upload.
    pub async fn new(assets: Vec<NewAsset>) -> Self {
        let dir = Arc::new(Home::new());
        let app =
            App::open(Config::new(dir.path()).on(dir.database()), Arc::new(SystemClock::default())).unwrap();
        let admin = person(&app, 1, true).await;
        let new = NewProject {
            name: "p".into(),
            media: Media::Image,
            taxonomy: Some(serde_json::from_str(TAXONOMY).unwrap()),
            instructions: String::new(),
            attribution: None,
        };
        let project = create(&app, &admin, new).await.unwrap().project.id;
        let new = NewUpload { name: "first".into(), source: "api".into(), batch: None };
        let upload = uploads::create(&app, &admin, project, new).await.unwrap().0.id;
        let world = Self { app, admin, project, upload, dir };
        world.append(assets).await;
        world
    }

    pub async fn append(&self, assets: Vec<NewAsset>) {
        let (project, upload, n) = (self.project, self.upload, assets.len() as i64);
        let counts = UploadCounts { received: n, added: n, ..UploadCounts::default() };
        let append = move |tx: &sheaf_store::Tx<'_>| {
            let added = tx.append_assets(project, upload, 1_000, &assets)?;
            tx.count_upload(project, upload, counts, 0, Some(added.first))
        };
        self.app.store().write(append).await.unwrap();
    }

    /// The process ends and starts again.
    pub fn reopen(self) -> Self {
        let Self { app, admin, project, upload, dir } = self;
        drop(app);
        let app =
            App::open(Config::new(dir.path()).on(dir.database()), Arc::new(SystemClock::default())).unwrap();
        Self { app, admin, project, upload, dir }
    }

    pub async fn annotator(&self, id: i64) -> Actor {
        let actor = person(&self.app, id, false).await;
        let (project, user) = (self.project, actor.user);
        self.app.store().write(move |tx| tx.set_roles(project, user, Roles(4))).await.unwrap();
        actor
    }

    pub fn id(&self, ordinal: u32) -> AssetId {
        AssetId { project: self.project, ordinal }
    }

    pub async fn by_query(&self, query: &str, patch: Value) -> Result<MetadataUpdate> {
        let selected = Selected { query: Some(query.to_owned()), assets: None };
        metadata_updates::update_selected(&self.app, &self.admin, self.project, selected, object(patch)).await
    }

    pub async fn by_ids(&self, ids: Vec<String>, patch: Value) -> Result<MetadataUpdate> {
        let selected = Selected { query: None, assets: Some(ids) };
        metadata_updates::update_selected(&self.app, &self.admin, self.project, selected, object(patch)).await
    }

    pub async fn by_file(&self, format: FileFormat, text: &str) -> Result<MetadataUpdate> {
        let mut staging = metadata_updates::stage(&self.app, &self.admin, self.project, format).await?;
        for piece in text.as_bytes().chunks(1 << 18) {
            staging.write(piece).await?;
        }
        staging.finish().await
    }

    /// The update when it is no longer running.
    pub async fn ended(&self, begun: Result<MetadataUpdate>) -> MetadataUpdate {
        let id = begun.unwrap().id;
        let mut look = tokio::time::interval(Duration::from_millis(3));
        loop {
            look.tick().await;
            let now = metadata_updates::get(&self.app, &self.admin, self.project, id).await.unwrap();
            let counts = now.counts;
            assert_eq!(counts.done, counts.updated + counts.unchanged + counts.refused);
            if now.state != MetadataUpdateState::Running {
                return now;
            }
        }
    }

    /// Updated, unchanged, refused of an update that came to its end.
    pub async fn counts(&self, begun: Result<MetadataUpdate>) -> [i64; 3] {
        let done = self.ended(begun).await;
        assert_eq!(done.state, MetadataUpdateState::Done, "{done:?}");
        assert_eq!(Some(done.counts.done), done.total, "{done:?}");
        [done.counts.updated, done.counts.unchanged, done.counts.refused]
    }

    /// Row and code of every line of the report.
    pub async fn report(&self, id: sheaf_model::MetadataUpdateId) -> Vec<(Option<i64>, String)> {
        let page = metadata_updates::report(&self.app, &self.admin, self.project, id, 0, 500).await.unwrap();
        page.items.into_iter().map(|line| (line.row, line.code)).collect()
    }

    pub fn metadata(&self, ordinal: u32) -> Value {
        let project = self.project;
        let row = self.app.store().read_blocking(|tx| tx.asset(project, ordinal)).unwrap().unwrap();
        serde_json::from_str(&row.metadata).unwrap()
    }

    pub fn is_sound(&self) {
        let report = check::run(&self.app, true).unwrap();
        assert!(report.is_clean(), "{:#?}", report.findings);
    }
}

pub fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("no object: {value}") };
    members
}

async fn person(app: &App, id: i64, is_admin: bool) -> Actor {
    let row = UserRow {
        id: UserId(id),
        email: format!("p{id}@x"),
        name: format!("p{id}"),
        password_hash: None,
        is_admin,
        disabled: false,
        created: 0,
    };
    app.store().write(move |tx| tx.insert_user(&row)).await.unwrap();
    Actor { user: UserId(id), is_admin }
}

/// An asset whose metadata is of its number; every third has a reference id.
pub fn asset(i: u32) -> NewAsset {
    NewAsset {
        name: format!("a{i}.png"),
        reference: i.is_multiple_of(3).then(|| format!("r{i}")),
        media_type: "image/png",
        fingerprint: i64::from(i),
        url: Some(format!("https://x.example/a{i}.png")),
        metadata: format!(
            "{{\"n\":{i},\"odd\":{},\"kind\":\"k{}\",\"pos\":{{\"x\":{}}}}}",
            i % 2 == 1,
            i % 5,
            i % 7
        ),
        ..NewAsset::default()
    }
}

/// The code of an error.
pub fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. } | Error::Invalid { code, .. } | Error::Forbidden { code, .. }) => {
            code
        }
        Err(Error::NotFound { .. }) => "not_found",
        Err(Error::BadQuery { .. }) => "bad_query",
        other => panic!("expected an error, got {other:?}"),
    }
}
