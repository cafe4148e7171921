#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental_windows::<
            Day,
        >(
            |__config, __since, __out| dates::monthly(
                __config,
                __airbyte::since::<Day, _, _>(__since),
                __out,
            ),
            |__config, __partition, __out| __airbyte::emit_returned(
                __out,
                days(__config, __partition),
            ),
        )
        .run()
}
fn days(
    config: &Config,
    window: &Window<Date>,
) -> Result<impl Iterator<Item = Result<Day>>> {
    Ok(std::iter::empty())
}
