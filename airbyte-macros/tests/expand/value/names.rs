const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Shaped for Region {
        fn shape(shape: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
            shape.one_of_names([("EU", Self::Eu), ("us-1", Self::Us)])
        }
        fn to_json(&self, _withheld: &mut __airbyte::Withheld) -> __airbyte::Value {
            __airbyte::Into::into(
                match self {
                    Self::Eu => "EU",
                    Self::Us => "us-1",
                },
            )
        }
    }
};
