#[derive(
    ::airbyte_sdk::__private::serde::Serialize,
    ::airbyte_sdk::__private::schemars::JsonSchema
)]
#[serde(crate = "::airbyte_sdk::__private::serde")]
#[schemars(crate = "::airbyte_sdk::__private::schemars")]
struct City {
    name: String,
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Stream for City {
        const NAME: &'static str = "cities";
        type Cursor = __airbyte::NoCursor;
        fn json_schema() -> __airbyte::JsonObject {
            __airbyte::of_record::<Self>()
        }
    }
};
