//! # A choice of words
//!
//! An enum of names is a drop-down; a list of them a multiple choice. The words are those of serde's `rename` and
//! `rename_all`, in snake case if nothing is said.

use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = Units::Metric)]
    units: Units,
    regions: Vec<Region>,
}

#[derive(ConfigValue)]
enum Units {
    Metric,
    Imperial,
}

#[derive(ConfigValue)]
#[serde(rename_all = "kebab-case")]
enum Region {
    NorthAmerica,
    #[serde(rename = "eu")]
    Europe,
}
