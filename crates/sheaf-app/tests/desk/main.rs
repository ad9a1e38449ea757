//! Batches and the queue through the use cases, on a real store, beside simple models of what they should do.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod agreement;
mod answers;
mod batches;
mod begins;
mod changes;
mod clients;
mod formats;
mod library;
mod life;
mod managers_day;
mod moving;
mod prelabels;
mod quality;
mod queue;
mod scale;
mod serving;
mod stages;
mod standing_batches;
mod webhooks;

use std::collections::BTreeSet;
use std::sync::Arc;

use sheaf_app::clock::ManualClock;
use sheaf_app::export::{Spec, export};
use sheaf_app::library::list;
use sheaf_app::projects::{NewProject, create};
use sheaf_app::{Actor, App, Config, Error, check};
use sheaf_model::project::Media;
use sheaf_model::{ProjectId, Roles, UploadId, UserId};
use sheaf_store::library::NewAsset;
use sheaf_store::users::UserRow;
use sheaf_testing::Home;

pub struct Desk {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub manager: Actor,
    pub project: ProjectId,
    _dir: Home,
}

const TAXONOMY: &str = r#"{"fields":[{"id":"kind","title":"Kind","type":"single","required":true,
    "options":[{"value":"a"},{"value":"b"}]}]}"#;

impl Desk {
    /// A project with `n` assets whose metadata follows from their number, see [`score`] and [`tags`].
    pub async fn new(n: u32) -> Self {
        let dir = Home::new();
        let clock = Arc::new(ManualClock::at(1_000_000));
        let app = App::open(Config::new(dir.path()).on(dir.database()), clock.clone()).unwrap();
        let manager = person(&app, 1, true).await;
        let new = NewProject {
            name: "p".into(),
            media: Media::Image,
            taxonomy: Some(serde_json::from_str(TAXONOMY).unwrap()),
            instructions: String::new(),
            attribution: None,
        };
        let project = create(&app, &manager, new).await.unwrap().project.id;
        let assets: Vec<NewAsset> = (0..n)
            .map(|i| NewAsset {
                name: format!("a{i}.png"),
                media_type: "image/png",
                fingerprint: i64::from(i),
                metadata: format!(
                    "{{\"n\":{i},\"third\":{},\"score\":{},\"tags\":{}}}",
                    i % 3,
                    score(i).map_or("null".to_owned(), |score| score.to_string()),
                    serde_json::json!(tags(i)),
                ),
                ..NewAsset::default()
            })
            .collect();
        app.store().write(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).await.unwrap();
        Self { app, clock, manager, project, _dir: dir }
    }

    pub async fn annotator(&self, id: i64) -> Actor {
        let actor = person(&self.app, id, false).await;
        let (project, user) = (self.project, actor.user);
        self.app.store().write(move |tx| tx.set_roles(project, user, Roles(4))).await.unwrap();
        actor
    }

    /// Nothing is wrong with the data.
    #[track_caller]
    pub fn is_sound(&self) {
        let report = check::run(&self.app, true).unwrap();
        // The assets of a test desk come from an upload that is not there.
        let wrong: Vec<_> = report.findings.iter().filter(|it| it.table != "uploads").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Ordinals of the first assets that a query finds.
    pub async fn found(&self, query: &str) -> BTreeSet<u32> {
        let page = list::Page { query: query.into(), sort: None, offset: 0, limit: 50 };
        let found = list::list(&self.app, &self.manager, self.project, page).await.unwrap();
        found.items.into_iter().map(|asset| asset.id.ordinal).collect()
    }

    pub async fn export(&self, spec: Spec) -> String {
        String::from_utf8(self.export_bytes(spec).await).unwrap()
    }

    pub async fn export_bytes(&self, spec: Spec) -> Vec<u8> {
        let mut out = export(&self.app, &self.manager, self.project, spec).await.unwrap();
        let mut text = Vec::new();
        while let Some(piece) = out.pieces.recv().await {
            text.extend_from_slice(&piece.unwrap());
        }
        text
    }
}

/// The field `score` of the `i`-th asset: many ties, and every seventh has none.
pub fn score(i: u32) -> Option<u32> {
    (!i.is_multiple_of(7)).then_some(i * 37 % 23)
}

/// The field `tags` of the `i`-th asset: none, one or two of three.
pub fn tags(i: u32) -> Vec<&'static str> {
    match i % 5 {
        0 => vec![],
        1 => vec!["blue"],
        2 => vec!["red", "blue"],
        3 => vec!["green"],
        _ => vec!["green", "red"],
    }
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

/// The code of an error.
pub fn code(error: &Error) -> &'static str {
    match error {
        Error::Conflict { code, .. } | Error::Invalid { code, .. } | Error::Forbidden { code, .. } => code,
        Error::NotFound { .. } => "not_found",
        other => panic!("{other:?}"),
    }
}
