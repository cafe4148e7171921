const _: () = {
    use ::renamed::__private as __airbyte;
    #[derive(__airbyte::serde::Deserialize)]
    #[serde(crate = "::renamed::__private::serde", remote = "Answer")]
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
    impl<'de> __airbyte::serde::Deserialize<'de> for Answer {
        fn deserialize<D: __airbyte::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> __airbyte::Result<Self, D::Error> {
            __Mirror::deserialize(deserializer)
        }
    }
};
