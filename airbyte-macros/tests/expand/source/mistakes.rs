::core::compile_error! {
    "`#[airbyte_source]` generates `main`: name the function `fetch`"
}
::core::compile_error! {
    "a fetch function is not async, since requests block: remove `async`"
}
fn main() {}
#[allow(dead_code)]
async fn __main(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: config.start_date })
}
