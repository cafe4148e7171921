#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental_partitions::<
            Day,
            String,
        >(
            __airbyte::list::<Config, _>(<Config>::cities),
            |__config, __partition, __since, __out| __airbyte::fetched(
                <Config>::days(
                    __config,
                    __partition,
                    __airbyte::since::<Day, _, _>(__since),
                    __out,
                ),
            ),
        )
        .partition_key("city_id")
        .full_refresh_partitions::<
            Street,
            String,
        >(
            __airbyte::list::<Config, _>(<Config>::cities),
            |__config, __partition, __out| __airbyte::emit_returned(
                __out,
                <Config>::streets(__config, __partition),
            ),
        )
        .concurrency(|config| config.workers)
        .one_at_a_time([
            <Day as __airbyte::Stream>::NAME,
            <Street as __airbyte::Stream>::NAME,
        ])
        .run()
}
impl Config {
    fn cities(&self, http: &Http) -> Result<Vec<String>> {
        Ok(self.cities.clone())
    }
    fn days(
        &self,
        city: &str,
        since: Option<Date>,
        out: &mut Emitter<Day>,
    ) -> Result<()> {
        Ok(())
    }
    fn streets(&self, city: &str) -> Result<impl Iterator<Item = Result<Street>>> {
        Ok(std::iter::empty())
    }
}
