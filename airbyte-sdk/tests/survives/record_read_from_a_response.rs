//! A type that is read from a response and emitted, with the attributes in either order.
#![deny(warnings)]
#![allow(dead_code)]

use airbyte_sdk::{Deserialize, Timestamp, airbyte_stream};

#[airbyte_stream(name = "orders", primary_key(id), cursor = meta.updated_at)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: u64,
    meta: Meta,
    #[serde(default)]
    status: Status,
}

#[airbyte_stream(nested)]
#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "updatedAt", alias = "updated")]
    updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Deserialize, Default)]
#[airbyte_stream(nested)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Open,
    Paid,
}
