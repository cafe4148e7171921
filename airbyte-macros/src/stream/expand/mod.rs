//! Writes the record with its derives of serde and schemars, and the impl of `Stream`.

mod column_checks;
pub(super) mod nested;

use super::model::serde_attributes::{self, SerdeAttributes};
use super::model::{Cursor, Model, OnNull, Place, SERDE_OF_A_RECORD, derives, is_ours};
use crate::attribute_values::ON_NULL;
use crate::rename_rules::Case;
use crate::{deserialize, doc_comments, generated_code, unsupported_types};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, Path, Type, parse_quote};

pub(super) fn expand(model: &Model, item: DeriveInput) -> TokenStream {
    let Model { sdk, name, .. } = model;
    let ident = &item.ident;
    let fallback = generated_code::generics(
        &item,
        quote!(__airbyte::serde::Serialize + __airbyte::schemars::JsonSchema + 'static),
    );
    let (generics, arguments, bounds) = fallback.split_for_impl();

    let namespace = model.namespace.as_ref().map(
        |namespace| quote!(const NAMESPACE: __airbyte::Option<&'static str> = __airbyte::Some(#namespace);),
    );
    let primary_key = (!model.primary_key.is_empty()).then(|| {
        let paths = model.primary_key.iter().map(names);
        quote!(const PRIMARY_KEY: &'static [&'static [&'static str]] = &[#(#paths),*];)
    });
    let key_checks = model.primary_key.iter().filter_map(|place| {
        never_null(
            place,
            "the primary key may be null, but primary key fields must not be: make each field on this path required, or choose another field",
        )
    });
    let order = model.ascending.then(|| {
        quote!(
            const ORDER: __airbyte::Order = __airbyte::Order::Ascending;
        )
    });
    let not_finite = model.not_finite_fails.then(|| {
        quote!(
            const NOT_FINITE: __airbyte::NotFinite = __airbyte::NotFinite::Fail;
        )
    });
    let given = model.cursor.as_ref().ok().and_then(Option::as_ref);
    let cursor_check = given.filter(|cursor| cursor.on_null.is_none()).and_then(|cursor| {
        never_null(&cursor.at, &format!("the cursor may be null: add {}", ON_NULL.choices()))
    });
    let cursor = match &model.cursor {
        Ok(None) => quote!(
            type Cursor = __airbyte::NoCursor;
        ),
        // The compiler reports nothing more about a type that contains an error. An error in place of the type would be `()`.
        Err(mistake) => {
            let mistake = mistake.to_compile_error();
            quote!(type Cursor = [(); #mistake];)
        }
        Ok(Some(given)) => cursor(given, model.older_state.as_ref()),
    };
    let stream = generated_code::block(
        sdk,
        quote! {
            #[automatically_derived]
            #[doc(hidden)]
            impl #generics __airbyte::Stream for #ident #arguments #bounds {
                const NAME: &'static str = #name;
                #namespace
                #primary_key
                #cursor
                #order
                #not_finite

                fn json_schema() -> __airbyte::JsonObject {
                    __airbyte::of_record::<Self>()
                }
            }
            #(#key_checks)*
            #cursor_check
        },
    );
    let item = written(sdk, without_rejected_serde_attributes(item));
    quote!(#item #stream)
}

fn cursor(Cursor { at, on_null }: &Cursor, older_state: Option<&Expr>) -> TokenStream {
    let (ty, span, names) = (type_of(at), at.span(), names(at));
    // Has the span of the type, so that the compiler reports a type that cannot be a cursor once, at that place.
    let projection = quote_spanned!(span=> <#ty as __airbyte::CursorField>::Cursor);
    let reach = reach(at);
    let method = if at.rest.is_empty() {
        quote_spanned!(span=> <#ty as __airbyte::CursorField>::cursor(#reach))
    } else {
        quote_spanned!(span=> #reach.and_then(<#ty as __airbyte::CursorField>::cursor))
    };
    let on_null = (*on_null == Some(OnNull::Emit)).then(|| {
        quote!(
            const ON_NULL: __airbyte::OnNull = __airbyte::OnNull::Emit;
        )
    });
    let older_state = older_state.map(|function| {
        let call = quote_spanned!(function.span()=> #function(state, partition));
        quote! {
            fn older_state(
                state: &__airbyte::Value,
                partition: __airbyte::Option<&str>,
            ) -> __airbyte::SdkResult<__airbyte::Option<Self::Cursor>> {
                #call
            }
        }
    });
    let method = quote_spanned! {span=>
        #[inline]
        fn cursor(&self) -> __airbyte::Option<&#projection> {
            #method
        }
    };
    quote! {
        type Cursor = #projection;
        const CURSOR_FIELD: &'static [&'static str] = #names;
        #on_null
        #older_state
        #method
    }
}

/// `<Outer as NestedField<{ field("inner") }>>` for each step inwards.
fn steps(place: &Place) -> Vec<TokenStream> {
    let mut ty = place.ty.to_token_stream();
    let mut steps = Vec::new();
    for name in &place.rest {
        let plain = name.unraw().to_string();
        // Mistakes in a step are reported at its name.
        let outer = generated_code::located(&ty, name.span());
        let step =
            quote_spanned!(name.span()=> <#outer as __airbyte::NestedField<{ __airbyte::field(#plain) }>>);
        ty = quote_spanned!(name.span()=> #step::Type);
        steps.push(step);
    }
    steps
}

fn type_of(place: &Place) -> TokenStream {
    steps(place)
        .last()
        .map_or_else(|| place.ty.to_token_stream(), |step| quote_spanned!(place.span()=> #step::Type))
}

/// Returns the path as the record writes it.
fn names(place: &Place) -> TokenStream {
    let outer = place.name.iter();
    let inner = steps(place).into_iter().zip(&place.rest);
    let inner = inner.map(|(step, name)| quote_spanned!(name.span()=> #step::WRITTEN_AS));
    quote!(&[#(#outer,)* #(#inner),*])
}

/// Returns an expression for the field: `&self.field`, or an option of it if it lies deeper.
fn reach(place: &Place) -> TokenStream {
    let field = &place.field;
    let place_of_mistakes = place.rest.first().map_or_else(|| place.ty.span(), |name| name.span());
    let own = quote_spanned!(place_of_mistakes=> &self.#field);
    let mut steps = steps(place).into_iter().zip(&place.rest);
    let first = steps.next().map(|(step, name)| quote_spanned!(name.span()=> #step::get(#own)));
    let Some(first) = first else { return own };
    steps.fold(first, |reached, (step, name)| quote_spanned!(name.span()=> #reached.and_then(#step::get)))
}

/// Rejects a path through an optional field. The type of the first field was checked before.
fn never_null(place: &Place, message: &str) -> Option<TokenStream> {
    let optional: Vec<TokenStream> = steps(place)
        .into_iter()
        .zip(&place.rest)
        .map(|(step, name)| quote_spanned!(name.span()=> #step::OPTIONAL))
        .collect();
    let span = place.span();
    (!optional.is_empty())
        .then(|| quote_spanned!(span=> const _: () = __airbyte::assert!(!(#(#optional)||*), #message);))
}

/// Returns the type with its derives of serde and schemars.
pub(super) fn written(sdk: &Path, mut item: DeriveInput) -> TokenStream {
    let deserialize = without_unreadable(&mut item).then(|| {
        let fallback = deserialize::fallback(&item);
        generated_code::block(sdk, fallback)
    });
    forget_mistakes(&mut item);
    column_checks::add(sdk, &mut item);
    describe(&mut item);
    let (serde, schemars) =
        (generated_code::path_text(sdk, "serde"), generated_code::path_text(sdk, "schemars"));
    quote! {
        #[derive(#sdk::__private::serde::Serialize, #sdk::__private::schemars::JsonSchema)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #item
        #deserialize
    }
}

/// Removes the derive of `Deserialize` if it would report a mistake again; returns whether it did, and the type needs a
/// fallback. Gives references a lifetime, because the compiler would suggest adding a parameter for it.
fn without_unreadable(item: &mut DeriveInput) -> bool {
    let mut is_unreadable = !item.generics.params.is_empty();
    let (data, generics) = (&mut item.data, is_unreadable);
    for_field(data, |field| {
        let attributes = SerdeAttributes::of(&field.attrs);
        let is_read = attributes.skip.or(attributes.custom).is_none();
        is_unreadable |= is_read && unsupported_types::unwritable(&field.ty).is_some();
        if !generics && unsupported_types::elided_reference(&field.ty).is_some() {
            is_unreadable = true;
            field.ty = Type::Verbatim(with_lifetimes(field.ty.to_token_stream()));
        }
    });
    let mut found = false;
    for attribute in item.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let is_deserialize =
            |derive: &&Path| derive.segments.last().is_some_and(|segment| segment.ident == "Deserialize");
        let derives = derives(attribute);
        if is_unreadable && derives.iter().any(|derive| is_deserialize(&derive)) {
            let kept = derives.iter().filter(|derive| !is_deserialize(derive));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
            found = true;
        }
    }
    found
}

/// Returns a type whose references are `'static`, if they say nothing else.
fn with_lifetimes(ty: TokenStream) -> TokenStream {
    let mut written = TokenStream::new();
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_reference = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '&');
        let has_lifetime = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'');
        match token {
            TokenTree::Group(group) => {
                written
                    .extend([TokenTree::from(Group::new(group.delimiter(), with_lifetimes(group.stream())))]);
            }
            other => written.extend([other]),
        }
        if is_reference && !has_lifetime {
            written.extend(quote!('static));
        }
    }
    written
}

/// Removes everything that was reported already or that the compiler would report again.
fn forget_mistakes(item: &mut DeriveInput) {
    item.attrs.retain(|attribute| !attribute.path().is_ident("airbyte") && !has_unknown_rule(attribute));
    for attribute in item.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let derives = derives(attribute);
        if derives.iter().any(is_ours) {
            let kept = derives.iter().filter(|derive| !is_ours(derive));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    // An array length may be a generic parameter, which is reported already.
    let is_generic = !item.generics.params.is_empty();
    if let Data::Struct(data) = &mut item.data {
        for field in &mut data.fields {
            let attributes = SerdeAttributes::of(&field.attrs);
            let is_rejected = unsupported_types::unwritable(&field.ty).is_some()
                || is_generic
                    && unsupported_types::any(&field.ty, &unsupported_types::is_array_of_named_length);
            let is_rejected =
                is_rejected || attributes.flatten.is_some() && unsupported_types::has_no_fields(&field.ty);
            if attributes.skip.or(attributes.custom).is_none() && is_rejected {
                field.attrs.push(parse_quote!(#[serde(skip)]));
                field.attrs.push(parse_quote!(#[schemars(skip)]));
            }
        }
    }
    for_fields(&mut item.data, |attributes| {
        attributes.retain(|attribute| !attribute.path().is_ident("airbyte"));
        if serde_attributes::undescribed(attributes).is_some() {
            attributes.push(parse_quote!(#[schemars(skip)]));
        }
    });
    if let Data::Enum(data) = &mut item.data {
        for variant in &mut data.variants {
            variant
                .attrs
                .retain(|attribute| !attribute.path().is_ident("airbyte") && !has_unknown_rule(attribute));
        }
    }
}

/// Returns whether the attribute has an unknown `rename_all` rule.
fn has_unknown_rule(attribute: &Attribute) -> bool {
    let rules = SerdeAttributes::of(std::slice::from_ref(attribute)).rules;
    rules.iter().any(|rule| Case::named(&rule.value()).is_none())
}

fn without_rejected_serde_attributes(mut item: DeriveInput) -> DeriveInput {
    item.attrs.retain(|attribute| {
        let attributes = SerdeAttributes::of(std::slice::from_ref(attribute)).all;
        attributes.iter().all(|attribute| SERDE_OF_A_RECORD.iter().any(|allowed| attribute.is_ident(allowed)))
    });
    item
}

/// Doc comments become descriptions as the other macros write them: paragraphs, not lines.
fn describe(item: &mut DeriveInput) {
    let describe = |attributes: &mut Vec<Attribute>| {
        if let Some(description) = doc_comments::comment(attributes) {
            attributes.push(parse_quote!(#[schemars(description = #description)]));
        }
    };
    describe(&mut item.attrs);
    for_fields(&mut item.data, describe);
}

fn for_fields(data: &mut Data, each: impl Fn(&mut Vec<Attribute>)) {
    for_field(data, |field| each(&mut field.attrs));
}

fn for_field(data: &mut Data, mut each: impl FnMut(&mut Field)) {
    let mut of = |fields: &mut Fields| fields.iter_mut().for_each(&mut each);
    match data {
        Data::Struct(data) => of(&mut data.fields),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                of(&mut variant.fields);
            }
        }
        Data::Union(_) => {}
    }
}
