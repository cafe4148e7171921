//! Proxies from environment variables.

use super::{catalog, config, connector, server};
use renamed_sdk::testing::Server;
use renamed_sdk::testing::server::Response;
use serde_json::json;

/// Returns the exit code and output of a read with these variables.
fn read(url: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let connector = connector();
    let config = config(url, "bearer", &json!({"api_key": "k-1234"}));
    let mut command = connector.read_command(&config, &catalog(&["items"]), None);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.arg("--debug").envs(variables.iter().copied()).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

fn server() -> Server {
    server::start(|_| server::json(200, &json!({"id": 1})))
}

#[test]
fn invalid_proxy_variable_is_an_error_and_nothing_is_sent_directly() {
    let server = server();
    for value in [
        "foo bar://",
        "htp://proxy:3128",
        "http://bob:hunter2@proxy:99999",
        "socks5://bob:hunter2@proxy:1080",
    ] {
        // A connector may need both schemes, so every variable must be valid.
        for name in ["HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
            let (code, text) = read(server.url(), &[(name, value)]);
            assert_eq!(code, Some(1), "{text}");
            assert!(text.contains("config_error") && text.contains(&format!("variable {name} ")), "{text}");
            assert!(!text.contains("hunter2") && !text.contains("retrying in"), "{text}");
        }
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn request_uses_the_proxy_of_its_scheme_unless_excluded() {
    let (home, proxy) = (server(), server());
    let with_user = proxy.url().replace("http://", "http://bob:hunter2@");
    for (variables, proxied) in [
        (&[("HTTP_PROXY", &*with_user)][..], true),
        (&[("HTTPS_PROXY", &*with_user)], false),
        (&[("ALL_PROXY", &*with_user), ("no_proxy", "a.example , 127.0.0.1")], false),
        (&[("ALL_PROXY", &*with_user), ("NO_PROXY", "127.0.0.1:1")], true),
    ] {
        let before = (home.requests().len(), proxy.requests().len());
        let (code, text) = read(home.url(), variables);
        assert_eq!(code, Some(0), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("Ym9iOmh1bnRlcjI"), "{text}");
        let after = (home.requests().len(), proxy.requests().len());
        assert_eq!((after.0 > before.0, after.1 > before.1), (!proxied, proxied), "{variables:?}");
    }
    assert!(proxy.requests()[0].header("Proxy-Authorization").is_some());
}

#[test]
fn error_of_a_proxy_names_it_without_its_password() {
    for (status, failure_type, expected, connections) in [
        (
            407,
            "config_error",
            "The proxy rejected the credentials for a connection to a.example (HTTP 407)",
            1,
        ),
        (502, "transient_error", "The proxy could not connect to a.example", 5),
    ] {
        let proxy = Server::start();
        proxy.on("CONNECT *").respond(Response::new(status).close());
        let with_user = proxy.url().replace("http://", "http://bob:hunter2@");
        let (code, text) = read("http://a.example", &[("ALL_PROXY", &with_user)]);
        assert_eq!(code, Some(1), "{text}");
        assert!(
            text.contains(failure_type) && text.contains(expected) && !text.contains("hunter2"),
            "{text}"
        );
        assert_eq!(proxy.requests().len(), connections, "{text}");
    }
}

#[test]
fn echoed_proxy_password_is_blanked() {
    let proxy =
        server::start(|_| server::json(403, &json!({"error": "no hunter2/+ here, nor hunter2%2F%2B"})));
    let with_user = proxy.url().replace("http://", "http://bob:hunter2%2F%2B@");
    let (code, text) = read("http://a.example", &[("HTTP_PROXY", &with_user)]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no **** here, nor ****") && !text.contains("hunter2"), "{text}");
}
