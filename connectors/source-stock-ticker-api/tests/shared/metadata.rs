//! The contents of metadata.yaml.

use yaml_rust2::{Yaml, YamlLoader};

/// Returns the object `data`.
pub(crate) fn metadata() -> Yaml {
    let documents =
        YamlLoader::load_from_str(include_str!("../../metadata.yaml")).expect("metadata.yaml is YAML");
    documents[0]["data"].clone()
}

/// Returns a string in `data`.
pub(crate) fn text(key: &str) -> String {
    metadata()[key].as_str().expect("a string of that name in metadata.yaml").to_owned()
}
