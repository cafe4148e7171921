//! The types of configuration fields: the schema of each, and how its value is read.

use super::default::Withheld;
use super::place::Place;
use crate::secret::Secret;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// A type that can be used for a field of a configuration.
///
/// Derive it for a struct or an enum with [`#[derive(ConfigValue)]`](derive@crate::ConfigValue). To implement it by hand,
/// implement [`Fields`](super::Fields) for a struct or [`Shaped`](super::Shaped) for an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a configuration",
    label = "not a supported field type",
    note = "a field is a `String`, an integer, an `f64`, a `bool`, a `Date`, a `Timestamp` or a `Secret`, a struct or an enum with `#[derive(ConfigValue)]`, or an `Option` or a `Vec` of one",
    note = "`#[derive(AirbyteSpec)]` is for the configuration as a whole; on the type of a field write `#[derive(ConfigValue)]`"
)]
pub trait ConfigValue: Sized {
    /// The type of the limits `min` and `max`.
    type Bound;

    /// Fails to compile for a type that contains itself, because the compiler evaluates it for all fields.
    #[doc(hidden)]
    const A_FORM_CANNOT_CONTAIN_ITSELF: () = ();

    /// Returns the JSON Schema of the value, `type` included.
    fn schema() -> Map<String, Value>;

    /// Reads a value; on failure records a problem at `place` and returns `None`.
    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self>;

    /// Returns the value as the spec shows it as a default. Secrets are left out, and added to `withheld`.
    fn to_json(&self, withheld: &mut Withheld) -> Value;

    /// Returns a limit as the spec shows it.
    fn bound_json(_: &Self::Bound) -> Value {
        Value::Null
    }

    /// Compares the value with a limit; `None` if they are not comparable.
    fn compare(&self, _: &Self::Bound) -> Option<Ordering> {
        None
    }

    /// Returns the value used if the user provides none; `None` if a value is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// The limits of a number.
#[diagnostic::on_unimplemented(message = "`min` and `max` are for numbers", label = "not a number")]
pub trait Number {}

/// The marker for strings, which have no `min` and `max`.
#[diagnostic::on_unimplemented(
    message = "`pattern`, `multiline`, `min_length` and `max_length` are for strings",
    label = "not a string"
)]
pub trait Text {}

/// The marker for arrays, whose items can be counted.
#[diagnostic::on_unimplemented(message = "`min_items` and `max_items` are for lists", label = "not a list")]
pub trait List {}

/// The [`Bound`](ConfigValue::Bound) of a type without limits and patterns.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unbounded {}

/// The [`Bound`](ConfigValue::Bound) of `String` and [`Secret`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Textual {}

impl Text for Textual {}

/// The [`Bound`](ConfigValue::Bound) of a `Vec`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Listed {}

impl List for Listed {}

pub(super) fn schema<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[diagnostic::do_not_recommend]
impl ConfigValue for String {
    type Bound = Textual;

    fn schema() -> Map<String, Value> {
        schema([("type", "string".into())])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        value.as_str().map(str::to_owned).or_else(|| place.unexpected("a string", value))
    }

    fn to_json(&self, _: &mut Withheld) -> Value {
        self.as_str().into()
    }
}

#[diagnostic::do_not_recommend]
impl ConfigValue for Secret {
    type Bound = Textual;

    fn schema() -> Map<String, Value> {
        // Only the parser rejects blanks: a pattern would need a descriptor, which the form shows next to every secret.
        schema([("type", "string".into()), ("airbyte_secret", true.into()), ("minLength", 1.into())])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        if let Value::String(_) | Value::Number(_) = value {
            // A number is invalid here, but may be a secret typed without quotes.
            place.secret(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        let Some(text) = value.as_str() else { return place.unexpected("a string", value) };
        if text.trim().is_empty() && !place.allows_blank {
            place.problem("must not be blank");
            return None;
        }
        Some(text.into())
    }

    fn to_json(&self, withheld: &mut Withheld) -> Value {
        withheld.0.push(self.expose().to_owned());
        Value::Null
    }
}

#[diagnostic::do_not_recommend]
impl ConfigValue for bool {
    type Bound = Unbounded;

    fn schema() -> Map<String, Value> {
        schema([("type", "boolean".into())])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        value.as_bool().or_else(|| place.unexpected("a boolean", value))
    }

    fn to_json(&self, _: &mut Withheld) -> Value {
        (*self).into()
    }
}

#[diagnostic::do_not_recommend]
impl ConfigValue for Date {
    type Bound = Unbounded;

    fn schema() -> Map<String, Value> {
        schema([
            ("type", "string".into()),
            ("format", "date".into()),
            ("pattern", DATE.into()),
            ("pattern_descriptor", "YYYY-MM-DD".into()),
        ])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        parse_text(value, DATE, "a date like 2024-01-31", place)
    }

    fn to_json(&self, _: &mut Withheld) -> Value {
        self.to_string().into()
    }
}

#[diagnostic::do_not_recommend]
impl ConfigValue for Timestamp {
    type Bound = Unbounded;

    fn schema() -> Map<String, Value> {
        schema([
            ("type", "string".into()),
            ("format", "date-time".into()),
            ("pattern", TIMESTAMP.into()),
            ("pattern_descriptor", "YYYY-MM-DDTHH:mm:ssZ".into()),
        ])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        parse_text(value, TIMESTAMP, "a UTC timestamp like 2024-01-31T09:30:00Z", place)
    }

    fn to_json(&self, _: &mut Withheld) -> Value {
        self.to_string().into()
    }
}

const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const TIMESTAMP: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$";

/// Checks the pattern, because the type's own parser accepts more formats than the spec, and then that the date exists.
fn parse_text<T: std::str::FromStr>(
    value: &Value,
    pattern: &str,
    expected: &str,
    place: &mut Place<'_>,
) -> Option<T> {
    let Some(text) = value.as_str() else {
        return place.unexpected(expected, value);
    };
    if !place.matches(text, Some(pattern), Some(expected)) {
        return None;
    }
    text.parse()
        .map_err(|_| place.problem(format!("must be a valid {}", expected.trim_start_matches("a "))))
        .ok()
}

macro_rules! integers {
    ($($ty:ty: $expected:literal, $minimum:expr, $maximum:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ConfigValue for $ty {
            type Bound = $ty;

            fn schema() -> Map<String, Value> {
                let mut schema = schema([("type", "integer".into())]);
                let limits: [(&str, Option<i64>); 2] = [("minimum", $minimum), ("maximum", $maximum)];
                for (key, limit) in limits {
                    limit.map(|limit| schema.insert(key.to_owned(), limit.into()));
                }
                schema
            }

            fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
                integer(value)
                    .and_then(|number| Self::try_from(number).ok())
                    .or_else(|| place.unexpected($expected, value))
            }

            fn to_json(&self, _: &mut Withheld) -> Value {
                (*self).into()
            }

            fn bound_json(bound: &Self) -> Value {
                (*bound).into()
            }

            fn compare(&self, bound: &Self) -> Option<Ordering> {
                Some(self.cmp(bound))
            }
        }

        impl Number for $ty {}
    )*};
}
integers! {
    i8: "an integer from -128 to 127", Some(-128), Some(127);
    i16: "an integer from -32768 to 32767", Some(-32_768), Some(32_767);
    i32: "an integer from -2147483648 to 2147483647", Some(-2_147_483_648), Some(2_147_483_647);
    i64: "an integer", None, None;
    u8: "an integer from 0 to 255", Some(0), Some(255);
    u16: "an integer from 0 to 65535", Some(0), Some(65_535);
    u32: "an integer from 0 to 4294967295", Some(0), Some(4_294_967_295);
    u64: "an integer of at least 0", Some(0), None;
}

/// Returns the integer in a JSON number; `3.0` is an integer too.
fn integer(value: &Value) -> Option<i128> {
    /// Up to this value, a float represents each integer exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => {
            number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)).or_else(|| {
                number
                    .as_f64()
                    .filter(|float| float.fract() == 0.0 && float.abs() <= EXACT)
                    .map(|f| f as i128)
            })
        }
        _ => None,
    }
}

/// There is no impl for `f32`, because a default of 0.1 would appear in the spec as 0.10000000149011612.
#[diagnostic::do_not_recommend]
impl ConfigValue for f64 {
    type Bound = f64;

    fn schema() -> Map<String, Value> {
        schema([("type", "number".into())])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        // With the feature `arbitrary_precision` of serde_json, a number in a `Value` may be too large for an `f64`.
        value.as_f64().filter(|number| number.is_finite()).or_else(|| place.unexpected("a number", value))
    }

    fn to_json(&self, _: &mut Withheld) -> Value {
        (*self).into()
    }

    fn bound_json(bound: &Self) -> Value {
        (*bound).into()
    }

    fn compare(&self, bound: &Self) -> Option<Ordering> {
        self.partial_cmp(bound)
    }
}

impl Number for f64 {}

/// An optional field. Null means the same as absent.
#[diagnostic::do_not_recommend]
impl<T: ConfigValue> ConfigValue for Option<T> {
    type Bound = T::Bound;

    const A_FORM_CANNOT_CONTAIN_ITSELF: () = T::A_FORM_CANNOT_CONTAIN_ITSELF;

    fn schema() -> Map<String, Value> {
        T::schema()
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        T::parse(value, place).map(Some)
    }

    fn to_json(&self, withheld: &mut Withheld) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.to_json(withheld))
    }

    fn bound_json(bound: &T::Bound) -> Value {
        T::bound_json(bound)
    }

    fn compare(&self, bound: &T::Bound) -> Option<Ordering> {
        self.as_ref().and_then(|value| value.compare(bound))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ConfigValue> ConfigValue for Vec<T> {
    type Bound = Listed;

    const A_FORM_CANNOT_CONTAIN_ITSELF: () = T::A_FORM_CANNOT_CONTAIN_ITSELF;

    fn schema() -> Map<String, Value> {
        schema([("type", "array".into()), ("items", T::schema().into())])
    }

    fn parse(value: &Value, place: &mut Place<'_>) -> Option<Self> {
        let Some(values) = value.as_array() else {
            return place.unexpected("an array", value);
        };
        // Not `collect::<Option<_>>()` at once, which would stop at the first invalid element.
        let parsed: Vec<Option<T>> = values
            .iter()
            .enumerate()
            .map(|(index, value)| T::parse(value, &mut place.element(index)))
            .collect();
        parsed.into_iter().collect()
    }

    fn to_json(&self, withheld: &mut Withheld) -> Value {
        self.iter().map(|value| value.to_json(withheld)).collect()
    }
}
