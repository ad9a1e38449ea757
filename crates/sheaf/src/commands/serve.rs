//! `sheaf serve`: the desk, until it is told to stop.

use anyhow::{Context, Result};
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
    /// Let webhooks call this machine and private networks; otherwise only the public internet.
    #[arg(long, env = "SHEAF_ALLOW_PRIVATE_WEBHOOKS")]
    allow_private_webhooks: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let options = Options {
        hosts: args.host_names,
        behind_proxy: args.behind_proxy,
        secure_cookies: args.secure_cookies,
        signed_links: args.signed_links,
        allow_private_webhooks: args.allow_private_webhooks,
        ..Options::default()
    };
    let (data, reach) = (&args.data.data, options.reach());
    let mut running = Running::start(&args.data, &args.host, args.port, options)?;
    running.schedule(reach)?;
    let announced = running.announce()?;
    let url = running.url();
    eprintln!("Sheaf {} serves `{}` at {url}", env!("CARGO_PKG_VERSION"), data.display());
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
    std::thread::spawn(|| {
        let again = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = again
            && runtime.block_on(asked_to_stop()).is_ok()
        {
            std::process::exit(1);
        }
    });
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
