//! `cargo build-cost`: measures the build times that an author waits for.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a command-line tool"
)]

use crate::connector::CONNECTOR;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const FOLDER: &str = "target/build-cost";
const RUNS: usize = 7;
const RECORDS: usize = 40;
const FIELDS: usize = 50;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Result<()> {
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let _ = fs::remove_dir_all(FOLDER);

    // Downloads are not measured.
    succeed(Command::new("cargo").args(["fetch", "--quiet"]))?;
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--package", CONNECTOR, "--target-dir", FOLDER]);
    println!("clean debug build of {CONNECTOR}: {:.1} s", timed(&mut build)?.as_secs_f64());

    let main = Path::new("connectors").join(CONNECTOR).join("src/main.rs");
    let rebuild = median(|| {
        touch(&main)?;
        timed(&mut build)
    })?;
    println!("rebuild after touching main.rs: {:.2} s (median of {RUNS})", rebuild.as_secs_f64());

    let (none, many) = (check(0)?, check(RECORDS)?);
    let each = many.saturating_sub(none).as_secs_f64() * 1e3 / RECORDS as f64;
    println!(
        "a record of {FIELDS} fields: {each:.1} ms of `cargo check` (median of {RUNS}, {RECORDS} records compared with none)"
    );
    Ok(())
}

/// Returns the time to check a crate with this many records.
fn check(records: usize) -> Result<Duration> {
    let folder = Path::new(FOLDER).join(format!("records-{records}"));
    fs::create_dir_all(folder.join("src"))?;
    let sdk = fs::canonicalize("airbyte-sdk")?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"records-{records}\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nairbyte-sdk = {{ path = {:?} }}\n",
            sdk.display().to_string()
        ),
    )?;
    fs::copy("Cargo.lock", folder.join("Cargo.lock"))?;
    let mut code = "#![allow(dead_code, unused)]\nuse airbyte_sdk::{Date, airbyte_stream};\n".to_owned();
    for record in 0..records {
        write!(
            code,
            "\n#[airbyte_stream(name = \"stream{record}\", primary_key(field0), cursor = day)]\nstruct Record{record} {{\n    day: Date,\n"
        )?;
        for field in 0..FIELDS - 1 {
            let ty = ["i64", "String", "f64", "bool", "Option<i64>"][field % 5];
            writeln!(code, "    /// Field {field}\n    field{field}: {ty},")?;
        }
        code.push_str("}\n");
    }
    let lib = folder.join("src/lib.rs");
    fs::write(&lib, code)?;
    let mut check = Command::new("cargo");
    check.args(["check", "--quiet", "--offline", "--target-dir"]).arg(fs::canonicalize(FOLDER)?);
    check.current_dir(&folder);
    succeed(&mut check)?;
    median(|| {
        touch(&lib)?;
        timed(&mut check)
    })
}

fn touch(file: &Path) -> Result<()> {
    Ok(fs::File::options().append(true).open(file)?.set_modified(std::time::SystemTime::now())?)
}

fn median(mut work: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut times = (0..RUNS).map(|_| work()).collect::<Result<Vec<_>>>()?;
    times.sort();
    Ok(times[RUNS / 2])
}

fn timed(command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    succeed(command)?;
    Ok(started.elapsed())
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}
