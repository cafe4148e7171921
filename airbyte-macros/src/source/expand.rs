//! Writes `main`: a call of the public builder, and nothing a person could not write.

use super::model::{Model, Stream};
use crate::frame;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let config = &model.config;
    let streams = model.streams.iter().map(stream);
    let check = model.check.as_ref().map(|check| {
        let call = quote_spanned!(check.span()=> #check(config, http));
        quote!(.check(|config, http| #call))
    });
    let new = quote_spanned!(config.span()=> __airbyte::Source::<#config>::new);
    let private = frame::alias(sdk);
    quote! {
        fn main() -> #sdk::__private::ExitCode {
            #private
            #new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
                #(#streams)*
                #check
                .run()
        }
    }
}

/// `.incremental::<Record>(|config, since, out| fetch(config, since, out))`. The function is handed over by a closure,
/// so that a wrong type is reported at the argument that has it and not at the function as a whole.
fn stream(stream: &Stream) -> TokenStream {
    let Stream { path, fetch } = stream;
    let record = &fetch.record;
    let config = quote_spanned!(fetch.config=> config);
    let since = fetch.since.map(|span| quote_spanned!(span=> since));
    let mut arguments = vec![config];
    arguments.extend(since.clone());
    let call = match fetch.out {
        Some(span) => {
            arguments.push(quote_spanned!(span=> out));
            quote_spanned!(fetch.returns=> #path(#(#arguments),*))
        }
        None => quote_spanned!(fetch.returns=> out.extend(#path(#(#arguments),*)?)),
    };
    match since {
        Some(_) => {
            let method = quote_spanned!(stream.span()=> incremental);
            quote!(.#method::<#record>(|config, since, out| #call))
        }
        None => {
            let method = quote_spanned!(stream.span()=> full_refresh);
            quote!(.#method::<#record>(|config, out| #call))
        }
    }
}
