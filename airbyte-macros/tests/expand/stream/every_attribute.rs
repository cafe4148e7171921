#[derive(
    ::airbyte_sdk::__private::serde::Serialize,
    ::airbyte_sdk::__private::schemars::JsonSchema
)]
#[serde(crate = "::airbyte_sdk::__private::serde")]
#[schemars(crate = "::airbyte_sdk::__private::schemars")]
/// A purchase.
///
/// Orders are never deleted.
#[derive(Debug)]
#[schemars(description = "A purchase.\n\nOrders are never deleted.")]
pub struct Order {
    id: u64,
    shop: String,
    /// When the order
    /// was changed last
    #[serde(rename = "updatedAt")]
    #[schemars(description = "When the order was changed last")]
    updated_at: Option<Timestamp>,
}
const _: () = {
    use ::airbyte_sdk::__private as __airbyte;
    #[automatically_derived]
    #[doc(hidden)]
    impl __airbyte::Stream for Order {
        const NAME: &'static str = "orders";
        const NAMESPACE: __airbyte::Option<&'static str> = __airbyte::Some("shop");
        const PRIMARY_KEY: &'static [&'static [&'static str]] = &[&["id"], &["shop"]];
        type Cursor = <Option<Timestamp> as __airbyte::CursorField>::Cursor;
        const CURSOR_FIELD: &'static [&'static str] = &["updatedAt"];
        const ON_NULL: __airbyte::OnNull = __airbyte::OnNull::Emit;
        #[inline]
        fn cursor(
            &self,
        ) -> __airbyte::Option<&<Option<Timestamp> as __airbyte::CursorField>::Cursor> {
            <Option<Timestamp> as __airbyte::CursorField>::cursor(&self.updated_at)
        }
        const ORDER: __airbyte::Order = __airbyte::Order::Ascending;
        const NOT_FINITE: __airbyte::NotFinite = __airbyte::NotFinite::Fail;
        fn json_schema() -> __airbyte::JsonObject {
            __airbyte::of_record::<Self>()
        }
    }
};
