//! # Nested types
//!
//! A struct or an enum in a record has `#[airbyte_stream(nested)]`. The primary key and the cursor may be fields in it. If
//! the cursor may be null, `on_null` says what happens to such a record.

use airbyte_sdk::{Timestamp, airbyte_stream};
use std::collections::BTreeMap;

#[airbyte_stream(name = "orders", namespace = "shop", primary_key(id, owner.number), cursor = meta.updated_at, on_null = emit)]
pub struct Order {
    id: String,
    owner: Owner,
    meta: Meta,
    lines: Vec<Line>,
    #[serde(rename = "labelMap")]
    labels: BTreeMap<String, String>,
    state: State,
    #[serde(flatten)]
    prices: Prices,
    #[serde(skip)]
    _seen: bool,
}

#[airbyte_stream(nested)]
struct Owner {
    number: u64,
    name: Option<String>,
}

#[airbyte_stream(nested)]
pub struct Meta {
    /// Missing in the oldest orders
    pub updated_at: Option<Timestamp>,
}

#[airbyte_stream(nested)]
struct Line {
    article: String,
    count: i32,
}

#[airbyte_stream(nested)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    InTransit,
}

#[airbyte_stream(nested)]
struct Prices {
    net: f64,
    gross: f64,
}
