::core::compile_error! {
    "`groups` is not supported here: it belongs on the struct with `#[derive(AirbyteSpec)]`"
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Fields for Login {
        const TITLE: &'static str = "";
        fn form(_: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            __airbyte::None
        }
    }
};
