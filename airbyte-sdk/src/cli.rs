//! The command line as people and platforms write it: paths only, nothing opened yet.

use crate::error::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
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
    /// The error holds the usage or help text and knows where it belongs. It quotes no values: one may be a part of a
    /// configuration that was passed in place of its file.
    pub(crate) fn parse_from_args(
        name: &'static str,
        version: &'static str,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        Self::command()
            .name(name)
            .bin_name(name)
            .version(version)
            .try_get_matches_from(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(hide_values)
    }

    pub(crate) fn wants_debug(&self) -> bool {
        self.debug
            || std::env::var("LOG_LEVEL")
                .is_ok_and(|level| ["debug", "trace"].iter().any(|word| level.eq_ignore_ascii_case(word)))
    }
}

fn hide_values(mut usage: clap::Error) -> clap::Error {
    // What has digits, capitals or underscores, or is long, may be a key.
    let is_word =
        |text: &str| text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_shown = |kind: ContextKind, text: &str| match kind {
        // A flag, perhaps with the name of its value.
        ContextKind::InvalidArg => {
            let (flag, value) = text.split_once(' ').map_or((text, ""), |(flag, value)| (flag, value));
            flag.starts_with('-') && is_word(flag) && (value.is_empty() || value == "<FILE>")
        }
        ContextKind::InvalidSubcommand => is_word(text),
        _ => text.is_empty(),
    };
    // There the subcommand is the program.
    if usage.kind() == ErrorKind::MissingSubcommand {
        return usage;
    }
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue] {
        if let Some(ContextValue::String(text)) = usage.get(kind)
            && !is_shown(kind, text)
        {
            usage.insert(kind, ContextValue::String("…".to_owned()));
            // It quotes the value, too.
            usage.remove(ContextKind::Suggested);
        }
    }
    usage
}

/// What is wrong with the command line, for the platform, which reads stdout only. Another attempt would not help.
pub(crate) fn misuse(usage: &clap::Error) -> Error {
    let text = usage.render().to_string();
    let command = match usage.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(command)) => command.as_str(),
        _ => "",
    };
    let what = match usage.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "no command: expected `spec`, `check`, `discover` or `read`".to_owned()
        }
        ErrorKind::InvalidSubcommand if command == "write" => {
            "`write` is a command of destinations, and this is a source".to_owned()
        }
        _ => {
            // The parts of the text, but for tips, each on a line.
            let parts = text.split("\n\n").next().unwrap_or_default().lines().map(str::trim);
            parts.collect::<Vec<_>>().join(" ").trim_start_matches("error: ").to_owned()
        }
    };
    Error::config(format!("wrong command line: {what}")).with_internal(text.trim_end())
}
