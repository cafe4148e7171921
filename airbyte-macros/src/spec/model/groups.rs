//! `groups(id = "Title", …)`: the cards that a form shows its fields on.

use super::fields::Members;
use crate::attributes::Attributes;
use crate::errors::{Errors, hint};
use syn::ext::IdentExt;
use syn::{Expr, ExprAssign, ExprLit, Lit, LitStr};

/// The groups of fields.
pub(in crate::spec) enum Groups {
    Known(Vec<Group>),
    /// There is a mistake in them, so nothing can be said of a field's group.
    Garbled,
    /// In a struct or a variant that is the type of a field: it has none.
    Nested,
}

pub(in crate::spec) struct Group {
    pub(in crate::spec) id: String,
    pub(in crate::spec) title: LitStr,
    written: Expr,
}

impl Groups {
    pub(super) fn read(attributes: &mut Attributes, errors: &mut Errors) -> Self {
        let mentioned = attributes.mention("groups");
        let Some((_, list)) = attributes.list("groups", errors) else {
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

    pub(in crate::spec) fn known(&self) -> Option<&[Group]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Garbled | Self::Nested => None,
        }
    }

    /// What a field says of its group.
    pub(in crate::spec) fn check(&self, group: &LitStr, errors: &mut Errors) {
        let id = group.value();
        let groups = match self {
            Self::Garbled => return,
            Self::Nested => {
                return errors.at(group, "groups are cards of the whole form: put `group` on the field that has this type, in the struct with `#[derive(AirbyteSpec)]`");
            }
            Self::Known(groups) => groups,
        };
        if groups.is_empty() {
            errors.at(
                group,
                format!("no groups are declared; add `#[airbyte(groups({id} = \"…\"))]` to the struct"),
            );
        } else if !groups.iter().any(|declared| declared.id == id) {
            let legal = hint(&id, groups.iter().map(|group| group.id.as_str()));
            errors.at(group, format!("there is no group `{id}`{legal}"));
        }
    }

    /// A card without a field would be empty.
    pub(super) fn check_used(&self, members: &Members, errors: &mut Errors) {
        let Self::Known(groups) = self else { return };
        // With a misspelled group among the fields, nobody knows which ones are used.
        let named: Vec<String> =
            members.fields().filter_map(|field| field.attributes.text("group")).map(LitStr::value).collect();
        let unclear = members
            .fields()
            .any(|field| field.attributes.mentions("group") && field.attributes.get("group").is_none())
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
