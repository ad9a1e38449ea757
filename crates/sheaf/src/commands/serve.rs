//! `sheaf serve`: the desk, until it is told to stop.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sheaf_app::setup;
use sheaf_server::Options;

use crate::Outcome;
use crate::running::{Running, told};
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Address to listen on; 0.0.0.0 lets other machines connect.
    #[arg(long, env = "SHEAF_HOST", default_value = "127.0.0.1")]
    host: String,
    #[arg(long, env = "SHEAF_PORT", default_value_t = 8765)]
    port: u16,
    /// Names under which browsers reach the server, without port; may be given more than once.
    #[arg(long = "host-name", env = "SHEAF_HOST_NAMES", value_delimiter = ',', value_name = "NAME")]
    host_names: Vec<String>,
    /// A proxy stands in front and sets X-Forwarded-For and X-Forwarded-Proto.
    #[arg(long, env = "SHEAF_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Mark every cookie as for https only.
    #[arg(long, env = "SHEAF_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Send browsers to the object store of --blobs for contents, by signed addresses that hold for five minutes, instead of
    /// sending contents through this server.
    #[arg(long, env = "SHEAF_SIGNED_LINKS", requires = "blobs")]
    signed_links: bool,
    /// Let those who watch the server read `/metrics`, `/healthz` and `/readyz` at this address of its own as well.
    #[arg(long, env = "SHEAF_METRICS_ADDRESS", value_name = "IP:PORT")]
    metrics_address: Option<SocketAddr>,
    /// Who shows this as a bearer token may read `/metrics`; without it, that is only there at --metrics-address.
    #[arg(long, env = "SHEAF_METRICS_KEY", value_name = "KEY", hide_env_values = true)]
    metrics_key: Option<String>,
    /// Seconds from the wish to stop until no connection is taken any more: as long as a proxy needs to notice by `/readyz`.
    #[arg(long, env = "SHEAF_DRAIN_DELAY", value_name = "SECONDS", default_value_t = 0, value_parser = seconds())]
    drain_delay: u64,
    /// Seconds after that in which requests and jobs may come to their end.
    #[arg(long, env = "SHEAF_STOP_WITHIN", value_name = "SECONDS", default_value_t = 30, value_parser = seconds())]
    stop_within: u64,
    /// Let webhooks call this machine and private networks; otherwise only the public internet.
    #[arg(long, env = "SHEAF_ALLOW_PRIVATE_WEBHOOKS")]
    allow_private_webhooks: bool,
}

/// Shorter keys can be guessed.
const METRICS_KEY_MIN: usize = 16;
/// What the process may take beyond the time that it was given.
const GRACE: Duration = Duration::from_secs(5);

/// Up to a day.
fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(..=86_400)
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    ensure!(
        args.metrics_key.as_ref().is_none_or(|key| key.len() >= METRICS_KEY_MIN),
        "the key of the metrics must have at least {METRICS_KEY_MIN} characters"
    );
    let options = Options {
        hosts: args.host_names,
        behind_proxy: args.behind_proxy,
        secure_cookies: args.secure_cookies,
        signed_links: args.signed_links,
        allow_private_webhooks: args.allow_private_webhooks,
        metrics_key: args.metrics_key,
        ..Options::default()
    };
    let (data, reach) = (&args.data.data, options.reach());
    let mut running = Running::start(&args.data, &args.host, args.port, options)?;
    let (delay, stop_within) = (Duration::from_secs(args.drain_delay), Duration::from_secs(args.stop_within));
    running.stop_within(stop_within);
    running.schedule(reach)?;
    let watched = args.metrics_address.map(|address| running.watch(address)).transpose()?;
    let announced = running.announce()?;
    let url = running.url();
    eprintln!("Sheaf {} serves `{}` at {url}", env!("CARGO_PKG_VERSION"), data.display());
    if let Some(address) = watched {
        eprintln!("Metrics are at http://{address}/metrics");
    }
    if let Some(token) = running.block_on(setup::link(running.app()))?.map_err(told)? {
        eprintln!(
            "Nobody has an account yet. Open this link once to make the first admin:\n  {url}/setup?token={token}"
        );
    } else {
        let login = data.join(super::demo::LOGIN_FILE);
        if login.exists() {
            eprintln!("The demo's accounts are in `{}`", login.display());
        }
    }
    running.block_on(asked_to_stop())??;
    eprintln!("stopping; once more to stop at once");
    // Whatever hangs, a database that does not answer for one, does not keep the process.
    std::thread::spawn(move || {
        std::thread::sleep(delay + stop_within + GRACE);
        eprintln!("error: it did not stop in time");
        std::process::exit(1);
    });
    std::thread::spawn(|| {
        let again = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = again
            && runtime.block_on(asked_to_stop()).is_ok()
        {
            std::process::exit(1);
        }
    });
    running.drain(delay)?;
    drop(announced);
    drop(running);
    Ok(Outcome::Done)
}

/// Until Ctrl-C or, on Unix, the signal to terminate.
async fn asked_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.context("cannot wait for Ctrl-C"),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}
