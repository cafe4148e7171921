//! # Secrets
//!
//! The type `Secret` masks a field in the form, and removes its value from every message if it has at least four
//! characters. A secret may have several lines (`multiline`); it must not be blank unless it has `allow_blank`.

use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    api_key: Secret,
    /// In PEM form
    #[airbyte(multiline)]
    private_key: Option<Secret>,
    #[airbyte(allow_blank)]
    password: Secret,
}
