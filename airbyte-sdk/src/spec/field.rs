//! One field of a form: its key, its labels, and the rules for its value.

use super::Problems;
use super::default::{self, Withheld};
use super::field_types::{ConfigValue, List, Number, Text};
use super::place::Place;
use super::rules::Rules;
use serde_json::{Map, Value};

/// One field of a configuration, of type `T`.
///
/// ```
/// use airbyte_sdk::spec::Field;
///
/// let field = Field::<u32>::new("page_size").title("Page Size").description("Rows per request").default(100).max(1000);
/// ```
pub struct Field<T: ConfigValue> {
    pub(super) name: &'static str,
    default: Option<T>,
    minimum: Option<T::Bound>,
    maximum: Option<T::Bound>,
    /// Boxed, since a field is moved by each of its methods.
    rules: Box<Rules>,
}

/// The pattern of a URL in the spec. What a pattern cannot express, such as the largest port, is checked when the value
/// is read. The spec has no `format: uri`, because validators disagree on its meaning.
pub(crate) const URL: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^?# \t\r\n]*)?$";

pub(super) const URL_IN_WORDS: &str = "a URL such as https://api.example.com";

impl<T: ConfigValue> Field<T> {
    /// Creates a field with this key in the configuration. It is required unless it has a default or `T` is an `Option`.
    pub fn new(name: &'static str) -> Self {
        Self { name, default: None, minimum: None, maximum: None, rules: Box::default() }
    }

    fn note(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.rules.note(key, value.into());
        self
    }

    /// Sets the label in the form.
    #[must_use]
    pub fn title(self, title: &str) -> Self {
        self.note("title", title)
    }

    /// Sets the help text in the form.
    #[must_use]
    pub fn description(self, description: &str) -> Self {
        // Text included from a file ends with a line break.
        self.note("description", description.trim())
    }

    /// Sets the example values shown in the form.
    #[must_use]
    pub fn examples<V: Into<Value>>(self, examples: impl IntoIterator<Item = V>) -> Self {
        self.note("examples", examples.into_iter().map(Into::into).collect::<Vec<Value>>())
    }

    /// Sets the value used if the user provides none. The form shows it.
    #[must_use]
    pub fn default(mut self, value: T) -> Self {
        self.default = Some(value);
        self
    }

    /// Hides the field from the form. A value provided anyway is used.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.note("airbyte_hidden", true)
    }

    /// Shows the field as a text area.
    #[must_use]
    pub fn multiline(self) -> Self
    where
        T::Bound: Text,
    {
        self.note("multiline", true)
    }

    /// Requires the value to be a base URL ([`Http::base_url`](crate::Http::base_url)): `https://` or `http://` and a host,
    /// without a user, password, query or fragment.
    #[must_use]
    pub fn url(mut self) -> Self
    where
        T::Bound: Text,
    {
        self.rules.is_url = true;
        self.pattern(URL).pattern_descriptor(URL_IN_WORDS)
    }

    /// Accepts a [`Secret`](crate::Secret) that is empty or only whitespace, which is otherwise rejected. A `String` may
    /// always be blank.
    #[must_use]
    pub fn allow_blank(mut self) -> Self
    where
        T::Bound: Text,
    {
        self.rules.allows_blank = true;
        self
    }

    /// Declares that the field is not a secret, although its name suggests a credential. This is not part of the spec,
    /// which can only mark fields as secret; Airbyte's own lint still reports the name.
    #[must_use]
    pub fn not_secret(self) -> Self {
        self.note(super::NOT_SECRET, true)
    }

    /// Shows an optional field outside the collapsed section.
    #[must_use]
    pub fn always_show(self) -> Self {
        self.note("always_show", true)
    }

    /// Sets the id of the group (card) that contains the field.
    #[must_use]
    pub fn group(self, id: &str) -> Self {
        self.note("group", id)
    }

    /// Sets a regular expression that the string must match. A pattern that is not portable, as explained at
    /// [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec), is a fault of the spec.
    #[must_use]
    pub fn pattern(mut self, pattern: &'static str) -> Self
    where
        T::Bound: Text,
    {
        self.rules.pattern = Some(pattern);
        self
    }

    /// Describes the pattern, for the message when a string does not match: "must be {description}".
    #[must_use]
    pub fn pattern_descriptor(mut self, description: &'static str) -> Self {
        self.rules.pattern_descriptor = Some(description);
        self
    }

    /// Sets the smallest allowed number.
    #[must_use]
    pub fn min(mut self, minimum: T::Bound) -> Self
    where
        T::Bound: Number,
    {
        self.minimum = Some(minimum);
        self
    }

    /// Sets the largest allowed number.
    #[must_use]
    pub fn max(mut self, maximum: T::Bound) -> Self
    where
        T::Bound: Number,
    {
        self.maximum = Some(maximum);
        self
    }

    /// Sets the minimum length of the string, in characters.
    #[must_use]
    pub fn min_length(mut self, characters: u64) -> Self
    where
        T::Bound: Text,
    {
        self.rules.length.0 = Some(characters);
        self
    }

    /// Sets the maximum length of the string, in characters.
    #[must_use]
    pub fn max_length(mut self, characters: u64) -> Self
    where
        T::Bound: Text,
    {
        self.rules.length.1 = Some(characters);
        self
    }

    /// Sets the minimum number of items in the array.
    #[must_use]
    pub fn min_items(mut self, items: u64) -> Self
    where
        T::Bound: List,
    {
        self.rules.items.0 = Some(items);
        self
    }

    /// Sets the maximum number of items in the array.
    #[must_use]
    pub fn max_items(mut self, items: u64) -> Self
    where
        T::Bound: List,
    {
        self.rules.items.1 = Some(items);
        self
    }

    /// Returns whether the user must provide a value.
    pub(super) fn is_required(&self) -> bool {
        self.default.is_none() && T::absent().is_none()
    }

    /// Returns the property in the spec; `order` is its position in the form.
    pub(super) fn schema(self, order: usize) -> Map<String, Value> {
        let (default, faults) = self.examine_default();
        let bounds =
            [&self.minimum, &self.maximum].map(|bound| bound.as_ref().map(|bound| T::bound_json(bound)));
        self.rules.property(T::schema(), default, bounds, faults, order)
    }

    /// Returns the default as the spec shows it, and the rules of the field that it violates.
    fn examine_default(&self) -> (Option<Value>, Vec<String>) {
        let Some(default) = &self.default else { return (None, Vec::new()) };
        let mut withheld = Withheld::default();
        let value = default.to_json(&mut withheld);
        if !withheld.0.is_empty() {
            // Without the secrets it would be a different default.
            return (None, vec!["the default of {path} contains a secret, and a spec is public".to_owned()]);
        }
        if value.is_null() {
            let no_number = T::schema().get("type").is_some_and(|ty| ty == "number");
            let faults = no_number
                .then(|| "the default of {path} is NaN or infinite, which JSON cannot represent".to_owned());
            return (None, faults.into_iter().collect());
        }
        let mut problems = Problems::default();
        self.read(&value, &mut Place::top(&mut problems, &mut Vec::new()));
        (Some(value), default::faults(&problems))
    }

    /// Returns the field's value; `None` after a problem was recorded.
    pub(super) fn parse(self, given: Option<&Value>, place: &mut Place<'_>) -> Option<T> {
        let Some(given) = given.filter(|value| !value.is_null()) else {
            let value = self.default.or_else(T::absent);
            if let Some(value) = &value {
                let mut withheld = Withheld::default();
                value.to_json(&mut withheld);
                withheld.0.into_iter().for_each(|secret| place.secret(secret));
            } else {
                place.problem("is missing");
            }
            return value;
        };
        self.read(given, place)
    }

    /// Reads a value that was provided.
    fn read(&self, given: &Value, place: &mut Place<'_>) -> Option<T> {
        place.allows_blank = self.rules.allows_blank;
        let value = T::parse(given, place)?;
        let mut obeys = self.rules.are_obeyed(given, place)?;
        if let Some(bound) =
            self.minimum.as_ref().filter(|minimum| value.compare(minimum).is_some_and(|o| o.is_lt()))
        {
            place.problem(format!("must be at least {}", T::bound_json(bound)));
            obeys = false;
        }
        if let Some(bound) =
            self.maximum.as_ref().filter(|maximum| value.compare(maximum).is_some_and(|o| o.is_gt()))
        {
            place.problem(format!("must be at most {}", T::bound_json(bound)));
            obeys = false;
        }
        obeys.then_some(value)
    }
}
