//! Each known error response of the API: its failure type, its message and the number of requests.

use crate::common::*;
use serde_json::{Value, json};
use stock_api_emulator::Response;

const CONFIG: &str = "config_error";
const TRANSIENT: &str = "transient_error";
const SYSTEM: &str = "system_error";

fn error_body(status: &str, key: &str, text: &str) -> Value {
    json!({"status": status, "request_id": "6a7e466379af0a71", key: text})
}

#[test]
fn each_error_response_has_its_category_and_number_of_requests() {
    let error = |text: &str| error_body("ERROR", "error", text);
    let denied = |text: &str| error_body("NOT_AUTHORIZED", "message", text);
    let entitled =
        "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing";
    let timeframe = "Your plan doesn't include this data timeframe. Please upgrade your plan";
    let early = "Attempted to request today's data before end of day. Please upgrade your plan";
    let parse = "Could not parse the time parameter: 'from'. Use YYYY-MM-DD or Unix MS Timestamps";
    let rows = [
        (401, error("API Key was not provided"), CONFIG, "API Key was not provided", 1),
        (401, error("Unknown API Key"), CONFIG, "(HTTP 401): \"Unknown API Key\"; check the credentials", 1),
        (403, denied(entitled), CONFIG, "(HTTP 403): \"You are not entitled", 1),
        (403, denied(timeframe), CONFIG, "doesn't include this data timeframe", 1),
        (403, denied(early), TRANSIENT, "not out yet", 5),
        (400, error(parse), CONFIG, "(HTTP 400): \"Could not parse the time parameter", 1),
        (
            400,
            error("The parameter 'to' cannot be a time that occurs before 'from'"),
            CONFIG,
            "occurs before",
            1,
        ),
        (
            404,
            error_body("NOT_FOUND", "message", "Ticker not found."),
            CONFIG,
            "(HTTP 404): \"Ticker not found.\"",
            1,
        ),
        (413, json!({}), CONFIG, "(HTTP 413)", 1),
        (429, error("You've exceeded the maximum requests per minute"), TRANSIENT, "exceeded the maximum", 5),
        (429, json!(null), TRANSIENT, "(HTTP 429)", 5),
        (408, json!({}), TRANSIENT, "(HTTP 408)", 5),
        (499, json!({}), TRANSIENT, "(HTTP 499)", 5),
        (500, error("internal"), TRANSIENT, "(HTTP 500): \"internal\"", 5),
        (501, json!({}), SYSTEM, "(HTTP 501)", 1),
        (502, json!([]), TRANSIENT, "(HTTP 502)", 5),
        (503, json!("x"), TRANSIENT, "(HTTP 503)", 5),
        (504, json!({}), TRANSIENT, "(HTTP 504)", 5),
        (520, json!({}), TRANSIENT, "(HTTP 520)", 5),
    ];
    for (status, body, failure_type, expected, requests) in rows {
        let has_id = body["request_id"].is_string();
        let emulator = scripted(move |_, _| Some(Response::json(status, &body)));
        let run =
            connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&state("2020-01-02")));
        assert_eq!(run.exit_code, Some(1), "{status}: {run}");
        let message = assert_error(&run, failure_type);
        assert!(message.contains(expected), "{status}: {message}");
        assert_eq!(emulator.requests().len(), requests, "{status}");
        // The API's support needs the request ID.
        let details = run.errors()[0]["internal_message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(details.contains("6a7e466379af0a71"), has_id, "{details}");
        assert!(run.records("stock_prices").is_empty() && run.states().is_empty(), "{run}");
    }
}

/// Responses with status 200 that are not a page.
#[test]
fn invalid_page_is_not_taken_for_an_empty_one() {
    for response in [
        Response::text(200, "<html>maintenance</html>"),
        Response::text(200, ""),
        Response::json(200, &error_body("ERROR", "error", "internal")),
        Response::json(200, &json!(null)),
        Response::json(200, &json!([])),
        Response::json(200, &json!("x")),
        Response::json(200, &json!({})),
        Response::json(200, &json!({"ticker": "TSLA", "status": "OK", "resultsCount": 4})),
        Response::json(200, &json!({"ticker": "TSLA", "status": "OK", "results": {"t": 1}})),
        Response::json(200, &json!({"ticker": "TSLA", "status": "WAIT", "results": []})),
    ] {
        let emulator = scripted(move |_, _| Some(response.clone()));
        let run = connector().read(&config(&emulator.url()), &catalog("incremental"), None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.errors().len(), 1, "{run}");
        assert!(run.states().is_empty(), "{run}");
    }
}

/// Each form of a page without bars.
#[test]
fn empty_page_is_accepted() {
    for results in [json!({}), json!({"results": null}), json!({"results": []}), json!({"next_url": ""})] {
        let mut page = json!({"ticker": "TSLA", "adjusted": true, "status": "DELAYED", "resultsCount": 0});
        page.as_object_mut().unwrap().extend(results.as_object().unwrap().clone());
        let emulator = scripted(move |_, _| Some(Response::json(200, &page)));
        let run =
            connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&state("2024-01-02")));
        assert_complete(&run);
        assert_eq!(*day(&run.final_state()[0]), "2024-01-02");
        assert_eq!(emulator.requests().len(), 1);
    }
}
