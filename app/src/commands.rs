//! The command line. Every command takes `--data DIR`, works while the server runs or not, and ends with
//! 0 when done, 1 when it could not, 2 when it was called wrongly.

mod doctor;
mod knowledge;
mod mail;
mod mail_import;
mod people;
mod recount;
mod reindex;
mod render;
mod serve;

use crate::{Config, Error, config::Given};
use clap::{Args, Parser, Subcommand};
use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode};

/// PromptCraft Support: tickets, help center and desk in one program.
#[derive(Parser)]
#[command(name = "support", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where the installation is.
#[derive(Args)]
struct Place {
    /// Folder of the database, the files and support.toml
    #[arg(long, global = true, value_name = "DIR", default_value = "data", env = "SUPPORT_DATA")]
    data: PathBuf,
    /// PostgreSQL instead of SQLite in the data folder
    #[arg(long, global = true, value_name = "URL", env = "SUPPORT_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where people reach it, as `https://help.example.com`; default: http:// and the address it listens on
    #[arg(long, global = true, value_name = "URL", env = "SUPPORT_PUBLIC_URL")]
    public_url: Option<String>,
    /// How much to log: error, warn, info, debug
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn", env = "SUPPORT_LOG")]
    log: String,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site
    Serve(serve::Serve),
    /// Add or change people
    #[command(subcommand)]
    User(people::User),
    /// Make tokens for programs
    #[command(subcommand)]
    Token(people::Token),
    /// Bring the database's schema up to date, and end
    Migrate,
    /// Reports: count their figures anew
    #[command(subcommand)]
    Analytics(recount::Analytics),
    /// Fill an empty installation with believable content
    Demo(crate::commands::demo::Demo),
    /// Check the installation and say what to do
    Doctor(doctor::Doctor),
    /// Articles in and out of folders and archives
    #[command(subcommand)]
    Knowledge(knowledge::Knowledge),
    /// Build the search index anew; works while the server runs, which goes on answering
    Reindex(reindex::Reindex),
    /// Mails as files
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Turn Markdown or HTML on standard input into the safe HTML that pages show
    Render(render::Render),
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let is_sqlite = cli.place.config().is_ok_and(|config| config.database_url.is_none());
    let Ok(runtime) = crate::start::runtime(is_sqlite) else { return ExitCode::FAILURE };
    runtime.block_on(cli.run())
}

impl Cli {
    async fn run(self) -> ExitCode {
        // a merge whose segments meanwhile lost their last entry is given up, which is no fault: one thing is written again and again
        let filter = |log: &str| tracing_subscriber::EnvFilter::try_new(format!("tantivy::indexer::segment_manager=error,{log}"));
        let filter = filter(&self.place.log).or_else(|_| filter("warn")).unwrap_or_default();
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        let outcome = match self.command {
            Command::Serve(command) => command.run(&self.place).await,
            Command::User(command) => command.run(&self.place).await,
            Command::Token(command) => command.run(&self.place).await,
            Command::Migrate => migrate(&self.place).await,
            Command::Analytics(command) => command.run(&self.place).await,
            Command::Demo(command) => command.run(&self.place).await,
            Command::Doctor(command) => command.run(&self.place).await,
            Command::Knowledge(command) => command.run(&self.place).await,
            Command::Reindex(command) => command.run(&self.place).await,
            Command::Mail(command) => command.run(&self.place).await,
            Command::Render(command) => command.run(),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "support: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Place {
    fn config(&self) -> Result<Config, Error> {
        self.config_with(None, None)
    }

    fn config_with(&self, listen: Option<SocketAddr>, rate_limits: Option<bool>) -> Result<Config, Error> {
        Config::load(&self.data, Given { listen, database_url: self.database_url.clone(), public_url: self.public_url.clone(), rate_limits })
    }

    /// The database with its schema up to date.
    async fn database(&self) -> Result<db::Db, Error> {
        crate::start::database(&self.config()?, db::Clock::default()).await
    }
}

async fn migrate(place: &Place) -> Result<(), Error> {
    place.database().await?.close().await;
    say("The schema is up to date.")
}

/// A line on standard output.
fn say(line: impl AsRef<str>) -> Result<(), Error> {
    writeln!(std::io::stdout(), "{}", line.as_ref()).map_err(Error::io("standard output is closed"))
}

pub(crate) mod demo;
