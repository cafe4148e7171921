//! Every type that the macros know by its name, and what it is in each place where a type can stand: as a column of a record,
//! in a primary key, as the key of a map, as a cursor, and as a field of a configuration. A type that is added to the SDK is
//! added here.
//!
//! What is not listed is left to the compiler. This file needs nothing but the standard library: a test of the SDK
//! (`airbyte-sdk/tests/types/known.rs`) includes it, and compares each row with the impls that the types have.

/// A type that is known by its name.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) arguments: Arguments,
    pub(crate) column: Column,
    pub(crate) primary_key: Fits,
    /// Whether it is written as a text, a number or a boolean when it is the key of a map.
    pub(crate) map_key: bool,
    pub(crate) cursor: Fits,
    pub(crate) form: Form,
}

/// Whether the type fits; if not, what it is instead, as in "`tags` is a list".
pub(crate) type Fits = Result<(), &'static str>;

/// What is in the angle brackets of a type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Arguments {
    None,
    /// So many types that it holds values of; what comes after them, such as a hasher, is none.
    Holds(usize),
    /// The same of a type that asks more of what it holds than to be a column, or that shares its name with one of
    /// another crate.
    PerhapsHolds(usize),
    /// Others.
    Unknown,
}

/// How the type is written as the column of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Column {
    /// One value that is no object.
    Scalar,
    List,
    /// An object whose keys are data.
    Map,
    /// An object with fields.
    Object,
    AnyJson,
    /// It has no value.
    NoValue,
    /// As what it holds.
    Wrapper,
    /// The same, or null.
    Nullable,
    /// In no way that is known by the name.
    Unknown,
}

/// What the type is as a field of a configuration.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Field(Kind),
    /// What it holds, which may be left out.
    Optional,
    /// None; what to use.
    Refused(&'static str),
    /// None either, and what it holds may be one.
    RefusedAround(&'static str),
    /// None, if the type is serde_json's.
    RefusedOfSerdeJson(&'static str),
    /// Whatever the compiler says: a type of the author's own may have the name.
    Unknown,
}

/// What a field of a form takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Integer { least: i128, most: i128 },
    Float,
    Bool,
    Date,
    Timestamp,
    List,
}

/// How a literal of a value is written in Rust.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Literal {
    Text,
    Integer,
    Float,
    Bool,
    /// A value is no literal.
    None,
}

impl Kind {
    /// In a message: "`min` is for numbers, not for …".
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "a secret",
            Self::Integer { .. } | Self::Float => "a number",
            Self::Bool => "a boolean",
            Self::Date => "a date",
            Self::Timestamp => "a timestamp",
            Self::List => "a list",
        }
    }

    /// The literal of a default, and how it is written.
    pub(crate) fn default(self) -> (Literal, &'static str) {
        match self {
            Self::Text | Self::Secret => (Literal::Text, "text in quotes"),
            Self::Integer { .. } => (Literal::Integer, "a whole number, without quotes"),
            Self::Float => (Literal::Float, "a number with a point, such as `1.0`"),
            Self::Bool => (Literal::Bool, "`true` or `false`"),
            Self::Date => (Literal::None, "code, such as `Date::constant(2024, 1, 31)`"),
            Self::Timestamp => (Literal::None, "code, such as `Timestamp::constant(1_704_067_200, 0)`"),
            Self::List => (Literal::None, "code, such as `vec![…]`"),
        }
    }

    /// The literal of an example, which is shown and not read.
    pub(crate) fn example(self) -> (Literal, &'static str) {
        match self {
            Self::Date => (Literal::Text, "a text such as \"2024-01-31\""),
            Self::Timestamp => (Literal::Text, "a text such as \"2024-01-31T09:30:00Z\""),
            other => other.default(),
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Float)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Secret)
    }

    /// Whether the type is in scope wherever Rust is: another one of the name must be imported.
    pub(crate) fn is_of_the_prelude(self) -> bool {
        matches!(self, Self::Text | Self::Integer { .. } | Self::Float | Self::Bool)
    }
}

const NONE: Arguments = Arguments::None;
const YES: Fits = Ok(());
const FRACTION: Fits = Err("a number with a fraction");
const WIDE: Fits = Err("a number of 128 bits");
const MACHINE: Fits = Err("a number of no fixed width");
const LIST: Fits = Err("a list");
const MAP: Fits = Err("a map");
const RANGE: Fits = Err("a range");
const JSON: Fits = Err("any JSON");
/// What is around a type says nothing by itself.
const INNER: Fits = YES;

const NO_MAPS: Form = Form::Refused(
    "a form has no field whose keys the user makes up; use a `Vec` of a struct with a field for the key and one for the value",
);
const NO_JSON: Form = Form::RefusedOfSerdeJson(
    "a form has no field for any JSON; name what is in there in a struct with `#[derive(ConfigValue)]`, or take a text: `String` with `multiline`",
);
const NO_SETS: Form = Form::Refused("a form shows a list; use a `Vec`");
const NO_WIDTH: Form = Form::Refused("its range depends on the machine; use `u64` or `i64`");

const fn integer(least: i128, most: i128) -> Form {
    Form::Field(Kind::Integer { least, most })
}

const fn row(
    name: &'static str,
    arguments: Arguments,
    column: Column,
    primary_key: Fits,
    map_key: bool,
    cursor: Fits,
    form: Form,
) -> Known {
    Known { name, arguments, column, primary_key, map_key, cursor, form }
}

use Arguments::{Holds, PerhapsHolds};
use Column::{AnyJson, List, Map, NoValue, Nullable, Object, Scalar, Wrapper};
use Form::{Field, Optional, Refused, RefusedAround};

#[rustfmt::skip]
pub(crate) const TYPES: &[Known] = &[
    //  name              arguments        column     primary key             map key  cursor                       in a form
    row("String",         NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Text)),
    row("str",            NONE,            Scalar,    YES,                    true,    Err("borrowed text"),        Refused("a configuration owns its values; use `String`")),
    row("char",           NONE,            Scalar,    YES,                    true,    Err("a single character"),   Form::Unknown),
    row("bool",           NONE,            Scalar,    YES,                    true,    Err("true or false"),        Field(Kind::Bool)),
    row("i8",             NONE,            Scalar,    YES,                    true,    YES,                         integer(i8::MIN as i128, i8::MAX as i128)),
    row("i16",            NONE,            Scalar,    YES,                    true,    YES,                         integer(i16::MIN as i128, i16::MAX as i128)),
    row("i32",            NONE,            Scalar,    YES,                    true,    YES,                         integer(i32::MIN as i128, i32::MAX as i128)),
    row("i64",            NONE,            Scalar,    YES,                    true,    YES,                         integer(i64::MIN as i128, i64::MAX as i128)),
    row("i128",           NONE,            Scalar,    YES,                    true,    WIDE,                        Form::Unknown),
    row("isize",          NONE,            Scalar,    YES,                    true,    MACHINE,                     NO_WIDTH),
    row("u8",             NONE,            Scalar,    YES,                    true,    YES,                         integer(0, u8::MAX as i128)),
    row("u16",            NONE,            Scalar,    YES,                    true,    YES,                         integer(0, u16::MAX as i128)),
    row("u32",            NONE,            Scalar,    YES,                    true,    YES,                         integer(0, u32::MAX as i128)),
    row("u64",            NONE,            Scalar,    YES,                    true,    YES,                         integer(0, u64::MAX as i128)),
    row("u128",           NONE,            Scalar,    YES,                    true,    WIDE,                        Form::Unknown),
    row("usize",          NONE,            Scalar,    YES,                    true,    MACHINE,                     NO_WIDTH),
    row("f32",            NONE,            Scalar,    FRACTION,               true,    FRACTION,                    Refused("the spec would show what becomes of a number in 32 bits, 0.10000000149011612 for 0.1; use `f64`")),
    row("f64",            NONE,            Scalar,    FRACTION,               true,    FRACTION,                    Field(Kind::Float)),
    row("Secret",         NONE,            Column::Unknown, Err("a secret"),  true,    Err("a secret"),             Field(Kind::Secret)),
    row("Date",           NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Date)),
    row("DateTime",       NONE,            Scalar,    YES,                    true,    YES,                         Form::Unknown),
    row("Time",           NONE,            Scalar,    YES,                    true,    Err("a time without a date"), Form::Unknown),
    row("Timestamp",      NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Timestamp)),
    row("Decimal",        NONE,            Scalar,    YES,                    true,    Err("a decimal number"),     Form::Unknown),
    row("Uuid",           NONE,            Scalar,    YES,                    true,    Err("in no order"),          Form::Unknown),
    row("Binary",         NONE,            Scalar,    Err("binary"),          true,    Err("binary"),               Form::Unknown),
    row("Value",          NONE,            AnyJson,   JSON,                   false,   JSON,                        NO_JSON),
    row("RawJson",        NONE,            AnyJson,   JSON,                   false,   JSON,                        Form::Unknown),
    row("Option",         Holds(1),        Nullable,  Err("null at times"),   false,   INNER,                       Optional),
    row("Box",            Holds(1),        Wrapper,   INNER,                  true,    INNER,                       RefusedAround("a form shows what is in the `Box`; remove it")),
    row("Cow",            PerhapsHolds(1), Wrapper,   INNER,                  true,    INNER,                       RefusedAround("a configuration owns its values; remove the `Cow`")),
    row("Rc",             Arguments::Unknown, Column::Unknown, INNER,         true,    INNER,                       RefusedAround("a form shows what is in the `Rc`; remove it")),
    row("Arc",            Arguments::Unknown, Column::Unknown, INNER,         true,    INNER,                       RefusedAround("a form shows what is in the `Arc`; remove it")),
    row("Cell",           PerhapsHolds(1), Wrapper,   INNER,                  true,    INNER,                       Form::Unknown),
    row("RefCell",        PerhapsHolds(1), Wrapper,   INNER,                  true,    INNER,                       Form::Unknown),
    row("Mutex",          PerhapsHolds(1), Wrapper,   INNER,                  false,   INNER,                       Form::Unknown),
    row("RwLock",         PerhapsHolds(1), Wrapper,   INNER,                  false,   INNER,                       Form::Unknown),
    row("Vec",            Holds(1),        List,      LIST,                   false,   LIST,                        Field(Kind::List)),
    row("VecDeque",       Holds(1),        List,      LIST,                   false,   LIST,                        NO_SETS),
    row("LinkedList",     PerhapsHolds(1), List,      LIST,                   false,   LIST,                        NO_SETS),
    row("BinaryHeap",     PerhapsHolds(1), List,      LIST,                   false,   LIST,                        NO_SETS),
    row("BTreeSet",       Holds(1),        List,      LIST,                   false,   LIST,                        NO_SETS),
    row("HashSet",        Holds(1),        List,      LIST,                   false,   LIST,                        NO_SETS),
    row("IndexSet",       Arguments::Unknown, List,   LIST,                   false,   LIST,                        NO_SETS),
    row("BTreeMap",       Holds(2),        Map,       MAP,                    false,   MAP,                         NO_MAPS),
    row("HashMap",        Holds(2),        Map,       MAP,                    false,   MAP,                         NO_MAPS),
    row("IndexMap",       Arguments::Unknown, Map,    MAP,                    false,   MAP,                         NO_MAPS),
    row("Map",            Arguments::Unknown, Map,    MAP,                    false,   MAP,                         NO_JSON),
    row("Range",          PerhapsHolds(1), Object,    RANGE,                  false,   RANGE,                       Form::Unknown),
    row("RangeInclusive", PerhapsHolds(1), Object,    RANGE,                  false,   RANGE,                       Form::Unknown),
    row("PhantomData",    Arguments::Unknown, NoValue, Err("no value"),         true,    Err("no value"),             Refused("it holds no value; say `#[serde(skip)]`")),
];
