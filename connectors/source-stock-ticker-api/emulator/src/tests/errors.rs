//! Tests of rejected requests: the precedence of errors, and the exact bodies.

use super::*;

fn body_with(response: &Received, status: &str, key: &str, text: &str) -> String {
    let id = response.header("X-Request-Id").unwrap();
    format!(r#"{{"status":"{status}","request_id":"{id}","{key}":"{text}"}}"#)
}

#[test]
fn key_is_checked_before_anything_else() {
    let emulator = friday(Settings::default());
    let mut client = Client::new(&emulator);
    for target in [
        "/",
        "/v2/aggs/ticker/AAPL/range/1/day/x/y",
        "/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-03",
    ] {
        for headers in ["", "Authorization: Bearer \r\n", "Authorization: Basic test-key\r\n"] {
            let response = client.get(target, headers);
            assert_eq!(response.status, 401);
            assert_eq!(response.text(), body_with(&response, "ERROR", "error", "API Key was not provided"));
        }
        let response = client.get(target, "Authorization: Bearer Test-Key\r\n");
        assert_eq!(response.status, 401);
        assert_eq!(response.text(), body_with(&response, "ERROR", "error", "Unknown API Key"));
        let response = client.get(&format!("{target}?apiKey=other"), "");
        assert_eq!(response.status, 401);
        assert_ne!(client.get(&format!("{target}?apiKey=test-key"), "").status, 401);
    }
}

#[test]
fn only_one_path_is_served() {
    let emulator = friday(Settings::default());
    let mut client = Client::new(&emulator);
    for target in [
        "/",
        "*",
        "/v2/aggs/ticker/AAPL/range/1/day/2026-03-02",
        "/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-03/",
        "//v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-03",
        "/v2/aggs/ticker//range/1/day/2026-03-02/2026-03-03",
        "/v2/aggs/ticker/AGM%2FA/range/1/day/2026-03-02/2026-03-03",
        "/v2/aggs/ticker/AAPL/prev",
        "/v1/open-close/AAPL/2026-03-02",
    ] {
        assert_eq!(client.get(target, KEY).status, 404, "{target}");
    }
    let target = "/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-03";
    assert_eq!(client.send(format!("PUT {target} HTTP/1.1\r\n{KEY}\r\n").as_bytes()).unwrap().status, 404);
}

#[test]
fn invalid_times_are_rejected() {
    let emulator = friday(Settings::default());
    for bad in [
        "2024-07-32",
        "2024-02-30",
        "tomorrow",
        "2024-7-01",
        "24-07-01",
        "2024-07-01T00:00:00Z",
        "1.5e12",
        "-",
        "--",
        "+5",
        "99999999999999999",
        "99999999999999999999999",
        "-99999999999999999",
        "%32024-07-01",
        "",
    ] {
        for (name, days) in [("from", format!("{bad}/2026-03-02")), ("to", format!("2026-03-02/{bad}"))] {
            let response = range(&emulator, "AAPL", &days);
            assert_eq!(response.status, 400, "{days}");
            let text =
                format!("Could not parse the time parameter: '{name}'. Use YYYY-MM-DD or Unix MS Timestamps");
            assert_eq!(response.text(), body_with(&response, "ERROR", "error", &text));
        }
    }
    let response = range(&emulator, "AAPL", "2026-03-03/2026-03-02");
    assert_eq!(response.status, 400);
    let text = "The parameter 'to' cannot be a time that occurs before 'from'";
    assert_eq!(response.text(), body_with(&response, "ERROR", "error", text));
}

#[test]
fn invalid_parameters_are_rejected() {
    let emulator = friday(Settings::default());
    let status = |query: &str| range(&emulator, "AAPL", &format!("2026-03-02/2026-03-03?{query}")).status;
    for bad in [
        "limit=0",
        "limit=-1",
        "limit=50001",
        "limit=x",
        "limit=",
        "limit=1.0",
        "limit=99999999999",
        "sort=up",
        "adjusted=maybe",
        "cursor=!",
        "cursor=bGltaXQ9MA",
        "cursor=_w",
        "cursor=c2tpcD0tMQ",
    ] {
        assert_eq!(status(bad), 400, "{bad}");
    }
    for good in [
        "limit=1",
        "limit=50000",
        "sort=desc",
        "adjusted=false",
        "adjusted=true",
        "cursor=",
        "other=1",
        "&&=&",
    ] {
        assert_eq!(status(good), 200, "{good}");
    }
    let mut client = Client::new(&emulator);
    for span in ["0/day", "x/day", "2/day", "1/minute", "1/days", "1/week"] {
        let target = format!("/v2/aggs/ticker/AAPL/range/{span}/2026-03-02/2026-03-03");
        assert_eq!(client.get(&target, KEY).status, 400, "{span}");
    }
}

#[test]
fn plan_errors_have_the_messages_of_the_real_api() {
    let settings = Settings {
        history_days: Some(730),
        end_of_day: true,
        entitled_to_stocks_only: true,
        ..Settings::default()
    };
    let emulator = friday(settings);
    for (ticker, day, text) in [
        (
            "I:SPX",
            "2026-11-12",
            "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing",
        ),
        (
            "AAPL",
            "2020-01-02",
            "Your plan doesn't include this data timeframe. \
             Please upgrade your plan at https://polygon.io/pricing",
        ),
        (
            "AAPL",
            "2026-11-13",
            "Attempted to request today's data before end of day. \
             Please upgrade your plan at https://massive.com/pricing",
        ),
    ] {
        let response = range(&emulator, ticker, &format!("{day}/{day}"));
        assert_eq!(response.status, 403);
        assert_eq!(response.text(), body_with(&response, "NOT_AUTHORIZED", "message", text));
    }
}
