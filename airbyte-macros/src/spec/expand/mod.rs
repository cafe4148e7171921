//! Writes the impls: one chain of calls per field, nothing else.

mod default_json;
mod type_checks;

use self::type_checks::{Doubts, Function};
use crate::generated_code;
use crate::spec::model::enums::{Body, Names, OneOf, Variant};
use crate::spec::model::field_types::Kind;
use crate::spec::model::fields::{Default, Field, Member, Members};
use crate::spec::model::oauth_login::OAuth;
use crate::spec::model::{Model, Struct};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprLit, Lit, Path, Type};

pub(super) fn expand(model: &Model, sdk: &Path) -> TokenStream {
    let impls = match model {
        Model::Struct(model) => of_struct(model, sdk),
        Model::Names(model) => of_names(model),
        Model::OneOf(model) => of_one_of(model, sdk),
    };
    generated_code::block(sdk, impls)
}

fn of_struct(model: &Struct, sdk: &Path) -> TokenStream {
    let Struct { ident, title, own_title, members, .. } = model;
    let description = constant("DESCRIPTION", model.description.as_ref());
    let documentation_url = constant("DOCUMENTATION_URL", model.documentation_url.as_ref());
    let groups = model.groups.known().filter(|groups| !groups.is_empty()).map(|groups| {
        let groups = groups.iter().map(|group| {
            let (id, title) = (&group.id, &group.title);
            quote!((#id, #title))
        });
        quote!(const GROUPS: &'static [(&'static str, &'static str)] = &[#(#groups),*];)
    });
    let oauth = model.oauth.as_ref().map(oauth);
    let doubts = Doubts::of_members(members);
    let argument = own("form");
    let form = Function {
        name: quote!(form),
        arguments: quote!(#argument),
        signature: quote!(fn form(#argument: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self>),
        body: body(&argument, &quote!(Self), members),
    };
    let examined = doubts.examined(sdk);
    let (form, described, part) = if model.is_part() {
        let ([form, to_json], described) = doubts.guard(ident, [form, default_json::of_struct(members)]);
        let shape = quote! {
            fn shape(shape: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
                shape.object(#own_title)
            }
        };
        (form, described, Some(of_part(ident, &shape, &to_json, examined)))
    } else {
        let ([form], described) = doubts.guard(ident, [form]);
        (form, described, examined.map(|examined| quote!(const _: () = #examined;)))
    };
    quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl __airbyte::AirbyteSpec for #ident {
            const TITLE: &'static str = #title;
            #description
            #documentation_url
            #groups
            #oauth

            #form
        }
        #described
        #part
    }
}

/// The type of a field.
fn of_part(
    ident: &Ident,
    shape: &TokenStream,
    to_json: &TokenStream,
    examined: Option<TokenStream>,
) -> TokenStream {
    let is_finite =
        examined.as_ref().map(|examined| quote!(const A_FORM_CANNOT_CONTAIN_ITSELF: () = #examined;));
    let followed =
        examined.map(|_| quote!(const _: () = <#ident as __airbyte::Shaped>::A_FORM_CANNOT_CONTAIN_ITSELF;));
    quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl __airbyte::Shaped for #ident {
            #is_finite

            #shape

            #to_json
        }
        #followed
    }
}

fn of_names(model: &Names) -> TokenStream {
    let Names { ident, names } = model;
    let (variants, names): (Vec<_>, Vec<_>) = names.iter().map(|(variant, name)| (variant, name)).unzip();
    let to_json = default_json::of_names(&variants, &names);
    let shape = quote! {
        fn shape(shape: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
            shape.one_of_names([#((#names, Self::#variants)),*])
        }
    };
    of_part(ident, &shape, &to_json, None)
}

fn of_one_of(model: &OneOf, sdk: &Path) -> TokenStream {
    let OneOf { ident, title, tag, variants, .. } = model;
    let mut about = quote!(__airbyte::OneOf::new(#title, #tag));
    if let Some(description) = &model.description {
        about.extend(quote!(.description(#description)));
    }
    if let Some(display_type) = &model.display_type {
        about.extend(quote!(.display_type(#display_type)));
    }
    let doubts = Doubts::of_variants(variants);
    let (choice, form) = (own("choice"), own("form"));
    let locals: Vec<_> = variants.iter().map(|variant| own(&format!("__{}", variant.ident))).collect();
    let options = variants.iter().map(|variant| option(variant, &form));
    // At most one of them is there.
    let found = locals.iter().map(ToTokens::to_token_stream).reduce(|found, local| quote!(#found.or(#local)));
    let argument = own("shape");
    let shape = Function {
        name: quote!(shape),
        arguments: quote!(#argument),
        signature: quote!(fn shape(#argument: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self>),
        body: quote! {
            #argument.one_of(#about, |#choice| {
                #(let #locals = #choice.option(#options);)*
                #found
            })
        },
    };
    let ([shape, to_json], described) = doubts.guard(ident, [shape, default_json::of_one_of(variants, tag)]);
    let part = of_part(ident, &shape, &to_json, doubts.examined(sdk));
    quote!(#part #described)
}

/// What is said of an option, and its form.
fn option(variant: &Variant, form: &Ident) -> TokenStream {
    let Variant { ident, name, title, .. } = variant;
    let mut about = quote!(__airbyte::Variant::new(#name).title(#title));
    if let Some(description) = &variant.description {
        about.extend(quote!(.description(#description)));
    }
    if variant.hidden {
        about.extend(quote!(.hidden()));
    }
    match &variant.body {
        Body::Unit => quote!(#about, |_| __airbyte::Some(Self::#ident)),
        Body::Struct(ty) => quote!(#about, |#form| #form.fields::<#ty>().map(Self::#ident)),
        Body::Fields(members) => {
            let body = body(form, &quote!(Self::#ident), members);
            quote!(#about, |#form| { #body })
        }
    }
}

/// A name of our own, so that it hides nothing that a default refers to.
pub(super) fn own(name: &str) -> Ident {
    Ident::new(&name.replace("r#", ""), Span::mixed_site())
}

/// Names each field, and then makes the value of them all.
fn body(form: &Ident, constructor: &TokenStream, members: &Members) -> TokenStream {
    let local = |ident: &Ident| own(&format!("__{ident}"));
    let names = members.0.iter().filter_map(|member| match member {
        Member::Field(described) => {
            let (local, call) = (local(&described.ident), field(described));
            Some(quote!(let #local = #form.field(#call);))
        }
        Member::Flattened(ident, ty) => {
            let local = local(ident);
            Some(quote!(let #local = #form.fields::<#ty>();))
        }
        Member::Skipped(..) => None,
    });
    let values = members.0.iter().map(|member| match member {
        Member::Field(Field { ident, .. }) | Member::Flattened(ident, _) => {
            let local = local(ident);
            quote!(#ident: #local?)
        }
        Member::Skipped(ident, ty) => {
            let value = quote_spanned!(ty.span()=> <#ty as __airbyte::Default>::default());
            quote!(#ident: #value)
        }
    });
    quote! {
        #(#names)*
        __airbyte::Some(#constructor { #(#values),* })
    }
}

fn constant(name: &str, value: Option<&impl ToTokens>) -> Option<TokenStream> {
    let name = format_ident!("{name}");
    value.map(|value| quote!(const #name: __airbyte::Option<&'static str> = __airbyte::Some(#value);))
}

fn oauth(oauth: &OAuth) -> TokenStream {
    let mut call = quote!(__airbyte::OAuth::new());
    if let Some((route, value)) = &oauth.predicate {
        let keys = &route.0;
        call.extend(quote!(.predicate(&[#(#keys),*], #value)));
    }
    for (part, name, route) in &oauth.values {
        let method = format_ident!("{}", part.method());
        let route = route.as_ref().map(|route| {
            let keys = &route.0;
            quote!(, &[#(#keys),*])
        });
        call.extend(quote!(.#method(#name #route)));
    }
    if let Some(words) = &oauth.requests {
        let url = |needed: &str| words.iter().find(|(word, _)| word == needed).map(|(_, text)| text);
        let urls = [url("consent_url"), url("access_token_url")];
        let others = words.iter().filter(|(word, _)| word != "consent_url" && word != "access_token_url");
        let (words, texts): (Vec<_>, Vec<_>) = others.map(|(word, text)| (word, text)).unzip();
        let new = quote!(__airbyte::OAuthConnectorInputSpecification::new(#(#urls),*));
        call.extend(if words.is_empty() {
            quote!(.requests(#new))
        } else {
            let requests = own("requests");
            quote! {
                .requests({
                    let mut #requests = #new;
                    #(#requests.#words = __airbyte::Some(__airbyte::Into::into(#texts));)*
                    #requests
                })
            }
        });
    }
    quote! {
        fn oauth() -> __airbyte::Option<__airbyte::OAuth> {
            __airbyte::Some(#call)
        }
    }
}

/// `Field::<Type>::new("name").title("…")…`; what may not fit the type carries the span of what the author wrote.
fn field(field: &Field) -> TokenStream {
    let Field { key, ty, title, .. } = field;
    let mut call = quote_spanned!(ty.span()=> __airbyte::Field::<#ty>::new(#key));
    call.extend(quote!(.title(#title)));
    if let Some(description) = &field.description {
        call.extend(quote!(.description(#description)));
    }
    let examples = &field.examples;
    if !examples.is_empty() {
        call.extend(quote!(.examples([#(#examples),*])));
    }
    if let Some(default) = &field.default {
        let value = default_value(default, ty);
        call.extend(quote_spanned!(default.span()=> .default(#value)));
    }
    let words = [
        ("pattern", field.pattern.as_ref().map(ToTokens::to_token_stream)),
        ("pattern_descriptor", field.pattern_descriptor.as_ref().map(ToTokens::to_token_stream)),
        ("min", field.min.as_ref().map(ToTokens::to_token_stream)),
        ("max", field.max.as_ref().map(ToTokens::to_token_stream)),
        ("min_length", field.min_length.as_ref().map(ToTokens::to_token_stream)),
        ("max_length", field.max_length.as_ref().map(ToTokens::to_token_stream)),
        ("min_items", field.min_items.as_ref().map(ToTokens::to_token_stream)),
        ("max_items", field.max_items.as_ref().map(ToTokens::to_token_stream)),
        ("group", field.group.as_ref().map(ToTokens::to_token_stream)),
    ];
    for (name, value) in words {
        if let Some(value) = value {
            let method = format_ident!("{name}", span = value.span());
            call.extend(quote_spanned!(value.span()=> .#method(#value)));
        }
    }
    let flags = [
        &field.hidden,
        &field.multiline,
        &field.url,
        &field.allow_blank,
        &field.always_show,
        &field.not_secret,
    ];
    for flag in flags.into_iter().flatten() {
        call.extend(quote_spanned!(flag.span()=> .#flag()));
    }
    call
}

fn default_value(default: &Default, ty: &Type) -> TokenStream {
    match default {
        // Of the author's own types no text is a value, whatever it can be turned into.
        Default::Value(value @ Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) if Kind::of(ty).is_some() => {
            quote_spanned!(value.span()=> __airbyte::Into::into(#value))
        }
        Default::Value(value @ Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Str(_)) => {
            value.to_token_stream()
        }
        // The type beside it makes the compiler say what is expected, and why.
        Default::Value(value) | Default::Call(value) => quote!({ let value: #ty = #value; value }),
        Default::OfType(word) => quote_spanned!(word.span()=> <#ty as __airbyte::Default>::default()),
    }
}

/// After a mistake: impls that let the rest of the crate be judged on its own.
pub(super) fn fallback(item: &DeriveInput, sdk: &Path) -> TokenStream {
    let ident = &item.ident;
    let generics =
        generated_code::generics(item, quote!(::core::marker::Send + ::core::marker::Sync + 'static));
    let (generics, arguments, bounds) = generics.split_for_impl();
    generated_code::block(
        sdk,
        quote! {
            #[automatically_derived]
            #[doc(hidden)]
            impl #generics __airbyte::AirbyteSpec for #ident #arguments #bounds {
                const TITLE: &'static str = "";

                fn form(_: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
                    __airbyte::None
                }
            }

            #[automatically_derived]
            #[doc(hidden)]
            impl #generics __airbyte::Shaped for #ident #arguments #bounds {
                fn shape(_: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
                    __airbyte::None
                }
            }
        },
    )
}
