const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Shaped for Login
    where
        for<'a> <Secret as __airbyte::Believed<'a>>::Type: __airbyte::ConfigValue,
        for<'a> <Tokens as __airbyte::Believed<'a>>::Type: __airbyte::Fields,
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
                                    .description("A key of your account"),
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
                        let __Nobody = choice
                            .option(
                                __airbyte::Variant::new("nobody").title("Nobody").hidden(),
                                |_| __airbyte::Some(Self::Nobody),
                            );
                        __ApiKey.or(__OAuth).or(__Nobody)
                    },
                )
        }
        fn to_json(&self, __withheld: &mut __airbyte::Withheld) -> __airbyte::Value {
            match self {
                Self::ApiKey { api_key: __api_key, .. } => {
                    __airbyte::object([
                        ("auth_type", __airbyte::Into::into("api_key")),
                        (
                            "api_key",
                            __airbyte::ConfigValue::to_json(__api_key, __withheld),
                        ),
                    ])
                }
                Self::OAuth(value) => {
                    __airbyte::object([
                        ("auth_type", __airbyte::Into::into("oauth")),
                        ("", __airbyte::Fields::to_json(value, __withheld)),
                    ])
                }
                Self::Nobody => {
                    __airbyte::object([("auth_type", __airbyte::Into::into("nobody"))])
                }
            }
        }
    }
    const _: () = {
        let _ = <Secret as ::airbyte_sdk::spec::ConfigValue>::schema;
        let _ = <Tokens as ::airbyte_sdk::spec::Fields>::fields;
    };
};
