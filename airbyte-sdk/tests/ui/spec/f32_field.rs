use airbyte_sdk::AirbyteSpec;

type Ratio = f32;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min = 0.1, max = 0.7, default = 0.3)]
    share: f32,
    shares: Option<Vec<f32>>,
}

#[derive(AirbyteSpec)]
struct Other {
    ratio: Ratio,
}

fn main() {}
