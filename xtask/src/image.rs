//! `cargo image CONNECTOR [OPTION...]`: the connector's image, with the name and the version that its metadata.yaml gives it.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a tool for people: it prints, and reads files"
)]

use std::path::Path;
use std::process::Command;
use yaml_rust2::YamlLoader;

/// What a build must know of the way out of its machine. Docker keeps these out of the image without being told.
const PROXIES: [&str; 6] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Builds the image of a connector; all arguments after its name are for `docker build`.
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
        // Without a value, which Docker then takes from the environment: it may have a password in it.
        build.args(["--build-arg", proxy]);
    }
    let status = build.args(arguments).arg(".").status();
    let status = status.map_err(|error| format!("docker does not start: {error}"))?;
    if !status.success() {
        return Err(
            "docker did not build the image; if it cannot pull the images that the Dockerfile begins with, \
                    docker/base-images makes them"
                .into(),
        );
    }
    println!("{image}");
    Ok(())
}

/// The connector that is asked for, if there is one of that name. No name is not taken for any of them: with a second
/// connector in the workspace the same command would build another image, or the wrong one.
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
            let wrong = found
                .map_or("no connector is named".to_owned(), |name| format!("there is no connector `{name}`"));
            let known = known.join("`, `");
            Err(format!("{wrong}\nusage: cargo image CONNECTOR [OPTION OF DOCKER BUILD...], with a connector that has a metadata.yaml: `{known}`").into())
        }
    }
}

/// The image's repository and tag.
fn name(connector: &str) -> Result<(String, String)> {
    let file = Path::new("connectors").join(connector).join("metadata.yaml");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let documents =
        YamlLoader::load_from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let data = documents.first().map(|document| &document["data"]);
    let text = |key: &str| {
        let value = data.and_then(|data| data[key].as_str()).map(str::to_owned);
        value.ok_or_else(|| format!("{} has no text under data.{key}", file.display()))
    };
    Ok((text("dockerRepository")?, text("dockerImageTag")?))
}
