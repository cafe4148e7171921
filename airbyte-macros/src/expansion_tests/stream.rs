use super::check;
use crate::stream;
use quote::quote;
use syn::parse_quote;

#[test]
fn stream_with_every_attribute() {
    let attributes = quote!(
        name = "orders",
        namespace = "shop",
        primary_key(id, shop),
        cursor = updated_at,
        on_null = emit,
        order = ascending,
        not_finite = fail
    );
    let item = parse_quote! {
        /// A purchase.
        ///
        /// Orders are never deleted.
        #[derive(Debug)]
        pub struct Order {
            id: u64,
            shop: String,
            /// When the order
            /// was changed last
            #[serde(rename = "updatedAt")]
            updated_at: Option<Timestamp>,
        }
    };
    check("stream/every_attribute", stream::attribute(attributes, item));
}

#[test]
fn stream_with_paths() {
    let attributes = quote!(
        name = "orders",
        primary_key(shop.owner.id, about.number),
        cursor = about.updated_at,
        older_state = older
    );
    let item = parse_quote! {
        #[serde(rename_all = "camelCase")]
        struct Order {
            the_shop: Shop,
            shop: Shop,
            #[serde(flatten)]
            about: About,
        }
    };
    check("stream/paths", stream::attribute(attributes, item));
}

#[test]
fn nested_type() {
    let item = parse_quote! {
        #[serde(rename_all = "camelCase")]
        pub(crate) struct Shop {
            /// Where it is
            pub(crate) zip_code: u32,
            pub(crate) owner: Owner,
            hidden: Hidden,
            r#type: Option<String>,
            #[serde(skip)]
            note: String,
        }
    };
    check("stream/nested", stream::attribute(quote!(nested), item));
}

#[test]
fn stream_with_a_name_only() {
    let item = parse_quote! {
        struct City {
            name: String,
        }
    };
    check("stream/name_only", stream::attribute(quote!(name = "cities"), item));
}

#[test]
fn stream_of_a_renamed_sdk() {
    let attributes = quote!(name = "cities", cursor = founded, crate = ::renamed);
    let item = parse_quote! {
        struct City {
            founded: Date,
        }
    };
    check("stream/renamed_sdk", stream::attribute(attributes, item));
}

#[test]
fn stream_with_mistakes() {
    let attributes = quote!(nmae = "cities", cursor = fuonded);
    let item = parse_quote! {
        #[derive(Debug, Serialize)]
        struct City {
            founded: Date,
        }
    };
    check("stream/mistakes", stream::attribute(attributes, item));
}
