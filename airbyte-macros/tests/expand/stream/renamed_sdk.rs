#[derive(
    ::renamed::__private::serde::Serialize,
    ::renamed::__private::schemars::JsonSchema
)]
#[serde(crate = "::renamed::__private::serde")]
#[schemars(crate = "::renamed::__private::schemars")]
struct City {
    founded: Date,
}
const _: () = {
    use ::renamed::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Stream for City {
        const NAME: &'static str = "cities";
        type Cursor = <Date as __airbyte::CursorField>::Cursor;
        const CURSOR_FIELD: &'static [&'static str] = &["founded"];
        #[inline]
        fn cursor(
            &self,
        ) -> __airbyte::Option<&<Date as __airbyte::CursorField>::Cursor> {
            <Date as __airbyte::CursorField>::cursor(&self.founded)
        }
        fn json_schema() -> __airbyte::JsonObject {
            __airbyte::of_record::<Self>()
        }
    }
};
