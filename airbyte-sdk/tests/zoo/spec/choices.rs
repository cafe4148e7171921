//! # Enums without data
//!
//! An enum without data is a drop-down, and a list of them a multiple choice. The values follow serde's `rename` and
//! `rename_all`; the default is snake case.

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
