//! `cargo image CONNECTOR [OPTION...]`: builds the connector's image, with the name and version from its metadata.yaml.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a command-line tool"
)]

use std::path::Path;
use std::process::Command;
use yaml_rust2::YamlLoader;

/// The proxy variables that the build needs. Docker does not store them in the image.
const PROXIES: [&str; 6] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Builds the image of a connector. All arguments after its name are passed to `docker build`.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let mut arguments = arguments;
    let connector = connector(arguments.next())?;
    let (repository, version) = name(&connector)?;
    let image = format!("{repository}:{version}");

    let mut build = Command::new("docker");
    build.args(["build", "--tag", &image]);
    for argument in
        [format!("CONNECTOR={connector}"), format!("REPOSITORY={repository}"), format!("VERSION={version}")]
    {
        build.args(["--build-arg", &argument]);
    }
    for proxy in PROXIES.into_iter().filter(|name| std::env::var_os(name).is_some()) {
        // Without a value, so that Docker takes it from the environment: it may contain a password.
        build.args(["--build-arg", proxy]);
    }
    let status = build.args(arguments).arg(".").status();
    let status = status.map_err(|error| format!("cannot start `docker`: {error}"))?;
    if !status.success() {
        return Err(
            "`docker build` failed; if Docker cannot pull the base images, run docker/base-images to create them"
                .into(),
        );
    }
    println!("{image}");
    Ok(())
}

/// Validates the name of the connector. It has no default, because with a second connector in the workspace the same command
/// would build another image.
fn connector(named: Option<String>) -> Result<String> {
    let mut known = Vec::new();
    for folder in std::fs::read_dir("connectors")? {
        let folder = folder?;
        if folder.path().join("metadata.yaml").is_file() {
            known.push(folder.file_name().to_string_lossy().into_owned());
        }
    }
    known.sort();
    match named.filter(|name| !name.starts_with('-')) {
        Some(name) if known.contains(&name) => Ok(name),
        found => {
            let problem = found.map_or("the name of the connector is missing".to_owned(), |name| {
                format!("there is no connector `{name}`")
            });
            let known = known.join("`, `");
            Err(format!("{problem}\nusage: cargo image CONNECTOR [OPTION OF DOCKER BUILD...]\navailable connectors (with a metadata.yaml): `{known}`").into())
        }
    }
}

/// Returns the image's repository and tag.
fn name(connector: &str) -> Result<(String, String)> {
    let file = Path::new("connectors").join(connector).join("metadata.yaml");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let documents =
        YamlLoader::load_from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let data = documents.first().map(|document| &document["data"]);
    let text = |key: &str| {
        let value = data.and_then(|data| data[key].as_str()).map(str::to_owned);
        value.ok_or_else(|| format!("{} has no string at `data.{key}`", file.display()))
    };
    Ok((text("dockerRepository")?, text("dockerImageTag")?))
}
