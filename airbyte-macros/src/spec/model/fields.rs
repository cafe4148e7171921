//! The fields of a struct or of a variant.

use super::allowed_serde_attributes;
use super::check_field;
use super::field_attributes::{self, FieldAttributes};
use super::groups::Groups;
use super::oauth_login::OAuthLogin;
use crate::attributes::Attributes;
use crate::doc_comments;
use crate::errors::Errors;
use crate::rename_rules::Case;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprPath, FieldsNamed, Ident, LitStr, Type};

/// What the fields of a struct or a variant have in common.
pub(in crate::spec) struct Surroundings<'a> {
    /// The type whose form it is.
    pub(in crate::spec) item: &'a Ident,
    pub(in crate::spec) groups: &'a Groups,
    pub(in crate::spec) rename_all: Option<Case>,
    /// In a variant, the key that says which variant was chosen.
    pub(in crate::spec) tag: Option<&'a str>,
    /// The OAuth login, if there is one.
    pub(in crate::spec) login: Option<&'a OAuthLogin>,
}

impl Surroundings<'_> {
    /// Returns whether the login fills in the field, which then need not be shown.
    pub(in crate::spec) fn is_filled_in(&self, key: &str) -> bool {
        self.login.is_some_and(|login| login.fills_in(key))
    }
}

/// All fields, in order.
pub(in crate::spec) struct Members(pub(in crate::spec) Vec<Member>);

#[allow(clippy::large_enum_variant, reason = "only a few exist, for a short time")]
pub(in crate::spec) enum Member {
    Field(Field),
    /// `#[serde(flatten)]`: the fields of another struct.
    Flattened(Ident, Type),
    /// `#[serde(skip)]`: not in the form.
    Skipped(Ident, Type),
}

pub(in crate::spec) struct Field {
    pub(in crate::spec) ident: Ident,
    /// The key in the user's JSON.
    pub(in crate::spec) key: String,
    pub(in crate::spec) renamed: Option<LitStr>,
    pub(in crate::spec) ty: Type,
    pub(in crate::spec) title: String,
    pub(in crate::spec) description: Option<TokenStream>,
    pub(in crate::spec) examples: Vec<Expr>,
    pub(in crate::spec) default: Option<Default>,
    /// Also true if the default could not be read.
    pub(in crate::spec) has_default: bool,
    /// Whether an attribute of another framework marks it as a secret, which is an error already.
    pub(in crate::spec) marked_secret: bool,
    pub(in crate::spec) attributes: FieldAttributes,
}

/// The value of a field that the user does not set.
pub(in crate::spec) enum Default {
    /// `default = …`.
    Value(Expr),
    /// `#[serde(default)]`: the `Default` of the type.
    OfType(Ident),
    /// `#[serde(default = "function")]`, which is called.
    Call(ExprPath),
}

impl ToTokens for Default {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Value(value) => value.to_tokens(tokens),
            Self::Call(path) => path.to_tokens(tokens),
            Self::OfType(flag) => flag.to_tokens(tokens),
        }
    }
}

impl Members {
    pub(in crate::spec) fn read(
        fields: &FieldsNamed,
        around: &Surroundings<'_>,
        errors: &mut Errors,
    ) -> Self {
        let members = fields.named.iter().filter_map(|field| Member::read(field, around, errors)).collect();
        let members = Self(members);
        let all: Vec<&Field> = members.fields().collect();
        for (index, field) in all.iter().enumerate() {
            let key = &field.key;
            let mut reject = |message: String| match &field.renamed {
                Some(renamed) => errors.at(renamed, message),
                None => errors.at(&field.ident, message),
            };
            if let Some(fault) = doc_comments::name_fault(key) {
                reject(format!("{fault}, but it is the key in the user's JSON"));
            } else if around.tag == Some(key) {
                reject(format!(
                    "`{key}` is the tag of the enum: rename this field, or the tag with `#[airbyte(tag = \"…\")]`"
                ));
            } else if all[..index].iter().any(|other| other.key == *key) {
                reject(format!("duplicate key `{key}`"));
            }
            check_field::check(field, &all, around, errors);
        }
        members
    }

    /// Returns the fields that the form shows at this level, without flattened ones.
    pub(in crate::spec) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.0.iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            Member::Flattened(..) | Member::Skipped(..) => None,
        })
    }

    /// Returns whether the form shows no field; flattened ones may have some.
    pub(in crate::spec) fn are_none_shown(&self) -> bool {
        self.fields().next().is_none() && !self.flattens()
    }

    /// Returns whether a field is flattened.
    pub(in crate::spec) fn flattens(&self) -> bool {
        self.0.iter().any(|member| matches!(member, Member::Flattened(..)))
    }
}

impl Member {
    fn read(field: &syn::Field, around: &Surroundings<'_>, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let mut serde = allowed_serde_attributes::read(&field.attrs, allowed_serde_attributes::FIELD, errors);
        let (flatten, skip) = (serde.flag("flatten", errors), serde.flag("skip", errors));
        let (flag, because) = match (&flatten, &skip) {
            (Some(flag), _) => (flag, "the flattened fields have their own"),
            (None, Some(flag)) => (flag, "the field is not in the form"),
            (None, None) => return Some(Self::Field(Field::read(field, ident, serde, around, errors))),
        };
        if let (Some(_), Some(skip)) = (&flatten, &skip) {
            errors.at(skip, "`skip` and `flatten` contradict each other");
        }
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("airbyte")) {
            errors.at(attribute, format!("`{flag}` cannot be combined with other attributes: {because}"));
        }
        if let Some(other) = serde.text("rename", errors) {
            errors.at(&other, format!("`{flag}` cannot be combined with other attributes: {because}"));
        }
        match serde.flag_or_text("default", errors) {
            Some((_, Some(path))) => {
                errors.at(&path, format!("`{flag}` cannot be combined with other attributes: {because}"));
            }
            Some((default, None)) if flatten.is_some() => {
                errors.at(&default, format!("`{flag}` cannot be combined with other attributes: {because}"));
            }
            // A skipped field gets the `Default` of its type anyway.
            _ => {}
        }
        Some(if flatten.is_some() {
            if crate::type_table::is_option(&field.ty) {
                errors
                    .at(&field.ty, "a flattened struct cannot be optional: make its fields optional instead");
            }
            if super::field_types::contains(&field.ty, around.item) {
                errors.at(&field.ty, super::field_types::RECURSIVE);
            } else if let Some((ty, why)) = super::field_types::wrapper(&field.ty) {
                errors.at(ty, why);
            }
            Self::Flattened(ident, field.ty.clone())
        } else {
            Self::Skipped(ident, field.ty.clone())
        })
    }
}

impl Field {
    fn read(
        field: &syn::Field,
        ident: Ident,
        mut serde: Attributes,
        around: &Surroundings<'_>,
        errors: &mut Errors,
    ) -> Self {
        let name = ident.unraw().to_string();
        let renamed = serde.text("rename", errors);
        let key = match (&renamed, around.rename_all) {
            (Some(key), _) => key.value(),
            (None, Some(case)) => case.of_field(&name),
            (None, None) => name.clone(),
        };
        let mut attributes = field_attributes::read(field, &name, errors);
        let text = |text: LitStr| text.value();
        let has_default = attributes.mention("default") || serde.mention("default");
        let marked_secret = field_attributes::marks_secret(&attributes);
        Self {
            title: attributes.text("title", errors).map(text).unwrap_or_else(|| doc_comments::title(&name)),
            description: attributes
                .text("description", errors)
                .map(ToTokens::into_token_stream)
                .or_else(|| doc_comments::comment(&field.attrs)),
            examples: attributes.list("examples", errors).map(|(_, list)| list).unwrap_or_default(),
            default: Default::read(&mut attributes, &mut serde, errors),
            has_default,
            marked_secret,
            attributes: FieldAttributes::read(&mut attributes, errors),
            ty: field.ty.clone(),
            ident,
            key,
            renamed,
        }
    }
}

impl Default {
    fn read(attributes: &mut Attributes, serde: &mut Attributes, errors: &mut Errors) -> Option<Self> {
        let own = attributes.expr("default", errors).map(Self::Value);
        let Some(serdes) = serde.flag_or_text("default", errors) else { return own };
        let serdes = match serdes {
            (flag, None) => Self::OfType(flag),
            (_, Some(path)) => match path.parse::<ExprPath>() {
                Ok(path) => Self::Call(path),
                Err(_) => {
                    errors.at(&path, "expected the path of a function: `#[serde(default = \"function\")]`");
                    return own;
                }
            },
        };
        if own.is_some() {
            errors.at(&serdes, "duplicate attribute `default`");
            return own;
        }
        Some(serdes)
    }
}
