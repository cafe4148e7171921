::core::compile_error! {
    "types with generics or lifetimes need serde itself: add `serde` to your crate and use its derive"
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
