use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
#[serde(deny_unknown_fields, rename_all = "CamelCase", default)]
struct Config {
    #[serde(alias = "town")]
    city: String,
    #[serde(skip_serializing_if = "Option::is_none", with = "module")]
    start: Option<String>,
    #[serde(renam = "x")]
    name: String,
    #[serde(rename(deserialize = "shopName"))]
    shop: String,
    login: Login,
}

#[derive(ConfigValue)]
#[serde(untagged)]
enum Login {
    #[serde(alias = "user")]
    Name { name: String },
    #[serde(other)]
    Anonymous,
}

fn main() {}
