#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental::<
            Day,
        >(|__config, __since, __out| __airbyte::fetched(
            <Config>::days(__config, __airbyte::since::<Day, _, _>(__since), __out),
        ))
        .full_refresh::<
            City,
        >(|__config, __out| __airbyte::emit_returned(__out, <Config>::cities(__config)))
        .check(__airbyte::check::<Config, _>(<Config>::check))
        .run()
}
impl Config {
    fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
        out.emit(Day {
            day: since.unwrap_or(self.start_date),
        })
    }
    fn cities(&self) -> Result<impl Iterator<Item = Result<City>>> {
        Ok(self.names()?.into_iter().map(|name| Ok(City { name })))
    }
    fn check(&self, http: &Http) -> Result<()> {
        self.names().map(drop)
    }
    fn names(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
