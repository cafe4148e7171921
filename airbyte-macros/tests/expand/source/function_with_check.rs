fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day {
        day: since.unwrap_or(config.start_date),
    })
}
#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental::<Day>(|__config, __since, __out| fetch(__config, __since, __out))
        .check(try_it)
        .run()
}
