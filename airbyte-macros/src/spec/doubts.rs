//! Types of which only the compiler knows whether a form shows them.

use super::choice::{Body, Variant};
use super::field::{Field, Member, Members};
use super::kind::{Kind, innermost};
use crate::attr::as_text;
use crate::frame;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

/// Each type once, with what it has to be.
#[derive(Default)]
pub(super) struct Doubts<'a>(Vec<(&'a Type, Needs)>);

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    ConfigValue,
    Fields,
}

impl<'a> Doubts<'a> {
    pub(super) fn of_members(members: &'a Members) -> Self {
        let mut doubts = Self::default();
        doubts.members(members);
        doubts
    }

    pub(super) fn of_variants(variants: &'a [Variant]) -> Self {
        let mut doubts = Self::default();
        for variant in variants {
            match &variant.body {
                Body::Unit => {}
                Body::Fields(members) => doubts.members(members),
                Body::Struct(ty) => doubts.add(ty, Needs::Fields),
            }
        }
        doubts
    }

    fn members(&mut self, members: &'a Members) {
        for member in &members.0 {
            match member {
                // What is in an `Option` or a `Vec` decides about the whole, and is what the author wrote.
                Member::Field(Field { ty, .. }) => self.add(innermost(ty), Needs::ConfigValue),
                Member::Flattened(_, ty) => self.add(ty, Needs::Fields),
                Member::Skipped(..) => {}
            }
        }
    }

    fn add(&mut self, ty: &'a Type, needs: Needs) {
        // What has to be imported may be another crate's.
        let known = matches!(Kind::of(ty), Some(Kind::Text | Kind::Integer | Kind::Float | Kind::Bool));
        let said = |(other, same): &(&Type, Needs)| *same == needs && as_text(other) == as_text(ty);
        if !(known && needs == Needs::ConfigValue) && !self.0.iter().any(said) {
            self.0.push((ty, needs));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What lets an impl count on these types. Behind `Believed` the compiler does not look, so that one that does not
    /// fit is no mistake here: the impl does not apply then, and that is all.
    pub(super) fn believed(&self) -> Option<TokenStream> {
        let bounds = self.0.iter().map(|(ty, needs)| {
            let needs = needs.name();
            quote!(for<'a> <#ty as __airbyte::Believed<'a>>::Type: __airbyte::#needs)
        });
        (!self.is_empty()).then(|| quote!(where #(#bounds),*))
    }

    /// What says at the place of each type that it does not fit, and says it once.
    pub(super) fn examined(&self, sdk: &Path) -> Option<TokenStream> {
        let types = self.0.iter().map(|(ty, needs)| {
            let (name, function) = (needs.name(), needs.function());
            let function = frame::located(&quote!(#sdk::spec::#name>::#function), ty.span());
            quote_spanned!(ty.span()=> let _ = <#ty as #function;)
        });
        (!self.is_empty()).then(|| quote!(const _: () = { #(#types)* };))
    }
}

impl Needs {
    fn name(self) -> TokenStream {
        match self {
            Self::ConfigValue => quote!(ConfigValue),
            Self::Fields => quote!(Fields),
        }
    }

    fn function(self) -> TokenStream {
        match self {
            Self::ConfigValue => quote!(schema),
            Self::Fields => quote!(fields),
        }
    }
}
