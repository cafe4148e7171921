#[derive(
    ::airbyte_sdk::__private::serde::Serialize,
    ::airbyte_sdk::__private::schemars::JsonSchema
)]
#[serde(crate = "::airbyte_sdk::__private::serde")]
#[schemars(crate = "::airbyte_sdk::__private::schemars")]
#[serde(rename_all = "camelCase")]
struct Order {
    #[serde(serialize_with = "<Shop as ::airbyte_sdk::__private::Column>::write")]
    #[schemars(
        with = "<[Shop; <Shop as ::airbyte_sdk::__private::Column>::ONE] as ::airbyte_sdk::__private::DescribedColumn>::As"
    )]
    the_shop: Shop,
    #[serde(serialize_with = "<Shop as ::airbyte_sdk::__private::Column>::write")]
    #[schemars(
        with = "<[Shop; <Shop as ::airbyte_sdk::__private::Column>::ONE] as ::airbyte_sdk::__private::DescribedColumn>::As"
    )]
    shop: Shop,
    #[serde(flatten)]
    about: About,
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Stream for Order {
        const NAME: &'static str = "orders";
        const PRIMARY_KEY: &'static [&'static [&'static str]] = &[
            &[
                "shop",
                <Shop as __airbyte::NestedField<
                    { __airbyte::field("owner") },
                >>::WRITTEN_AS,
                <<Shop as __airbyte::NestedField<
                    { __airbyte::field("owner") },
                >>::Type as __airbyte::NestedField<
                    { __airbyte::field("id") },
                >>::WRITTEN_AS,
            ],
            &[
                <About as __airbyte::NestedField<
                    { __airbyte::field("number") },
                >>::WRITTEN_AS,
            ],
        ];
        type Cursor = <<About as __airbyte::NestedField<
            { __airbyte::field("updated_at") },
        >>::Type as __airbyte::CursorField>::Cursor;
        const CURSOR_FIELD: &'static [&'static str] = &[
            <About as __airbyte::NestedField<
                { __airbyte::field("updated_at") },
            >>::WRITTEN_AS,
        ];
        fn older_state(
            state: &__airbyte::Value,
            partition: __airbyte::Option<&str>,
        ) -> __airbyte::SdkResult<__airbyte::Option<Self::Cursor>> {
            older(state, partition)
        }
        #[inline]
        fn cursor(
            &self,
        ) -> __airbyte::Option<
            &<<About as __airbyte::NestedField<
                { __airbyte::field("updated_at") },
            >>::Type as __airbyte::CursorField>::Cursor,
        > {
            <About as __airbyte::NestedField<
                { __airbyte::field("updated_at") },
            >>::get(&self.about)
                .and_then(
                    <<About as __airbyte::NestedField<
                        { __airbyte::field("updated_at") },
                    >>::Type as __airbyte::CursorField>::cursor,
                )
        }
        fn json_schema() -> __airbyte::JsonObject {
            __airbyte::of_record::<Self>()
        }
    }
    const _: () = __airbyte::assert!(
        ! (< Shop as __airbyte::NestedField < { __airbyte::field("owner") } >> ::OPTIONAL
        || < < Shop as __airbyte::NestedField < { __airbyte::field("owner") } >> ::Type
        as __airbyte::NestedField < { __airbyte::field("id") } >> ::OPTIONAL),
        "the primary key may be null, but primary key fields must not be: make each field on this path required, or choose another field"
    );
    const _: () = __airbyte::assert!(
        ! (< About as __airbyte::NestedField < { __airbyte::field("number") } >>
        ::OPTIONAL),
        "the primary key may be null, but primary key fields must not be: make each field on this path required, or choose another field"
    );
    const _: () = __airbyte::assert!(
        ! (< About as __airbyte::NestedField < { __airbyte::field("updated_at") } >>
        ::OPTIONAL),
        "the cursor may be null: add `on_null = emit` (a record whose cursor is null is emitted and does not advance the cursor) or `on_null = fail` (a record whose cursor is null is an error)"
    );
};
