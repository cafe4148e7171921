//! Generates configurations from a spec: valid ones, and ones with a single mistake.

use airbyte_spec_rules::Pattern;
use serde_json::{Map, Value, json};

/// A configuration with a single mistake.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) config: Value,
    /// The path of the mistake, as an error names it.
    pub(super) place: String,
}

/// Generates pseudo-random values; the same seed generates the same values.
pub(super) struct Samples(u64);

impl Samples {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a pseudo-random number below `end` (splitmix64).
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default() % end.max(1)
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// Returns a value that the schema allows; `Err` with the field for which none can be generated.
    pub(super) fn valid(&mut self, schema: &Value, place: &str) -> Result<Value, String> {
        if let Some(options) = schema["oneOf"].as_array() {
            let option = self.one_of(options).cloned().unwrap_or_default();
            return self.valid(&option, place);
        }
        if let Some(value) = schema.get("const") {
            return Ok(value.clone());
        }
        if let Some(value) = schema["enum"].as_array().and_then(|list| self.one_of(list)) {
            return Ok(value.clone());
        }
        match type_of(schema) {
            "object" => self.valid_object(schema, place),
            "array" => {
                let fewest = bound(schema, "minItems").unwrap_or(0);
                let most = bound(schema, "maxItems").unwrap_or(fewest + 2);
                let length = fewest + self.below(most.min(fewest + 2) - fewest + 1);
                (0..length).map(|_| self.valid(&schema["items"], place)).collect()
            }
            "string" => self.valid_string(schema).ok_or_else(|| place.to_owned()),
            "integer" => {
                let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
                let least = least.unwrap_or_else(|| most.unwrap_or(100).min(0));
                let most = most.unwrap_or(i64::MAX).min(least.saturating_add(1_000_000));
                let span = usize::try_from(most.saturating_sub(least)).unwrap_or_default();
                Ok(match self.below(4) {
                    0 => least.into(),
                    1 => most.into(),
                    _ => (least + i64::try_from(self.below(span + 1)).unwrap_or_default()).into(),
                })
            }
            "number" => {
                let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
                let least = least.unwrap_or_else(|| most.unwrap_or(1e3) - 1e3);
                let most = most.unwrap_or(least + 1e3);
                let share = self.below(9) as f64 / 8.0;
                Ok(json!(least + (most - least) * share))
            }
            "boolean" => Ok((self.below(2) == 0).into()),
            _ => Err(place.to_owned()),
        }
    }

    fn valid_object(&mut self, schema: &Value, place: &str) -> Result<Value, String> {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if is_required(schema, name) || self.below(2) == 0 {
                object.insert(name.clone(), self.valid(property, &inner(place, name))?);
            }
        }
        if self.below(4) == 0 {
            object.insert("unknown field".to_owned(), json!([1, {"x": null}]));
        }
        Ok(object.into())
    }

    fn valid_string(&mut self, schema: &Value) -> Option<Value> {
        match schema["format"].as_str() {
            Some("date") => {
                return Some(json!(format!("20{:02}-0{}-28", self.below(100), 1 + self.below(9))));
            }
            Some("date-time") => return example(schema).or_else(|| Some(json!("2024-02-29T23:59:59Z"))),
            _ => {}
        }
        if schema["pattern"] == crate::spec::URL {
            let urls = [
                "https://a.example",
                "http://127.0.0.1:8080/v1/",
                "HTTP://[::1]/a%20b",
                "https://x_y.a.example.",
            ];
            return self.one_of(&urls).map(|url| json!(url));
        }
        if schema.get("pattern").is_some() {
            // No string is generated from a pattern; the author has provided an example.
            return example(schema);
        }
        let (fewest, most) = (bound(schema, "minLength").unwrap_or(0), bound(schema, "maxLength"));
        let most = most.unwrap_or(fewest + 9).min(fewest + 9);
        let length =
            fewest.max(usize::from(most > 0)) + self.below(most - fewest.max(usize::from(most > 0)) + 1);
        let letters = ['a', 'Z', '0', ' ', '"', '\\', 'é', '🦀', '\n'];
        let text = (0..length).map(|place| if place == 0 { 'x' } else { letters[self.below(letters.len())] });
        Some(text.collect::<String>().into())
    }

    /// Returns the same configuration with one mistake; `None` if no mistake is possible.
    pub(super) fn invalid(&mut self, schema: &Value, valid: &Value) -> Option<Invalid> {
        let mut mistakes = Vec::new();
        collect(schema, valid, "", "", &mut mistakes);
        let Mistake { pointer, place, value } =
            mistakes.swap_remove(self.below(mistakes.len().max(1)).min(mistakes.len().checked_sub(1)?));
        let mut config = valid.clone();
        match value {
            Some(value) => *config.pointer_mut(&pointer)? = value,
            None => {
                let (object, name) = pointer.rsplit_once('/')?;
                config
                    .pointer_mut(object)?
                    .as_object_mut()?
                    .shift_remove(&name.replace("~1", "/").replace("~0", "~"));
            }
        }
        Some(Invalid { config, place })
    }
}

/// A possible mistake: the value to insert at a path, or `None` to remove the field.
struct Mistake {
    pointer: String,
    place: String,
    value: Option<Value>,
}

/// Collects all possible mistakes in a valid value.
fn collect(schema: &Value, valid: &Value, pointer: &str, place: &str, mistakes: &mut Vec<Mistake>) {
    if let Some(options) = schema["oneOf"].as_array() {
        let is_chosen = |option: &&Value| {
            let fields = option["properties"].as_object();
            fields
                .into_iter()
                .flatten()
                .any(|(name, field)| field.get("const").is_some_and(|value| valid.get(name) == Some(value)))
        };
        if let Some(option) = options.iter().find(is_chosen) {
            collect(option, valid, pointer, place, mistakes);
        }
        return;
    }
    let mut wrong = |value: Value| {
        mistakes.push(Mistake { pointer: pointer.to_owned(), place: place.to_owned(), value: Some(value) });
    };
    if !pointer.is_empty() {
        wrong_values(schema, valid).into_iter().for_each(&mut wrong);
    }
    match valid {
        Value::Object(object) => {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let Some(value) = object.get(name) else { continue };
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                let place = inner(place, name);
                if is_required(schema, name) {
                    mistakes.push(Mistake { pointer: pointer.clone(), place: place.clone(), value: None });
                }
                collect(property, value, &pointer, &place, mistakes);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let (pointer, place) = (format!("{pointer}/{index}"), format!("{place}[{index}]"));
                collect(&schema["items"], item, &pointer, &place, mistakes);
            }
        }
        _ => {}
    }
}

/// Values that the schema does not allow.
fn wrong_values(schema: &Value, valid: &Value) -> Vec<Value> {
    if schema.get("const").is_some() || schema.get("enum").is_some() {
        return vec![json!("unknown value"), json!(5)];
    }
    let mut wrong = vec![match type_of(schema) {
        "string" => json!(5),
        "object" => json!([]),
        "array" => json!({}),
        _ => json!("a string"),
    }];
    match type_of(schema) {
        "integer" => wrong.push(json!(1.5)),
        "boolean" => wrong.push(json!(1)),
        _ => {}
    }
    if type_of(schema) == "integer" {
        wrong.extend(schema["minimum"].as_i64().and_then(|least| least.checked_sub(1)).map(Value::from));
        wrong.extend(schema["maximum"].as_i64().and_then(|most| most.checked_add(1)).map(Value::from));
    } else {
        wrong.extend(schema["minimum"].as_f64().map(|least| json!(least - 0.5)));
        wrong.extend(schema["maximum"].as_f64().map(|most| json!(most + 0.5)));
    }
    if schema["format"] == "date" || schema["format"] == "date-time" {
        wrong.push(json!("the day before yesterday"));
    }
    if let Some(pattern) = schema["pattern"].as_str().and_then(|pattern| Pattern::new(pattern).ok()) {
        wrong.extend(
            ["", "!?", "a b\u{7f}"].into_iter().find(|text| !pattern.is_match(text)).map(Value::from),
        );
    }
    if let Some(fewest) = bound(schema, "minLength").and_then(|fewest| fewest.checked_sub(1)) {
        wrong.push("x".repeat(fewest).into());
    }
    wrong.extend(bound(schema, "maxLength").map(|most| Value::from("é".repeat(most + 1))));
    if let (Some(items), Some(first)) = (valid.as_array(), valid.get(0)) {
        if let Some(fewest) = bound(schema, "minItems").and_then(|fewest| fewest.checked_sub(1)) {
            wrong.push(items[..fewest].into());
        }
        wrong.extend(bound(schema, "maxItems").map(|most| Value::from(vec![first.clone(); most + 1])));
    }
    wrong
}

/// Returns the name of the type. In an array of types, the second is null.
fn type_of(schema: &Value) -> &str {
    schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default()
}

fn bound(schema: &Value, key: &str) -> Option<usize> {
    usize::try_from(schema[key].as_u64()?).ok()
}

fn example(schema: &Value) -> Option<Value> {
    schema["examples"].get(0).or(schema.get("default")).cloned()
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|list| list.iter().any(|other| other == name))
}

fn inner(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}
