use airbyte_sdk::serde_json::json;
use airbyte_sdk::testing::{Server, conformance::Subject};

#[test]
fn connector_follows_the_protocol() {
    let server = Server::start();
    let stations = json!({"stations": [{"id": 1, "name": "Bergen"}]});
    server.on("GET /stations").header("Authorization", "Bearer k-4711").json(stations);
    server.on("GET /stations").status(401); // with a wrong key

    let config = |key| json!({"api_key": key, "api_url": server.url()});
    Subject::new(env!("CARGO_BIN_EXE_one_stream"))
        .config(config("k-4711"))
        .invalid_config(config("wrong"))
        .assert_conforms();
}

#[test]
#[ignore = "needs an image, and shows how to call it"]
fn acceptance_tests_pass() {
    use airbyte_sdk::testing::conformance::Acceptance;
    Acceptance::new(Subject::image("airbyte/source-mine:0.1.0"), env!("CARGO_MANIFEST_DIR"))
        .run()
        .assert_passed();
}
