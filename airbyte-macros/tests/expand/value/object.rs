const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Fields for Limits {
        const A_FORM_CANNOT_CONTAIN_ITSELF: () = {
            let () = <Region as ::airbyte_sdk::spec::ConfigValue>::A_FORM_CANNOT_CONTAIN_ITSELF;
            let () = <Window as ::airbyte_sdk::spec::Fields>::A_FORM_CANNOT_CONTAIN_ITSELF;
        };
        const TITLE: &'static str = "Paging";
        const DESCRIPTION: __airbyte::Option<&'static str> = __airbyte::Some(
            "How much to request",
        );
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            #[allow(unused_imports)]
            use __airbyte::Undescribed as _;
            __airbyte::DescriptionOf::<Self, __airbyte::NestedValue>::form(form)
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
    const _: () = <Limits as __airbyte::Fields>::A_FORM_CANNOT_CONTAIN_ITSELF;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Described<__airbyte::NestedValue> for Limits
    where
        for<'__any> <Region as __airbyte::Believed<
            '__any,
        >>::Type: __airbyte::ConfigValue,
        for<'__any> <Window as __airbyte::Believed<'__any>>::Type: __airbyte::Fields,
    {
        fn form(form: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
            let __page_size = form
                .field(
                    __airbyte::Field::<u32>::new("page_size")
                        .title("Page Size")
                        .default(100),
                );
            let __region = form
                .field(__airbyte::Field::<Region>::new("region").title("Region"));
            let __window = form.fields::<Window>();
            __airbyte::Some(Self {
                page_size: __page_size?,
                region: __region?,
                window: __window?,
            })
        }
        fn to_json(&self, _withheld: &mut __airbyte::Withheld) -> __airbyte::Value {
            __airbyte::object([
                (
                    "page_size",
                    __airbyte::ConfigValue::to_json(&self.page_size, _withheld),
                ),
                ("region", __airbyte::ConfigValue::to_json(&self.region, _withheld)),
                ("", __airbyte::Fields::to_json(&self.window, _withheld)),
            ])
        }
    }
};
