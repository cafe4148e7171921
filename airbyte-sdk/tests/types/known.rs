//! Compares what the macros know of a type by its name with what the type implements.

use airbyte_sdk::__private::schemars::JsonSchema;
use airbyte_sdk::__private::schemars::generate::SchemaSettings;
use airbyte_sdk::jiff::civil::{DateTime, Time};
use airbyte_sdk::spec::ConfigValue;
use airbyte_sdk::stream::{self, CursorField};
use airbyte_sdk::{Date, Secret, Timestamp};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

#[path = "../../../airbyte-macros/src/type_table/rows.rs"]
#[allow(dead_code, reason = "only the macros use all of it")]
mod rows;

use rows::{Column, Form, Kind, Known, TYPES};

/// What a type implements.
struct Facts {
    is_column: bool,
    is_cursor: bool,
    is_form_field: bool,
    /// As a column.
    schema: Option<Value>,
    /// As a field of a form.
    form: Option<Map<String, Value>>,
}

/// Has the constants of its own impls if the type implements a trait, and those of [`Otherwise`] if not.
struct Probe<T>(PhantomData<T>);

trait Otherwise {
    const IS_COLUMN: bool = false;
    const IS_CURSOR: bool = false;
    const IS_FORM_FIELD: bool = false;

    fn schema() -> Option<Value> {
        None
    }

    fn form() -> Option<Map<String, Value>> {
        None
    }
}

impl<T> Otherwise for Probe<T> {}

impl<T: stream::Column + JsonSchema> Probe<T> {
    const IS_COLUMN: bool = true;

    fn schema() -> Option<Value> {
        // For serialization: a `Decimal` may also be read from a number.
        let generator = SchemaSettings::default().for_serialize().into_generator();
        Some(generator.into_root_schema_for::<T>().into())
    }
}

impl<T: CursorField> Probe<T> {
    const IS_CURSOR: bool = true;
}

impl<T: ConfigValue> Probe<T> {
    const IS_FORM_FIELD: bool = true;

    fn form() -> Option<Map<String, Value>> {
        Some(T::schema())
    }
}

macro_rules! facts {
    ($($name:literal = $ty:ty),* $(,)?) => {
        vec![$(($name, Facts {
            is_column: <Probe<$ty>>::IS_COLUMN,
            is_cursor: <Probe<$ty>>::IS_CURSOR,
            is_form_field: <Probe<$ty>>::IS_FORM_FIELD,
            schema: <Probe<$ty>>::schema(),
            form: <Probe<$ty>>::form(),
        })),*]
    };
}

/// Each type by the name that the macros know; a container holds a string or a number.
fn types() -> Vec<(&'static str, Facts)> {
    let types = facts![
        "String" = String, "str" = &'static str, "char" = char, "bool" = bool, "i8" = i8, "i16" = i16, "i32" = i32,
        "i64" = i64, "i128" = i128, "isize" = isize, "u8" = u8, "u16" = u16, "u32" = u32, "u64" = u64, "u128" = u128,
        "usize" = usize, "f32" = f32, "f64" = f64, "Secret" = Secret, "Date" = Date, "DateTime" = DateTime, "Time" = Time,
        "Timestamp" = Timestamp, "Binary" = stream::Binary, "Value" = Value, "Option" = Option<String>,
        "Box" = Box<String>, "Cow" = Cow<'static, str>, "Rc" = Rc<String>, "Arc" = Arc<String>, "Cell" = Cell<i64>,
        "RefCell" = RefCell<String>, "Mutex" = Mutex<String>, "RwLock" = RwLock<String>, "Vec" = Vec<String>,
        "VecDeque" = VecDeque<String>, "LinkedList" = LinkedList<String>, "BinaryHeap" = BinaryHeap<String>,
        "BTreeSet" = BTreeSet<String>, "HashSet" = HashSet<String>, "BTreeMap" = BTreeMap<String, String>,
        "HashMap" = HashMap<String, String>, "Map" = Map<String, Value>, "Range" = Range<i64>,
        "RangeInclusive" = RangeInclusive<i64>, "PhantomData" = PhantomData<String>,
    ];
    let with_features: Vec<Vec<(&str, Facts)>> = vec![
        #[cfg(feature = "decimal")]
        facts!["Decimal" = stream::Decimal],
        #[cfg(feature = "uuid")]
        facts!["Uuid" = stream::Uuid],
        #[cfg(feature = "raw_json")]
        facts!["RawJson" = stream::RawJson],
    ];
    types.into_iter().chain(with_features.into_iter().flatten()).collect()
}

/// Returns whether the type is in a crate that the SDK does not depend on, or behind a feature that is off.
fn is_unavailable(name: &str) -> bool {
    match name {
        "IndexMap" | "IndexSet" => true,
        "Decimal" => cfg!(not(feature = "decimal")),
        "Uuid" => cfg!(not(feature = "uuid")),
        "RawJson" => cfg!(not(feature = "raw_json")),
        _ => false,
    }
}

#[test]
fn known_types_match_their_impls() {
    let types = types();
    for known in TYPES.iter().filter(|known| !is_unavailable(known.name)) {
        let found = types.iter().find(|(name, _)| *name == known.name);
        let Some((name, facts)) = found else { panic!("`{}` is not compared: add it above", known.name) };
        let mut wrong = column(known, facts);
        wrong.extend(cursor(known, facts));
        wrong.extend(form(known, facts));
        assert!(wrong.is_empty(), "the row of `{name}` in type_table/rows.rs is wrong: {}", wrong.join("; "));
    }
    for (name, _) in &types {
        assert!(TYPES.iter().any(|known| known.name == *name), "the macros do not know `{name}`");
    }
}

fn column(known: &Known, facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    // A type without a value is not written, and an unknown one may be a column.
    if !matches!(known.column, Column::Unknown | Column::NoValue) && !facts.is_column {
        wrong.push("it cannot be a column".to_owned());
    }
    let Some(schema) = &facts.schema else { return wrong };
    let ty = schema["type"].as_str().unwrap_or_default();
    let fits = match known.column {
        Column::Scalar => matches!(ty, "string" | "integer" | "number" | "boolean"),
        Column::List => ty == "array",
        Column::Map | Column::Object => ty == "object",
        Column::AnyJson => ty.is_empty(),
        Column::Nullable => {
            schema["type"].as_array().is_some_and(|types| types.iter().any(|ty| ty == "null"))
        }
        Column::Wrapper => matches!(ty, "string" | "integer"),
        Column::NoValue | Column::Unknown => true,
    };
    if !fits {
        wrong.push(format!("{:?} does not have the schema {schema}", known.column));
    }
    // The check of primary keys, when the catalog is built, is the same.
    let is_simple = matches!(ty, "string" | "integer" | "boolean") && known.name != "Binary";
    if known.primary_key.is_ok() != is_simple && !matches!(known.column, Column::Unknown | Column::NoValue) {
        wrong.push(format!("it {} be in a primary key", if is_simple { "can" } else { "cannot" }));
    }
    wrong
}

fn cursor(known: &Known, facts: &Facts) -> Option<String> {
    // Only the compiler knows whether a wrapper is a cursor.
    let is_undecided = matches!(known.column, Column::Wrapper | Column::Unknown);
    (known.cursor.is_ok() != facts.is_cursor && !(is_undecided && known.cursor.is_ok()))
        .then(|| format!("it {} a cursor", if facts.is_cursor { "is" } else { "is not" }))
}

fn form(known: &Known, facts: &Facts) -> Option<String> {
    let is_field = matches!(known.form, Form::Field(_) | Form::Optional);
    if is_field != facts.is_form_field {
        return Some(format!("it {} a field of a form", if facts.is_form_field { "is" } else { "is not" }));
    }
    let (Form::Field(kind), Some(schema)) = (known.form, &facts.form) else { return None };
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let fits = match kind {
        Kind::Text => {
            text("type") == "string" && text("format").is_empty() && !schema.contains_key("airbyte_secret")
        }
        Kind::Secret => text("type") == "string" && schema["airbyte_secret"] == true,
        Kind::Integer { least, most } => {
            let limit = |key: &str| schema.get(key).and_then(Value::as_i64).map(i128::from);
            // The spec omits the limits of 64 bits, which a float cannot represent exactly.
            let largest = if least == 0 { i128::from(u64::MAX) } else { i128::from(i64::MAX) };
            text("type") == "integer"
                && limit("minimum").unwrap_or(i128::from(i64::MIN)) == least
                && limit("maximum").unwrap_or(largest) == most
        }
        Kind::Float => text("type") == "number",
        Kind::Bool => text("type") == "boolean",
        Kind::Date => text("format") == "date",
        Kind::Timestamp => text("format") == "date-time",
        Kind::List => text("type") == "array",
    };
    (!fits).then(|| format!("{kind:?} does not have the schema {schema:?}"))
}
