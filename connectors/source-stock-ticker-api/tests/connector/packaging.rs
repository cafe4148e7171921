//! Facts that several files repeat, such as name, version and entry point, must agree. tests/image compares the labels of the
//! image.

use crate::metadata::{metadata, text};
use serde_json::Value;

const DOCKERFILE: &str = include_str!("../../../../Dockerfile");

/// Returns the rest of the only line of the Dockerfile that begins with `begin`.
fn line(begin: &str) -> &'static str {
    let found: Vec<&str> = DOCKERFILE.lines().filter_map(|line| line.strip_prefix(begin)).collect();
    assert_eq!(found.len(), 1, "lines of the Dockerfile that begin with {begin}: {found:?}");
    found[0]
}

#[test]
fn default_build_arguments_match_the_metadata() {
    let connector = line("ARG CONNECTOR=");
    assert_eq!(connector, env!("CARGO_PKG_NAME"));
    assert_eq!(line("ARG REPOSITORY=").replace("$CONNECTOR", connector), text("dockerRepository"));
    assert_eq!(line("ARG VERSION="), text("dockerImageTag"));
}

#[test]
fn image_tag_is_the_version_of_the_crate() {
    assert_eq!(text("dockerImageTag"), env!("CARGO_PKG_VERSION"));
}

/// With a moving tag, the same commit would build different images.
#[test]
fn base_images_have_exact_versions() {
    let bases: Vec<&str> =
        DOCKERFILE.lines().filter_map(|line| line.strip_prefix("FROM ")?.split(' ').next()).collect();
    assert_eq!(bases.len(), 4);
    for base in bases {
        let (name, tag) = base.split_once(':').unwrap();
        let exact = match name {
            "rust" => tag.split('-').next().unwrap().split('.').count() == 3,
            _ => tag.split('-').any(|date| date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit())),
        };
        assert!(exact, "{base}");
    }
}

/// Files that may hold secrets are neither committed nor sent to the Docker engine.
#[test]
fn git_and_docker_ignore_files_that_may_hold_secrets() {
    let lines = |text: &'static str| text.lines().map(|line| line.trim_end_matches('/')).collect::<Vec<_>>();
    let git = lines(include_str!("../../../../.gitignore"));
    let docker = lines(include_str!("../../../../.dockerignore"));
    for name in ["secrets", ".env", ".env.*", "config.json", "*.key", "*.p12", "*.pem", "wip"] {
        assert!(git.contains(&name), ".gitignore lacks {name}");
        assert!(docker.contains(&&*format!("**/{name}")), ".dockerignore lacks **/{name}");
    }
}

/// The platform uses the variable, users the entry point.
#[test]
fn entrypoint_and_airbyte_entrypoint_are_equal() {
    let variable = line("ENV AIRBYTE_ENTRYPOINT=").trim_matches('"');
    assert_eq!(line("ENTRYPOINT "), format!("[\"{variable}\"]"));
    let plain = |character: char| character.is_ascii_alphanumeric() || "/_.-".contains(character);
    assert!(variable.starts_with('/') && variable.chars().all(plain), "a shell evaluates {variable}");
}

/// `.ci/run` checks the schema of metadata.yaml; this compares what it repeats.
#[test]
fn metadata_matches_the_spec_and_the_catalog() {
    let spec: Value = serde_json::from_str(include_str!("../../spec.json")).unwrap();
    assert_eq!(spec["documentationUrl"], text("documentationUrl"));
    assert_eq!(text("dockerRepository"), concat!("airbyte/", env!("CARGO_PKG_NAME")));
    let metadata = metadata();
    let list = |key: &str, names: &str| -> Vec<String> {
        metadata[key][names].as_vec().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let api = spec["connectionSpecification"]["properties"]["api_url"]["default"].as_str().unwrap();
    assert!(list("allowedHosts", "hosts").iter().any(|host| api == format!("https://{host}")));
    let catalog: Value = serde_json::from_str(include_str!("../catalog.json")).unwrap();
    let streams: Vec<&str> = catalog["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stream| stream["name"].as_str().unwrap())
        .collect();
    assert_eq!(list("suggestedStreams", "streams"), streams);
}

#[test]
fn acceptance_tests_name_the_image_of_the_metadata() {
    let image = format!("\nconnector_image: {}:{}\n", text("dockerRepository"), text("dockerImageTag"));
    assert!(include_str!("../../acceptance-test-config.yml").contains(&image), "{image}");
}
