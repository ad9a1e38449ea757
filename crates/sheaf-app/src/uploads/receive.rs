//! Receiving a file, whole or in parts. A whole file goes into a temporary one, parts are gathered under
//! `incoming/`; when the last byte is there the file is taken in, and the sender is told when that is durable. Part after
//! part may come to another node when the blobs are in an object store.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::{AssetId, ProjectId, UploadId};
use sheaf_store::StoreError;

use crate::uploads::desk::ReceivingGuard;
use crate::uploads::incoming::{Part, Temporary, incoming};
use crate::uploads::take_in::{self, Target};
use crate::uploads::{FILE_BYTES_MAX, open_upload};
use crate::{Access, Actor, App, Error, Result};

/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

/// What a request says of the bytes that it brings.
#[derive(Debug, Clone)]
pub struct FilePart {
    /// Path in the upload.
    pub path: String,
    /// Bytes of the whole file.
    pub size: u64,
    /// Where in the file these bytes begin.
    pub offset: u64,
    /// Bytes that the request brings, when it says so.
    pub length: Option<u64>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutcome {
    pub path: String,
    pub received: u64,
    pub size: u64,
    pub state: FileOutcomeState,
    pub asset: Option<AssetId>,
    /// Why it was refused.
    pub code: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcomeState {
    /// More bytes are wanted.
    Partial,
    /// Durable.
    Done,
    Refused,
    /// It was there before.
    Duplicate,
}

/// A file that is being received: give it the bytes, then finish it. Dropped before that, a whole file leaves nothing,
/// and a part leaves what was written of it when that goes into a folder.
pub struct Receiving {
    app: App,
    to: Target,
    path: String,
    size: u64,
    received: u64,
    sink: Sink,
    guard: ReceivingGuard,
}

enum Sink {
    File {
        file: File,
        buffer: Vec<u8>,
        place: Place,
    },
    /// It is refused whatever its bytes are.
    Nothing(Problem),
}

enum Place {
    Whole(Temporary),
    Part(Box<dyn Part>),
}

/// Begins to receive a file or a part of it.
pub async fn receive(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    part: FilePart,
) -> Result<Receiving> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        let media = app.store().read_blocking(|tx| {
            let access = Access::manager(tx, &actor, project)?;
            open_upload(tx, project, upload)?;
            Ok::<_, Error>(access.project.media)
        })?;
        begin(app, Target { project, upload, media, of_job: false }, part)
    })
    .await
}

fn begin(app: App, to: Target, part: FilePart) -> Result<Receiving> {
    let (path, problem) = match sheaf_intake::path::clean(&part.path) {
        Ok(path) if part.size > FILE_BYTES_MAX => (path, Some(too_large(part.size))),
        Ok(path) => (path, None),
        Err(problem) => (problem.path.clone().unwrap_or_default(), Some(problem)),
    };
    let guard = app.uploads().receiving(to.upload, &path)?;
    let (sink, received) = match problem {
        Some(problem) => (Sink::Nothing(problem), 0),
        None => open(&app, to, &path, &part)?,
    };
    Ok(Receiving { app, to, path, size: part.size, received, sink, guard })
}

fn open(app: &App, to: Target, path: &str, part: &FilePart) -> Result<(Sink, u64)> {
    let incoming = incoming(app.store(), to.upload);
    if part.offset == 0 && part.length == Some(part.size) {
        let temporary = Temporary::new(app.store().blobs().temporary());
        let file =
            File::create(temporary.path()).map_err(|error| StoreError::file(temporary.path(), error))?;
        incoming.supersede(path);
        return Ok((Sink::File { file, buffer: Vec::new(), place: Place::Whole(temporary) }, 0));
    }
    let known = incoming.part_state(path)?.filter(|known| known.size == part.size);
    let received = known.as_ref().map_or(0, |known| known.received);
    // From the beginning is always right: the file may be another one by now.
    if part.offset != 0 && part.offset != received {
        let message = format!("`{path}` goes on at byte {received}, not {}", part.offset);
        return Err(Error::conflict("bad_offset", message)
            .hint("send the bytes from details.received on")
            .details(json!({ "received": received })));
    }
    let place = incoming.receive(path, part.size, part.offset, known.as_ref())?;
    Ok((Sink::File { file: place.open()?, buffer: Vec::new(), place: Place::Part(place) }, part.offset))
}

fn too_large(size: u64) -> Problem {
    let message = format!("the file has {size} bytes, {FILE_BYTES_MAX} are the most");
    Problem::new(ProblemCode::TooLarge, message).hint("cut it into parts that are assets of their own")
}

impl Receiving {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Sink::File { buffer, .. } = &mut self.sink else { return Ok(()) };
        if self.received + bytes.len() as u64 > self.size {
            let message =
                format!("`{}` has more than the {} bytes that were announced", self.path, self.size);
            return Err(Error::invalid("invalid", message).hint("give the size of the whole file as `size`"));
        }
        buffer.extend_from_slice(bytes);
        self.received += bytes.len() as u64;
        if buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let Sink::File { file, buffer, place } = &mut self.sink else { return Ok(()) };
        if buffer.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(buffer);
        let mut file = file.try_clone().map_err(|error| StoreError::file(place.path(), error))?;
        let wrote = blocking(move || Ok(file.write_all(&bytes))).await?;
        Ok(wrote.map_err(|error| StoreError::file(place.path(), error))?)
    }

    /// There are no more bytes in this request. Answers when what was said is durable.
    pub async fn finish(mut self) -> Result<FileOutcome> {
        self.flush().await?;
        let Self { app, to, path, size, received, sink, guard } = self;
        let sink = match sink {
            Sink::File { place: Place::Part(part), .. } if received < size => {
                blocking(move || part.keep()).await?;
                let state = FileOutcomeState::Partial;
                return Ok(FileOutcome {
                    path,
                    received,
                    size,
                    state,
                    asset: None,
                    code: None,
                    message: None,
                });
            }
            other => other,
        };
        if matches!(&sink, Sink::File { .. }) && received < size {
            let message = format!("`{path}` ended after {received} of {size} bytes");
            return Err(Error::invalid("invalid", message).hint("send it again"));
        }
        let permit = app.uploads().readers.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        // Not given up with the request: what was received is worth being taken in. The place of a reader is free for the
        // next file while this one is made durable.
        let taken = tokio::spawn(async move {
            let _guard = guard;
            let read = move || {
                let _permit = permit;
                match sink {
                    Sink::Nothing(problem) => Ok((take_in::refuse(&app, to, &path, size, problem)?, None)),
                    Sink::File { mut place, file, .. } => {
                        drop(file);
                        let taken = take_in::take_in(&app, to, &path, &place.whole()?, size)?;
                        Ok((taken, Some((app, place, path))))
                    }
                }
            };
            let (outcome, place) = blocking(read).await?;
            let outcome = outcome.await.unwrap_or_else(|_| Err(StoreError::Closed.into()));
            if let Some((app, Place::Part(_), path)) = place
                && outcome.is_ok()
            {
                blocking(move || {
                    incoming(app.store(), to.upload).end_part(&path);
                    Ok(())
                })
                .await?;
            }
            outcome
        });
        taken.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }
}

impl Place {
    /// Where the bytes of the request go.
    fn path(&self) -> &Path {
        match self {
            Self::Whole(temporary) => temporary.path(),
            Self::Part(part) => part.path(),
        }
    }

    /// The whole file, for as long as this is.
    fn whole(&mut self) -> Result<PathBuf> {
        match self {
            Self::Whole(temporary) => Ok(temporary.path().to_owned()),
            Self::Part(part) => part.whole(),
        }
    }
}

/// Runs blocking work on a thread for it.
pub(crate) async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}
