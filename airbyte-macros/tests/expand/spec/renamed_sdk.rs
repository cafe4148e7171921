const _: () = {
    use ::renamed::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::AirbyteSpec for Config {
        const TITLE: &'static str = "Config";
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            let __city = form
                .field(__airbyte::Field::<String>::new("city").title("City"));
            __airbyte::Some(Self { city: __city? })
        }
    }
};
