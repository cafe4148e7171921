//! Doc attributes that only the compiler can expand.

use airbyte_sdk::testing::{spec_of, stream_of};
use airbyte_sdk::{AirbyteSpec, airbyte_stream};

#[derive(AirbyteSpec)]
#[allow(dead_code, reason = "only the descriptions of the fields are used")]
#[doc = concat!("The", " data.")]
struct Config {
    #[doc = include_str!("city.md")]
    city: String,
    /// Before.
    #[doc = include_str!("city.md")]
    /// After.
    country: String,
}

#[airbyte_stream(name = "days")]
#[doc = include_str!("city.md")]
struct Day {
    #[doc = include_str!("city.md")]
    city: String,
}

#[test]
fn included_text_is_a_description() {
    let text = "The city, as the API spells it.\n\nSee its list.";
    let spec = &spec_of::<Config>()["connectionSpecification"];
    assert_eq!(spec["description"], "The data.");
    assert_eq!(spec["properties"]["city"]["description"], text);
    assert_eq!(spec["properties"]["country"]["description"], format!("Before.\n\n{text}\n\n\nAfter."));
    let schema = &stream_of::<Day>()["json_schema"];
    assert_eq!(schema["description"], text);
    assert_eq!(schema["properties"]["city"]["description"], text);
}
