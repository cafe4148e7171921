#![allow(unused)]

use airbyte_sdk::{Result, airbyte_source};

#[airbyte_source]
fn fetch() -> Result<()> {
    Ok(())
}
