//! Refresh tokens that can be used once: the new one is written before it is used.

use super::{catalog, config, connector, read, server};
use renamed_sdk::testing::Server;
use renamed_sdk::testing::server::{Gate, Request, Response};
use serde_json::{Value, json};
use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

/// Accepts one refresh token at a time, first `r-0000` and a new one after each use, and only the latest access token.
struct SingleUse(Mutex<u32>);

impl SingleUse {
    fn respond(&self, request: &Request) -> Response {
        let mut uses = self.0.lock().unwrap();
        if server::is_for_a_token(request) {
            if !request.text().contains(&format!("refresh_token=r-{uses:04}&")) {
                return server::json(400, &json!({"error": "invalid_grant"}));
            }
            *uses += 1;
            let (access, refresh) = (format!("a-{uses:04}"), format!("r-{uses:04}"));
            return server::json(200, &json!({"access_token": access, "refresh_token": refresh}));
        }
        match server::token(request) == Some(&format!("a-{uses:04}")) {
            true => server::json(200, &json!({"id": 1})),
            false => server::json(401, &json!({})),
        }
    }

    fn start() -> (Arc<Self>, Server) {
        let single_use = Arc::new(Self(Mutex::new(0)));
        let clone = Arc::clone(&single_use);
        (single_use, server::start(move |request| clone.respond(request)))
    }
}

/// Returns a configuration with unknown fields, one of which contains the token.
fn given(url: &str, refresh_token: &str) -> Value {
    let more = json!({"refresh_token": refresh_token, "rotates": "credentials.refresh_token",
        "client_secret": "s-12345", "z": {"kept": [1.5, null, "é\u{2028}"]},
        "credentials": {"kind": "oauth", "refresh_token": refresh_token, "later": true}});
    config(url, "refresh", &more)
}

/// Returns the configuration after the token was replaced.
fn replaced(config: &Value, refresh_token: &str) -> Value {
    let mut config = config.clone();
    config["credentials"]["refresh_token"] = refresh_token.into();
    config
}

#[test]
fn new_token_is_sent_with_the_whole_configuration() {
    let (single_use, server) = SingleUse::start();
    let config = given(server.url(), "r-0000");
    let run = read(&config, &["items", "more"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let sent: Vec<Value> = run.all("CONTROL");
    assert_eq!(sent.len(), 1, "{run}");
    assert_eq!(sent[0]["type"], "CONNECTOR_CONFIG");
    assert_eq!(sent[0]["connectorConfig"]["config"], replaced(&config, "r-0001"));
    // As the platform would pass it. The fixture reads the token from another field, so that is updated here.
    let mut next = sent[0]["connectorConfig"]["config"].clone();
    next["refresh_token"] = "r-0001".into();
    let run = connector().check(&next);
    assert_eq!(run.all("CONNECTION_STATUS")[0]["status"], "SUCCEEDED", "{run}");
    assert_eq!(run.all("CONTROL")[0]["connectorConfig"]["config"], replaced(&next, "r-0002"));
    let position = |kind: &str| run.messages().iter().position(|message| message["type"] == kind);
    assert!(position("CONTROL") < position("CONNECTION_STATUS"), "{run}");
    assert_eq!(*single_use.0.lock().unwrap(), 2);
}

#[test]
fn run_can_use_many_refresh_tokens() {
    let single_use = SingleUse(Mutex::new(0));
    let used = Mutex::new(0);
    let server = server::start(move |request| {
        let mut used = used.lock().unwrap();
        // Every access token is valid for one page.
        if !server::is_for_a_token(request) && server::token(request) == Some(&format!("a-{:04}", *used)) {
            return server::json(401, &json!({}));
        }
        let response = single_use.respond(request);
        if !server::is_for_a_token(request) {
            *used += 1;
            let next = (*used < 4).then(|| format!("/items?page={used}"));
            return server::json(200, &json!({"id": *used, "next": next}));
        }
        response
    });
    let config = given(server.url(), "r-0000");
    let run = read(&config, &["items"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let sent: Vec<Value> =
        run.all("CONTROL").iter().map(|sent| sent["connectorConfig"]["config"].clone()).collect();
    assert_eq!(sent, [1, 2, 3, 4].map(|number| replaced(&config, &format!("r-{number:04}"))));
}

#[test]
fn wrong_rotates_path_is_an_error_before_any_request() {
    let (_, server) = SingleUse::start();
    let mut config = given(server.url(), "r-0000");
    config["rotates"] = "credentials.token".into();
    let run = read(&config, &["items"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(
        run.stdout.contains("`credentials.token` in the configuration is not the refresh token"),
        "{run}"
    );
    assert_eq!(server.requests().len(), 0);
}

/// Returns a server that delays either its token responses or all others until the gate opens.
fn waiting(for_token: bool) -> (Server, Gate) {
    let (gate, single_use) = (Gate::new(), SingleUse(Mutex::new(0)));
    let held = gate.clone();
    let server = server::start(move |request| {
        let response = single_use.respond(request);
        if server::is_for_a_token(request) == for_token { response.wait_for(&held) } else { response }
    });
    (server, gate)
}

fn start(config: &Value) -> (renamed_sdk::testing::Connector, Child) {
    let connector = connector();
    let mut command = connector.read_command(config, &catalog(&["items"]), None);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    (connector, child)
}

/// Returns the configurations in its CONTROL messages.
fn sent(child: &mut Child) -> Vec<Value> {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let messages = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let controls = messages.filter(|message| message["type"] == "CONTROL");
    controls.map(|mut message| message["control"]["connectorConfig"]["config"].take()).collect()
}

#[test]
fn new_token_is_written_before_its_first_use() {
    let (server, gate) = waiting(false);
    let config = given(server.url(), "r-0000");
    let (_connector, mut child) = start(&config);
    // The first request with the new access token has arrived. No output has been read so far.
    gate.wait_until_reached();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(sent(&mut child), [replaced(&config, "r-0001")]);
}

#[test]
fn new_token_is_not_used_if_stdout_is_closed() {
    let (server, gate) = waiting(true);
    let config = given(server.url(), "r-0000");
    let (_connector, mut child) = start(&config);
    gate.wait_until_reached();
    drop(child.stdout.take());
    gate.open();
    assert!(!child.wait().unwrap().success());
    let (tokens, others) = server::sorted(&server);
    assert_eq!((tokens.len(), others.len()), (1, 0));
}

#[cfg(unix)]
#[test]
fn signal_during_a_token_request_waits_for_the_new_token() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    let (gate, single_use) = (Gate::new(), SingleUse(Mutex::new(0)));
    let held = gate.clone();
    // Requests after the token get no response: the run ends before.
    let server = server::start(move |request| {
        let response = single_use.respond(request);
        if server::is_for_a_token(request) { response.wait_for(&held) } else { Response::silence() }
    });
    let config = given(server.url(), "r-0000");
    let (_connector, mut child) = start(&config);
    gate.wait_until_reached();
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    gate.open();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert_eq!(sent(&mut child), [replaced(&config, "r-0001")]);
}
