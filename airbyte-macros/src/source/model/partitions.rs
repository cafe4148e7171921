//! `#[partitions(list)]` on a fetch method: which method lists what is read partition by partition.

use crate::errors::{Errors, hint};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Ident, ImplItem, ImplItemFn, Item, Meta};

const NAME: &str = "partitions";

/// The name of the method that lists the partitions; the outer `None` if there is no such attribute.
pub(super) fn read(
    method: &ImplItemFn,
    methods: &[&ImplItemFn],
    errors: &mut Errors,
) -> Option<Option<Ident>> {
    let mut attributes = method.attrs.iter().filter(|attribute| is_partitions(attribute));
    let attribute = attributes.next()?;
    if let Some(second) = attributes.next() {
        errors.at(second, "the partitions are listed by one method");
    }
    let name = match &attribute.meta {
        Meta::List(list) => list.parse_args::<Ident>().ok(),
        _ => None,
    };
    let Some(name) = name else {
        errors.at(attribute, "write the name of the method that lists the partitions: `#[partitions(list)]`");
        return Some(None);
    };
    let Some(list) = methods.iter().find(|other| other.sig.ident == name) else {
        let names: Vec<String> = methods
            .iter()
            .filter(|other| other.sig.ident != method.sig.ident)
            .map(|other| other.sig.ident.unraw().to_string())
            .collect();
        let hint = hint(&name.unraw().to_string(), names.iter().map(String::as_str));
        errors.at(&name, format!("there is no method `{name}` in this block{hint}"));
        return Some(None);
    };
    super::signature::read_list(&list.sig, errors);
    Some(Some(name))
}

/// The attribute, if it is among these.
pub(super) fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| is_partitions(attribute))
}

/// No compiler knows the attribute; it has been read.
pub(in crate::source) fn take_out(item: &mut Item) {
    match item {
        Item::Fn(function) => function.attrs.retain(|attribute| !is_partitions(attribute)),
        Item::Impl(block) => {
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item {
                    method.attrs.retain(|attribute| !is_partitions(attribute));
                }
            }
        }
        _ => {}
    }
}

fn is_partitions(attribute: &Attribute) -> bool {
    attribute.path().to_token_stream().to_string() == NAME
}
