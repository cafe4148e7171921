#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental::<
            Day,
        >(|__config, __since, __out| __airbyte::fetched(
            fetch(__config, __airbyte::since::<Day, _, _>(__since), __out),
        ))
        .check(__airbyte::check::<Config, _>(try_it))
        .run()
}
fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day {
        day: since.unwrap_or(config.start_date),
    })
}
