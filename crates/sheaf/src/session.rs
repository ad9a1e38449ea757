//! Which server a command talks to: the one it was told, the one that serves the data folder, or one that it starts
//! itself for as long as it runs.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use sheaf_app::{App, Config, SystemClock};
use sheaf_server::Options;

use crate::client::Client;
use crate::running::{Running, announced, told};

/// Where the data is.
#[derive(Args, Clone)]
pub(crate) struct DataArgs {
    /// Folder of the data.
    #[arg(long, env = "SHEAF_DATA", value_name = "DIR", default_value = "sheaf-data")]
    pub(crate) data: PathBuf,
    /// Address of a PostgreSQL that has the data instead: `postgres://user:password@host/database`. The folder then holds the
    /// files.
    #[arg(long, env = "SHEAF_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Object store that has the files instead: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.
    /// Its keys, region and endpoint come from the environment (`AWS_...`, `GOOGLE_...`, `AZURE_...`).
    #[arg(long, env = "SHEAF_BLOBS", value_name = "URL")]
    pub(crate) blobs: Option<String>,
    /// Folders of buckets that people may bring files in from, with the same keys; may be given more than once.
    #[arg(long, env = "SHEAF_SOURCES", value_delimiter = ',', value_name = "URL")]
    pub(crate) sources: Vec<String>,
}

/// What the names of an object store's settings begin with.
const OBJECT_STORES: [&str; 3] = ["AWS_", "GOOGLE_", "AZURE_"];

impl DataArgs {
    /// Opens the data.
    pub(crate) fn open(&self) -> Result<App> {
        let blobs = self.blobs.as_ref().map(|address| (address.clone(), object_store_settings()));
        let config = Config::new(&self.data).on(self.database.as_deref()).blobs_in(blobs);
        let source = |address: &String| (address.clone(), object_store_settings()).into();
        let config = Config { sources: self.sources.iter().map(source).collect(), ..config };
        App::open(config, Arc::new(SystemClock::default())).map_err(told)
    }

    /// Refuses to copy contents out of the folder, or into it, when they lie in an object store.
    pub(crate) fn contents_are_here(&self, copied: bool) -> Result<()> {
        if copied && let Some(store) = &self.blobs {
            bail!(
                "the contents lie in `{store}`, which is copied by its own means; export or back up with --without-blobs"
            );
        }
        Ok(())
    }

    /// Refuses to make new data for a command that asks about some.
    pub(crate) fn must_be_there(&self) -> Result<()> {
        if self.database.is_none() && !self.data.join("sheaf.db").exists() {
            bail!(
                "there is no data in `{}`; name its folder with --data, its database with --database, or a server with --server",
                self.data.display()
            );
        }
        Ok(())
    }
}

/// What the environment says of object stores. A variable that is no text is of something else.
fn object_store_settings() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let named = |name: &str| OBJECT_STORES.iter().any(|start| name.starts_with(start));
    std::env::vars_os().filter_map(text).filter(|(name, _)| named(name)).collect()
}

/// Which server to talk to.
#[derive(Args, Clone)]
pub(crate) struct ConnectArgs {
    /// Address of a server, instead of the data folder's own.
    #[arg(long, env = "SHEAF_SERVER", value_name = "URL")]
    server: Option<String>,
    /// API key for the server.
    #[arg(long, env = "SHEAF_KEY", value_name = "KEY", hide_env_values = true)]
    key: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

impl ConnectArgs {
    /// For commands that name a server in their own words.
    pub(crate) fn of(server: Option<String>, key: Option<String>, data: DataArgs) -> Self {
        Self { server, key, data }
    }
}

/// A client, and the server when this process runs it.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Where a person finds the server after the command; `None` when it ends with the command.
    pub(crate) lasting: Option<String>,
    _running: Option<Running>,
}

impl Session {
    pub(crate) fn connect(args: &ConnectArgs) -> Result<Self> {
        if let Some(server) = &args.server {
            let Some(key) = &args.key else {
                bail!(
                    "--server needs a key: make one in the account's settings, and pass it with --key or SHEAF_KEY"
                )
            };
            let client = Client::new(server, key);
            client.check().with_context(|| format!("cannot use the server at {server}"))?;
            return Ok(Self { client, lasting: Some(server.clone()), _running: None });
        }
        let data = &args.data.data;
        if let Some((url, key)) = announced(data) {
            let client = Client::new(&url, &key);
            // One that was killed has left its file behind.
            if client.check().is_ok() {
                return Ok(Self { client, lasting: Some(url), _running: None });
            }
        }
        args.data.must_be_there()?;
        let running = Running::start(&args.data, "127.0.0.1", 0, Options::default())?;
        let client = Client::new(&running.url(), running.key());
        Ok(Self { client, lasting: None, _running: Some(running) })
    }
}
