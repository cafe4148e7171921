const _: () = {
    use ::renamed::__private as __airbyte;
    #[derive(__airbyte::serde::Deserialize)]
    #[serde(
        crate = "::renamed::__private::serde",
        remote = "Status",
        bound(
            deserialize = "for<'__any> <Vec < Bar > as ::renamed::__private::Believed<'__any>>::Type: ::renamed::__private::serde::Deserialize<'de>"
        )
    )]
    #[allow(dead_code)]
    #[serde(tag = "status")]
    enum __Mirror {
        #[serde(rename = "OK")]
        Good { results: Vec<Bar> },
        Bad(String),
        None,
    }
    #[allow(unused_imports)]
    use __airbyte::Unread as _;
    #[automatically_derived]
    #[doc(hidden)]
    impl<'de> __airbyte::serde::Deserialize<'de> for Status {
        fn deserialize<D: __airbyte::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> __airbyte::Result<Self, D::Error> {
            __Mirror::deserialize(deserializer)
        }
    }
    const _: () = ::renamed::http::is_read::<Bar>();
};
