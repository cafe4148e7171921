//! # Secrets
//!
//! A [`Secret`] is masked in the form, and removed from every message if it has four characters or more. It may have several lines. It
//! must not be blank, unless it has `allow_blank`.

use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    api_key: Secret,
    /// In PEM format
    #[airbyte(multiline)]
    private_key: Option<Secret>,
    #[airbyte(allow_blank)]
    password: Secret,
}
