#[doc(hidden)]
fn main() -> ::airbyte_sdk::__private::ExitCode {
    use ::airbyte_sdk::__private as __airbyte;
    __airbyte::Source::<
        Config,
    >::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
        .incremental_groups::<
            Ad,
            AdId,
        >(
            50,
            __airbyte::list::<Config, _>(<Config>::ids),
            |__config, __partition, __since, __out| __airbyte::fetched(
                <Config>::ads(
                    __config,
                    __partition,
                    __airbyte::since::<Ad, _, _>(__since),
                    __out,
                ),
            ),
        )
        .full_refresh_groups::<
            Image,
            AdId,
        >(
            api::MAX_IDS,
            __airbyte::list::<Config, _>(<Config>::ids),
            |__config, __partition, __out| __airbyte::emit_returned(
                __out,
                <Config>::images(__config, __partition),
            ),
        )
        .run()
}
impl Config {
    fn ids(&self, http: &Http) -> Result<Vec<AdId>> {
        Ok(self.ids.clone())
    }
    fn ads(
        &self,
        ids: &[AdId],
        since: Option<Timestamp>,
        out: &mut Emitter<Ad>,
    ) -> Result<()> {
        Ok(())
    }
    fn images(&self, ids: &[AdId]) -> Result<impl Iterator<Item = Result<Image>>> {
        Ok(std::iter::empty())
    }
}
