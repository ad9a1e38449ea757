//! The binary: reads flags and environment, opens the data, and runs one command.
//!
//! Data goes to stdout, everything for people to stderr. Exit codes: 0 done, 1 failed or not everything was accepted,
//! 2 wrong usage. Every command but `serve`, `demo`, `check`, `gc` and those that move or copy a whole instance talks HTTP to a
//! server, see [`session`].

mod bench;
mod client;
mod commands;
mod diagnostics;
mod running;
mod session;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sheaf: a self-hosted data-labelling desk.
#[derive(Parser)]
#[command(name = "sheaf", version, disable_help_subcommand = true)]
struct Cli {
    /// What is logged to stderr, for example `info` or `sheaf_store=debug`.
    #[arg(long, global = true, env = "SHEAF_LOG", value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the desk to browsers and programs.
    Serve(commands::serve::Args),
    /// Upload files, folders or a manifest into a project.
    Import(commands::import::Args),
    /// Bring what is new in a folder of a bucket into a project.
    Sync(commands::sync::Args),
    /// Fill a data folder with a demo: two projects, people, batches, answers.
    Demo(commands::demo::Args),
    /// Show or make projects.
    #[command(subcommand)]
    Project(commands::project::Command),
    /// Ask a project's library.
    Query(commands::query::Args),
    /// Change the metadata of many assets.
    Update(commands::update::Args),
    /// What models and tools say of assets before people label them.
    #[command(subcommand)]
    Prelabels(commands::prelabels::Command),
    /// Answers that people gave in another tool.
    #[command(subcommand)]
    Answers(commands::answers::Command),
    /// Make and steer batches.
    #[command(subcommand)]
    Batch(Box<commands::batch::Command>),
    /// The order of the batches, and why the queue does what it does.
    #[command(subcommand)]
    Queue(commands::queue::Command),
    /// Groups of a project's people.
    #[command(subcommand)]
    Group(commands::group::Command),
    /// Make and steer standing batches: recipes that make batches by themselves.
    #[command(subcommand)]
    Standing(commands::standing::Command),
    /// Keep queries under a name.
    #[command(subcommand)]
    SavedQuery(commands::saved_query::Command),
    /// Addresses that are told what happens in a project.
    #[command(subcommand)]
    Webhook(commands::webhook::Command),
    /// Write answers out, in Sheaf's own words or in a format that trainers and other tools read.
    Export(commands::export::Args),
    /// Write the whole instance into a folder, to move it to another database or to keep it.
    ExportAll(commands::export_all::Args),
    /// Read such a folder into an empty instance.
    ImportAll(commands::import_all::Args),
    /// Bring a project from elsewhere, with what was answered there.
    #[command(subcommand)]
    MigrateFrom(commands::migrate_from::Command),
    /// Copy an instance on SQLite into a folder, also while it is served.
    Backup(commands::backup::Args),
    /// Put a backup back.
    Restore(commands::restore::Args),
    /// Check the data against itself.
    Check(commands::check::Args),
    /// Remove files that nothing names any more.
    Gc(commands::gc::Args),
    /// Measure.
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// How a command ended, when it did not fail.
pub(crate) enum Outcome {
    Done,
    /// Some of it was refused.
    Refused,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let serving = matches!(cli.command, Command::Serve(_));
    let filter = cli.log.unwrap_or_else(|| if serving { QUIET_INFO.into() } else { QUIET_WARN.into() });
    start_log(&filter);
    let outcome = match cli.command {
        Command::Serve(args) => commands::serve::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Sync(args) => commands::sync::run(args),
        Command::Demo(args) => commands::demo::run(args),
        Command::Project(command) => commands::project::run(command),
        Command::Query(args) => commands::query::run(args),
        Command::Update(args) => commands::update::run(args),
        Command::Prelabels(command) => commands::prelabels::run(command),
        Command::Answers(command) => commands::answers::run(command),
        Command::Batch(command) => commands::batch::run(*command),
        Command::Queue(command) => commands::queue::run(command),
        Command::Group(command) => commands::group::run(command),
        Command::Standing(command) => commands::standing::run(command),
        Command::SavedQuery(command) => commands::saved_query::run(command),
        Command::Webhook(command) => commands::webhook::run(command),
        Command::Export(args) => commands::export::run(args),
        Command::ExportAll(args) => commands::export_all::run(args),
        Command::ImportAll(args) => commands::import_all::run(args),
        Command::MigrateFrom(command) => commands::migrate_from::run(command),
        Command::Backup(args) => commands::backup::run(args),
        Command::Restore(args) => commands::restore::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Gc(args) => commands::gc::run(args),
        Command::Bench(command) => bench::run(command),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// SVG files of users have mistakes that are of no interest to an operator; a file that cannot be drawn is in its report.
const QUIET_INFO: &str = "info,usvg=error";
const QUIET_WARN: &str = "warn,usvg=error";

fn start_log(filter: &str) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|error| {
        eprintln!("warning: --log `{filter}` is not understood ({error}); logging `info`");
        EnvFilter::new("info")
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
