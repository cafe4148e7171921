//! The files and the metadata of the image.

use crate::docker::{docker, image, inspect};
use crate::metadata::text;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn labels_match_the_metadata() {
    let labels = &inspect(&image())["Config"]["Labels"];
    assert_eq!(labels["io.airbyte.name"], text("dockerRepository"));
    assert_eq!(labels["io.airbyte.version"], text("dockerImageTag"));
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn entry_points_are_equal_and_the_user_is_not_root() {
    let config = &inspect(&image())["Config"];
    let entry_point: Vec<&str> =
        config["Entrypoint"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let variable = format!("AIRBYTE_ENTRYPOINT={}", entry_point.join(" "));
    assert!(config["Env"].as_array().unwrap().contains(&json!(variable)), "{config}");
    assert_eq!(config["User"], "1000:1000");
    assert_eq!(config["Cmd"], Value::Null);
}

/// In decimal megabytes, as the Docker engine counts. The oldest layer is the base.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn image_and_program_stay_below_their_size_limits() {
    let history = docker(["history", "--human=false", "--format", "{{.Size}}", &image()]).stdout;
    let history = String::from_utf8(history).unwrap();
    let sizes: Vec<u64> = history.lines().map(|size| size.parse().unwrap()).collect();
    let (whole, added) = (sizes.iter().sum::<u64>(), sizes[..sizes.len() - 1].iter().sum::<u64>());
    assert!(whole <= 90_000_000, "{whole} bytes");
    assert!((1..=15_000_000).contains(&added), "{added} bytes without the base");
    let program = inside("wc -c < /airbyte/source");
    assert!(program.trim().parse::<u64>().unwrap() <= 4_100_000, "a program of {program} bytes");
}

/// Every crate that is compiled into the program, and none that only tests need.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn sbom_lists_exactly_the_compiled_crates() {
    let sbom: Value = serde_json::from_str(&inside("cat /airbyte/sbom.cdx.json")).unwrap();
    assert_eq!((&sbom["bomFormat"], &sbom["specVersion"]), (&json!("CycloneDX"), &json!("1.5")));
    let program = &sbom["metadata"]["component"];
    assert_eq!(program["name"], env!("CARGO_PKG_NAME"));
    assert_eq!(program["version"], text("dockerImageTag"));
    let listed = sbom["components"].as_array().unwrap().iter();
    let listed = listed.map(|component| {
        assert!(component["licenses"].is_array(), "{component} has no license");
        format!("{} v{}", component["name"].as_str().unwrap(), component["version"].as_str().unwrap())
    });
    let mut listed: BTreeSet<String> = listed.collect();
    // Listed because of a weak dependency feature that nothing enables.
    listed.retain(|component| !component.starts_with("zlib-rs "));
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "no-dev,no-build", "--prefix", "none"])
        .args(["--package", env!("CARGO_PKG_NAME")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let compiled = String::from_utf8(tree.stdout).unwrap();
    let compiled = compiled.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    let mut compiled: BTreeSet<String> = compiled.collect();
    assert!(compiled.remove(concat!(env!("CARGO_PKG_NAME"), " v", env!("CARGO_PKG_VERSION"))));
    assert_eq!(listed, compiled);
}

/// The platform's script calls these; all its other commands are built into the shell.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn programs_that_the_platform_calls_exist() {
    assert_eq!(inside("for name in sh sleep mv; do command -v $name; done").lines().count(), 3);
}

/// The image's user cannot change the program, and any other user can run it.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn program_belongs_to_root_and_runs_as_any_user() {
    assert_eq!(inside("stat -c '%U %a' /airbyte /airbyte/source"), "root 755\nroot 755\n");
    assert_eq!(
        inside("touch /airbyte/x 2>/dev/null || mv /airbyte/source /airbyte/y 2>/dev/null || echo denied"),
        "denied\n"
    );
    let spec = docker(["run", "--rm", "--user", "4711:4712", "--read-only", &image(), "spec"]);
    assert!(spec.status.success(), "{}", String::from_utf8_lossy(&spec.stderr));
}

fn inside(script: &str) -> String {
    let output = docker(["run", "--rm", "--entrypoint", "sh", &image(), "-c", script]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
