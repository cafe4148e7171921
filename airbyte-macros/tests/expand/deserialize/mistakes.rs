::core::compile_error! {
    "generic types need serde's own derive: add `serde` to your crate and write `#[derive(serde::Deserialize)]`"
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl<'__de, T> __airbyte::serde::Deserialize<'__de> for Page<T> {
        fn deserialize<D: __airbyte::serde::Deserializer<'__de>>(
            _: D,
        ) -> __airbyte::Result<Self, D::Error> {
            __airbyte::Result::Err(__airbyte::serde::de::Error::custom(""))
        }
    }
};
