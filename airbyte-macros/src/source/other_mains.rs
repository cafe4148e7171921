//! Finds what else in the file declares `main`: another `#[airbyte_source]`, or the author.
//!
//! Each `#[airbyte_source]` generates `main`. Of two of them the compiler says that `main` is defined twice, a name that the
//! author did not write. A macro sees its own item only, so this one reads the file that the item is in. If it is not
//! found there, or is conditional (`#[cfg(…)]`), nothing is reported here and the compiler decides.

use crate::attributes::as_text;
use crate::errors::Errors;
use crate::unsupported_types::text;
use proc_macro2::Span;
use quote::ToTokens;
use std::path::Path;
use syn::{Attribute, FnArg, ImplItem, Item, Type};

/// Reports another `main` beside the item. Returns whether there is one.
pub(super) fn report(file: &Path, item: &Item, errors: &mut Errors) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the rule is for the SDK; without the file nothing is reported")]
    let Ok(code) = std::fs::read_to_string(file) else { return false };
    let Ok(file) = syn::parse_file(&code) else { return false };
    let Some((siblings, at)) = find(&file.items, &normalized(item)) else { return false };
    if let Some(first) = siblings[..at].iter().find(|other| is_source(other)) {
        let streams: String = [first, item].into_iter().flat_map(streams).collect();
        errors.at_item(
            item,
            format!(
                "a connector has one `#[airbyte_source]`: put all streams into one `impl` block\n    #[airbyte_source]\n    impl {} {{\n{streams}    }}",
                config(first).or_else(|| config(item)).unwrap_or_else(|| "Config".to_owned()),
            ),
        );
        return true;
    }
    let is_main = |other: &&Item| matches!(other, Item::Fn(function) if function.sig.ident == "main");
    if siblings.iter().filter(is_main).any(|main| !is_source(main) && !is_conditional(main)) {
        errors.push(syn::Error::new(
            Span::call_site(),
            "`#[airbyte_source]` generates `main`: remove the function `main` from this file",
        ));
        return true;
    }
    false
}

/// The items of the module that contains this one, and its position among them.
fn find<'a>(items: &'a [Item], wanted: &str) -> Option<(&'a [Item], usize)> {
    if let Some(at) = items.iter().position(|item| is_source(item) && normalized(item) == wanted) {
        return Some((items, at));
    }
    items.iter().find_map(|item| match item {
        Item::Mod(module) => find(&module.content.as_ref()?.1, wanted),
        _ => None,
    })
}

/// The item without `#[airbyte_source]`, which the macro does not get.
fn normalized(item: &Item) -> String {
    let mut item = item.clone();
    if let Some(attributes) = attributes_mut(&mut item) {
        attributes.retain(|attribute| !is_source_attribute(attribute));
    }
    let mut tokens = item.to_token_stream().to_string();
    tokens.retain(|letter| !letter.is_whitespace());
    tokens
}

/// Whether the item certainly has `#[airbyte_source]`.
fn is_source(item: &Item) -> bool {
    attributes(item).iter().any(is_source_attribute) && !is_conditional(item)
}

fn is_conditional(item: &Item) -> bool {
    attributes(item).iter().any(|attribute| attribute.path().is_ident("cfg"))
}

fn is_source_attribute(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|name| name.ident == "airbyte_source")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(function) => &function.attrs,
        Item::Impl(block) => &block.attrs,
        _ => &[],
    }
}

fn attributes_mut(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Fn(function) => Some(&mut function.attrs),
        Item::Impl(block) => Some(&mut block.attrs),
        _ => None,
    }
}

/// The type of the configuration.
fn config(item: &Item) -> Option<String> {
    match item {
        Item::Fn(function) => match function.sig.inputs.first()? {
            FnArg::Typed(argument) => match &*argument.ty {
                Type::Reference(reference) => Some(text(&reference.elem)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        },
        Item::Impl(block) => Some(text(&block.self_ty)),
        _ => None,
    }
}

/// The methods that the streams become, one a line.
fn streams(item: &Item) -> Vec<String> {
    let arguments = |inputs: Vec<&FnArg>| -> String {
        inputs.into_iter().skip(1).map(|argument| format!(", {}", tight(argument))).collect()
    };
    let method = |signature: &syn::Signature| {
        let (name, arguments) = (&signature.ident, arguments(signature.inputs.iter().collect()));
        let output = match &signature.output {
            syn::ReturnType::Type(_, ty) => format!(" -> {}", text(ty)),
            syn::ReturnType::Default => String::new(),
        };
        format!("        fn {name}(&self{arguments}){output} {{ … }}\n")
    };
    match item {
        Item::Fn(function) => vec![method(&function.sig)],
        Item::Impl(block) => block
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Fn(function) => Some(method(&function.sig)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// `name: Type`.
fn tight(argument: &FnArg) -> String {
    match argument {
        FnArg::Typed(argument) => format!("{}: {}", as_text(&argument.pat), text(&argument.ty)),
        FnArg::Receiver(receiver) => as_text(receiver),
    }
}
