//! The files that name a version of Rust name the same one.

const MANIFEST: &str = include_str!("../../Cargo.toml");
const TOOLCHAIN: &str = include_str!("../../rust-toolchain.toml");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const WORKFLOW: &str = include_str!("../../.github/workflows/ci.yml");

/// Returns the value of a line `key = "value"`; empty if there is none.
fn value<'t>(text: &'t str, key: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.trim_start_matches([' ', '=']).trim_matches('"')
}

#[test]
fn image_is_built_with_the_tested_version() {
    let tested = value(TOOLCHAIN, "channel");
    let stages: Vec<&str> = DOCKERFILE.lines().filter(|line| line.starts_with("FROM rust:")).collect();
    assert!(tested.starts_with("1.") && !stages.is_empty(), "{tested}, {stages:?}");
    for stage in stages {
        assert!(
            stage.starts_with(&format!("FROM rust:{tested}-")),
            "{stage}, and rust-toolchain.toml: {tested}"
        );
    }
}

#[test]
fn workflow_builds_and_tests_with_the_oldest_supported_version() {
    let oldest = value(MANIFEST, "rust-version");
    assert!(oldest.starts_with("1."), "{oldest}");
    for command in ["rustup toolchain install VERSION ", "cargo +VERSION build ", "cargo +VERSION test "] {
        let command = command.replace("VERSION", oldest);
        assert!(WORKFLOW.contains(&command), "the workflow does not run `{command}`");
    }
}
