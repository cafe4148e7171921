mod mock;

use airbyte_sdk::testing::conformance::Subject;
use airbyte_sdk::testing::{Connector, assert_golden};

const PROGRAM: &str = env!("CARGO_BIN_EXE_source-weather");

#[test]
fn spec_and_catalog_are_current() {
    let (connector, server) = (Connector::new(PROGRAM), mock::start());
    assert_golden("tests/spec.json", &connector.spec().all("SPEC")[0]);
    let discovered = connector.discover(&mock::config(&server, mock::API_KEY));
    assert_golden("tests/catalog.json", &discovered.all("CATALOG")[0]);
    // For `read` by hand: all streams, incrementally.
    assert_golden("tests/configured_catalog.json", &discovered.configured("incremental"));
}

#[test]
fn second_read_resumes_at_the_state_of_the_first() {
    let (connector, server) = (Connector::new(PROGRAM), mock::start());
    let config = mock::config(&server, mock::API_KEY);
    let catalog = connector.discover(&config).configured("incremental");
    let first = connector.read(&config, &catalog, None);
    assert_eq!(first.exit_code, Some(0), "{first}");
    assert_eq!(first.records("temperatures").len(), 8);
    // The last day of each station is read again: `since` is inclusive.
    let second = connector.read(&config, &catalog, Some(&first.final_state()));
    assert_eq!(second.records("temperatures").len(), 2, "{second}");
}

#[test]
fn connector_follows_the_protocol() {
    let server = mock::start();
    Subject::new(PROGRAM)
        .config(mock::config(&server, mock::API_KEY))
        .invalid_config(mock::config(&server, "not-the-key"))
        .assert_conforms();
}
