//! The attributes of serde that a configuration supports, and why it does not support the others.

use crate::attributes::{Allowed, Attributes};
use crate::errors::Errors;
use crate::rename_rules::Case;
use syn::Attribute;

const READ_ONLY: &str = "a configuration is only read";
const CONVERT: &str = "give the field a type that a form can show, and convert the value in your code";
const ENUMS: &str = "it is for enums";
const OTHER: &str = "make it a variant like the others; a value that names no variant is rejected";
const ALIAS: &str =
    "the platform validates a configuration against the spec, which has one name for each field";
const TRAITS: &str = "it configures serde's own derive";

/// On a struct.
pub(in crate::spec) const STRUCT: Allowed<'_> = Allowed {
    names: &["rename_all"],
    unsupported: &[
        ("default", "write `#[serde(default)]` or `#[airbyte(default = …)]` on each field that has one"),
        ("deny_unknown_fields", "the platform may add keys, which must be accepted"),
        ("rename", "the form's title is `#[airbyte(title = \"…\")]`"),
        ("tag", ENUMS),
        ("content", ENUMS),
        ("untagged", ENUMS),
        ("rename_all_fields", ENUMS),
        ("transparent", "the form shows the field under its name; use the inner type directly"),
        ("from", CONVERT),
        ("try_from", CONVERT),
        ("into", READ_ONLY),
        ("remote", TRAITS),
        ("bound", TRAITS),
        ("expecting", "messages are made from the names and types of the fields"),
        ("crate", "the path to the SDK is `#[airbyte(crate = ::path)]`"),
    ],
};

/// On an enum.
pub(in crate::spec) const ENUM: Allowed<'_> = Allowed {
    names: &["rename_all", "tag"],
    unsupported: &[
        ("untagged", "a key must say which variant was chosen: write `tag = \"…\"`"),
        ("content", "the fields of a variant are next to its tag: remove `content`"),
        ("rename_all_fields", "write `#[serde(rename_all = \"…\")]` on each variant"),
        ("rename", "the form's title is `#[airbyte(title = \"…\")]`"),
        ("default", "write `default` on the field that has this type"),
        ("deny_unknown_fields", "the platform may add keys, which must be accepted"),
        ("from", CONVERT),
        ("try_from", CONVERT),
        ("into", READ_ONLY),
        ("remote", TRAITS),
        ("bound", TRAITS),
        ("expecting", "messages are made from the names of the variants"),
        ("crate", "the path to the SDK is `#[airbyte(crate = ::path)]`"),
        ("variant_identifier", TRAITS),
        ("field_identifier", TRAITS),
    ],
};

/// On a field.
pub(in crate::spec) const FIELD: Allowed<'_> = Allowed {
    names: &["rename", "default", "skip", "flatten"],
    unsupported: &[
        ("alias", ALIAS),
        ("skip_deserializing", "write `skip`: the field is not in the form and gets its `Default`"),
        ("skip_serializing", READ_ONLY),
        ("skip_serializing_if", READ_ONLY),
        ("serialize_with", READ_ONLY),
        ("deserialize_with", CONVERT),
        ("with", CONVERT),
        ("getter", READ_ONLY),
        ("borrow", "a configuration must own its data"),
        ("bound", TRAITS),
        ("rename_all", "it belongs on the struct"),
    ],
};

/// On a variant.
pub(in crate::spec) const VARIANT: Allowed<'_> = Allowed {
    names: &["rename", "rename_all"],
    unsupported: &[
        ("alias", ALIAS),
        ("skip", "write `#[airbyte(hidden)]` to keep a variant out of the form"),
        ("skip_deserializing", "write `#[airbyte(hidden)]` to keep a variant out of the form"),
        ("skip_serializing", READ_ONLY),
        ("serialize_with", READ_ONLY),
        ("deserialize_with", CONVERT),
        ("with", CONVERT),
        ("other", OTHER),
        ("untagged", "a key must say which variant was chosen"),
        ("bound", TRAITS),
        ("borrow", "a configuration must own its data"),
    ],
};

pub(in crate::spec) fn read(
    attributes: &[Attribute],
    allowed: Allowed<'_>,
    errors: &mut Errors,
) -> Attributes {
    Attributes::of_attribute("serde", attributes, allowed, errors)
}

/// `rename_all = "…"`.
pub(in crate::spec) fn rename_all(attributes: &mut Attributes, errors: &mut Errors) -> Option<Case> {
    attributes.text("rename_all", errors).and_then(|name| Case::read(&name, errors))
}
