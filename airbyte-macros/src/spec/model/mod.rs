//! The input of the macro: a configuration, parsed and checked, each value with its span.

mod allowed_serde_attributes;
mod check_credential_names;
mod check_field;
mod check_literals;
pub(super) mod enums;
pub(super) mod field_attributes;
pub(super) mod field_types;
pub(super) mod fields;
mod groups;
pub(super) mod oauth_login;

use self::enums::{Names, OneOf};
use self::fields::{Members, Surroundings};
use self::groups::Groups;
use self::oauth_login::OAuthLogin;
use crate::attributes::{Allowed, Attributes};
use crate::errors::Errors;
use crate::{doc_comments, generated_code};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, FieldsNamed, Ident, LitStr, Path};

/// `#[airbyte(…)]` on the whole configuration.
const SPEC: &[&str] = &["title", "description", "documentation_url", "groups", "oauth_login", "crate"];

/// `#[airbyte(…)]` on a struct that is the type of a field.
const OBJECT: &[&str] = &["title", "description", "crate"];

/// The whole configuration: `#[derive(AirbyteSpec)]`.
pub(super) struct Spec {
    pub(super) ident: Ident,
    pub(super) title: String,
    pub(super) description: Option<TokenStream>,
    pub(super) documentation_url: Option<LitStr>,
    pub(super) groups: Groups,
    pub(super) oauth_login: Option<OAuthLogin>,
    pub(super) members: Members,
}

/// The type of a field: `#[derive(ConfigValue)]`.
pub(super) enum Value {
    Object(Object),
    Names(Names),
    OneOf(OneOf),
}

/// A struct.
pub(super) struct Object {
    pub(super) ident: Ident,
    pub(super) title: String,
    pub(super) description: Option<TokenStream>,
    pub(super) members: Members,
}

impl Spec {
    /// Also returns the path to the SDK, which is known even if the rest is invalid.
    pub(super) fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        if !matches!(item.data, Data::Struct(_)) {
            let message = match item.data {
                Data::Enum(_) => {
                    "a configuration is a struct: write `#[derive(ConfigValue)]` on this enum instead, and use it as the type of a field"
                }
                _ => "a configuration is a struct with named fields",
            };
            errors.at(&item.ident, message);
            return (None, generated_code::sdk_of(&item.attrs));
        }
        let mut attributes = Attributes::of(&item.attrs, SPEC, errors);
        let sdk = generated_code::sdk(&mut attributes, errors);
        check_generics(item, errors);
        let mut serde = allowed_serde_attributes::read(&item.attrs, allowed_serde_attributes::STRUCT, errors);
        let rename_all = allowed_serde_attributes::rename_all(&mut serde, errors);
        let groups = Groups::read(&mut attributes, errors);
        let title = attributes
            .text("title", errors)
            .map(|title| title.value())
            .or_else(connector_title)
            .unwrap_or_else(|| doc_comments::title(&item.ident.unraw().to_string()));
        let description = description(item, &mut attributes, errors);
        let documentation_url = attributes.text("documentation_url", errors);
        let oauth_login = attributes
            .tokens("oauth_login", errors)
            .and_then(|(at, tokens)| OAuthLogin::read(&at, tokens, errors));
        let Some(fields) = named_fields(item, errors) else { return (None, sdk) };
        let login = oauth_login.as_ref();
        let around = Surroundings { item: &item.ident, groups: &groups, rename_all, tag: None, login };
        let members = Members::read(fields, &around, errors);
        groups.check_used(&members, errors);
        if let Some(oauth_login) = &oauth_login {
            oauth_login.check(&members, errors);
        }
        let ident = item.ident.clone();
        (Some(Self { ident, title, description, documentation_url, groups, oauth_login, members }), sdk)
    }
}

impl Value {
    /// Also returns the path to the SDK, which is known even if the rest is invalid.
    pub(super) fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        check_generics(item, errors);
        match &item.data {
            Data::Enum(data) => enums::read(item, data, errors),
            Data::Struct(_) | Data::Union(_) => {
                let (object, sdk) = Object::read(item, errors);
                (object.map(Self::Object), sdk)
            }
        }
    }
}

impl Object {
    fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        const ROOT: &str = "it belongs on the struct with `#[derive(AirbyteSpec)]`";
        let allowed = Allowed {
            names: OBJECT,
            unsupported: &[("documentation_url", ROOT), ("groups", ROOT), ("oauth_login", ROOT)],
        };
        let mut attributes = Attributes::of_attribute("airbyte", &item.attrs, allowed, errors);
        let sdk = generated_code::sdk(&mut attributes, errors);
        let mut serde = allowed_serde_attributes::read(&item.attrs, allowed_serde_attributes::STRUCT, errors);
        let rename_all = allowed_serde_attributes::rename_all(&mut serde, errors);
        let title = attributes
            .text("title", errors)
            .map_or_else(|| doc_comments::title(&item.ident.unraw().to_string()), |title| title.value());
        let description = description(item, &mut attributes, errors);
        let Some(fields) = named_fields(item, errors) else { return (None, sdk) };
        let around =
            Surroundings { item: &item.ident, groups: &Groups::Nested, rename_all, tag: None, login: None };
        let members = Members::read(fields, &around, errors);
        if members.are_none_shown() {
            errors.at(&item.ident, "a form cannot show a struct without fields: add a field");
        }
        (Some(Self { ident: item.ident.clone(), title, description, members }), sdk)
    }
}

fn check_generics(item: &DeriveInput, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        let message = if generated_code::has_lifetimes_only(&item.generics) {
            "a configuration must own its data: remove the lifetime, and use `String` instead of `&str`"
        } else {
            "generic configuration types are not supported: a spec has exactly one form"
        };
        errors.at(&item.generics, message);
    }
}

fn description(item: &DeriveInput, attributes: &mut Attributes, errors: &mut Errors) -> Option<TokenStream> {
    let description = attributes.text("description", errors).map(ToTokens::into_token_stream);
    description.or_else(|| doc_comments::comment(&item.attrs))
}

fn named_fields<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Option<&'a FieldsNamed> {
    if let Data::Struct(data) = &item.data
        && let Fields::Named(fields) = &data.fields
    {
        return Some(fields);
    }
    errors.at(
        &item.ident,
        "a configuration is a struct with named fields: each name is a key of the user's JSON",
    );
    None
}

/// Returns the connector's name as a title: `source-stock-ticker-api` → "Stock Ticker API".
fn connector_title() -> Option<String> {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    package.strip_prefix("source-").map(|name| doc_comments::title(&name.replace('-', "_")))
}
