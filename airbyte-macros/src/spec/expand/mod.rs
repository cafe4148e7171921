//! Writes the impls: one chain of calls per field.

mod default_json;
mod type_checks;

use self::type_checks::{Function, TypeChecks};
use crate::generated_code;
use crate::spec::model::enums::{Body, Names, OneOf, Variant};
use crate::spec::model::field_attributes::Value;
use crate::spec::model::field_types::kind;
use crate::spec::model::fields::{Default, Field, Member, Members};
use crate::spec::model::oauth_login::OAuthLogin;
use crate::spec::model::{self, Object, Spec};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprLit, Lit, Path, Type};

/// Generates the impls of a whole configuration.
pub(super) fn spec(spec: &Spec, sdk: &Path) -> TokenStream {
    let Spec { ident, title, members, .. } = spec;
    let description = constant("DESCRIPTION", spec.description.as_ref());
    let documentation_url = constant("DOCUMENTATION_URL", spec.documentation_url.as_ref());
    let groups = spec.groups.known().filter(|groups| !groups.is_empty()).map(|groups| {
        let groups = groups.iter().map(|group| {
            let (id, title) = (&group.id, &group.title);
            quote!((#id, #title))
        });
        quote!(const GROUPS: &'static [(&'static str, &'static str)] = &[#(#groups),*];)
    });
    let oauth_login = spec.oauth_login.as_ref().map(oauth_login);
    let checks = TypeChecks::of_members(members);
    let ([form], described) = checks.guard(ident, &quote!(WholeSpec), [form(members)]);
    let checked = checks.constants(sdk).map(|checks| quote!(const _: () = #checks;));
    let impls = quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl __airbyte::AirbyteSpec for #ident {
            const TITLE: &'static str = #title;
            #description
            #documentation_url
            #groups
            #oauth_login

            #form
        }
        #described
        #checked
    };
    generated_code::block(sdk, impls)
}

/// Generates the impls of the type of a field.
pub(super) fn value(value: &model::Value, sdk: &Path) -> TokenStream {
    let impls = match value {
        model::Value::Object(object) => of_object(object, sdk),
        model::Value::Names(names) => of_names(names),
        model::Value::OneOf(one_of) => of_one_of(one_of, sdk),
    };
    generated_code::block(sdk, impls)
}

/// Writes `form`, which describes the fields.
fn form(members: &Members) -> Function {
    let argument = own("form");
    Function {
        name: quote!(form),
        arguments: quote!(#argument),
        signature: quote!(fn form(#argument: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self>),
        body: body(&argument, &quote!(Self), members),
    }
}

fn of_object(object: &Object, sdk: &Path) -> TokenStream {
    let Object { ident, title, members, .. } = object;
    let description = constant("DESCRIPTION", object.description.as_ref());
    let checks = TypeChecks::of_members(members);
    let ([form, to_json], described) =
        checks.guard(ident, &quote!(NestedValue), [form(members), default_json::of_struct(members)]);
    let described_fields = quote! {
        const TITLE: &'static str = #title;
        #description

        #form

        #to_json
    };
    let object = checked_impl(ident, &quote!(Fields), &described_fields, checks.constants(sdk));
    quote!(#object #described)
}

/// Returns an impl of `Fields` or `Shaped`, with the checks of the field types.
fn checked_impl(
    ident: &Ident,
    of: &TokenStream,
    items: &TokenStream,
    checks: Option<TokenStream>,
) -> TokenStream {
    let constant = checks.as_ref().map(|checks| quote!(const A_FORM_CANNOT_CONTAIN_ITSELF: () = #checks;));
    let followed =
        checks.map(|_| quote!(const _: () = <#ident as __airbyte::#of>::A_FORM_CANNOT_CONTAIN_ITSELF;));
    quote! {
        #[automatically_derived]
        #[doc(hidden)]
        impl __airbyte::#of for #ident {
            #constant

            #items
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
    checked_impl(ident, &quote!(Shaped), &quote!(#shape #to_json), None)
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
    let checks = TypeChecks::of_variants(variants);
    let (choice, form) = (own("choice"), own("form"));
    let locals: Vec<_> = variants.iter().map(|variant| own(&format!("__{}", variant.ident))).collect();
    let options = variants.iter().map(|variant| option(variant, &form));
    // At most one of them is `Some`.
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
    let ([shape, to_json], described) =
        checks.guard(ident, &quote!(NestedValue), [shape, default_json::of_one_of(variants, tag)]);
    let shaped = checked_impl(ident, &quote!(Shaped), &quote!(#shape #to_json), checks.constants(sdk));
    quote!(#shaped #described)
}

/// Returns the description of a variant, and its form.
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

/// Returns a hygienic name, which shadows nothing that a default refers to.
pub(super) fn own(name: &str) -> Ident {
    Ident::new(&name.replace("r#", ""), Span::mixed_site())
}

/// Describes each field, then builds the value from all of them.
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

fn oauth_login(oauth: &OAuthLogin) -> TokenStream {
    let mut call = quote!(__airbyte::OAuthLogin::new());
    if let Some((route, value)) = &oauth.predicate {
        let keys = &route.0;
        call.extend(quote!(.predicate(&[#(#keys),*], #value)));
    }
    for (entry, name, route) in &oauth.values {
        let method = format_ident!("{}", entry.method());
        let route = route.as_ref().map(|route| {
            let keys = &route.0;
            quote!(, &[#(#keys),*])
        });
        call.extend(quote!(.#method(#name #route)));
    }
    if let Some(attributes) = &oauth.requests {
        let url = |needed: &str| attributes.iter().find(|(name, _)| name == needed).map(|(_, text)| text);
        let urls = [url("consent_url"), url("access_token_url")];
        let others =
            attributes.iter().filter(|(name, _)| name != "consent_url" && name != "access_token_url");
        let (attributes, texts): (Vec<_>, Vec<_>) = others.map(|(name, text)| (name, text)).unzip();
        let new = quote!(__airbyte::OAuthConnectorInputSpecification::new(#(#urls),*));
        call.extend(if attributes.is_empty() {
            quote!(.requests(#new))
        } else {
            let requests = own("requests");
            quote! {
                .requests({
                    let mut #requests = #new;
                    #(#requests.#attributes = __airbyte::Some(__airbyte::Into::into(#texts));)*
                    #requests
                })
            }
        });
    }
    quote! {
        fn oauth_login() -> __airbyte::Option<__airbyte::OAuthLogin> {
            __airbyte::Some(#call)
        }
    }
}

/// `Field::<Type>::new("name").title("…")…`. A value that may have the wrong type keeps the span of the author's
/// code, where the compiler then reports it.
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
    for (attribute, value) in field.attributes.iter() {
        let method = format_ident!("{}", attribute.name, span = value.span());
        call.extend(match value {
            Value::Flag(_) => quote_spanned!(value.span()=> .#method()),
            Value::Text(_) | Value::Expression(_) => quote_spanned!(value.span()=> .#method(#value)),
        });
    }
    call
}

fn default_value(default: &Default, ty: &Type) -> TokenStream {
    match default {
        // For the author's own types a string is not converted, even if they implement `From<&str>`.
        Default::Value(value @ Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) if kind(ty).is_some() => {
            quote_spanned!(value.span()=> __airbyte::Into::into(#value))
        }
        Default::Value(value @ Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Str(_)) => {
            value.to_token_stream()
        }
        // With the type annotation the compiler says what is expected, and why.
        Default::Value(value) => quote!({ let value: #ty = #value; value }),
        Default::Call(path) => quote!({ let value: #ty = #path(); value }),
        Default::OfType(name) => quote_spanned!(name.span()=> <#ty as __airbyte::Default>::default()),
    }
}

/// After a mistake: an impl that avoids follow-up errors in the rest of the crate.
pub(super) fn spec_fallback(item: &DeriveInput, sdk: &Path) -> TokenStream {
    let ident = &item.ident;
    let generics =
        generated_code::generics(item, quote!(::core::marker::Send + ::core::marker::Sync + 'static));
    let (generics, arguments, bounds) = generics.split_for_impl();
    let spec = generated_code::block(
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
        },
    );
    // An enum is probably meant as the type of a field.
    let value = matches!(item.data, Data::Enum(_)).then(|| value_fallback(item, sdk));
    quote!(#spec #value)
}

/// Returns the same for the type of a field.
pub(super) fn value_fallback(item: &DeriveInput, sdk: &Path) -> TokenStream {
    let ident = &item.ident;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    let (of, items) = match item.data {
        Data::Enum(_) => (
            quote!(Shaped),
            quote! {
                fn shape(_: &mut __airbyte::Shape<'_>) -> __airbyte::Option<Self> {
                    __airbyte::None
                }
            },
        ),
        Data::Struct(_) | Data::Union(_) => (
            quote!(Fields),
            quote! {
                const TITLE: &'static str = "";

                fn form(_: &mut __airbyte::Form<'_>) -> __airbyte::Option<Self> {
                    __airbyte::None
                }
            },
        ),
    };
    generated_code::block(
        sdk,
        quote! {
            #[automatically_derived]
            #[doc(hidden)]
            impl #generics __airbyte::#of for #ident #arguments #bounds {
                #items
            }
        },
    )
}
