const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[derive(__airbyte::serde::Deserialize)]
    #[serde(
        crate = "::airbyte_sdk::__private::serde",
        remote = "Page",
        bound(
            deserialize = "for<'__any> <Vec < Bar > as ::airbyte_sdk::__private::Believed<'__any>>::Type: ::airbyte_sdk::__private::serde::Deserialize<'de>"
        )
    )]
    #[allow(dead_code)]
    #[serde(rename_all = "camelCase")]
    pub struct __Mirror {
        results: Vec<Bar>,
        #[serde(rename = "next")]
        next_url: Option<String>,
    }
    #[allow(unused_imports)]
    use __airbyte::Unread as _;
    #[automatically_derived]
    #[doc(hidden)]
    impl<'de> __airbyte::serde::Deserialize<'de> for Page {
        fn deserialize<D: __airbyte::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> __airbyte::Result<Self, D::Error> {
            __Mirror::deserialize(deserializer)
        }
    }
    const _: () = ::airbyte_sdk::http::is_read::<Bar>();
};
