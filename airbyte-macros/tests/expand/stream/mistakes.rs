::core::compile_error! {
    "unknown attribute `nmae`, did you mean `name`? expected one of: `name`, `namespace`, `primary_key`, `cursor`, `on_null`, `order`, `older_state`, `not_finite`, `nested`, `crate`"
}
::core::compile_error! {
    "`#[airbyte_stream]` derives `Serialize` already; remove this one"
}
#[derive(
    ::airbyte_sdk::__private::serde::Serialize,
    ::airbyte_sdk::__private::schemars::JsonSchema
)]
#[serde(crate = "::airbyte_sdk::__private::serde")]
#[schemars(crate = "::airbyte_sdk::__private::schemars")]
#[derive(Debug)]
struct City {
    founded: Date,
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Stream for City {
        const NAME: &'static str = "city";
        type Cursor = [(); ::core::compile_error! {
            "`City` has no field `fuonded`, did you mean `founded`?"
        }];
        fn json_schema() -> __airbyte::JsonObject {
            __airbyte::of_record::<Self>()
        }
    }
};
