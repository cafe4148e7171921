//! One field of a form: its name, what a person reads about it, and what its value must obey.

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

/// What a spec can say of a URL; what it cannot, such as the largest port, is checked when the value is read. There is no
/// `format`, since validators do not agree on what a `uri` is.
pub(crate) const URL: &str =
    r"^[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^?# \t\r\n]*)?$";

pub(super) const URL_IN_WORDS: &str = "a URL such as https://api.example.com";

impl<T: ConfigValue> Field<T> {
    /// A field under this key of the configuration.
    pub fn new(name: &'static str) -> Self {
        Self { name, default: None, minimum: None, maximum: None, rules: Box::default() }
    }

    fn note(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.rules.note(key, value.into());
        self
    }

    /// The label in the form.
    #[must_use]
    pub fn title(self, title: &str) -> Self {
        self.note("title", title)
    }

    /// The help text in the form.
    #[must_use]
    pub fn description(self, description: &str) -> Self {
        // One that is included from a file ends with a line break.
        self.note("description", description.trim())
    }

    /// Values to show as examples.
    #[must_use]
    pub fn examples<V: Into<Value>>(self, examples: impl IntoIterator<Item = V>) -> Self {
        self.note("examples", examples.into_iter().map(Into::into).collect::<Vec<Value>>())
    }

    /// The value if the user gives none. The form shows it, and the parser fills it in.
    #[must_use]
    pub fn default(mut self, value: T) -> Self {
        self.default = Some(value);
        self
    }

    /// Keeps the field out of the form; a value given anyway is used.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.note("airbyte_hidden", true)
    }

    /// Shows a text area.
    #[must_use]
    pub fn multiline(self) -> Self
    where
        T::Bound: Text,
    {
        self.note("multiline", true)
    }

    /// A URL that requests can be made of ([`Http::base_url`](crate::Http::base_url)): it begins with `https://` or `http://` and has
    /// a host, but no user, password, query or fragment.
    #[must_use]
    pub fn url(mut self) -> Self
    where
        T::Bound: Text,
    {
        self.rules.is_url = true;
        self.pattern(URL).pattern_descriptor(URL_IN_WORDS)
    }

    /// Accepts a [`Secret`](crate::Secret) that is empty or consists of white space, which is refused otherwise. A `String`
    /// may always be blank.
    #[must_use]
    pub fn allow_blank(mut self) -> Self
    where
        T::Bound: Text,
    {
        self.rules.allows_blank = true;
        self
    }

    /// The author's word that a name which sounds like a credential is none. It stays out of the spec, since the platform
    /// knows only a word that says the opposite; Airbyte's own lint would rather see another name.
    #[must_use]
    pub fn not_secret(self) -> Self {
        self.note(super::NOT_SECRET, true)
    }

    /// Keeps an optional field out of the collapsed section.
    #[must_use]
    pub fn always_show(self) -> Self {
        self.note("always_show", true)
    }

    /// The id of the group (card) that shows the field.
    #[must_use]
    pub fn group(self, id: &str) -> Self {
        self.note("group", id)
    }

    /// A regular expression that the text must match.
    #[must_use]
    pub fn pattern(mut self, pattern: &'static str) -> Self
    where
        T::Bound: Text,
    {
        self.rules.pattern = Some(pattern);
        self
    }

    /// The pattern in words, for the message when a text does not match.
    #[must_use]
    pub fn pattern_descriptor(mut self, words: &'static str) -> Self {
        self.rules.pattern_descriptor = Some(words);
        self
    }

    /// The smallest number allowed.
    #[must_use]
    pub fn min(mut self, minimum: T::Bound) -> Self
    where
        T::Bound: Number,
    {
        self.minimum = Some(minimum);
        self
    }

    /// The largest number allowed.
    #[must_use]
    pub fn max(mut self, maximum: T::Bound) -> Self
    where
        T::Bound: Number,
    {
        self.maximum = Some(maximum);
        self
    }

    /// How many characters a text has at least.
    #[must_use]
    pub fn min_length(mut self, characters: u64) -> Self
    where
        T::Bound: Text,
    {
        self.rules.length.0 = Some(characters);
        self
    }

    /// How many characters a text has at most.
    #[must_use]
    pub fn max_length(mut self, characters: u64) -> Self
    where
        T::Bound: Text,
    {
        self.rules.length.1 = Some(characters);
        self
    }

    /// How many items a list has at least.
    #[must_use]
    pub fn min_items(mut self, items: u64) -> Self
    where
        T::Bound: List,
    {
        self.rules.items.0 = Some(items);
        self
    }

    /// How many items a list has at most.
    #[must_use]
    pub fn max_items(mut self, items: u64) -> Self
    where
        T::Bound: List,
    {
        self.rules.items.1 = Some(items);
        self
    }

    /// Whether the user must give a value.
    pub(super) fn is_required(&self) -> bool {
        self.default.is_none() && T::absent().is_none()
    }

    /// The property in the spec; `order` is its place in the form.
    pub(super) fn schema(self, order: usize) -> Map<String, Value> {
        let (default, faults) = self.examine_default();
        let bounds =
            [&self.minimum, &self.maximum].map(|bound| bound.as_ref().map(|bound| T::bound_json(bound)));
        self.rules.property(T::schema(), default, bounds, faults, order)
    }

    /// The default as the spec shows it, and what is wrong with it by the field's own rules.
    fn examine_default(&self) -> (Option<Value>, Vec<String>) {
        let Some(default) = &self.default else { return (None, Vec::new()) };
        let mut withheld = Withheld::default();
        let value = default.to_json(&mut withheld);
        if !withheld.0.is_empty() {
            // Without its secrets it is another value, and with them it is everybody's.
            return (None, vec!["the default of {path} has a secret in it, and a spec is public".to_owned()]);
        }
        if value.is_null() {
            let no_number = T::schema().get("type").is_some_and(|ty| ty == "number");
            let faults = no_number.then(|| "the default of {path} is no number that JSON has".to_owned());
            return (None, faults.into_iter().collect());
        }
        let mut problems = Problems::default();
        self.read(&value, &mut Place::top(&mut problems, &mut Vec::new()));
        (Some(value), default::faults(&problems))
    }

    /// The field's value, or a note of what is wrong with it.
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

    /// A value that was given.
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
