//! Enums: a choice of names, or of variants with fields.

use super::Value;
use super::allowed_serde_attributes;
use super::fields::{Members, Surroundings};
use super::groups::Groups;
use crate::attribute_values::DISPLAY_TYPE;
use crate::attributes::{Attributes, as_text};
use crate::errors::Errors;
use crate::rename_rules::{Case, snake};
use crate::{doc_comments, generated_code};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Fields, Ident, LitStr, Path, Type};

/// `#[airbyte(…)]` on the enum.
const ENUM: &[&str] = &["title", "description", "tag", "display_type", "crate"];

/// `#[airbyte(…)]` on a variant.
const VARIANT: &[&str] = &["title", "description", "hidden"];

/// An enum of unit variants only.
pub(in crate::spec) struct Names {
    pub(in crate::spec) ident: Ident,
    /// Each variant with its name in the user's JSON.
    pub(in crate::spec) names: Vec<(Ident, String)>,
}

/// An enum with data.
pub(in crate::spec) struct OneOf {
    pub(in crate::spec) ident: Ident,
    pub(in crate::spec) title: String,
    pub(in crate::spec) description: Option<TokenStream>,
    pub(in crate::spec) tag: String,
    pub(in crate::spec) display_type: Option<&'static str>,
    pub(in crate::spec) variants: Vec<Variant>,
}

pub(in crate::spec) struct Variant {
    pub(in crate::spec) ident: Ident,
    /// The value of the tag in the user's JSON.
    pub(in crate::spec) name: String,
    pub(in crate::spec) title: String,
    pub(in crate::spec) description: Option<TokenStream>,
    pub(in crate::spec) hidden: bool,
    pub(in crate::spec) body: Body,
}

pub(in crate::spec) enum Body {
    Unit,
    Fields(Members),
    /// The fields of another struct.
    Struct(Box<Type>),
}

pub(in crate::spec) fn read(
    item: &DeriveInput,
    data: &DataEnum,
    errors: &mut Errors,
) -> (Option<Value>, Path) {
    let mut attributes = Attributes::of(&item.attrs, ENUM, errors);
    let sdk = generated_code::sdk(&mut attributes, errors);
    let mut serde = allowed_serde_attributes::read(&item.attrs, allowed_serde_attributes::ENUM, errors);
    let rename_all = allowed_serde_attributes::rename_all(&mut serde, errors);
    let title = attributes.text("title", errors);
    let own_description = attributes.text("description", errors);
    let written_display_type = attributes.expr("display_type", errors);
    let display_type = written_display_type.as_ref().and_then(|value| DISPLAY_TYPE.read(value, errors));
    let tags = [attributes.text("tag", errors), serde.text("tag", errors)];
    if let [Some(_), Some(second)] = &tags {
        errors.at(second, "duplicate attribute `tag`: `#[airbyte(tag = …)]` gives it already");
    }
    let tag = tags.into_iter().flatten().next();
    if let Some(tag) = tag.as_ref().filter(|tag| tag.value().is_empty()) {
        errors.at(tag, "the tag must not be empty");
    }
    if data.variants.is_empty() {
        errors.at(&item.ident, "an enum without variants is not supported: there is nothing to choose from");
        return (None, sdk);
    }

    let only_names = data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
    if only_names {
        let unsupported = [
            ("tag", tag.to_token_stream()),
            ("display_type", written_display_type.to_token_stream()),
            ("title", title.to_token_stream()),
            ("description", own_description.to_token_stream()),
        ];
        for (attribute, written) in unsupported {
            if written.is_empty() {
                continue;
            }
            let why = match attribute {
                "title" | "description" => "write it on the field that has this type",
                _ => "it is for enums whose variants have data",
            };
            errors.at(&written, format!("`{attribute}` is not supported on an enum without data: {why}"));
        }
    }
    let key = tag.as_ref().map_or_else(|| "type".to_owned(), LitStr::value);
    let mut variants: Vec<Variant> = Vec::new();
    for variant in &data.variants {
        let read = Variant::read(variant, &item.ident, &key, rename_all, only_names, errors);
        let (read, written) = read;
        let name = &read.name;
        let mut reject = |message: String| match &written {
            Some(written) => errors.at(written, message),
            None => errors.at(&read.ident, message),
        };
        if name.is_empty() {
            reject("the name of a variant must not be empty".to_owned());
        } else if variants.iter().any(|other| other.name == *name) {
            reject(format!("duplicate variant name `{name}`"));
        }
        variants.push(read);
    }
    let ident = item.ident.clone();
    if only_names {
        let names = variants.into_iter().map(|variant| (variant.ident, variant.name)).collect();
        return (Some(Value::Names(Names { ident, names })), sdk);
    }
    let title = title.map_or_else(|| doc_comments::title(&ident.unraw().to_string()), |title| title.value());
    let description =
        own_description.map(ToTokens::into_token_stream).or_else(|| doc_comments::comment(&item.attrs));
    let one_of = OneOf { ident, title, description, tag: key, display_type, variants };
    (Some(Value::OneOf(one_of)), sdk)
}

impl Variant {
    /// Also returns the literal of its name, if it was renamed.
    fn read(
        variant: &syn::Variant,
        item: &Ident,
        tag: &str,
        rename_all: Option<Case>,
        only_names: bool,
        errors: &mut Errors,
    ) -> (Self, Option<LitStr>) {
        let ident = variant.ident.clone();
        let own_name = ident.unraw().to_string();
        let mut attributes = Attributes::of(&variant.attrs, VARIANT, errors);
        let mut serde =
            allowed_serde_attributes::read(&variant.attrs, allowed_serde_attributes::VARIANT, errors);
        let rename_fields = allowed_serde_attributes::rename_all(&mut serde, errors);
        let renamed = serde.text("rename", errors);
        let name = match (&renamed, rename_all) {
            (Some(name), _) => name.value(),
            (None, Some(case)) => case.of_variant(&own_name),
            (None, None) => snake(&own_name),
        };
        let hidden = attributes.flag("hidden", errors);
        let title = attributes.text("title", errors);
        let own_description = attributes.text("description", errors);
        if only_names {
            if let Some(hidden) = &hidden {
                errors.at(hidden, "`hidden` is only supported in an enum whose variants have data");
            }
            for written in [&title, &own_description].into_iter().flatten() {
                errors.at(
                    written,
                    "a form shows the name itself; to change it, write `#[serde(rename = \"…\")]`",
                );
            }
        }
        let body = Body::read(&variant.fields, item, tag, rename_fields, errors);
        let title = title.map_or_else(|| doc_comments::title(&own_name), |title| title.value());
        let description = own_description
            .map(ToTokens::into_token_stream)
            .or_else(|| doc_comments::comment(&variant.attrs));
        (Self { ident, name, title, description, hidden: hidden.is_some(), body }, renamed)
    }
}

impl Body {
    fn read(fields: &Fields, item: &Ident, tag: &str, rename_all: Option<Case>, errors: &mut Errors) -> Self {
        let values = match fields {
            Fields::Unit => return Self::Unit,
            Fields::Named(named) => {
                let around =
                    Surroundings { item, groups: &Groups::Nested, rename_all, tag: Some(tag), login: None };
                return Self::Fields(Members::read(named, &around, errors));
            }
            Fields::Unnamed(values) => values,
        };
        let [value] = values.unnamed.iter().collect::<Vec<_>>()[..] else {
            errors.at(values, "a form shows each value by its name: write `{ name: Type, … }`");
            return Self::Unit;
        };
        let of_name = |name| value.attrs.iter().filter(move |attribute| attribute.path().is_ident(name));
        for attribute in of_name("airbyte").chain(of_name("serde")) {
            errors.at(
                attribute,
                "attributes are not allowed here: put them on the variant, or on the fields of the struct",
            );
        }
        if super::field_types::contains(&value.ty, item) {
            errors.at(&value.ty, super::field_types::RECURSIVE);
            return Self::Unit;
        }
        if super::field_types::kind(&value.ty).is_some() {
            let ty = as_text(&value.ty).replace(' ', "");
            errors.at(&value.ty, format!("a form shows each value by its name: write `{{ name: {ty} }}`"));
            return Self::Unit;
        }
        if crate::type_table::is_option(&value.ty) {
            let ty = as_text(&value.ty).replace(' ', "");
            errors.at(
                &value.ty,
                format!("the fields of a variant are present when it is chosen: remove the `Option`, or name the field: `{{ name: {ty} }}`"),
            );
            return Self::Unit;
        }
        if let Some((ty, why)) = super::field_types::wrapper(&value.ty) {
            errors.at(ty, why);
            return Self::Unit;
        }
        Self::Struct(Box::new(value.ty.clone()))
    }
}
