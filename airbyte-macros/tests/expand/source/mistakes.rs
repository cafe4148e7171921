#[allow(dead_code)]
async fn __main(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: config.start_date })
}
::core::compile_error! {
    "`main` is what `#[airbyte_source]` writes; name the function `fetch`"
}
::core::compile_error! {
    "a fetch function is not async: a request waits for its answer. Remove `async`"
}
fn main() {}
