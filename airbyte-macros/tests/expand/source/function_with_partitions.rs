#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental_partitions::<
            Day,
            _,
        >(
            __airbyte::list::<Config, _>(cities),
            |__config, __partition, __since, __out| __airbyte::fetched(
                fetch(
                    __config,
                    __partition,
                    __airbyte::since::<Day, _, _>(__since),
                    __out,
                ),
            ),
        )
        .partition_key("city_id")
        .run()
}
fn fetch(
    config: &Config,
    city: &str,
    since: Option<Date>,
    out: &mut Emitter<Day>,
) -> Result<()> {
    Ok(())
}
