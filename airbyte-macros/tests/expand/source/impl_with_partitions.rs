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
            <Config>::cities,
            |__config, __partition, __since, __out| <Config>::days(
                __config,
                __partition,
                __since,
                __out,
            ),
        )
        .full_refresh_partitions::<
            Street,
            _,
        >(
            <Config>::cities,
            |__config, __partition, __out| {
                __out.try_extend(<Config>::streets(__config, __partition)?)
            },
        )
        .run()
}
