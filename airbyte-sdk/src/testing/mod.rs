//! Tests of a connector: an HTTP server in place of the API, runs of single functions, and runs of the whole program.
//!
//! Requires the feature `testing`; enable it in the dev-dependencies:
//!
//! ```toml
//! [dev-dependencies]
//! airbyte-sdk = { version = "…", features = ["testing"] }
//! ```
//!
//! | to test | use |
//! | --- | --- |
//! | a function that takes an [`Http`](crate::Http) | [`Server`] and [`http`] |
//! | a fetch function | [`Server`] and [`fetch`] |
//! | the program, as the platform runs it | [`Server`] and [`Connector`] |
//! | whether the program follows the protocol | [`conformance`] |
//! | the specification and the catalog | [`assert_spec`], [`assert_stream`], [`assert_golden`], [`spec_of`], [`stream_of`] |
//!
//! The functions and types here panic when they cannot do their work, which fails the test.
//!
//! # Server: the API
//!
//! A [`Server`] listens on a free loopback port and returns the responses that the test defines. It records the requests.
//! A request that matches no route fails the test. Responses can have faults, such as a cut connection; see [`server`].
//!
//! ```
//! use airbyte_sdk::testing::{Server, http};
//! use serde_json::json;
//!
//! let server = Server::start();
//! server.on("GET /orders").json(json!([{"id": 1}]));
//!
//! let orders: Vec<serde_json::Value> = http().base_url(server.url()).get("/orders").json().unwrap();
//! assert_eq!(orders, [json!({"id": 1})]);
//! assert_eq!(server.requests()[0].path(), "/orders");
//! ```
//!
//! # fetch: one stream
//!
//! [`fetch`] calls a fetch function with an emitter, and returns the records, the state and the error, if any. Retries
//! and rate limits do not wait.
//!
//! ```
//! use airbyte_sdk::testing::{Server, fetch};
//! use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
//! use serde_json::json;
//!
//! #[airbyte_stream(name = "orders", primary_key(id))]
//! #[derive(Deserialize)]
//! struct Order {
//!     id: u64,
//! }
//!
//! fn orders(url: &str, out: &mut Emitter<Order>) -> Result<()> {
//!     let orders: Vec<Order> = out.http().base_url(url).get("/orders").json()?;
//!     out.try_extend(orders.into_iter().map(Ok))
//! }
//!
//! let server = Server::start();
//! server.on("GET /orders").json(json!([{"id": 1}]));
//! assert_eq!(fetch(|out| orders(server.url(), out)).unwrap(), [json!({"id": 1})]);
//! ```
//!
//! # Connector and Run: the whole program
//!
//! A [`Connector`] runs the program with a command and input files, as the platform does. Each call returns a [`Run`]:
//! the exit code, the output, and the parsed messages. Use it in an integration test, where cargo provides the path of
//! the program.
//!
//! ```no_run
//! # macro_rules! env { ($name:literal) => { "target/debug/source-orders" } }
//! use airbyte_sdk::testing::{Connector, Server};
//! use serde_json::json;
//!
//! let server = Server::start();
//! server.on("GET /orders").json(json!([{"id": 1}]));
//!
//! let connector = Connector::new(env!("CARGO_BIN_EXE_source-orders")).skip_waits();
//! let config = json!({"url": server.url(), "api_key": "k-123456"});
//! assert_eq!(connector.check(&config).all("CONNECTION_STATUS")[0]["status"], "SUCCEEDED");
//!
//! let catalog = connector.discover(&config).configured("full_refresh");
//! let run = connector.read(&config, &catalog, None);
//! assert_eq!(run.exit_code, Some(0), "{run}");
//! assert_eq!(run.records("orders"), [json!({"id": 1})]);
//! // `run.final_state()` is the state for the next read.
//! ```
//!
//! # conformance: the protocol
//!
//! A [`conformance::Subject`] runs the program several dozen times and checks the rules of the protocol: its messages,
//! exit codes, states, and that no message contains a secret. Its [`Report`](conformance::Report) lists each rule with
//! the result.
//!
//! ```no_run
//! # macro_rules! env { ($name:literal) => { "target/debug/source-orders" } }
//! # let server = airbyte_sdk::testing::Server::start();
//! use airbyte_sdk::testing::conformance::Subject;
//! use serde_json::json;
//!
//! Subject::new(env!("CARGO_BIN_EXE_source-orders"))
//!     .config(json!({"url": server.url(), "api_key": "k-123456"}))
//!     .invalid_config(json!({"url": server.url()}))
//!     .assert_conforms();
//! ```
//!
//! # The specification and the catalog
//!
//! [`assert_spec`] checks that the spec follows the protocol and that the parser accepts exactly what the spec allows;
//! [`assert_stream`] checks the catalog entry of a stream. [`assert_golden`] compares the spec with a file under version
//! control, to show each change of it in a review.
//!
//! ```no_run
//! use airbyte_sdk::testing::{assert_golden, assert_spec, spec_of};
//! use airbyte_sdk::{AirbyteSpec, Secret};
//!
//! #[derive(AirbyteSpec)]
//! struct Config {
//!     api_key: Secret,
//! }
//!
//! assert_spec::<Config>();
//! assert_golden("tests/spec.json", &spec_of::<Config>());
//! ```

// Not behind the feature, because the SDK's own tests use the server without it.
pub mod server;

#[cfg(feature = "testing")]
mod client;
#[cfg(feature = "testing")]
mod fetch;
#[cfg(feature = "testing")]
mod golden;
#[cfg(feature = "testing")]
mod samples;
#[cfg(feature = "testing")]
mod types;

pub use server::Server;

#[cfg(feature = "testing")]
pub use airbyte_conformance::{Connector, Run};
#[cfg(feature = "testing")]
pub use client::http;
#[cfg(feature = "testing")]
pub use fetch::{Fetched, fetch, fetch_at};
#[cfg(feature = "testing")]
pub use golden::assert_golden;
#[cfg(feature = "testing")]
pub use types::{assert_spec, assert_stream, spec_of, stream_of};

/// The conformance suite, which checks whether a connector follows the protocol.
///
/// Re-exported from [`airbyte-conformance`](https://docs.rs/airbyte-conformance), which checks connectors in any language.
#[cfg(feature = "testing")]
pub mod conformance {
    pub use airbyte_conformance::{Acceptance, AcceptanceReport, Outcome, Report, Subject, Verdict};
}
