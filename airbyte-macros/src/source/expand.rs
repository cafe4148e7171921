//! Writes `main`: a call of the public builder, and nothing a person could not write.

use super::model::{Model, Stream};
use crate::frame;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let streams = model.streams.iter().map(stream);
    let check = model.check.as_ref().map(|check| {
        let method = quote_spanned!(check.span()=> check);
        quote!(.#method(#check))
    });
    let config = &model.config;
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
    // The call as a whole is where the author wrote what it returns.
    let path = located(path, fetch.returns);
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

/// The same names, with what the compiler says of them said elsewhere.
fn located(tokens: &TokenStream, span: Span) -> TokenStream {
    let located = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    located.collect()
}
