//! # Choosing from a list of names
//!
//! An enum whose variants have no data is a drop-down; a `Vec` of one is a multiple choice. The names are in snake case;
//! serde's `rename` and `rename_all` change them.

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
