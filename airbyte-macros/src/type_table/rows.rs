//! Every type that the macros know by name, with what it is as a column of a record, in a primary key, as the key of a map,
//! as a cursor and as a field of a configuration. A type that is added to the SDK is added here.
//!
//! The compiler checks types that are not listed. This file uses only the standard library, because a test of the SDK
//! (`airbyte-sdk/tests/types/known.rs`) includes it and compares each row with the impls of the type.

/// A type that is known by its name.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) arguments: Arguments,
    pub(crate) column: Column,
    pub(crate) primary_key: Fits,
    /// Whether it can be the key of a map: it is serialized as a string, a number or a boolean.
    pub(crate) map_key: bool,
    pub(crate) cursor: Fits,
    pub(crate) form: Form,
}

/// Whether the type fits; if not, what it is, as in "`tags` is a list".
pub(crate) type Fits = Result<(), &'static str>;

/// What is in the angle brackets of a type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Arguments {
    None,
    /// This many types that it holds values of. Further arguments, such as a hasher, do not count.
    Holds(usize),
    /// The same, for a type that requires more of its content than to be a column, or whose name is also used by another
    /// crate.
    PerhapsHolds(usize),
    /// Others.
    Unknown,
}

/// How the type is serialized as a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Column {
    /// A string, a number or a boolean.
    Scalar,
    List,
    /// An object whose keys are data.
    Map,
    /// An object with fields.
    Object,
    AnyJson,
    /// It has no value.
    NoValue,
    /// Like its content.
    Wrapper,
    /// Like its content, or null.
    Nullable,
    /// Not known by the name.
    Unknown,
}

/// What the type is as a field of a configuration.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Field(Kind),
    /// Its content, which is optional.
    Optional,
    /// Not supported; what to use.
    Rejected(&'static str),
    /// Not supported, but its content may be; what to do.
    RejectedWrapper(&'static str),
    /// Not supported if the type is serde_json's; what to use.
    RejectedOfSerdeJson(&'static str),
    /// The compiler checks it, because an author's own type may have the name.
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
    /// Not as a literal.
    None,
}

impl Kind {
    /// In a message: "`min` is for numbers, not for …".
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "strings",
            Self::Secret => "secrets",
            Self::Integer { .. } | Self::Float => "numbers",
            Self::Bool => "booleans",
            Self::Date => "dates",
            Self::Timestamp => "timestamps",
            Self::List => "lists",
        }
    }

    /// Returns the literal of a default, and how it is written.
    pub(crate) fn default(self) -> (Literal, &'static str) {
        match self {
            Self::Text | Self::Secret => (Literal::Text, "a string in quotes"),
            Self::Integer { .. } => (Literal::Integer, "an integer without quotes"),
            Self::Float => (Literal::Float, "a number with a decimal point, such as `1.0`"),
            Self::Bool => (Literal::Bool, "`true` or `false`"),
            Self::Date => (Literal::None, "an expression, such as `Date::constant(2024, 1, 31)`"),
            Self::Timestamp => {
                (Literal::None, "an expression, such as `Timestamp::constant(1_704_067_200, 0)`")
            }
            Self::List => (Literal::None, "an expression, such as `vec![…]`"),
        }
    }

    /// Returns the literal of an example, which is only shown.
    pub(crate) fn example(self) -> (Literal, &'static str) {
        match self {
            Self::Date => (Literal::Text, "a string such as \"2024-01-31\""),
            Self::Timestamp => (Literal::Text, "a string such as \"2024-01-31T09:30:00Z\""),
            other => other.default(),
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Float)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Secret)
    }

    /// Returns whether the type is in scope everywhere.
    pub(crate) fn is_of_the_prelude(self) -> bool {
        matches!(self, Self::Text | Self::Integer { .. } | Self::Float | Self::Bool)
    }
}

const NONE: Arguments = Arguments::None;
const YES: Fits = Ok(());
const FRACTION: Fits = Err("a floating-point number");
const WIDE: Fits = Err("a 128-bit integer");
const MACHINE: Fits = Err("an integer of platform-dependent width");
const LIST: Fits = Err("a list");
const MAP: Fits = Err("a map");
const RANGE: Fits = Err("a range");
const JSON: Fits = Err("arbitrary JSON");
/// Decided by the content.
const INNER: Fits = YES;

const NO_MAPS: Form = Form::Rejected(
    "a form cannot show a map: use a `Vec` of a struct with one field for the key and one for the value",
);
const NO_JSON: Form = Form::RejectedOfSerdeJson(
    "a form has no field for arbitrary JSON: use a struct with `#[derive(ConfigValue)]`, or a `String` with `multiline`",
);
const NO_SETS: Form = Form::Rejected("a form shows a list: use a `Vec`");
const NO_WIDTH: Form = Form::Rejected("its range depends on the platform: use `u64` or `i64`");

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
use Form::{Field, Optional, Rejected, RejectedWrapper};

#[rustfmt::skip]
pub(crate) const TYPES: &[Known] = &[
    //  name              arguments        column     primary key             map key  cursor                       in a form
    row("String",         NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Text)),
    row("str",            NONE,            Scalar,    YES,                    true,    Err("a borrowed string"),        Rejected("a configuration must own its data: use `String`")),
    row("char",           NONE,            Scalar,    YES,                    true,    Err("a single character"),   Form::Unknown),
    row("bool",           NONE,            Scalar,    YES,                    true,    Err("a boolean"),        Field(Kind::Bool)),
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
    row("f32",            NONE,            Scalar,    FRACTION,               true,    FRACTION,                    Rejected("use `f64`: the spec would show the rounded 32-bit value, such as 0.10000000149011612 for 0.1")),
    row("f64",            NONE,            Scalar,    FRACTION,               true,    FRACTION,                    Field(Kind::Float)),
    row("Secret",         NONE,            Column::Unknown, Err("a secret"),  true,    Err("a secret"),             Field(Kind::Secret)),
    row("Date",           NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Date)),
    row("DateTime",       NONE,            Scalar,    YES,                    true,    YES,                         Form::Unknown),
    row("Time",           NONE,            Scalar,    YES,                    true,    Err("a time without a date"), Form::Unknown),
    row("Timestamp",      NONE,            Scalar,    YES,                    true,    YES,                         Field(Kind::Timestamp)),
    row("Decimal",        NONE,            Scalar,    YES,                    true,    Err("a decimal number"),     Form::Unknown),
    row("Uuid",           NONE,            Scalar,    YES,                    true,    Err("unordered"),          Form::Unknown),
    row("Binary",         NONE,            Scalar,    Err("binary"),          true,    Err("binary"),               Form::Unknown),
    row("Value",          NONE,            AnyJson,   JSON,                   false,   JSON,                        NO_JSON),
    row("RawJson",        NONE,            AnyJson,   JSON,                   false,   JSON,                        Form::Unknown),
    row("Option",         Holds(1),        Nullable,  Err("nullable"),   false,   INNER,                       Optional),
    row("Box",            Holds(1),        Wrapper,   INNER,                  true,    INNER,                       RejectedWrapper("remove the `Box`")),
    row("Cow",            PerhapsHolds(1), Wrapper,   INNER,                  true,    INNER,                       RejectedWrapper("a configuration must own its data: remove the `Cow`")),
    row("Rc",             Arguments::Unknown, Column::Unknown, INNER,         true,    INNER,                       RejectedWrapper("remove the `Rc`")),
    row("Arc",            Arguments::Unknown, Column::Unknown, INNER,         true,    INNER,                       RejectedWrapper("remove the `Arc`")),
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
    row("PhantomData",    Arguments::Unknown, NoValue, Err("no value"),         true,    Err("no value"),             Rejected("it holds no value: add `#[serde(skip)]`")),
];
