//! The command line as people and platforms write it: paths only, nothing opened yet.

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(about = "An Airbyte source: reads from a service, writes Airbyte messages to stdout")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log more: every request, with secrets removed (as LOG_LEVEL=debug does)
    #[arg(long, global = true)]
    pub(crate) debug: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what the connector needs to be configured with
    Spec,
    /// Try a configuration
    Check(ConfigFile),
    /// Print which streams there are
    Discover(ConfigFile),
    /// Read the configured streams
    Read {
        #[command(flatten)]
        config: ConfigFile,
        /// The streams to read, and how (a configured catalog)
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
        /// Where the last read stopped: the STATE messages it sent, as a JSON list
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The configuration, as JSON
    #[arg(long = "config", value_name = "FILE")]
    pub(crate) path: PathBuf,
}

impl Cli {
    /// The error holds the usage or help text and knows where it belongs.
    pub(crate) fn parse_from_args(
        name: &'static str,
        version: &'static str,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let matches =
            Self::command().name(name).bin_name(name).version(version).try_get_matches_from(arguments)?;
        Self::from_arg_matches(&matches)
    }

    pub(crate) fn wants_debug(&self) -> bool {
        self.debug
            || std::env::var("LOG_LEVEL")
                .is_ok_and(|level| ["debug", "trace"].iter().any(|word| level.eq_ignore_ascii_case(word)))
    }
}
