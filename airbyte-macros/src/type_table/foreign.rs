//! Dates and times of other crates, which are often tried. The SDK supports those of jiff.

use super::arguments;
use crate::attributes::bare;
use syn::Type;

/// What to use in place of a type.
#[derive(Clone, Copy)]
pub(crate) struct Replacement {
    /// As the column of a record.
    pub(crate) column: &'static str,
    /// As the field of a configuration, in a message.
    pub(crate) field: &'static str,
}

const DATE: Replacement = Replacement { column: "airbyte_sdk::Date", field: "use `airbyte_sdk::Date`" };
const TIMESTAMP: Replacement =
    Replacement { column: "airbyte_sdk::Timestamp", field: "use `airbyte_sdk::Timestamp`" };
const DATE_TIME: Replacement =
    Replacement { column: "airbyte_sdk::jiff::civil::DateTime", field: "use `airbyte_sdk::Timestamp`" };
const TIME: Replacement = Replacement {
    column: "airbyte_sdk::jiff::civil::Time",
    field: "a form has no field for a time of day; use a `String` with a `pattern`",
};

/// Returns what to use in place of a type of `chrono`, `time` or `std::time`. `None` for any other.
pub(crate) fn foreign(ty: &Type) -> Option<Replacement> {
    let Type::Path(path) = bare(ty) else { return None };
    let segments: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let has_arguments = arguments(ty).next().is_some();
    let is_of = |krate: &str| segments.len() > 1 && segments.first().is_some_and(|first| first == krate);
    match segments.last()?.as_str() {
        "NaiveDate" => Some(DATE),
        "Date" if has_arguments || is_of("time") => Some(DATE),
        "OffsetDateTime" | "UtcDateTime" | "SystemTime" => Some(TIMESTAMP),
        "DateTime" if has_arguments => Some(TIMESTAMP),
        "NaiveDateTime" | "PrimitiveDateTime" => Some(DATE_TIME),
        "NaiveTime" => Some(TIME),
        "Time" if is_of("time") => Some(TIME),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn types_of_other_crates_have_a_replacement() {
        let column = |ty: Type| foreign(&ty).map(|replacement| replacement.column);
        assert_eq!(column(parse_quote!(chrono::NaiveDate)), Some("airbyte_sdk::Date"));
        assert_eq!(column(parse_quote!(DateTime<Utc>)), Some("airbyte_sdk::Timestamp"));
        assert_eq!(column(parse_quote!(time::Date)), Some("airbyte_sdk::Date"));
        assert_eq!(column(parse_quote!(Date)), None);
        assert_eq!(column(parse_quote!(jiff::civil::DateTime)), None);
    }
}
