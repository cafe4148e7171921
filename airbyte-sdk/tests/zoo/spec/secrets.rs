//! # Secrets
//!
//! The type [`Secret`](crate::Secret) masks a field in the form and blanks its value in every message, unless
//! it has fewer than four characters. A text may have several lines, and it must not be blank unless it says `allow_blank`.

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
