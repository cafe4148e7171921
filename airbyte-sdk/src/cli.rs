//! Parses the command line. Opens no files: the arguments are kept as paths.

use crate::error::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(about = "An Airbyte source connector: reads from an API and writes Airbyte messages to stdout")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log every request, with secrets removed (same as LOG_LEVEL=debug)
    #[arg(long, global = true)]
    pub(crate) debug: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the connector's specification
    Spec,
    /// Check whether a configuration works
    Check(ConfigFile),
    /// Print the catalog of available streams
    Discover(ConfigFile),
    /// Read the configured streams
    Read {
        #[command(flatten)]
        config: ConfigFile,
        /// The configured catalog: the streams to read and their sync modes, as JSON
        #[arg(long, value_name = "FILE")]
        catalog: PathBuf,
        /// The state to resume from: the STATE messages of the last read, as a JSON array
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
    /// Parses the arguments.
    ///
    /// # Errors
    ///
    /// The usage or help text. It quotes no values, since a user may pass a configuration where its path belongs.
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
    // A text with digits, capitals or underscores, or a long one, may be an API key.
    let is_harmless =
        |text: &str| text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_shown = |kind: ContextKind, text: &str| match kind {
        // A flag, possibly with a placeholder for its value.
        ContextKind::InvalidArg => {
            let (flag, value) = text.split_once(' ').map_or((text, ""), |(flag, value)| (flag, value));
            flag.starts_with('-') && is_harmless(flag) && (value.is_empty() || value == "<FILE>")
        }
        ContextKind::InvalidSubcommand => is_harmless(text),
        _ => text.is_empty(),
    };
    // Here the context is the name of the program.
    if usage.kind() == ErrorKind::MissingSubcommand {
        return usage;
    }
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue] {
        if let Some(ContextValue::String(text)) = usage.get(kind)
            && !is_shown(kind, text)
        {
            usage.insert(kind, ContextValue::String("…".to_owned()));
            // The suggestion quotes the value too.
            usage.remove(ContextKind::Suggested);
        }
    }
    usage
}

/// Returns the error for the platform, which reads only stdout. A config error, since a retry would not help.
pub(crate) fn usage_error(usage: &clap::Error) -> Error {
    let text = usage.render().to_string();
    let command = match usage.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(command)) => command.as_str(),
        _ => "",
    };
    let what = match usage.kind() {
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "missing command; expected `spec`, `check`, `discover` or `read`".to_owned()
        }
        ErrorKind::InvalidSubcommand if command == "write" => {
            "`write` is a command of destinations, but this is a source".to_owned()
        }
        _ => {
            // The first paragraph as one line; tips and usage follow it.
            let lines = text.split("\n\n").next().unwrap_or_default().lines().map(str::trim);
            lines.collect::<Vec<_>>().join(" ").trim_start_matches("error: ").to_owned()
        }
    };
    Error::config(format!("invalid command line: {what}")).with_internal(text.trim_end())
}
