//! Reads `#[children_of(campaigns)]` on a fetch method: the method that fetches the parents of its records.

use super::Stream;
use crate::attributes::as_text;
use crate::errors::{Errors, hint, nearest};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, ImplItemFn, Meta};

const NAME: &str = "children_of";

/// Returns the name of the parents' method. `None` if the method has no such attribute, `Some(None)` if it has one that was
/// reported.
pub(super) fn read(method: &ImplItemFn, errors: &mut Errors) -> Option<Option<Ident>> {
    let mut attributes = method.attrs.iter().filter(|attribute| is_children(attribute));
    let attribute = attributes.next()?;
    if let Some(second) = attributes.next() {
        errors.at(second, "duplicate attribute `children_of`: a stream has one parent");
    }
    let name = match &attribute.meta {
        Meta::List(list) => list.parse_args::<Ident>().ok(),
        _ => None,
    };
    if !attribute.path().is_ident(NAME) {
        let given = as_text(attribute.path());
        let example = name.map_or_else(|| "parents".to_owned(), |name| name.to_string());
        errors.at(
            attribute.path(),
            format!("unknown attribute `{given}`, did you mean `#[children_of({example})]`?"),
        );
        return Some(None);
    }
    if name.is_none() {
        errors.at(
            attribute,
            "expected the name of the method that fetches the parents: `#[children_of(parents)]`",
        );
    }
    Some(name)
}

/// Finds the record types of the parents. `names` has the name of each stream's parent.
pub(super) fn resolve(streams: &mut [Stream], names: &[Option<Ident>], errors: &mut Errors) {
    let methods: Vec<String> = streams.iter().map(|stream| stream.function.name()).collect();
    for (place, name) in names.iter().enumerate() {
        let Some(name) = name else { continue };
        let text = name.unraw().to_string();
        match methods.iter().position(|method| *method == text) {
            Some(parent) if parent == place => {
                errors
                    .at(name, "a stream cannot be its own parent: name the method that fetches the parents");
            }
            Some(parent) if is_ancestor(place, parent, &methods, names) => {
                errors.at(name, format!("`{text}` is itself a stream of children of this one"));
            }
            Some(parent) => streams[place].parent = Some(streams[parent].fetch.record.clone()),
            None => {
                let others = methods.iter().enumerate().filter(|(other, _)| *other != place);
                let hint = hint(&text, others.map(|(_, method)| method.as_str()));
                errors.at(
                    name,
                    format!("there is no method `{text}` in this block that fetches a stream{hint}"),
                );
            }
        }
    }
}

/// Returns whether the stream at `ancestor` is the parent of the one at `of`, or a parent of its parent.
fn is_ancestor(ancestor: usize, of: usize, methods: &[String], names: &[Option<Ident>]) -> bool {
    let mut at = of;
    // More steps than streams would be a circle without the ancestor.
    for _ in 0..methods.len() {
        let parent = names[at].as_ref().map(|name| name.unraw().to_string());
        match methods.iter().position(|method| Some(method) == parent.as_ref()) {
            Some(parent) if parent == ancestor => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

/// Returns the attribute, if there is one among these.
pub(super) fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| is_children(attribute))
}

/// Returns whether the attribute is `children_of` or a likely misspelling, which the compiler would report as unknown.
pub(in crate::source) fn is_children(attribute: &Attribute) -> bool {
    attribute.path().get_ident().is_some_and(|name| nearest(&name.unraw().to_string(), [NAME]).is_some())
}
