//! A server that runs in this process: for `serve`, and for commands on a data folder that nobody serves.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sheaf_app::{App, Error, local, uploads};
use sheaf_model::Reach;
use sheaf_server::{Background, Options, Scheduler, courier, scale_courier};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::session::DataArgs;

/// How long all that has begun may take to end when the server is stopped.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// What is left of the runtime gets at least this.
const RUNTIME_MIN: Duration = Duration::from_millis(100);
const ADDRESS_FILE: &str = "server.json";

/// A server and its runtime. Stops when it is dropped.
pub(crate) struct Running {
    runtime: Option<Runtime>,
    app: App,
    address: SocketAddr,
    key: String,
    stop: Option<oneshot::Sender<()>>,
    stop_within: Duration,
    /// For an address of those who watch it.
    watch: Option<sheaf_server::Router>,
    served: Option<JoinHandle<std::io::Result<()>>>,
    scheduler: Option<Scheduler>,
    couriers: Vec<Background>,
}

/// What a server writes into its data folder, so that commands find it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) url: String,
}

/// An error as the operator at the keyboard is told it: with the inside story that people over HTTP do not get.
pub(crate) fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Internal(text) => anyhow::anyhow!(text),
        other => other.into(),
    }
}

impl Running {
    /// Starts to serve the data. Port 0 takes a free one.
    pub(crate) fn start(data: &DataArgs, host: &str, port: u16, options: Options) -> Result<Self> {
        let ip: IpAddr = match host {
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            other => other.parse().with_context(|| format!("`{other}` is not an address of this machine"))?,
        };
        let app = data.open()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("sheaf-http")
            .build()
            .context("cannot start threads")?;
        let (stop, stopped) = oneshot::channel::<()>();
        let routers = sheaf_server::routers(app.clone(), Options { loopback: ip.is_loopback(), ..options });
        let (address, key, served) = runtime.block_on(async {
            let listener = match TcpListener::bind((ip, port)).await {
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                    bail!("port {port} of {ip} is in use; choose another with --port")
                }
                other => other.with_context(|| format!("cannot listen on {ip} port {port}"))?,
            };
            let address = listener.local_addr().context("cannot tell the address")?;
            let key = local::operator(&app).await.map_err(told)?;
            let served = tokio::spawn(sheaf_server::serve(listener, routers.site, async move {
                // Also when the sender is gone: then nobody could stop it any more.
                drop(stopped.await);
            }));
            anyhow::Ok((address, key, served))
        })?;
        uploads::resume_interrupted(&app).map_err(told)?;
        Ok(Self {
            runtime: Some(runtime),
            app,
            address,
            key,
            stop: Some(stop),
            stop_within: STOP_WITHIN,
            watch: Some(routers.watch),
            served: Some(served),
            scheduler: None,
            couriers: Vec::new(),
        })
    }

    /// Keeps standing batches going and delivers to webhooks from now on. Only `serve` does: a command that asks a
    /// question makes no batches and calls nobody.
    pub(crate) fn schedule(&mut self, reach: Reach) -> Result<()> {
        let app = self.app.clone();
        self.scheduler = Some(self.block_on(async { Scheduler::start(app) })?);
        let app = self.app.clone();
        self.couriers =
            self.block_on(async { vec![courier(app.clone(), reach), scale_courier(app, reach)] })?;
        Ok(())
    }

    /// Lets those who watch the server ask at an address of its own, until the very end.
    pub(crate) fn watch(&mut self, address: SocketAddr) -> Result<SocketAddr> {
        let router = self.watch.take().context("it is watched already")?;
        self.block_on(async {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("cannot listen on {address} for those who read the metrics"))?;
            let address = listener.local_addr().context("cannot tell the address")?;
            tokio::spawn(sheaf_server::serve(listener, router, std::future::pending()));
            Ok(address)
        })?
    }

    /// How long all that has begun may take to end when the server is stopped.
    pub(crate) fn stop_within(&mut self, time: Duration) {
        self.stop_within = time;
    }

    /// Says that this server is not ready any more and leaves its background work to other nodes; requests are answered for as
    /// long as whoever sends them may not have noticed.
    pub(crate) fn drain(&mut self, delay: Duration) -> Result<()> {
        self.app.drain();
        let deadline = Instant::now() + self.stop_within;
        self.stop_background(deadline);
        self.app.stop_jobs();
        // A timer is made inside of the runtime.
        self.block_on(async { tokio::time::sleep(delay).await })
    }

    /// Ends what goes on by itself.
    fn stop_background(&mut self, deadline: Instant) {
        let Some(runtime) = &self.runtime else { return };
        let deadline = tokio::time::Instant::from_std(deadline);
        if let Some(scheduler) = self.scheduler.take()
            && runtime.block_on(async { tokio::time::timeout_at(deadline, scheduler.stop()).await }).is_err()
        {
            eprintln!("warning: standing batches did not stop in time");
        }
        for courier in self.couriers.drain(..) {
            let what = courier.what();
            if runtime.block_on(async { tokio::time::timeout_at(deadline, courier.stop()).await }).is_err() {
                eprintln!("warning: {what} did not stop in time");
            }
        }
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Where this machine reaches it.
    pub(crate) fn url(&self) -> String {
        let ip = self.address.ip();
        let ip = if ip.is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { ip };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Waits on the server's runtime.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let runtime = self.runtime.as_ref().context("the server has stopped")?;
        Ok(runtime.block_on(future))
    }

    /// Says in the data folder where the server is.
    pub(crate) fn announce(&self) -> Result<Announced> {
        let path = self.app.config().dir.join(ADDRESS_FILE);
        let text = serde_json::to_string(&Address { url: self.url() })?;
        std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(Announced(path))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let deadline = Instant::now() + self.stop_within;
        self.app.drain();
        self.stop_background(deadline);
        self.app.stop_jobs();
        self.app.stop_watching();
        drop(self.stop.take());
        let Some(runtime) = self.runtime.take() else { return };
        if let Some(served) = self.served.take() {
            let until = tokio::time::Instant::from_std(deadline);
            let ended = runtime.block_on(async { tokio::time::timeout_at(until, served).await });
            if ended.is_err() {
                eprintln!("warning: some requests did not end in time and were cut off");
            }
        }
        // They write down how far they are, so that another node goes on at once.
        if !self.app.store().wait_for_jobs(deadline) {
            eprintln!("warning: some jobs did not stop in time");
        }
        runtime.shutdown_timeout(deadline.saturating_duration_since(Instant::now()).max(RUNTIME_MIN));
    }
}

/// The file that says where the server is; removed when it stops.
pub(crate) struct Announced(PathBuf);

impl Drop for Announced {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            eprintln!("warning: cannot remove `{}`: {error}", self.0.display());
        }
    }
}

/// The address that the server of a data folder has written, and the key of its command line. It may have been killed
/// since.
pub(crate) fn announced(data: &Path) -> Option<(String, String)> {
    let text = std::fs::read_to_string(data.join(ADDRESS_FILE)).ok()?;
    let address: Address = serde_json::from_str(&text).ok()?;
    let key = std::fs::read_to_string(data.join(local::KEY_FILE)).ok()?;
    Some((address.url, key.trim().to_owned()))
}
