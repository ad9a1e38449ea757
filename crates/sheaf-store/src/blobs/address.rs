//! From an address to an object store.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::SpawnedReqwestConnector;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::list::PaginatedListStore;
use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreScheme, RetryConfig};
use tokio::runtime::Runtime;
use url::Url;

use crate::error::{Result, StoreError};

const RETRY_PAUSE_MAX: Duration = Duration::from_secs(3);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long an answer may take to begin, and then say nothing, in times of what is tried again: a part that is sent over a
/// slow line takes its time. There is no limit to a whole request.
const SILENT_TIMES: u32 = 3;
/// Threads for the network; they only move bytes.
const THREADS: usize = 2;

/// Where blobs are, when not in the folder of the data.
#[derive(Clone, PartialEq, Eq)]
pub struct BlobsAt {
    /// `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`.
    pub address: String,
    /// Credentials, endpoint, region, by the names that the environment has for them, such as `AWS_ACCESS_KEY_ID`. Those that
    /// the store does not know are ignored.
    pub options: Vec<(String, String)>,
    /// How long a request that fails is tried again.
    pub retry_within: Duration,
}

impl BlobsAt {
    /// As long as a caller is willing to wait for an answer.
    pub const RETRY_WITHIN: Duration = Duration::from_secs(20);
}

/// An address and its options.
impl From<(String, Vec<(String, String)>)> for BlobsAt {
    fn from((address, options): (String, Vec<(String, String)>)) -> Self {
        Self { address, options, retry_within: Self::RETRY_WITHIN }
    }
}

/// Without the options, which are secrets.
impl fmt::Debug for BlobsAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobsAt").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A bucket and a prefix in it.
pub(super) struct Bucket {
    /// As the operator wrote it.
    pub(super) shown: String,
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) signer: Arc<dyn Signer>,
    /// Lists by what a name begins with, and by the page.
    pub(super) pages: Arc<dyn PaginatedListStore>,
    pub(super) prefix: Path,
    /// Whether a signed address can say with which headers the store answers.
    pub(super) signs_headers: bool,
    pub(super) threads: Threads,
}

impl Bucket {
    /// Reads an address. Nothing is asked of the store yet.
    pub(super) fn of(at: &BlobsAt) -> Result<Self> {
        let wrong = |what: String| StoreError::BlobAddress(format!("`{}`: {what}", at.address));
        let form = "write s3://bucket/prefix, gs://bucket/prefix or az://container/prefix";
        // It may have a key in it, which is not to be shown.
        let unread = |error| StoreError::BlobAddress(format!("{error}; {form}"));
        let url = Url::parse(&at.address).map_err(unread)?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            let what = "keys do not belong into it; give them in the environment, such as AWS_ACCESS_KEY_ID";
            return Err(StoreError::BlobAddress(what.to_owned()));
        }
        // Of the addresses that object_store reads, those that name nothing but a place.
        if !matches!(url.scheme(), "s3" | "gs" | "az") {
            return Err(wrong(form.to_owned()));
        }
        let (scheme, prefix) =
            ObjectStoreScheme::parse(&url).map_err(|error| wrong(format!("{error}; {form}")))?;
        // One and the same for the whole process, and who comes first has installed it.
        drop(rustls::crypto::ring::default_provider().install_default());
        let threads = Threads::start()?;
        let connector = SpawnedReqwestConnector::new(threads.handle().clone());
        let built = match scheme {
            ObjectStoreScheme::AmazonS3 => {
                let mut builder = AmazonS3Builder::new().with_client_options(client(at, "AWS_ENDPOINT"));
                for (key, value) in known::<AmazonS3ConfigKey>(at) {
                    builder = builder.with_config(key, value);
                }
                let built =
                    builder.with_url(url.as_str()).with_retry(retry(at)).with_http_connector(connector);
                built.build().map(|store| sides(store, true))
            }
            ObjectStoreScheme::GoogleCloudStorage => {
                let mut builder = GoogleCloudStorageBuilder::new().with_client_options(client(at, "GOOGLE_"));
                for (key, value) in known::<GoogleConfigKey>(at) {
                    builder = builder.with_config(key, value);
                }
                let built =
                    builder.with_url(url.as_str()).with_retry(retry(at)).with_http_connector(connector);
                built.build().map(|store| sides(store, true))
            }
            ObjectStoreScheme::MicrosoftAzure => {
                let mut builder = MicrosoftAzureBuilder::new().with_client_options(client(at, "AZURE_"));
                for (key, value) in known::<AzureConfigKey>(at) {
                    builder = builder.with_config(key, value);
                }
                let built =
                    builder.with_url(url.as_str()).with_retry(retry(at)).with_http_connector(connector);
                built.build().map(|store| sides(store, false))
            }
            _ => return Err(wrong(form.to_owned())),
        };
        let Sides { store, signer, pages, signs_headers } =
            built.map_err(|error| wrong(error.to_string()))?;
        Ok(Self { shown: at.address.clone(), store, signer, pages, prefix, signs_headers, threads })
    }
}

/// One store, by what it can do.
struct Sides {
    store: Arc<dyn ObjectStore>,
    signer: Arc<dyn Signer>,
    pages: Arc<dyn PaginatedListStore>,
    signs_headers: bool,
}

fn sides<S: ObjectStore + Signer + PaginatedListStore>(store: S, signs_headers: bool) -> Sides {
    let store = Arc::new(store);
    Sides { store: store.clone(), signer: store.clone(), pages: store, signs_headers }
}

fn known<K: FromStr>(at: &BlobsAt) -> impl Iterator<Item = (K, String)> {
    let of = |(key, value): &(String, String)| Some((key.to_ascii_lowercase().parse().ok()?, value.clone()));
    at.options.iter().filter_map(of)
}

fn retry(at: &BlobsAt) -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: RETRY_PAUSE_MAX, ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 20, retry_timeout: at.retry_within }
}

/// Who writes an endpoint with `http://` means it.
fn client(at: &BlobsAt, endpoint: &str) -> ClientOptions {
    let plain = |(key, value): &(String, String)| {
        key.to_ascii_uppercase().starts_with(endpoint) && value.starts_with("http://")
    };
    ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(at.retry_within * SILENT_TIMES)
        .with_connect_timeout(CONNECT_WITHIN)
        .with_allow_http(at.options.iter().any(plain))
}

/// The threads that speak to the store, whoever waits for them: those who ask are blocking threads and runtimes that come
/// and go.
pub(super) struct Threads(Option<Runtime>);

impl Threads {
    fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("sheaf-blobs")
            .enable_all()
            .build()
            .map_err(|error| StoreError::Blobs(format!("cannot start threads: {error}")))?;
        Ok(Self(Some(runtime)))
    }

    pub(super) fn handle(&self) -> &tokio::runtime::Handle {
        self.0.as_ref().expect("it is there until it is dropped").handle()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // It may be dropped where nobody may wait. What is still being sent was not acknowledged.
            runtime.shutdown_background();
        }
    }
}
