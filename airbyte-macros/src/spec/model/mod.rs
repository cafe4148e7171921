//! What the author wrote about a configuration: typed and checked, each value with its span.

mod allowed_serde_attributes;
mod check_credential_names;
mod check_field;
mod check_literals;
pub(super) mod enums;
pub(super) mod field_types;
pub(super) mod fields;
pub(super) mod oauth_login;

use self::enums::{Names, OneOf};
use self::fields::{Members, Surroundings};
use self::oauth_login::OAuth;
use crate::attributes::Words;
use crate::errors::{Errors, hint};
use crate::rename_rules::Case;
use crate::{attribute_names, doc_comments, generated_code};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DataStruct, DeriveInput, Expr, ExprAssign, ExprLit, Fields, Ident, Lit, LitStr, Path};

pub(super) enum Model {
    Struct(Struct),
    Names(Names),
    OneOf(OneOf),
}

pub(super) struct Struct {
    pub(super) ident: Ident,
    /// Of the form as a whole.
    pub(super) title: String,
    /// Where the struct is a part of another form.
    pub(super) own_title: String,
    pub(super) description: Option<TokenStream>,
    pub(super) documentation_url: Option<LitStr>,
    pub(super) groups: Groups,
    pub(super) oauth: Option<OAuth>,
    pub(super) members: Members,
}

impl Struct {
    /// Whether it may be the type of a field. Groups and a login belong to a whole form; a form shows no empty object.
    pub(super) fn is_part(&self) -> bool {
        let whole = self.oauth.is_some() || self.groups.known().is_some_and(|groups| !groups.is_empty());
        !whole && (self.members.fields().next().is_some() || self.members.flattens())
    }
}

/// The groups of fields.
pub(super) enum Groups {
    Known(Vec<Group>),
    /// There is a mistake in them, so nothing can be said of a field's group.
    Garbled,
    /// In a variant, which has none.
    None,
}

pub(super) struct Group {
    pub(super) id: String,
    pub(super) title: LitStr,
    written: Expr,
}

impl Model {
    /// The path to the SDK comes back even if the rest is beyond reading.
    pub(super) fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        if !item.generics.params.is_empty() {
            errors.at(&item.generics, "a configuration has no generics: its form is one");
        }
        match &item.data {
            Data::Struct(data) => Self::read_struct(item, data, errors),
            Data::Enum(data) => enums::read(item, data, errors),
            Data::Union(_) => {
                errors.at(&item.ident, "a configuration is a struct with named fields");
                let mut words = Words::of(&item.attrs, attribute_names::SPEC, errors);
                (None, generated_code::sdk(&mut words, errors))
            }
        }
    }

    fn read_struct(item: &DeriveInput, data: &DataStruct, errors: &mut Errors) -> (Option<Self>, Path) {
        let mut words = Words::of(&item.attrs, attribute_names::SPEC, errors);
        let sdk = generated_code::sdk(&mut words, errors);
        let mut serde =
            allowed_serde_attributes::words(&item.attrs, allowed_serde_attributes::STRUCT, errors);
        let rename_all: Option<Case> = allowed_serde_attributes::rename_all(&mut serde, errors);
        let groups = Groups::read(&mut words, errors);
        let title = words.text("title", errors).map(|title| title.value());
        let own_title = title.clone().unwrap_or_else(|| doc_comments::title(&item.ident.unraw().to_string()));
        let title = title.or_else(connector_title).unwrap_or_else(|| own_title.clone());
        let description = words
            .text("description", errors)
            .map(ToTokens::into_token_stream)
            .or_else(|| doc_comments::comment(&item.attrs));
        let documentation_url = words.text("documentation_url", errors);
        let oauth =
            words.tokens("oauth", errors).and_then(|(word, tokens)| OAuth::read(&word, tokens, errors));

        let Fields::Named(fields) = &data.fields else {
            errors.at(
                &item.ident,
                "a configuration is a struct with named fields: each name is a key of the user's JSON",
            );
            return (None, sdk);
        };
        let around =
            Surroundings { item: &item.ident, groups: &groups, rename_all, tag: None, login: oauth.as_ref() };
        let members = Members::read(fields, &around, errors);
        groups.check_used(&members, errors);
        if let Some(oauth) = &oauth {
            oauth.check(&members, errors);
        }
        let ident = item.ident.clone();
        let read = Struct { ident, title, own_title, description, documentation_url, groups, oauth, members };
        (Some(Self::Struct(read)), sdk)
    }
}

/// The connector's name as a title: `source-stock-ticker-api` → "Stock Ticker API".
fn connector_title() -> Option<String> {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    package.strip_prefix("source-").map(|name| doc_comments::title(&name.replace('-', "_")))
}

impl Groups {
    fn read(words: &mut Words, errors: &mut Errors) -> Self {
        let mentioned = words.mention("groups");
        let Some((_, list)) = words.list("groups", errors) else {
            return if mentioned { Self::Garbled } else { Self::Known(Vec::new()) };
        };
        let mut groups: Vec<Group> = Vec::new();
        let mut garbled = false;
        for group in list {
            match Group::read(group, errors) {
                Some(Group { id, written, .. }) if groups.iter().any(|other| other.id == id) => {
                    errors.at(&written, format!("the group `{id}` is declared twice"));
                }
                Some(group) => groups.push(group),
                None => garbled = true,
            }
        }
        if garbled { Self::Garbled } else { Self::Known(groups) }
    }

    pub(super) fn known(&self) -> Option<&[Group]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Garbled | Self::None => None,
        }
    }

    /// What a field says of its group.
    pub(super) fn check(&self, group: &LitStr, errors: &mut Errors) {
        let id = group.value();
        let groups = match self {
            Self::Garbled => return,
            Self::None => {
                return errors.at(group, "groups are cards of the whole form; the fields of an option stand on the card of the field that has this type");
            }
            Self::Known(groups) => groups,
        };
        if groups.is_empty() {
            errors.at(
                group,
                format!("no groups are declared; add `#[airbyte(groups({id} = \"…\"))]` to the struct, if it is the whole configuration: a struct inside another has no groups"),
            );
        } else if !groups.iter().any(|declared| declared.id == id) {
            let legal = hint(&id, groups.iter().map(|group| group.id.as_str()));
            errors.at(group, format!("there is no group `{id}`{legal}"));
        }
    }

    /// A card without a field would be empty.
    fn check_used(&self, members: &Members, errors: &mut Errors) {
        let Self::Known(groups) = self else { return };
        // With a misspelled group among the fields, nobody knows which ones are used.
        let named: Vec<String> =
            members.fields().filter_map(|field| field.group.as_ref()).map(LitStr::value).collect();
        let unclear = members.fields().any(|field| field.has_group && field.group.is_none())
            || named.iter().any(|id| !groups.iter().any(|group| group.id == *id));
        for group in groups.iter().filter(|group| !unclear && !named.contains(&group.id)) {
            let id = &group.id;
            errors.at(&group.written, format!("no field is in the group `{id}`; say `#[airbyte(group = \"{id}\")]` on one, or remove the group"));
        }
    }
}

impl Group {
    /// `id = "Title"`.
    fn read(group: Expr, errors: &mut Errors) -> Option<Self> {
        if let Expr::Assign(ExprAssign { left, right, .. }) = &group
            && let (Expr::Path(id), Expr::Lit(ExprLit { lit: Lit::Str(title), .. })) = (&**left, &**right)
            && let Some(id) = id.path.get_ident()
        {
            return Some(Self { id: id.unraw().to_string(), title: title.clone(), written: group });
        }
        errors.at(&group, "a group is its id and its title: `groups(login = \"Login\")`");
        None
    }
}
