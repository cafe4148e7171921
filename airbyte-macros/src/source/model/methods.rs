//! Reads the signatures of the author's methods that fetch no stream: `check`, and those that list partitions.

use super::return_types;
use crate::attributes::bare;
use crate::errors::Errors;
use syn::{FnArg, ReceiverKind, ReturnType, Signature, Type};

/// The method `check`.
pub(super) fn read_check(signature: &Signature, errors: &mut Errors) {
    let right = "expected `fn check(&self, http: &Http) -> Result<()>`";
    read_method(signature, right, "Result<()>", return_types::is_plain_result, errors);
}

/// The method that lists the partitions of a stream.
pub(super) fn read_list(signature: &Signature, errors: &mut Errors) {
    let right = format!("expected `fn {}(&self, http: &Http) -> Result<Vec<Partition>>`", signature.ident);
    read_method(signature, &right, "Result<Vec<Partition>>", return_types::is_list, errors);
}

/// Returns a method that takes `&self` and `http: &Http`.
fn read_method(
    signature: &Signature,
    right: &str,
    right_type: &str,
    fits: fn(&Type) -> bool,
    errors: &mut Errors,
) {
    if let Some(keyword) = &signature.asyncness {
        errors.at(keyword, "the method is not async, since requests block: remove `async`");
        return;
    }
    match &signature.output {
        ReturnType::Type(_, ty)
            if takes_http(signature) && return_types::reject_foreign(ty, right_type, errors) => {}
        ReturnType::Type(_, ty) if takes_http(signature) && fits(ty) => {}
        _ => errors.at(&signature.ident, right),
    }
}

/// Returns whether a method could list partitions.
pub(super) fn is_list(signature: &Signature) -> bool {
    takes_http(signature) && matches!(&signature.output, ReturnType::Type(_, ty) if return_types::is_list(ty))
}

/// Returns whether the arguments are `&self` and another reference, which is that to `Http`.
fn takes_http(signature: &Signature) -> bool {
    let mut arguments = signature.inputs.iter();
    matches!(arguments.next(), Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
        && matches!(arguments.next(), Some(FnArg::Typed(http)) if matches!(bare(&http.ty), Type::Reference(http) if http.mutability.is_none()))
        && arguments.next().is_none()
}
