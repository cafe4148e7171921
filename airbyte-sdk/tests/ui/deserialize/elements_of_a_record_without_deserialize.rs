use airbyte_sdk::{Emitter, Result, airbyte_stream};

#[airbyte_stream(name = "days")]
struct Day {
    day: u32,
}

fn days(out: &mut Emitter<Day>) -> Result<()> {
    for day in out.http().get("https://shop.example/days").elements::<Day>("days") {
        out.emit(day?)?;
    }
    Ok(())
}

fn main() {}
