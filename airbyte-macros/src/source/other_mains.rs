//! Finds another `main` in the file: the author's own, or that of another `#[airbyte_source]`.
//!
//! Each `#[airbyte_source]` generates `main`. For two of them the compiler reports that `main` is defined twice, although the
//! author wrote no `main`. A macro sees its own item only, so this one reads the file that the item is in. If it is not
//! found there, or is conditional (`#[cfg(…)]`, `#[test]`), nothing is reported here and the compiler decides.

use crate::attributes::as_text;
use crate::errors::Errors;
use crate::unsupported_types::text;
use proc_macro2::Span;
use quote::ToTokens;
use std::path::Path;
use syn::{Attribute, File, FnArg, ImplItem, Item, ReturnType, Signature, Type};

/// Reports another `main` beside the item. Returns whether there is one.
pub(super) fn report(file: &Path, item: &Item, errors: &mut Errors) -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rule is for the SDK; without the file nothing is reported"
    )]
    let code = std::fs::read_to_string(file).ok();
    match code.and_then(|code| find(&syn::parse_file(&code).ok()?, item)) {
        None => return false,
        Some(Other::Source(message)) => errors.at_item(item, message),
        Some(Other::Main) => errors.push(syn::Error::new(
            Span::call_site(),
            "`#[airbyte_source]` generates `main`: remove the function `main` from this file",
        )),
    }
    true
}

/// What else declares `main`.
enum Other {
    /// An `#[airbyte_source]` above the item, and the error.
    Source(String),
    /// A function of the author.
    Main,
}

fn find(file: &File, item: &Item) -> Option<Other> {
    let (siblings, at) = locate(&file.items, &normalized(item))?;
    if let Some(first) = siblings[..at].iter().find(|other| is_source(other)) {
        let config = config(first).or_else(|| config(item)).unwrap_or_else(|| "Config".to_owned());
        let streams: String = [first, item].into_iter().flat_map(streams).collect();
        return Some(Other::Source(format!(
            "a connector has one `#[airbyte_source]`: put all streams into one `impl` block\n    #[airbyte_source]\n    impl {config} {{\n{streams}    }}"
        )));
    }
    let is_main = |other: &&Item| matches!(other, Item::Fn(function) if function.sig.ident == "main");
    let mut mains = siblings.iter().filter(is_main).filter(|main| !is_source(main) && !is_conditional(main));
    mains.next().map(|_| Other::Main)
}

/// Returns the items of the module that contains this one, and its position among them.
fn locate<'a>(items: &'a [Item], wanted: &str) -> Option<(&'a [Item], usize)> {
    if let Some(at) = items.iter().position(|item| is_source(item) && normalized(item) == wanted) {
        return Some((items, at));
    }
    items.iter().find_map(|item| match item {
        Item::Mod(module) => locate(&module.content.as_ref()?.1, wanted),
        _ => None,
    })
}

/// Returns the item without `#[airbyte_source]`, which the macro does not get.
fn normalized(item: &Item) -> String {
    let mut item = item.clone();
    if let Some(attributes) = attributes_mut(&mut item) {
        attributes.retain(|attribute| !is_source_attribute(attribute));
    }
    let mut tokens = item.to_token_stream().to_string();
    tokens.retain(|letter| !letter.is_whitespace());
    tokens
}

/// Returns whether the item certainly has `#[airbyte_source]`.
fn is_source(item: &Item) -> bool {
    attributes(item).iter().any(is_source_attribute) && !is_conditional(item)
}

/// Returns whether the item may be absent from the compiled code.
fn is_conditional(item: &Item) -> bool {
    let may_remove = |attribute: &Attribute| {
        ["cfg", "cfg_attr", "test", "bench"].iter().any(|name| attribute.path().is_ident(name))
    };
    attributes(item).iter().any(may_remove)
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

/// Returns the type of the configuration.
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

/// Returns the methods of the streams, one per line.
fn streams(item: &Item) -> Vec<String> {
    match item {
        Item::Fn(function) => vec![method(&function.sig)],
        Item::Impl(block) => {
            let methods = block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(method(&function.sig)),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    }
}

/// Returns a function as a method, in one line.
fn method(signature: &Signature) -> String {
    let arguments = signature.inputs.iter().skip(1).filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(format!(", {}: {}", as_text(&argument.pat), text(&argument.ty))),
        FnArg::Receiver(_) => None,
    });
    let output = match &signature.output {
        ReturnType::Type(_, ty) => format!(" -> {}", text(ty)),
        ReturnType::Default => String::new(),
    };
    let (name, arguments) = (&signature.ident, arguments.collect::<String>());
    format!("        fn {name}(&self{arguments}){output} {{ … }}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    /// Returns what is found beside `fn b` with `#[airbyte_source]`, in this file.
    fn beside_b(file: File) -> Option<Other> {
        find(
            &file,
            &parse_quote!(
                fn b(config: &Config) {}
            ),
        )
    }

    #[test]
    fn source_above_is_found() {
        let other = beside_b(parse_quote! {
            #[airbyte_source]
            fn a(config: &Config, since: Option<Date>) {}
            #[airbyte_sdk::airbyte_source]
            fn b(config: &Config) {}
        });
        let Some(Other::Source(message)) = other else { panic!("not found") };
        assert!(message.contains("fn a(&self, since: Option<Date>) { … }"), "{message}");
    }

    #[test]
    fn main_of_the_author_is_found() {
        let other = beside_b(parse_quote! {
            #[airbyte_source]
            fn b(config: &Config) {}
            fn main() {}
        });
        assert!(matches!(other, Some(Other::Main)));
    }

    #[test]
    fn other_modules_and_conditional_items_are_left_to_the_compiler() {
        let other = beside_b(parse_quote! {
            mod module {
                #[airbyte_source]
                fn a(config: &Config) {}
            }
            #[cfg(feature = "a")]
            #[airbyte_source]
            fn a(config: &Config) {}
            #[airbyte_source]
            fn b(config: &Config) {}
            #[cfg(windows)]
            fn main() {}
            #[cfg_attr(all(), cfg(windows))]
            fn main() {}
            #[test]
            fn main() {}
        });
        assert!(other.is_none());
    }

    #[test]
    fn first_source_is_not_reported() {
        let other = beside_b(parse_quote! {
            #[airbyte_source]
            fn b(config: &Config) {}
            #[airbyte_source]
            fn c(config: &Config) {}
        });
        assert!(other.is_none());
    }
}
