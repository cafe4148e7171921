//! Lets the compiler check the types of fields that the macro does not know by name.
//!
//! A plain bound on each field's type would be reported once per use: in the impl, and wherever the configuration is used. So
//! the check is a constant at each type, and the impl itself does not depend on the types: see `guard`.

use crate::attributes::as_text;
use crate::generated_code;
use crate::spec::model::enums::{Body, Variant};
use crate::spec::model::field_types::{innermost, kind};
use crate::spec::model::fields::{Field, Member, Members};
use crate::type_table::Kind;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

/// Each type once, with the trait it must implement.
#[derive(Default)]
pub(super) struct TypeChecks<'a>(Vec<(&'a Type, Needs)>);

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    ConfigValue,
    Fields,
}

impl<'a> TypeChecks<'a> {
    pub(super) fn of_members(members: &'a Members) -> Self {
        let mut checks = Self::default();
        checks.members(members);
        checks
    }

    pub(super) fn of_variants(variants: &'a [Variant]) -> Self {
        let mut checks = Self::default();
        for variant in variants {
            match &variant.body {
                Body::Unit => {}
                Body::Fields(members) => checks.members(members),
                Body::Struct(ty) => checks.add(ty, Needs::Fields),
            }
        }
        checks
    }

    fn members(&mut self, members: &'a Members) {
        for member in &members.0 {
            match member {
                // An `Option` or a `Vec` is supported if its content is.
                Member::Field(Field { ty, .. }) => self.add(innermost(ty), Needs::ConfigValue),
                Member::Flattened(_, ty) => self.add(ty, Needs::Fields),
                Member::Skipped(..) => {}
            }
        }
    }

    fn add(&mut self, ty: &'a Type, needs: Needs) {
        // A type that has to be imported may be another crate's of the same name.
        let known = needs == Needs::ConfigValue && kind(ty).is_some_and(Kind::is_of_the_prelude);
        let is_added = self.0.iter().any(|(other, same)| *same == needs && as_text(other) == as_text(ty));
        if !known && !is_added {
            self.0.push((ty, needs));
        }
    }

    /// Returns a check at each type, which fails if the type does not implement the trait or contains itself.
    pub(super) fn constants(&self, sdk: &Path) -> Option<TokenStream> {
        let types = self.0.iter().map(|(ty, needs)| {
            let needs = needs.name();
            let constant = generated_code::located(
                &quote!(#sdk::spec::#needs>::A_FORM_CANNOT_CONTAIN_ITSELF),
                ty.span(),
            );
            quote_spanned!(ty.span()=> let () = <#ty as #constant;)
        });
        (!self.0.is_empty()).then(|| quote!({ #(#types)* }))
    }

    /// Moves functions that depend on these types into a separate impl of `Described`, and returns calls of them. The compiler
    /// does not evaluate bounds behind `Believed` until it needs them: if a type does not fit, that impl does not apply, and
    /// only the check reports it.
    pub(super) fn guard<const N: usize>(
        &self,
        ident: &Ident,
        role: &TokenStream,
        functions: [Function; N],
    ) -> ([TokenStream; N], Option<TokenStream>) {
        if self.0.is_empty() {
            return (functions.map(|function| function.with_body()), None);
        }
        let bounds = self.0.iter().map(|(ty, needs)| {
            let needs = needs.name();
            quote!(for<'__any> <#ty as __airbyte::Believed<'__any>>::Type: __airbyte::#needs)
        });
        let bodies = functions.iter().map(Function::with_body);
        let described = quote! {
            #[automatically_derived]
            #[doc(hidden)]
            impl __airbyte::Described<__airbyte::#role> for #ident
            where
                #(#bounds),*
            {
                #(#bodies)*
            }
        };
        (functions.map(|function| function.as_call(role)), Some(described))
    }
}

/// A function of a trait, written out.
pub(super) struct Function {
    pub(super) name: TokenStream,
    pub(super) arguments: TokenStream,
    pub(super) signature: TokenStream,
    pub(super) body: TokenStream,
}

impl Function {
    pub(super) fn with_body(&self) -> TokenStream {
        let Self { signature, body, .. } = self;
        quote!(#signature { #body })
    }

    fn as_call(&self, role: &TokenStream) -> TokenStream {
        let Self { name, arguments, signature, .. } = self;
        quote! {
            #signature {
                #[allow(unused_imports)]
                use __airbyte::Undescribed as _;
                __airbyte::DescriptionOf::<Self, __airbyte::#role>::#name(#arguments)
            }
        }
    }
}

impl Needs {
    fn name(self) -> TokenStream {
        match self {
            Self::ConfigValue => quote!(ConfigValue),
            Self::Fields => quote!(Fields),
        }
    }
}
