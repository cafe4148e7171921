#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    const _: () = __airbyte::parent_has_key::<City>();
    const _: () = __airbyte::parent_has_key::<Day>();
    const _: () = __airbyte::parent_has_key::<City>();
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .full_refresh::<
            City,
        >(|__config, __out| __airbyte::fetched(<Config>::cities(__config, __out)))
        .incremental_children::<
            City,
            Day,
        >(|__config, __partition, __since, __out| __airbyte::fetched(
            <Config>::days(
                __config,
                __partition,
                __airbyte::since::<Day, _, _>(__since),
                __out,
            ),
        ))
        .incremental_children_of_changed::<
            Day,
            Hour,
        >(|__config, __partition, __since, __out| __airbyte::fetched(
            <Config>::hours(
                __config,
                __partition,
                __airbyte::since::<Hour, _, _>(__since),
                __out,
            ),
        ))
        .full_refresh_children::<
            City,
            Street,
        >(|__config, __partition, __out| __airbyte::emit_returned(
            __out,
            <Config>::streets(__config, __partition),
        ))
        .run()
}
impl Config {
    fn cities(&self, out: &mut Emitter<City>) -> Result<()> {
        Ok(())
    }
    fn days(
        &self,
        city: &City,
        since: Option<Date>,
        out: &mut Emitter<Day>,
    ) -> Result<()> {
        Ok(())
    }
    fn hours(
        &self,
        day: &Day,
        since: Option<i64>,
        out: &mut Emitter<Hour>,
    ) -> Result<()> {
        Ok(())
    }
    fn streets(&self, city: &City) -> Result<impl Iterator<Item = Result<Street>>> {
        Ok(std::iter::empty())
    }
}
