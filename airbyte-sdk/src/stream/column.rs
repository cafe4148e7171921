//! The trait for types that can be columns of a record.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// A type of a column. Every type that implements [`Serialize`] and has a schema implements it; `#[airbyte_stream(nested)]`
/// derives both.
///
/// [`#[airbyte_stream]`](crate::airbyte_stream) requires it of each field, where the compiler then reports a type that cannot be
/// a column.
// It is public because the compiler's messages name its path.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a column type",
    label = "add `#[airbyte_stream(nested)]` if `{Self}` is your own type",
    note = "the documentation of `#[airbyte_stream]` lists the column types; a type of another crate needs `#[serde(serialize_with = \"…\")]` and `#[schemars(with = \"…\")]`"
)]
pub trait Column {
    /// The length of the array in [`Described`].
    #[doc(hidden)]
    const ONE: usize;

    /// Serializes a field.
    ///
    /// # Errors
    ///
    /// Returns the errors of the serializer.
    #[doc(hidden)]
    fn write<S: Serializer>(value: &Self, serializer: S) -> Result<S::Ok, S::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema + ?Sized> Column for T {
    const ONE: usize = 1;

    #[inline(always)]
    fn write<S: Serializer>(value: &Self, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// Maps `[T; 1]` to `T`. The macro describes a field's type as the element of an array of length [`Column::ONE`]: if the type
/// is not a [`Column`], the length is unknown, and the compiler reports only that.
pub trait Described {
    /// The field's type.
    type As;
}

impl<Whole> Described for [Whole; 1] {
    type As = Whole;
}

#[cfg(test)]
mod tests {
    use crate::airbyte_stream;
    use serde_json::json;
    use std::borrow::Cow;
    use std::cell::{Cell, RefCell};
    use std::collections::{BTreeMap, HashMap};
    use std::ops::Range;
    use std::path::Path;
    use std::sync::Mutex;

    #[airbyte_stream(name = "all")]
    struct All {
        tuple: (Place, i64),
        array: [Place; 2],
        slice: &'static [Place],
        borrowed: Cow<'static, Place>,
        text: Cow<'static, str>,
        path: Option<Cow<'static, Path>>,
        range: Range<i64>,
        cell: RefCell<Place>,
        number: Cell<i64>,
        lock: Mutex<Place>,
        map: BTreeMap<Kind, HashMap<String, (Place, Kind)>>,
        unit: (),
        more: Tagged,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone)]
    struct Place {
        id: u8,
    }

    #[airbyte_stream(nested)]
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Kind {
        Home,
    }

    #[airbyte_stream(nested)]
    #[serde(untagged)]
    enum Tagged {
        Pair(Place, Wrapped),
        Tree(Vec<Tagged>),
    }

    #[airbyte_stream(nested)]
    struct Wrapped(Place);

    #[test]
    fn wrappers_of_nested_types_are_columns() {
        let place = || Place { id: 1 };
        let all = All {
            tuple: (place(), 2),
            array: [place(), place()],
            slice: &[],
            borrowed: Cow::Owned(place()),
            text: "a".into(),
            path: Some(Cow::Borrowed(Path::new("p"))),
            range: 1..2,
            cell: RefCell::new(place()),
            number: Cell::new(3),
            lock: Mutex::new(place()),
            map: BTreeMap::from([(Kind::Home, HashMap::from([("b".to_owned(), (place(), Kind::Home))]))]),
            unit: (),
            more: Tagged::Tree(vec![Tagged::Pair(place(), Wrapped(place()))]),
        };
        let place = json!({"id": 1});
        let expected = json!({
            "tuple": [place, 2], "array": [place, place], "slice": [], "borrowed": place, "text": "a", "path": "p",
            "range": {"start": 1, "end": 2}, "cell": place, "number": 3, "lock": place,
            "map": {"Home": {"b": [place, "Home"]}}, "unit": null, "more": [[place, place]],
        });
        assert_eq!(serde_json::to_value(&all).unwrap(), expected);
    }
}
