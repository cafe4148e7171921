const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::AirbyteSpec for Config {
        const TITLE: &'static str = "Shop";
        const DESCRIPTION: __airbyte::Option<&'static str> = __airbyte::Some(
            "Sales of a shop.",
        );
        const DOCUMENTATION_URL: __airbyte::Option<&'static str> = __airbyte::Some(
            "https://example.com/shop",
        );
        const GROUPS: &'static [(&'static str, &'static str)] = &[
            ("login", "Login"),
            ("reading", "Reading"),
        ];
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            #[allow(unused_imports)]
            use __airbyte::Undescribed as _;
            __airbyte::DescriptionOf::<Self, __airbyte::WholeSpec>::form(form)
        }
    }
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Described<__airbyte::WholeSpec> for Config
    where
        for<'__any> <Secret as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Date as __airbyte::Believed<'__any>>::Type: __airbyte::ConfigValue,
    {
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            let __shop = form
                .field(
                    __airbyte::Field::<String>::new("shop")
                        .title("Shop name")
                        .description("As in its address.")
                        .examples(["a", "b"])
                        .pattern("^[a-z]+$")
                        .pattern_descriptor("small letters")
                        .group("reading"),
                );
            let __api_key = form
                .field(
                    __airbyte::Field::<Secret>::new("api_key")
                        .title("API Key")
                        .description("The key of the API")
                        .group("login")
                        .multiline(),
                );
            let __page_size = form
                .field(
                    __airbyte::Field::<u32>::new("page_size")
                        .title("Page Size")
                        .default(100)
                        .min(1)
                        .max(1000)
                        .hidden(),
                );
            let __api_url = form
                .field(
                    __airbyte::Field::<String>::new("api_url")
                        .title("API URL")
                        .default(__airbyte::Into::into("https://example.com"))
                        .url(),
                );
            let __password = form
                .field(
                    __airbyte::Field::<Option<Secret>>::new("password")
                        .title("Password")
                        .allow_blank(),
                );
            let __states = form
                .field(
                    __airbyte::Field::<Vec<String>>::new("states")
                        .title("States")
                        .default({
                            let value: Vec<String> = vec!["open".to_owned()];
                            value
                        }),
                );
            let __start_date = form
                .field(
                    __airbyte::Field::<Option<Date>>::new("start_date")
                        .title("Start Date")
                        .always_show(),
                );
            let __type = form
                .field(__airbyte::Field::<Option<String>>::new("type").title("Type"));
            __airbyte::Some(Self {
                shop: __shop?,
                api_key: __api_key?,
                page_size: __page_size?,
                api_url: __api_url?,
                password: __password?,
                states: __states?,
                start_date: __start_date?,
                r#type: __type?,
            })
        }
    }
    const _: () = {
        let () = <Secret as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
        let () = <Date as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
    };
};
