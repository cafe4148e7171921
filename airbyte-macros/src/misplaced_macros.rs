//! Macros that exist only to report a mix-up: a derive written where the SDK has an attribute, or vice versa.
//! Without them the compiler suggests the macro with the most similar name, which is the wrong one.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::DeriveInput;
use syn::ext::IdentExt;

pub(crate) fn derive_stream(item: &DeriveInput) -> TokenStream {
    let name = crate::stream::default_name(&item.ident.unraw().to_string());
    error(&format!(
        "a stream is declared by an attribute: write `#[airbyte_stream(name = \"{name}\")]` instead of `#[derive(AirbyteStream)]`"
    ))
}

pub(crate) fn derive_source() -> TokenStream {
    error(
        "a source is declared by an attribute: write `#[airbyte_source]` on the fetch function or on the `impl` block of the configuration, and `#[derive(AirbyteSpec)]` on the configuration",
    )
}

/// Reports the mistake, and adds the derive to the item to avoid further errors.
pub(crate) fn spec_attribute(attributes: &TokenStream, item: &TokenStream) -> TokenStream {
    let more = if attributes.is_empty() {
        String::new()
    } else {
        format!(", with `#[airbyte({attributes})]` below it")
    };
    let error = error(&format!(
        "a configuration is declared by a derive: write `#[derive(AirbyteSpec)]` instead of `#[airbyte_spec]`{more}"
    ));
    quote!(#error #[derive(::airbyte_sdk::AirbyteSpec)] #item)
}

/// Returns an error at the name of the macro.
fn error(message: &str) -> TokenStream {
    syn::Error::new(Span::call_site(), message).into_compile_error()
}
