//! How `#[serde(…)]` changes the serialization of a record. serde and schemars apply it themselves; the names of primary keys
//! and cursors must follow.

use crate::attributes::ungrouped;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

/// The attributes that matter here; serde checks the others.
#[derive(Default)]
pub(in crate::stream) struct SerdeAttributes {
    pub(in crate::stream) rename: Option<LitStr>,
    pub(in crate::stream) rename_all: Option<LitStr>,
    /// Every `rename_all` rule that is given.
    pub(in crate::stream) rules: Vec<LitStr>,
    /// The field has a custom serialization.
    pub(in crate::stream) custom: Option<Path>,
    pub(in crate::stream) flatten: Option<Path>,
    /// The field is never serialized, or not always.
    pub(in crate::stream) skip: Option<Path>,
    pub(in crate::stream) skip_if: Option<Path>,
    /// The type is serialized as another one.
    pub(in crate::stream) replaced: bool,
    /// The names of all attributes.
    pub(in crate::stream) all: Vec<Path>,
}

impl SerdeAttributes {
    pub(in crate::stream) fn of(attributes: &[Attribute]) -> Self {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let _ = attribute.parse_nested_meta(|meta| read.read(&meta));
        }
        read
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let mut value = None;
        let is_rule = meta.path.is_ident("rename_all") || meta.path.is_ident("rename_all_fields");
        if meta.input.peek(Token![=]) {
            value = text(meta.value()?.parse()?);
            if is_rule {
                self.rules.extend(value.clone());
            }
        } else if meta.input.peek(syn::token::Paren) {
            // `rename(serialize = "…", deserialize = "…")`: only `serialize` matters.
            meta.parse_nested_meta(|half| {
                let text = text(half.value()?.parse()?);
                if is_rule {
                    self.rules.extend(text.clone());
                }
                if half.path.is_ident("serialize") {
                    value = text;
                }
                Ok(())
            })?;
        }
        let path = || Some(meta.path.clone());
        match meta.path.get_ident().map(Ident::to_string).unwrap_or_default().as_str() {
            "rename" => self.rename = value,
            "rename_all" => self.rename_all = value,
            "with" | "serialize_with" => self.custom = path(),
            "flatten" => self.flatten = path(),
            "skip" | "skip_serializing" => self.skip = path(),
            "skip_serializing_if" => self.skip_if = path(),
            "transparent" | "into" | "remote" => self.replaced = true,
            _ => {}
        }
        self.all.push(meta.path.clone());
        Ok(())
    }
}

/// Returns the attribute that gives a field a custom serialization, if no `#[schemars(…)]` gives its schema.
pub(in crate::stream) fn undescribed(attributes: &[Attribute]) -> Option<Path> {
    let custom = SerdeAttributes::of(attributes).custom?;
    let mut described = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("schemars")) {
        let _ = attribute.parse_nested_meta(|meta| {
            described |= ["with", "schema_with"].iter().any(|attribute| meta.path.is_ident(attribute));
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    (!described).then_some(custom)
}

fn text(value: Expr) -> Option<LitStr> {
    match ungrouped(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}
