const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::AirbyteSpec for Config {
        const TITLE: &'static str = "Config";
        fn oauth_login() -> __airbyte::Option<__airbyte::OAuthLogin> {
            __airbyte::Some(
                __airbyte::OAuthLogin::new()
                    .predicate(&["login", "type"], "oauth")
                    .output("access_token", &["login", "access_token"])
                    .server_input("client_id")
                    .server_output("client_id", &["login", "client_id"])
                    .requests({
                        let mut requests = __airbyte::OAuthConnectorInputSpecification::new(
                            "https://a/consent",
                            "https://a/token",
                        );
                        requests.scope = __airbyte::Some(__airbyte::Into::into("read"));
                        requests
                    }),
            )
        }
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
        for<'__any> <Login as __airbyte::Believed<'__any>>::Type: __airbyte::ConfigValue,
        for<'__any> <Region as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Paging as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Window as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Limits as __airbyte::Believed<'__any>>::Type: __airbyte::Fields,
    {
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            let __login = form
                .field(__airbyte::Field::<Login>::new("login").title("Login"));
            let __first_region = form
                .field(
                    __airbyte::Field::<Region>::new("firstRegion")
                        .title("First Region")
                        .default({
                            let value: Region = Region::Eu;
                            value
                        }),
                );
            let __more = form
                .field(
                    __airbyte::Field::<Vec<Region>>::new("more")
                        .title("More")
                        .min_items(1),
                );
            let __paging = form
                .field(
                    __airbyte::Field::<Paging>::new("pages")
                        .title("Paging")
                        .default(<Paging as __airbyte::Default>::default()),
                );
            let __window = form
                .field(
                    __airbyte::Field::<Window>::new("window")
                        .title("Window")
                        .default({
                            let value: Window = Window::week();
                            value
                        }),
                );
            let __limits = form.fields::<Limits>();
            __airbyte::Some(Self {
                login: __login?,
                first_region: __first_region?,
                more: __more?,
                paging: __paging?,
                window: __window?,
                limits: __limits?,
                cache: <Cache as __airbyte::Default>::default(),
            })
        }
    }
    const _: () = {
        let () = <Login as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
        let () = <Region as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
        let () = <Paging as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
        let () = <Window as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
        let () = <Limits as ::airbyte_sdk::spec::Fields>::A_FORM_CANNOT_CONTAIN_ITSELF;
    };
};
