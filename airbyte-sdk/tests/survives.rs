//! Unusual but valid code in which the macros must work. It only has to compile.
#![allow(dead_code, reason = "the `main` of each module is not called")]

#[path = "survives/forms.rs"]
mod forms;
#[path = "survives/impl_with_two_streams_and_a_check.rs"]
mod impl_with_two_streams_and_a_check;
#[path = "survives/shadowed_standard_library.rs"]
mod shadowed_standard_library;
#[path = "survives/names_used_by_generated_code.rs"]
mod names_used_by_generated_code;
#[path = "survives/partitions.rs"]
mod partitions;
#[path = "survives/rate_limits.rs"]
mod rate_limits;
#[path = "survives/nested_types.rs"]
mod nested_types;
#[path = "survives/raw_identifiers.rs"]
mod raw_identifiers;
#[path = "survives/record_read_from_a_response.rs"]
mod record_read_from_a_response;
#[path = "survives/record_in_a_private_module.rs"]
mod record_in_a_private_module;
#[path = "survives/connector_from_a_macro.rs"]
mod connector_from_a_macro;
