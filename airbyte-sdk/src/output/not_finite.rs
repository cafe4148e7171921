//! Finds the non-finite numbers of a record: NaN and the infinities.
//!
//! JSON cannot represent them: serde_json writes null, and the record must name the fields that were nulled. A
//! check in the serializer would slow down every record. So only a record in which a null was written is serialized a
//! second time, with [`Finder`], which writes nothing and collects the paths of non-finite numbers.

use crate::protocol::{AirbyteRecordMessageMetaChange, RecordChange, RecordChangeReason};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;
use std::cell::RefCell;
use std::fmt::Display;

/// A field with a non-finite number.
#[derive(Debug, PartialEq)]
pub(super) struct NotFiniteField {
    /// The top-level column.
    pub(super) column: String,
    /// The path: `column.inner`, or `column[].inner` for all elements of an array.
    path: String,
}

impl NotFiniteField {
    pub(super) fn change(&self) -> AirbyteRecordMessageMetaChange {
        AirbyteRecordMessageMetaChange::new(
            &self.path,
            RecordChange::Nulled,
            RecordChangeReason::SourceSerializationError,
        )
    }
}

/// Returns the fields of a record with non-finite numbers, each path once. Errors are ignored, because the record has already
/// been serialized successfully.
#[inline]
pub(super) fn fields(record: &impl Serialize) -> Vec<NotFiniteField> {
    let found = RefCell::new(Vec::new());
    let _ = record.serialize(Finder { path: None, found: &found });
    found.into_inner()
}

/// Traverses a record. The path is a linked list on the stack, so a finite number needs no allocation.
#[derive(Clone, Copy)]
struct Finder<'a> {
    path: Option<&'a Path<'a>>,
    found: &'a RefCell<Vec<NotFiniteField>>,
}

struct Path<'a> {
    from: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Element,
}

impl Finder<'_> {
    #[inline]
    fn within(self, step: Step<'_>, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        value.serialize(Finder { path: Some(&Path { from: self.path, step }), found: self.found })
    }

    #[inline]
    fn number(self, is_finite: bool) -> Result<(), Error> {
        if !is_finite {
            self.note();
        }
        Ok(())
    }

    #[cold]
    fn note(self) {
        let mut steps: Vec<Step<'_>> =
            std::iter::successors(self.path, |path| path.from).map(|path| path.step).collect();
        steps.reverse();
        let mut path = String::new();
        for step in &steps {
            match step {
                Step::Element => path.push_str("[]"),
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
            }
        }
        let column = match steps.first() {
            Some(Step::Field(name)) => (*name).to_owned(),
            _ => String::new(),
        };
        let new = NotFiniteField { column, path };
        let mut found = self.found.borrow_mut();
        if !found.contains(&new) {
            found.push(new);
        }
    }
}

macro_rules! nothing {
    ($($method:ident($ty:ty);)*) => {$(
        #[inline]
        fn $method(self, _: $ty) -> Result<(), Error> {
            Ok(())
        }
    )*};
}

impl<'a> Serializer for Finder<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Variant<'a>;
    type SerializeMap = InMap<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Variant<'a>;

    nothing! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_struct(&'static str);
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.number(value.is_finite())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.number(value.is_finite())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.within(Step::Field(variant), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a>, Error> {
        Ok(Variant { finder: self, variant })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<InMap<'a>, Error> {
        Ok(InMap { finder: self, key: String::new() })
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a>, Error> {
        Ok(Variant { finder: self, variant })
    }

    #[inline]
    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), Error> {
        Ok(())
    }
}

macro_rules! list {
    ($($compound:ident $method:ident),*) => {$(
        impl $compound for Finder<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.within(Step::Element, value)
            }

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )*};
}
list!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

impl SerializeStruct for Finder<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.within(Step::Field(name), value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

struct InMap<'a> {
    finder: Finder<'a>,
    key: String,
}

impl SerializeMap for InMap<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        // Through text, because a `Value` cannot represent a 128-bit number.
        let text = serde_json::to_string(key).unwrap_or_default();
        self.key = serde_json::from_str(&text).unwrap_or(text);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.finder.within(Step::Field(&self.key), value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// The content of an enum variant, which is serialized as a field with the variant's name.
struct Variant<'a> {
    finder: Finder<'a>,
    variant: &'static str,
}

impl Variant<'_> {
    fn within(&self, step: Step<'_>, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let path = Path { from: self.finder.path, step: Step::Field(self.variant) };
        Finder { path: Some(&path), found: self.finder.found }.within(step, value)
    }
}

impl SerializeTupleVariant for Variant<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.within(Step::Element, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStructVariant for Variant<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.within(Step::Field(name), value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(serde::Serialize)]
    enum Shape {
        Round(f64),
        Long { width: f32, height: Option<f64> },
        Pair(f64, f64),
    }

    #[test]
    fn every_non_finite_number_is_found_with_its_path() {
        #[derive(serde::Serialize)]
        struct Record {
            price: f64,
            maybe: Option<f32>,
            list: Vec<f64>,
            shapes: Vec<Shape>,
            named: BTreeMap<u128, f64>,
            #[serde(flatten)]
            more: BTreeMap<String, f64>,
        }
        let record = Record {
            price: f64::NAN,
            maybe: None,
            list: vec![1.0, f64::INFINITY, f64::NAN],
            shapes: vec![
                Shape::Round(f64::NEG_INFINITY),
                Shape::Long { width: f32::NAN, height: Some(1.0) },
                Shape::Pair(1.0, f64::NAN),
            ],
            named: BTreeMap::from([(u128::MAX, f64::NAN)]),
            more: BTreeMap::from([("x".to_owned(), f64::NAN)]),
        };
        let found = fields(&record);
        let paths: Vec<&str> = found.iter().map(|field| field.path.as_str()).collect();
        let named = format!("named.{}", u128::MAX);
        let expected =
            ["price", "list[]", "shapes[].Round", "shapes[].Long.width", "shapes[].Pair[]", &named, "x"];
        assert_eq!(paths, expected);
        assert_eq!(found[3].column, "shapes");
    }
}
