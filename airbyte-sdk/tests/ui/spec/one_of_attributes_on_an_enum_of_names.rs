use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
#[airbyte(tag = "kind", display_type = radio, title = "Region")]
enum Region {
    #[airbyte(hidden)]
    Eu,
    #[airbyte(title = "USA")]
    Us,
}

fn main() {}
