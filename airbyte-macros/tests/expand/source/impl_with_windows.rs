#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental_windows::<
            Day,
        >(
            |__config, __since, __out| <Config>::monthly(
                __config,
                __airbyte::since::<Day, _, _>(__since),
                __out,
            ),
            |__config, __partition, __out| __airbyte::fetched(
                <Config>::days(__config, __partition, __out),
            ),
        )
        .run()
}
impl Config {
    fn monthly(
        &self,
        since: Option<Date>,
        out: &mut Emitter<Day>,
    ) -> Result<Steps<Date>> {
        out.windows(since, self.start_date).steps(1.month())
    }
    fn days(&self, window: &Window<Date>, out: &mut Emitter<Day>) -> Result<()> {
        Ok(())
    }
}
