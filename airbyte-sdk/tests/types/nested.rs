//! Nested structs, and attributes of serde.

use super::{column, written};
use airbyte_sdk::{Stream, Timestamp, airbyte_stream};
use serde_json::json;

/// A home.
#[airbyte_stream(nested)]
#[serde(rename_all = "camelCase")]
#[derive(Clone)]
struct Place {
    /// The street,
    /// and the number
    street_name: String,
    #[serde(rename = "ZIP")]
    zip: Option<u32>,
    #[serde(skip)]
    _note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<i8>,
}

fn place() -> Place {
    Place { street_name: "Elm Street".to_owned(), zip: None, _note: "dark".to_owned(), floor: None }
}

#[test]
fn structs_are_objects_with_serialized_names() {
    let properties = json!({
        "streetName": {"type": ["null", "string"], "description": "The street, and the number"},
        "ZIP": {"type": ["null", "integer"]},
        "floor": {"type": ["null", "integer"]},
    });
    column!(
        Place: place() => {"streetName": "Elm Street", "ZIP": null},
        {"type": ["null", "object"], "description": "A home.", "properties": properties, "additionalProperties": true}
    );
    column!(
        Option<Vec<Place>>: Some(vec![Place { floor: Some(1), ..place() }]) => [{"streetName": "Elm Street", "ZIP": null, "floor": 1}],
        {"type": ["null", "array"], "items": {"type": "object", "description": "A home.", "properties": properties, "additionalProperties": true}}
    );
}

#[test]
fn serde_attributes_on_a_record_apply() {
    #[airbyte_stream(name = "people", primary_key(user_id, home.street_name), cursor = home.zip, on_null = emit)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    struct Person {
        user_id: u64,
        #[serde(rename = "home")]
        home: Place,
        #[serde(flatten)]
        work: Place,
        #[serde(skip)]
        _note: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        age: Option<u8>,
    }
    let person = Person { user_id: 1, home: place(), work: place(), _note: String::new(), age: None };
    let home = json!({"streetName": "Elm Street", "ZIP": null});
    assert_eq!(
        written(&person),
        json!({"USER_ID": 1, "home": home, "streetName": "Elm Street", "ZIP": null})
    );
    let names: Vec<String> =
        Person::json_schema()["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["USER_ID", "home", "streetName", "ZIP", "floor", "AGE"]);
    assert_eq!(Person::PRIMARY_KEY, [&["USER_ID"][..], &["home", "streetName"]]);
    assert_eq!(Person::CURSOR_FIELD, ["home", "ZIP"]);
    assert_eq!(person.cursor(), None);
    let person = Person { home: Place { zip: Some(7), ..place() }, ..person };
    assert_eq!(person.cursor(), Some(&7));
}

#[test]
fn serde_default_does_not_change_the_schema() {
    #[airbyte_stream(nested)]
    #[derive(airbyte_sdk::Deserialize, Default)]
    struct Inner {
        #[serde(default)]
        default: u8,
    }
    #[airbyte_stream(name = "defaults")]
    #[derive(airbyte_sdk::Deserialize)]
    struct Record {
        #[serde(default)]
        inner: Inner,
        #[serde(default)]
        id: u64,
    }
    let record: Record = serde_json::from_str("{}").unwrap();
    assert_eq!(written(&record), json!({"inner": {"default": 0}, "id": 0}));
    let inner = json!({"default": {"type": ["null", "integer"]}});
    assert_eq!(
        Record::json_schema()["properties"],
        json!({
            "inner": {"type": ["null", "object"], "properties": inner, "additionalProperties": true},
            "id": {"type": ["null", "integer"]},
        })
    );
}

#[test]
fn paths_go_through_boxes_options_and_flattened_structs() {
    #[airbyte_stream(nested)]
    struct Inner {
        #[serde(rename = "At")]
        at: Timestamp,
        id: u64,
    }
    #[airbyte_stream(nested)]
    struct Outer {
        inner: Option<Box<Inner>>,
    }
    #[airbyte_stream(name = "deep", primary_key(more.id), cursor = outer.inner.at, on_null = fail)]
    struct Deep {
        outer: Outer,
        #[serde(flatten)]
        more: Inner,
    }
    assert_eq!(Deep::CURSOR_FIELD, ["outer", "inner", "At"]);
    assert_eq!(Deep::PRIMARY_KEY, [["id"]]);
    let inner = || Inner { at: Timestamp::UNIX_EPOCH, id: 1 };
    let deep = Deep { outer: Outer { inner: Some(Box::new(inner())) }, more: inner() };
    assert_eq!(deep.cursor(), Some(&Timestamp::UNIX_EPOCH));
    assert_eq!(Deep { outer: Outer { inner: None }, more: inner() }.cursor(), None);
    written(&deep);
}

#[test]
fn recursive_struct_ends_in_an_object_without_properties() {
    #[airbyte_stream(nested)]
    struct Node {
        name: String,
        first: Option<Box<Node>>,
        children: Vec<Node>,
    }
    let leaf = |name: &str| Node { name: name.to_owned(), first: None, children: Vec::new() };
    let node = Node { first: Some(Box::new(leaf("b"))), children: vec![leaf("c")], ..leaf("a") };
    #[airbyte_stream(name = "trees")]
    struct Tree {
        root: Node,
        next: Option<Box<Tree>>,
    }
    written(&Tree { root: node, next: Some(Box::new(Tree { root: leaf("d"), next: None })) });
    let schema = Tree::json_schema();
    let any = json!({"type": ["null", "object"], "additionalProperties": true});
    assert_eq!(schema["properties"]["next"], any);
    assert_eq!(schema["properties"]["root"]["properties"]["first"], any);
    assert_eq!(schema["properties"]["root"]["properties"]["children"]["items"]["type"], "object");
}

#[test]
fn recursive_type_that_is_not_an_object_ends_in_any_json() {
    #[airbyte_stream(nested)]
    #[serde(untagged)]
    enum Tree {
        Leaf(i64),
        Node(Vec<Tree>),
    }
    #[airbyte_stream(name = "trees")]
    struct Record {
        tree: Tree,
    }
    let tree = Tree::Node(vec![Tree::Leaf(1), Tree::Node(vec![Tree::Node(vec![])])]);
    assert_eq!(written(&Record { tree })["tree"], json!([1, [[]]]));
}
