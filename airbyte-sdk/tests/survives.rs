//! Unusual and right: surroundings in which the macros must work. That it compiles is the test.
#![allow(dead_code, reason = "each module has a `main` that nobody calls")]

#[path = "survives/forms.rs"]
mod forms;
#[path = "survives/impl_of_two_streams_and_a_check.rs"]
mod impl_of_two_streams_and_a_check;
#[path = "survives/names_of_the_standard_library_are_taken.rs"]
mod names_of_the_standard_library_are_taken;
#[path = "survives/names_that_generated_code_uses.rs"]
mod names_that_generated_code_uses;
#[path = "survives/partitions.rs"]
mod partitions;
#[path = "survives/rate_limits.rs"]
mod rate_limits;
#[path = "survives/parts_of_a_record.rs"]
mod parts_of_a_record;
#[path = "survives/raw_identifiers.rs"]
mod raw_identifiers;
#[path = "survives/read_and_written.rs"]
mod read_and_written;
#[path = "survives/record_of_a_private_module.rs"]
mod record_of_a_private_module;
#[path = "survives/written_by_a_macro.rs"]
mod written_by_a_macro;
