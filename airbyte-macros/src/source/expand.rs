//! Writes `main`: a call of the public builder, and nothing a person could not write.

use super::model::{Model, Stream};
use crate::generated_code;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

pub(super) fn expand(
    model: &Model,
    limits: Option<TokenStream>,
    stops: Option<Ident>,
    sdk: &Path,
) -> TokenStream {
    let streams = model.streams.iter().map(stream);
    let check = model.check.as_ref().map(|check| {
        let method = quote_spanned!(check.span()=> check);
        quote!(.#method(#check))
    });
    let limits = limits.map(|limits| {
        let method = quote_spanned!(limits.span()=> rate_limits);
        quote!(.#method(#limits))
    });
    let stops = stops.map(|_| quote!(.stop_when_exhausted()));
    let config = &model.config;
    // The call as a whole, parentheses included, stands where the configuration is named: a type that is none is
    // reported there.
    let new = quote_spanned! {config.span()=>
        __airbyte::Source::<#config>::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
    };
    let private = generated_code::alias(sdk);
    quote! {
        #[doc(hidden)]
        fn main() -> #sdk::__private::ExitCode {
            #private
            #new
                #(#streams)*
                #check
                #limits
                #stops
                .run()
        }
    }
}

/// `.incremental::<Record>(|config, since, out| fetch(config, since, out))`. The function is handed over by a closure,
/// so that a wrong type is reported at the argument that has it and not at the function as a whole.
fn stream(stream: &Stream) -> TokenStream {
    let Stream { path, fetch, partitions } = stream;
    let record = &fetch.record;
    // The call as a whole is where the author wrote what it returns.
    let path = generated_code::located(path, fetch.returns);
    let config = own("config", fetch.config);
    let partition = fetch.partition.map(|span| own("partition", span));
    let since = fetch.since.map(|span| own("since", span));
    let out = own("out", fetch.out.unwrap_or(fetch.returns));
    let given: Vec<&Ident> =
        [Some(&config), partition.as_ref(), since.as_ref()].into_iter().flatten().collect();
    let call = match fetch.out {
        Some(_) => quote_spanned!(fetch.returns=> #path(#(#given,)* #out)),
        None => quote_spanned!(fetch.returns=> #out.try_extend(#path(#(#given),*)?)),
    };
    let method = match (&since, &partitions) {
        (Some(_), None) => "incremental",
        (None, None) => "full_refresh",
        (Some(_), Some(_)) => "incremental_partitions",
        (None, Some(_)) => "full_refresh_partitions",
    };
    let method = Ident::new(method, stream.span().resolved_at(Span::call_site()));
    match partitions {
        None => quote!(.#method::<#record>(|#(#given,)* #out| #call)),
        Some(list) => {
            // A type that cannot be a partition is reported where the partition is taken.
            let partition = quote_spanned!(fetch.partition.unwrap_or(fetch.returns)=> _);
            quote!(.#method::<#record, #partition>(#list, |#(#given,)* #out| #call))
        }
    }
}

/// A name that stands in nobody's way: the author's function may be called `out` or `since`. Its span is wholly the
/// author's, as hygiene would have the compiler speak of an expansion.
fn own(name: &str, span: Span) -> Ident {
    format_ident!("__{name}", span = span)
}
