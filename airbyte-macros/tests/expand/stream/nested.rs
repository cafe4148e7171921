#[derive(
    ::airbyte_sdk::__private::serde::Serialize,
    ::airbyte_sdk::__private::schemars::JsonSchema
)]
#[serde(crate = "::airbyte_sdk::__private::serde")]
#[schemars(crate = "::airbyte_sdk::__private::schemars")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shop {
    /// Where it is
    #[schemars(description = "Where it is")]
    pub(crate) zip_code: u32,
    #[serde(serialize_with = "<Owner as ::airbyte_sdk::__private::Column>::write")]
    #[schemars(
        with = "<[Owner; <Owner as ::airbyte_sdk::__private::Column>::ONE] as ::airbyte_sdk::__private::DescribedColumn>::As"
    )]
    pub(crate) owner: Owner,
    #[serde(serialize_with = "<Hidden as ::airbyte_sdk::__private::Column>::write")]
    #[schemars(
        with = "<[Hidden; <Hidden as ::airbyte_sdk::__private::Column>::ONE] as ::airbyte_sdk::__private::DescribedColumn>::As"
    )]
    hidden: Hidden,
    r#type: Option<String>,
    #[serde(skip)]
    note: String,
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::NestedField<{ __airbyte::field("zip_code") }> for Shop {
        type Type = u32;
        const WRITTEN_AS: &'static str = "zipCode";
        const OPTIONAL: bool = false;
        #[inline]
        fn get(&self) -> __airbyte::Option<&u32> {
            __airbyte::Some(&self.zip_code)
        }
    }
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::NestedField<{ __airbyte::field("owner") }> for Shop {
        type Type = Owner;
        const WRITTEN_AS: &'static str = "owner";
        const OPTIONAL: bool = false;
        #[inline]
        fn get(&self) -> __airbyte::Option<&Owner> {
            __airbyte::Some(&self.owner)
        }
    }
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::NestedField<{ __airbyte::field("type") }> for Shop {
        type Type = Option<String>;
        const WRITTEN_AS: &'static str = "type";
        const OPTIONAL: bool = true;
        #[inline]
        fn get(&self) -> __airbyte::Option<&Option<String>> {
            __airbyte::Some(&self.r#type)
        }
    }
};
