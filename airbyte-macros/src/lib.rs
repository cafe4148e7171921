//! The macros of `airbyte-sdk`, which documents and re-exports them; depend on that crate instead.

mod attribute_values;
mod attributes;
mod deserialize;
mod doc_comments;
mod errors;
mod generated_code;
mod misplaced_macros;
mod rename_rules;
mod source;
mod spec;
mod stream;
mod type_table;
mod unsupported_types;

#[cfg(test)]
mod expansion_tests;

use proc_macro::TokenStream;
use syn::parse_macro_input;

#[allow(missing_docs, reason = "documented where it is re-exported, since its examples need the SDK")]
#[proc_macro_derive(AirbyteSpec, attributes(airbyte, serde))]
pub fn derive_spec(item: TokenStream) -> TokenStream {
    spec::derive_spec(parse_macro_input!(item)).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported, since its examples need the SDK")]
#[proc_macro_derive(ConfigValue, attributes(airbyte, serde))]
pub fn config_value(item: TokenStream) -> TokenStream {
    spec::derive_value(parse_macro_input!(item)).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported, since its examples need the SDK")]
#[proc_macro_attribute]
pub fn airbyte_stream(attributes: TokenStream, item: TokenStream) -> TokenStream {
    stream::attribute(attributes.into(), parse_macro_input!(item)).into()
}

/// Reports an error that suggests the attribute `#[airbyte_stream(…)]`.
#[doc(hidden)]
#[proc_macro_derive(AirbyteStream, attributes(airbyte, serde))]
pub fn derive_stream(item: TokenStream) -> TokenStream {
    misplaced_macros::derive_stream(&parse_macro_input!(item)).into()
}

/// Reports an error that suggests the attribute `#[airbyte_source]`.
#[doc(hidden)]
#[proc_macro_derive(AirbyteSource, attributes(airbyte, serde))]
pub fn derive_source(_: TokenStream) -> TokenStream {
    misplaced_macros::derive_source().into()
}

/// Reports an error that suggests `#[derive(AirbyteSpec)]`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn airbyte_spec(attributes: TokenStream, item: TokenStream) -> TokenStream {
    misplaced_macros::spec_attribute(&attributes.into(), &item.into()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported, since its examples need the SDK")]
#[proc_macro_attribute]
pub fn airbyte_source(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let file = proc_macro::Span::call_site().local_file();
    source::attribute(attributes.into(), parse_macro_input!(item), file.as_deref()).into()
}

#[allow(missing_docs, reason = "documented where it is re-exported, since its examples need the SDK")]
#[proc_macro_derive(Deserialize, attributes(serde, airbyte))]
pub fn deserialize(item: TokenStream) -> TokenStream {
    deserialize::derive(parse_macro_input!(item)).into()
}
