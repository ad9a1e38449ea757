//! What every test of uploads needs: an app with a project, and short ways to send things.

use std::sync::Arc;
use std::time::Duration;

use sheaf_app::clock::ManualClock;
use sheaf_app::uploads::{self, FileOutcome, FilePart, JobState, NewUpload, Preview, Upload};
use sheaf_app::{Actor, App, Config, Error, Result};
use sheaf_model::{Media, ProjectId, ProjectSettings, UploadId, UserId};
use sheaf_store::BlobsAt;
use sheaf_store::library::AssetRow;
use sheaf_store::projects::ProjectRow;
use sheaf_testing::Home;

pub const PROJECT: ProjectId = ProjectId(7);

pub struct Bench {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub actor: Actor,
    pub dir: Arc<Home>,
}

impl Bench {
    pub async fn new(media: Media) -> Self {
        let dir = Arc::new(Home::new());
        let blobs = dir.blobs().map(BlobsAt::from);
        Self::new_in(dir, media, blobs).await
    }

    /// With blobs at this place.
    pub async fn new_in(dir: Arc<Home>, media: Media, blobs: Option<BlobsAt>) -> Self {
        Self::with(dir, media, blobs, Vec::new()).await
    }

    /// With folders that may be read, too.
    pub async fn with(dir: Arc<Home>, media: Media, blobs: Option<BlobsAt>, sources: Vec<BlobsAt>) -> Self {
        let bench = Self::open_in(dir, blobs, sources);
        let project = ProjectRow {
            id: PROJECT,
            name: "Test".into(),
            media,
            instructions: String::new(),
            settings: ProjectSettings::default(),
            attribution: None,
            archived: false,
            taxonomy_version: 0,
            n_assets: 0,
            revision: 0,
            created: 1,
            created_by: UserId(1),
        };
        bench.app.store().write(move |tx| tx.insert_project(&project)).await.unwrap();
        bench
    }

    pub fn open(dir: Arc<Home>) -> Self {
        let blobs = dir.blobs().map(BlobsAt::from);
        Self::open_in(dir, blobs, Vec::new())
    }

    /// Another node, with a folder of its own: what the two share is the database and the bucket. `None` where they cannot.
    pub fn beside(&self) -> Option<(App, tempfile::TempDir)> {
        let (database, blobs) = (self.dir.database()?, self.dir.blobs()?);
        let dir = tempfile::tempdir().unwrap();
        let config = Config::new(dir.path()).on(Some(database)).blobs_in(Some(BlobsAt::from(blobs)));
        Some((App::open(config, self.clock.clone()).unwrap(), dir))
    }

    fn open_in(dir: Arc<Home>, blobs: Option<BlobsAt>, sources: Vec<BlobsAt>) -> Self {
        let config = Config::new(dir.path()).on(dir.database()).blobs_in(blobs);
        let config = Config { sources, ..config };
        let clock = Arc::new(ManualClock::at(1_000));
        let app = App::open(config, clock.clone()).unwrap();
        Self { app, clock, actor: Actor { user: UserId(1), is_admin: true }, dir }
    }

    /// The process ends and starts again.
    pub fn reopen(self) -> Self {
        let dir = self.dir.clone();
        drop(self);
        Self::open(dir)
    }

    pub async fn upload(&self, name: &str) -> UploadId {
        let new = NewUpload { name: name.into(), source: "api".into(), batch: None };
        uploads::create(&self.app, &self.actor, PROJECT, new).await.unwrap().0.id
    }

    pub async fn get(&self, id: UploadId) -> Upload {
        uploads::get(&self.app, &self.actor, PROJECT, id).await.unwrap()
    }

    /// Received, added, updated, duplicates, refused.
    pub async fn counts(&self, id: UploadId) -> [i64; 5] {
        let counts = self.get(id).await.counts;
        assert_eq!(
            counts.received,
            counts.added + counts.updated + counts.duplicates + counts.refused,
            "the counts add up"
        );
        [counts.received, counts.added, counts.updated, counts.duplicates, counts.refused]
    }

    pub async fn send(&self, id: UploadId, path: &str, bytes: &[u8]) -> FileOutcome {
        self.try_send(id, path, bytes).await.unwrap()
    }

    pub async fn try_send(&self, id: UploadId, path: &str, bytes: &[u8]) -> Result<FileOutcome> {
        let size = bytes.len() as u64;
        self.part(id, path, size, 0, bytes, Some(size)).await
    }

    pub async fn part(
        &self,
        id: UploadId,
        path: &str,
        size: u64,
        offset: u64,
        bytes: &[u8],
        length: Option<u64>,
    ) -> Result<FileOutcome> {
        let part = FilePart { path: path.into(), size, offset, length };
        let mut receiving = uploads::receive(&self.app, &self.actor, PROJECT, id, part).await?;
        for piece in bytes.chunks(100_000) {
            receiving.write(piece).await?;
        }
        receiving.finish().await
    }

    pub async fn stage(&self, id: UploadId, filename: &str, text: &str) -> Result<Preview> {
        let mut staging =
            uploads::stage_manifest(&self.app, &self.actor, PROJECT, id, filename.into()).await?;
        staging.write(text.as_bytes()).await?;
        staging.finish().await
    }

    /// Stages and commits a manifest and waits until it is read.
    pub async fn manifest(&self, id: UploadId, filename: &str, text: &str) {
        self.stage(id, filename, text).await.unwrap();
        uploads::commit_manifest(&self.app, &self.actor, PROJECT, id, Vec::new()).await.unwrap();
        self.job_ends(id).await;
    }

    pub async fn job_ends(&self, id: UploadId) {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        for _ in 0..6000 {
            look.tick().await;
            let job = self.get(id).await.job.unwrap();
            match job.state {
                JobState::Running => {}
                JobState::Done => return,
                other => panic!("the job ended as {other:?}: {:?}", job.message),
            }
        }
        panic!("the job does not end");
    }

    pub fn assets(&self) -> Vec<AssetRow> {
        self.app
            .store()
            .read_blocking(|tx| {
                let n = tx.project(PROJECT)?.unwrap().n_assets;
                let ordinals: Vec<u32> = (0..n).collect();
                tx.assets(PROJECT, &ordinals)
            })
            .unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        self.assets().into_iter().map(|asset| asset.name).collect()
    }

    /// Path and code of every line of the report.
    pub async fn report(&self, id: UploadId) -> Vec<(String, String)> {
        let page = uploads::report(&self.app, &self.actor, PROJECT, id, 0, 1000).await.unwrap();
        page.items
            .into_iter()
            .map(|line| (line.path.or(line.row.map(|row| row.to_string())).unwrap_or_default(), line.code))
            .collect()
    }
}

/// Code of a conflict.
pub fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. } | Error::Invalid { code, .. }) => code,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

/// A picture that differs by its seed.
pub fn png(seed: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(8, 6, |x, y| image::Rgb([seed, x as u8 * 9, y as u8 * 9]));
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
