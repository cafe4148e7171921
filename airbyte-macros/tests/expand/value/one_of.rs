const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Shaped for Login {
        const A_FORM_CANNOT_CONTAIN_ITSELF: () = {
            let () = <Secret as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
            let () = <Tokens as ::airbyte_sdk::spec::Fields>::A_FORM_CANNOT_CONTAIN_ITSELF;
        };
        fn shape(shape: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
            #[allow(unused_imports)]
            use __airbyte::Undescribed as _;
            __airbyte::DescriptionOf::<Self, __airbyte::NestedValue>::shape(shape)
        }
        fn to_json(&self, _withheld: &mut __airbyte::Withheld) -> __airbyte::Value {
            #[allow(unused_imports)]
            use __airbyte::Undescribed as _;
            __airbyte::DescriptionOf::<
                Self,
                __airbyte::NestedValue,
            >::to_json(self, _withheld)
        }
    }
    const _: () = <Login as __airbyte::Shaped>::A_FORM_CANNOT_CONTAIN_ITSELF;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Described<__airbyte::NestedValue> for Login
    where
        for<'__any> <Secret as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Tokens as __airbyte::Believed<'__any>>::Type: __airbyte::Fields,
    {
        fn shape(shape: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
            shape
                .one_of(
                    __airbyte::OneOf::new("Login", "auth_type")
                        .description("How you log in")
                        .display_type("radio"),
                    |choice| {
                        let __ApiKey = choice
                            .option(
                                __airbyte::Variant::new("api_key")
                                    .title("API Key")
                                    .description("An API key of your account"),
                                |form| {
                                    let __api_key = form
                                        .field(
                                            __airbyte::Field::<Secret>::new("api_key")
                                                .title("API Key")
                                                .min_length(8),
                                        );
                                    __airbyte::Some(Self::ApiKey {
                                        api_key: __api_key?,
                                        cache: <Cache as __airbyte::Default>::default(),
                                    })
                                },
                            );
                        let __OAuth = choice
                            .option(
                                __airbyte::Variant::new("oauth").title("Log in"),
                                |form| form.fields::<Tokens>().map(Self::OAuth),
                            );
                        let __Anonymous = choice
                            .option(
                                __airbyte::Variant::new("anonymous")
                                    .title("Anonymous")
                                    .hidden(),
                                |_| __airbyte::Some(Self::Anonymous),
                            );
                        __ApiKey.or(__OAuth).or(__Anonymous)
                    },
                )
        }
        fn to_json(&self, _withheld: &mut __airbyte::Withheld) -> __airbyte::Value {
            match self {
                Self::ApiKey { api_key: __api_key, .. } => {
                    __airbyte::object([
                        ("auth_type", __airbyte::Into::into("api_key")),
                        (
                            "api_key",
                            __airbyte::ConfigValue::to_json(__api_key, _withheld),
                        ),
                    ])
                }
                Self::OAuth(value) => {
                    __airbyte::object([
                        ("auth_type", __airbyte::Into::into("oauth")),
                        ("", __airbyte::Fields::to_json(value, _withheld)),
                    ])
                }
                Self::Anonymous => {
                    __airbyte::object([
                        ("auth_type", __airbyte::Into::into("anonymous")),
                    ])
                }
            }
        }
    }
};
