//! `cargo acceptance`: runs the acceptance tests of the stock ticker connector against the emulator.
#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "a command-line tool")]

use crate::connector::{CONNECTOR, build};
use airbyte_conformance::{Acceptance, Subject};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Command;
use stock_api_emulator::{Emulator, Settings};

const USAGE: &str = "usage: cargo acceptance [--image IMAGE] [--bars-per-day COUNT] [-- COMMAND…]

Runs the tests of acceptance-test-config.yml and the conformance suite on the connector's program, or on an image.

  --image IMAGE         test this image instead of the program
  --bars-per-day COUNT  make the emulator send COUNT prices per day: with more than 1, the tests must fail
  -- COMMAND…           run this command instead, in a folder with all files that acceptance-test-config.yml names;
                        the emulator then accepts connections from containers";

/// The folder for copies of the connector's files and for configurations that read from the emulator. The connector's own
/// folder may contain a user's configurations, and Airbyte's test kit leaves files behind.
const FOLDER: &str = "target/acceptance";
/// Long enough, and with a digit, so that the suite searches for it in the connector's output.
const KEY: &str = "acceptance-key-4711";
/// The last day to read, and the emulator's date, which is later. Neither depends on the machine's date.
const END: &str = "2026-03-31";
const NOW: &str = "2026-04-01T12:00:00Z";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Default)]
struct Options {
    image: Option<String>,
    bars_per_day: Option<u32>,
    command: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--image" => options.image = Some(arguments.next().ok_or(USAGE)?),
                "--bars-per-day" => options.bars_per_day = Some(arguments.next().ok_or(USAGE)?.parse()?),
                "--" => options.command = arguments.by_ref().collect(),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let options = Options::parse(arguments)?;
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let host = if options.command.is_empty() { Ipv4Addr::LOCALHOST.into() } else { bridge()? };
    let emulator = Emulator::start(Settings {
        host,
        api_key: KEY.to_owned(),
        bars_per_day: options.bars_per_day.unwrap_or(1),
        page_cap: Some(5_000),
        clock: Some(NOW.parse()?),
        ..Settings::default()
    })?;
    let folder = create_folder(&emulator.url())?;
    if let [program, arguments @ ..] = options.command.as_slice() {
        let status = Command::new(program).args(arguments).current_dir(&folder).status();
        let status = status.map_err(|error| format!("cannot start `{program}`: {error}"))?;
        return if status.success() { Ok(()) } else { Err(format!("`{program}` failed: {status}").into()) };
    }
    let subject = match options.image {
        Some(image) => Subject::image(image),
        None => Subject::new(build()?).skip_waits(),
    };
    let report = Acceptance::new(subject, folder).run();
    print!("{report}");
    if report.passed() { Ok(()) } else { Err("the acceptance tests failed".into()) }
}

/// Returns the address of this machine for containers in Docker's default network.
fn bridge() -> Result<IpAddr> {
    let format = "{{(index .IPAM.Config 0).Gateway}} {{(index .IPAM.Config 0).Subnet}}";
    let output = Command::new("docker").args(["network", "inspect", "bridge", "--format", format]).output();
    let output = output.map_err(|error| format!("cannot start `docker`: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    // Older engines report only the subnet, in which this machine has the first address.
    let first =
        |subnet: &str| subnet.split('/').next()?.parse().ok().map(|base: Ipv4Addr| base.to_bits() + 1);
    let address = stdout.split_whitespace().find_map(|word| {
        word.parse().ok().or_else(|| first(word).map(|bits| Ipv4Addr::from_bits(bits).into()))
    });
    address.ok_or_else(|| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!("cannot determine the address of Docker's bridge network: {stdout}{stderr}").trim().into()
    })
}

/// Creates a folder with all files that acceptance-test-config.yml names. It has the connector's name, as Airbyte's kit
/// requires.
fn create_folder(url: &str) -> Result<PathBuf> {
    let (from, to) = (Path::new("connectors").join(CONNECTOR), Path::new(FOLDER).join(CONNECTOR));
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    fs::create_dir_all(to.join("integration_tests"))?;
    fs::create_dir_all(to.join("secrets"))?;
    for name in ["acceptance-test-config.yml", "metadata.yaml", "spec.json"] {
        fs::copy(from.join(name), to.join(name))?;
    }
    for file in fs::read_dir(from.join("integration_tests"))? {
        let file = file?;
        fs::copy(file.path(), to.join("integration_tests").join(file.file_name()))?;
    }
    for (name, config) in configs(url) {
        fs::write(to.join("secrets").join(name), format!("{config:#}\n"))?;
    }
    Ok(std::path::absolute(to)?)
}

fn configs(url: &str) -> [(&'static str, Value); 4] {
    let config = |start_date: &str, key: &str, url: &str| {
        json!({"stock_ticker": "TSLA", "api_key": key, "start_date": start_date, "end_date": END,
            "requests_per_minute": 0, "api_url": url})
    };
    [
        ("valid_config.json", config("2024-01-02", KEY, url)),
        ("invalid_config.json", config("2024-01-02", "wrong-key-0815", url)),
        // No server listens there.
        ("unreachable_config.json", config("2024-01-02", KEY, "http://127.0.0.1:1")),
        // More than 10 000 days, so that a state is sent in the middle, at the end of a page.
        ("long_config.json", config("1980-01-02", KEY, url)),
    ]
}
