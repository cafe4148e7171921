//! `groups(id = "Title", …)`: the groups of fields, each of which the form shows as a card.

use super::fields::Members;
use crate::attributes::Attributes;
use crate::errors::{Errors, hint};
use syn::ext::IdentExt;
use syn::{Expr, ExprAssign, ExprLit, Lit, LitStr};

/// The groups of fields.
pub(in crate::spec) enum Groups {
    Known(Vec<Group>),
    /// They have a mistake, so a field's group cannot be checked.
    Invalid,
    /// In the type of a field, which has no groups.
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
            return if mentioned { Self::Invalid } else { Self::Known(Vec::new()) };
        };
        let mut groups: Vec<Group> = Vec::new();
        let mut invalid = false;
        for group in list {
            match Group::read(group, errors) {
                Some(Group { id, written, .. }) if groups.iter().any(|other| other.id == id) => {
                    errors.at(&written, format!("the group `{id}` is declared twice"));
                }
                Some(group) => groups.push(group),
                None => invalid = true,
            }
        }
        if invalid { Self::Invalid } else { Self::Known(groups) }
    }

    pub(in crate::spec) fn known(&self) -> Option<&[Group]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Invalid | Self::Nested => None,
        }
    }

    /// Checks the group of a field.
    pub(in crate::spec) fn check(&self, group: &LitStr, errors: &mut Errors) {
        let id = group.value();
        let groups = match self {
            Self::Invalid => return,
            Self::Nested => {
                return errors.at(group, "`group` is only supported in the struct with `#[derive(AirbyteSpec)]`: put it on the field that has this type");
            }
            Self::Known(groups) => groups,
        };
        if groups.is_empty() {
            errors.at(
                group,
                format!("no groups are declared; add `#[airbyte(groups({id} = \"…\"))]` to the struct"),
            );
        } else if !groups.iter().any(|declared| declared.id == id) {
            let hint = hint(&id, groups.iter().map(|group| group.id.as_str()));
            errors.at(group, format!("unknown group `{id}`{hint}"));
        }
    }

    /// Reports a group without fields, which would be an empty card.
    pub(super) fn check_used(&self, members: &Members, errors: &mut Errors) {
        let Self::Known(groups) = self else { return };
        // If a field names an unknown group, which of the groups are used is unclear.
        let used: Vec<String> =
            members.fields().filter_map(|field| field.attributes.text("group")).map(LitStr::value).collect();
        let unclear = members
            .fields()
            .any(|field| field.attributes.mentions("group") && field.attributes.get("group").is_none())
            || used.iter().any(|id| !groups.iter().any(|group| group.id == *id));
        for group in groups.iter().filter(|group| !unclear && !used.contains(&group.id)) {
            let id = &group.id;
            errors.at(&group.written, format!("no field is in the group `{id}`: write `#[airbyte(group = \"{id}\")]` on one, or remove the group"));
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
        errors.at(&group, "expected the id and the title of a group: `groups(login = \"Login\")`");
        None
    }
}
