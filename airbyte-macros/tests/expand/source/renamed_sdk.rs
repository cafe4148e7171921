#[doc(hidden)]
fn main() -> ::renamed::__private::ExitCode {
    use ::renamed::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .full_refresh::<
            Day,
        >(|__config, __out| __airbyte::fetched(fetch(__config, __out)))
        .concurrency(|_| 8)
        .run()
}
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { day: config.start_date })
}
