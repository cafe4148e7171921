//! Generates `main`: a call of the public builder, which could be written by hand as well.

use super::model::concurrency::Concurrency;
use super::model::rate_limits::{RateLimit, RateLimits};
use super::model::windows::Windows;
use super::model::{Function, Model, Stream};
use crate::generated_code::{self, Place};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path, Type};

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let streams = model.streams.iter().map(|stream| self::stream(stream, &model.config));
    let check = model.check.as_ref().map(|check| {
        let (method, check) = (quote_spanned!(check.span()=> check), checked("check", check, &model.config));
        quote!(.#method(#check))
    });
    let limits = model.rate_limits.as_ref().map(rate_limits);
    let concurrency = model.concurrency.as_ref().map(concurrency);
    let group = one_at_a_time(&model.one_at_a_time);
    let stops = model.stops_when_exhausted.then(|| quote!(.stop_when_exhausted()));
    let config = &model.config;
    // Spanned at the configuration's type, parentheses included: a type without `AirbyteSpec` is reported there.
    let new = quote_spanned! {config.span()=>
        __airbyte::Source::<#config>::new(__airbyte::env!("CARGO_PKG_NAME"), __airbyte::env!("CARGO_PKG_VERSION"))
    };
    let keys = model.streams.iter().filter_map(parent_key);
    let private = generated_code::alias(sdk);
    quote! {
        #[doc(hidden)]
        fn main() -> #sdk::__private::ExitCode {
            #private
            #(#keys)*
            #new
                #(#streams)*
                #check
                #limits
                #concurrency
                #group
                #stops
                .run()
        }
    }
}

/// `.incremental::<Record>(|config, since, out| fetched(fetch(config, since(since), out)))`. A closure calls the function,
/// so that a wrong type is reported at the argument that has it and not at the function as a whole. The functions around
/// the arguments and the result name the right type in the error.
fn stream(stream: &Stream, config_type: &Type) -> TokenStream {
    let Stream { function, fetch, partitions, .. } = stream;
    let (record, returns) = (&fetch.record, fetch.returns);
    let config = own("config", fetch.config);
    let partition = fetch.partition.map(|span| own("partition", span));
    let since = fetch.since.map(|place| own("since", place.first));
    let out = own("out", fetch.out.unwrap_or_else(|| record.span()));
    let cursor = fetch.since.zip(since.as_ref()).map(|(place, since)| {
        let function = place.generic("since", record, 2);
        let cursor = place.arguments(since.to_token_stream());
        quote!(#function #cursor)
    });
    let emitter = fetch.out.map(|_| &out);
    let arguments = [Some(config.to_token_stream()), partition.as_ref().map(Ident::to_token_stream), cursor];
    let arguments = arguments.into_iter().flatten().chain(emitter.map(Ident::to_token_stream));
    let path = generated_code::located(&called(function, config_type), returns.first);
    let arguments = returns.arguments(quote!(#(#arguments),*));
    let result = match emitter {
        Some(_) => returns.locate(&quote!(__airbyte::fetched)),
        None => returns.locate(&quote!(__airbyte::emit_returned)),
    };
    let first = fetch.out.is_none().then(|| quote!(#out,));
    let result_of = returns.arguments(quote!(#first #path #arguments));
    let mode = if since.is_some() || stream.windows.is_some() { "incremental" } else { "full_refresh" };
    let kind = match (partitions, &stream.parent, &stream.windows) {
        (Some(_), ..) if stream.group_size.is_some() => "_groups",
        (Some(_), ..) => "_partitions",
        (None, Some(_), _) if stream.follows_changes => "_children_of_changed",
        (None, Some(_), _) => "_children",
        (None, None, Some(_)) => "_windows",
        (None, None, None) => "",
    };
    let method = Ident::new(&format!("{mode}{kind}"), function.span().resolved_at(Span::call_site()));
    let given = [Some(&config), partition.as_ref(), since.as_ref(), Some(&out)].into_iter().flatten();
    let closure = quote!(|#(#given),*| #result #result_of);
    let key = stream.partition_key.as_ref().map(|key| quote!(.partition_key(#key)));
    match partitions {
        None => {
            let parent = stream.parent.iter();
            let list = stream.windows.iter().map(|windows| list_of_windows(windows, record, config_type));
            quote!(.#method::<#(#parent,)* #record>(#(#list,)* #closure) #key)
        }
        Some(list) => {
            let list = checked("list", list, config_type);
            // A type that cannot be a partition is reported where the partition is taken.
            let span = fetch.partition.unwrap_or(returns.first);
            let partition = match &stream.partition {
                Some(partition) => generated_code::located(partition, span),
                None => quote_spanned!(span=> _),
            };
            let size = stream.group_size.iter();
            quote!(.#method::<#record, #partition>(#(#size,)* #list, #closure) #key)
        }
    }
}

/// `|config, since, out| list(config, since(since), out)`.
fn list_of_windows(windows: &Windows, record: &Type, config_type: &Type) -> TokenStream {
    let Windows { function, config, since: place, out, returns } = windows;
    let (config, since, out) = (own("config", *config), own("since", place.first), own("out", *out));
    let (cursor, given) = (place.generic("since", record, 2), place.arguments(since.to_token_stream()));
    let path = generated_code::located(&called(function, config_type), returns.first);
    let arguments = returns.arguments(quote!(#config, #cursor #given, #out));
    quote!(|#config, #since, #out| #path #arguments)
}

/// `const _: () = parent_has_key::<Campaign>();`: a parent without a primary key is reported where it is taken.
fn parent_key(stream: &Stream) -> Option<TokenStream> {
    let (parent, span) = (stream.parent.as_ref()?, stream.fetch.partition?);
    Some(quote_spanned!(span=> const _: () = __airbyte::parent_has_key::<#parent>();))
}

/// `check::<Config, _>(function)`: a wrong return type is reported at the function's name in an attribute, or at the return
/// type of a method.
fn checked(by: &str, function: &Function, config: &Type) -> TokenStream {
    let path = called(function, config);
    let (place, path) = match function {
        // One span for all, since the compiler reports an error at two spans twice.
        Function::Method(_, returns) => {
            (Place { first: *returns, last: *returns }, generated_code::located(&path, *returns))
        }
        Function::Named(_) | Function::Given(_) => (Place::of(&path), path),
    };
    let (by, path) = (place.generic(by, config, 1), place.arguments(path));
    quote!(#by #path)
}

/// Returns the path by which `main` names a function.
fn called(function: &Function, config: &Type) -> TokenStream {
    match function {
        Function::Named(name) => name.to_token_stream(),
        Function::Given(path) => path.to_token_stream(),
        Function::Method(name, _) => {
            let config = quote_spanned!(name.span()=> <#config>);
            quote!(#config::#name)
        }
    }
}

/// `.rate_limits(…)`, with a function that takes the limits from the configuration.
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
    // The name by which the author's expressions refer to the configuration.
    let config = Ident::new("config", Span::call_site());
    quote!(.rate_limits(|#config| __airbyte::limits([#(#limits),*])))
}

/// `.concurrency(…)`, with a function that takes the number from the configuration.
fn concurrency(concurrency: &Concurrency) -> TokenStream {
    let (span, count) = match concurrency {
        Concurrency::Function(function) => (function.span(), function.to_token_stream()),
        Concurrency::Count(count @ Expr::Lit(_)) => (count.span(), quote!(|_| #count)),
        Concurrency::Count(count) => {
            // The name by which the author's expression refers to the configuration.
            let config = Ident::new("config", Span::call_site());
            (count.span(), quote!(|#config| #count))
        }
    };
    let method = quote_spanned!(span=> concurrency);
    quote!(.#method(#count))
}

/// `.one_at_a_time([…])`, with the names of the streams.
fn one_at_a_time(records: &[Type]) -> Option<TokenStream> {
    let names = records.iter().map(|record| quote!(<#record as __airbyte::Stream>::NAME));
    (!records.is_empty()).then(|| quote!(.one_at_a_time([#(#names),*])))
}

/// Returns a name that cannot conflict with the author's: the fetch function may be called `out` or `since`. Its span is the
/// author's, since the compiler would otherwise mention a macro expansion.
fn own(name: &str, span: Span) -> Ident {
    format_ident!("__{name}", span = span)
}
