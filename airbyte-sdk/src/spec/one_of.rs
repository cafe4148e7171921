//! A choice between options with their own fields: an enum with data.

use super::form::Form;
use super::nested_types::{one_of, titled};
use super::place::Place;
use crate::problems::Problems;
use serde_json::{Map, Value};

/// The labels of a choice as a whole.
///
/// ```
/// use airbyte_sdk::spec::OneOf;
///
/// let about = OneOf::new("Login", "auth_type").description("How you log in").display_type("radio");
/// ```
pub struct OneOf {
    title: &'static str,
    tag: &'static str,
    description: Option<&'static str>,
    display_type: Option<&'static str>,
}

impl OneOf {
    /// Creates a choice. The key `tag` of each object names its option.
    pub fn new(title: &'static str, tag: &'static str) -> Self {
        Self { title, tag, description: None, display_type: None }
    }

    /// Sets the help text in the form.
    #[must_use]
    pub fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// Sets how the options are shown: `dropdown` (the default) or `radio`.
    #[must_use]
    pub fn display_type(mut self, display_type: &'static str) -> Self {
        self.display_type = Some(display_type);
        self
    }

    pub(super) fn describe(&self, name: impl Fn(&mut Choice<'_>)) -> Map<String, Value> {
        let mut choice = Choice { tag: self.tag, job: Job::Describe(Vec::new()) };
        name(&mut choice);
        let mut schema = titled(self.title, self.description);
        if let Some(display_type) = self.display_type {
            schema.insert("display_type".to_owned(), display_type.into());
        }
        if let Job::Describe(options) = choice.job {
            schema.insert("oneOf".to_owned(), options.into());
        }
        schema
    }

    pub(super) fn read<T>(
        &self,
        object: &Map<String, Value>,
        place: &mut Place<'_>,
        name: impl Fn(&mut Choice<'_>) -> Option<T>,
    ) -> Option<T> {
        let given = object.get(self.tag).filter(|given| !given.is_null());
        let (mut names, mut found) = (Vec::new(), false);
        let job = Job::Read { object, place: place.reborrow(), given, names: &mut names, found: &mut found };
        let value = name(&mut Choice { tag: self.tag, job });
        if !found {
            let mut tag = place.field(self.tag);
            let expected = one_of(names.into_iter());
            match given {
                None => tag.problem(format!("is missing; it must be {expected}")),
                Some(Value::String(_)) => tag.problem(format!("must be {expected}")),
                Some(other) => drop(tag.unexpected::<()>(&expected, other)),
            }
            // The intended option is unknown, so anything that would be a secret in one of them is treated as one.
            let mut ignored = Problems::default();
            let place = place.with_problems(&mut ignored);
            name(&mut Choice { tag: self.tag, job: Job::CollectSecrets { object, place } });
        }
        value
    }
}

/// The labels of one option of a choice.
pub struct Variant {
    name: &'static str,
    title: Option<&'static str>,
    description: Option<&'static str>,
    hidden: bool,
}

impl Variant {
    /// Creates an option with this name, the value of the tag.
    pub fn new(name: &'static str) -> Self {
        Self { name, title: None, description: None, hidden: false }
    }

    /// Sets the label in the form. The default is the name.
    #[must_use]
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// Sets the help text in the form.
    #[must_use]
    pub fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// Hides the option from the form. It can still be configured.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// Receives the options of a choice; see [`Shape::one_of`](super::Shape::one_of).
pub struct Choice<'a> {
    tag: &'static str,
    job: Job<'a>,
}

enum Job<'a> {
    Describe(Vec<Value>),
    Read {
        object: &'a Map<String, Value>,
        place: Place<'a>,
        given: Option<&'a Value>,
        names: &'a mut Vec<&'static str>,
        found: &'a mut bool,
    },
    /// Only collects secrets.
    CollectSecrets {
        object: &'a Map<String, Value>,
        place: Place<'a>,
    },
}

impl Choice<'_> {
    /// Adds the next option and its form. Returns the form's value if this option was chosen.
    pub fn option<T>(
        &mut self,
        variant: Variant,
        form: impl FnOnce(&mut Form<'_>) -> Option<T>,
    ) -> Option<T> {
        match &mut self.job {
            Job::Describe(options) => {
                let mut described = Form::describing_option(self.tag, variant.name);
                form(&mut described);
                let mut option = titled(variant.title.unwrap_or(variant.name), variant.description);
                described.describe_into(&mut option);
                if variant.hidden {
                    option.insert("airbyte_hidden".to_owned(), true.into());
                }
                options.push(option.into());
                None
            }
            Job::Read { object, place, given, names, found } => {
                names.push(variant.name);
                let chosen = given.and_then(Value::as_str) == Some(variant.name);
                **found |= chosen;
                if chosen { form(&mut Form::reading(object, place.reborrow())) } else { None }
            }
            Job::CollectSecrets { object, place } => {
                form(&mut Form::reading(object, place.reborrow()));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::read;
    use crate::{AirbyteSpec, ConfigValue, Secret};
    use serde_json::json;

    #[derive(AirbyteSpec)]
    struct Config {
        #[allow(dead_code, reason = "only the collected secrets are tested")]
        login: Option<Vec<Login>>,
    }

    #[derive(ConfigValue)]
    #[allow(dead_code, reason = "only the collected secrets are tested")]
    enum Login {
        Key { api_key: Secret },
        Password { name: String, password: Secret },
    }

    #[test]
    fn secrets_of_an_invalid_choice_are_collected() {
        for (login, expected) in [
            (json!([{"type": "key", "api_key": "k-1"}]), vec!["k-1"]),
            (json!([{"type": "password", "password": "p-1"}]), vec!["p-1"]),
            (json!([{"type": "pasword", "name": "n", "password": "p-1"}]), vec!["p-1"]),
            (json!([{"api_key": 5, "password": "p-1"}, 7]), vec!["5", "p-1"]),
        ] {
            assert_eq!(read::<Config>(&json!({"login": login})).1, expected, "{login}");
        }
    }

    #[derive(AirbyteSpec)]
    struct Kept {
        #[airbyte(default = Some(Login::Key { api_key: "k-kept".into() }).into_iter().collect())]
        #[allow(dead_code, reason = "only the collected secrets are tested")]
        logins: Vec<Login>,
    }

    #[test]
    fn secret_of_a_default_is_collected_when_the_default_is_used() {
        assert_eq!(read::<Kept>(&json!({})).1, ["k-kept"]);
        assert_eq!(read::<Kept>(&json!({"logins": []})).1, [""; 0]);
    }
}
