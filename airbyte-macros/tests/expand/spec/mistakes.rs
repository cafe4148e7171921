::core::compile_error! {
    "unknown attribute `titel`, did you mean `title`? expected one of: `title`, `description`, `examples`, `default`, `pattern`, `pattern_descriptor`, `min`, `max`, `min_length`, `max_length`, `min_items`, `max_items`, `group`, `hidden`, `multiline`, `url`, `allow_blank`, `always_show`, `not_secret`"
}
::core::compile_error! {
    "`hidden` takes no value: write `hidden`"
}
::core::compile_error! {
    "a hidden field must not be required, because users cannot fill it in: give it a default, or make it an `Option`"
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::AirbyteSpec for Config {
        const TITLE: &'static str = "";
        fn form(_: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            __airbyte::None
        }
    }
};
