//! Writes `main`: a call of the public builder, and nothing a person could not write.

use super::model::rate_limits::{RateLimit, RateLimits};
use super::model::{Function, Model, Stream};
use crate::generated_code;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let streams = model.streams.iter().map(|stream| self::stream(stream, &model.config));
    let check = model.check.as_ref().map(|check| {
        let (method, check) = (quote_spanned!(check.span()=> check), called(check, &model.config));
        quote!(.#method(#check))
    });
    let limits = model.rate_limits.as_ref().map(rate_limits);
    let stops = model.stops_when_exhausted.then(|| quote!(.stop_when_exhausted()));
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
fn stream(stream: &Stream, config_type: &Type) -> TokenStream {
    let Stream { function, fetch, partitions } = stream;
    let record = &fetch.record;
    // The call as a whole is where the author wrote what it returns.
    let path = generated_code::located(&called(function, config_type), fetch.returns);
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
    let method = Ident::new(method, function.span().resolved_at(Span::call_site()));
    match partitions {
        None => quote!(.#method::<#record>(|#(#given,)* #out| #call)),
        Some(list) => {
            let list = called(list, config_type);
            // A type that cannot be a partition is reported where the partition is taken.
            let partition = quote_spanned!(fetch.partition.unwrap_or(fetch.returns)=> _);
            quote!(.#method::<#record, #partition>(#list, |#(#given,)* #out| #call))
        }
    }
}

/// The path of a function.
fn called(function: &Function, config: &Type) -> TokenStream {
    match function {
        Function::Named(name) => name.to_token_stream(),
        Function::Given(path) => path.to_token_stream(),
        Function::Method(name) => {
            let config = quote_spanned!(name.span()=> <#config>);
            quote!(#config::#name)
        }
    }
}

/// `.rate_limits(…)`, with a function that finds the limits in the configuration.
fn rate_limits(limits: &RateLimits) -> TokenStream {
    let limits = match limits {
        RateLimits::Function(function) => {
            let method = quote_spanned!(function.span()=> rate_limits);
            return quote!(.#method(#function));
        }
        RateLimits::List(limits) => limits.iter().map(|RateLimit { requests, unit }| {
            let method = format_ident!("per_{unit}", span = unit.span());
            quote_spanned!(requests.span()=> (#requests, __airbyte::RateLimit::#method as fn(u32) -> __airbyte::RateLimit))
        }),
    };
    // The author's own name for the configuration, in an expression of the author's.
    let config = Ident::new("config", Span::call_site());
    quote!(.rate_limits(|#config| __airbyte::limits([#(#limits),*])))
}

/// A name that stands in nobody's way: the author's function may be called `out` or `since`. Its span is wholly the
/// author's, as hygiene would have the compiler speak of an expansion.
fn own(name: &str, span: Span) -> Ident {
    format_ident!("__{name}", span = span)
}
