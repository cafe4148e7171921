//! Reads `#[children_of(campaigns, changed, key = "…")]` on a fetch method: the method that fetches the parents of its records,
//! whether only those that changed are visited, and the key of a parent in states of the Python CDK.

use super::Stream;
use super::partitions::Arguments;
use crate::attributes::{Attributes, as_text};
use crate::errors::{Errors, hint, nearest};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, ImplItemFn, LitStr, Meta};

const NAME: &str = "children_of";

pub(super) struct Parents {
    /// The method that fetches them.
    pub(super) method: Ident,
    /// Where it says that only those that changed are visited.
    pub(super) changed: Option<Ident>,
    pub(super) key: Option<LitStr>,
}

/// Returns the parents. `None` if the method has no such attribute, `Some(None)` if it has one that was reported.
pub(super) fn read(method: &ImplItemFn, errors: &mut Errors) -> Option<Option<Parents>> {
    let mut attributes = method.attrs.iter().filter(|attribute| is_children(attribute));
    let attribute = attributes.next()?;
    if let Some(second) = attributes.next() {
        errors.at(second, "duplicate attribute `children_of`: a stream has one parent");
    }
    let arguments = match &attribute.meta {
        Meta::List(list) => list.parse_args::<Arguments>().ok(),
        _ => None,
    };
    if !attribute.path().is_ident(NAME) {
        let given = as_text(attribute.path());
        let example = arguments.map_or_else(|| "parents".to_owned(), |given| given.method.to_string());
        errors.at(
            attribute.path(),
            format!("unknown attribute `{given}`, did you mean `#[children_of({example})]`?"),
        );
        return Some(None);
    }
    let Some(Arguments { method, attributes }) = arguments else {
        errors.at(
            attribute,
            "expected the name of the method that fetches the parents: `#[children_of(parents)]`",
        );
        return Some(None);
    };
    let mut attributes = Attributes::parse(attributes, &["changed", "key"], errors);
    let (changed, key) = (attributes.flag("changed", errors), attributes.text("key", errors));
    Some(Some(Parents { method, changed, key }))
}

/// Finds the record types of the parents. `parents` has those of each stream; `invalid` are methods with other mistakes.
pub(super) fn resolve(
    streams: &mut [Stream],
    parents: &[Option<Parents>],
    invalid: &[String],
    errors: &mut Errors,
) {
    let methods: Vec<String> = streams.iter().map(|stream| stream.function.name()).collect();
    for (place, parent) in parents.iter().enumerate() {
        let Some(Parents { method: name, changed, .. }) = parent else { continue };
        let text = name.unraw().to_string();
        match methods.iter().position(|method| *method == text) {
            Some(parent) if parent == place => {
                errors
                    .at(name, "a stream cannot be its own parent: name the method that fetches the parents");
            }
            Some(parent) if is_ancestor(place, parent, &methods, parents) => {
                errors.at(name, format!("`{text}` is itself a stream of children of this one"));
            }
            Some(parent) => {
                if let Some(changed) = changed {
                    check_changed(changed, &streams[place], &streams[parent], errors);
                    streams[place].follows_changes = true;
                }
                streams[place].parent = Some(streams[parent].fetch.record.clone());
            }
            None if invalid.contains(&text) => {}
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

/// Reports `changed` where it cannot be: both streams must be incremental.
fn check_changed(at: &Ident, stream: &Stream, parent: &Stream, errors: &mut Errors) {
    if parent.fetch.since.is_none() {
        let method = parent.function.name();
        errors.at(
            at,
            format!("which parents changed is known only if they are fetched incrementally: add the argument `since` to `{method}`, or remove `changed`"),
        );
    }
    if stream.fetch.since.is_none() {
        errors.at(
            at,
            "a full refresh needs the children of all parents: add the argument `since`, or remove `changed`",
        );
    }
}

/// Returns whether the stream at `ancestor` is the parent of the one at `of`, or a parent of its parent.
fn is_ancestor(ancestor: usize, of: usize, methods: &[String], parents: &[Option<Parents>]) -> bool {
    let mut at = of;
    // More steps than streams would be a circle without the ancestor.
    for _ in 0..methods.len() {
        let parent = parents[at].as_ref().map(|parent| parent.method.unraw().to_string());
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
