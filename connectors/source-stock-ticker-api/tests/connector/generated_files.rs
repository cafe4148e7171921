//! Compares generated files, such as spec.json and the catalog, with those that are checked in.

use crate::common::{config, connector};
use airbyte_sdk::testing::assert_golden;
use serde_json::{Value, json};

#[test]
fn spec_json_is_current() {
    let specs = connector().spec().all("SPEC");
    assert_eq!(specs.len(), 1);
    assert_golden("spec.json", &specs[0]);
}

#[test]
fn catalog_is_current() {
    let catalogs = connector().discover(&config("http://127.0.0.1:9")).all("CATALOG");
    assert_eq!(catalogs.len(), 1);
    assert_golden("tests/catalog.json", &catalogs[0]);
}

/// The README's commands use these files.
#[test]
fn configured_catalogs_are_current() {
    let discovered = connector().discover(&config("http://127.0.0.1:9"));
    for (file, mode) in [("fullrefresh", "full_refresh"), ("incremental", "incremental")] {
        assert_golden(
            format!("integration_tests/{file}_configured_catalog.json"),
            &discovered.configured(mode),
        );
    }
}

#[test]
fn readme_shows_the_connector_word_for_word() {
    let (readme, connector) = (include_str!("../../../../README.md"), include_str!("../../src/main.rs"));
    assert!(readme.contains(connector), "copy src/main.rs into the README");
    assert!(connector.lines().count() <= 100, "a connector has at most 100 lines");
}

/// The page on publishing shows the form.
#[test]
fn publishing_page_lists_every_visible_field() {
    let page = include_str!("../../../../docs/publishing.md");
    let spec = &connector().spec().all("SPEC")[0];
    for field in spec["connectionSpecification"]["properties"].as_object().unwrap().values() {
        let row = format!("\n| {} |", field["title"].as_str().unwrap());
        assert_eq!(page.contains(&row), field["airbyte_hidden"] != true, "{row}");
    }
}

/// The spec of Airbyte's tutorial.
#[test]
fn spec_contains_the_values_of_the_tutorial() {
    let tutorial = json!({
        "documentationUrl": "https://polygon.io/docs/stocks/get_v2_aggs_ticker__stocksticker__range__multiplier___timespan___from___to",
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "required": ["stock_ticker", "api_key"],
            "properties": {
                "stock_ticker": {
                    "type": "string",
                    "title": "Stock Ticker",
                    "description": "The stock ticker to track",
                    "examples": ["AAPL", "TSLA", "AMZN"]
                },
                "api_key": {
                    "type": "string",
                    "title": "API Key",
                    "description": "The Polygon.io Stocks API key to use to hit the API.",
                    "airbyte_secret": true
                }
            }
        }
    });
    assert_contains(&connector().spec().all("SPEC")[0], &tutorial, "spec");
}

fn assert_contains(whole: &Value, part: &Value, path: &str) {
    match part {
        Value::Object(part) => {
            for (key, value) in part {
                assert_contains(&whole[key], value, &format!("{path}.{key}"));
            }
        }
        part => assert_eq!(whole, part, "{path}"),
    }
}
