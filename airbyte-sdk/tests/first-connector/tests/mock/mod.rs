//! A server with the responses of the weather API.

use airbyte_sdk::serde_json::{Value, json};
use airbyte_sdk::testing::Server;
use airbyte_sdk::testing::server::{Request, Response};

pub const API_KEY: &str = "k-4711-4711";

const DAYS: [(&str, Option<f64>); 4] =
    [("2026-11-16", Some(4.5)), ("2026-11-17", Some(5.0)), ("2026-11-18", None), ("2026-11-19", Some(3.5))];

pub fn start() -> Server {
    let server = Server::start();
    let authorization = format!("Bearer {API_KEY}");
    let stations = json!({"stations": [
        {"id": 1, "name": "Bergen", "location": {"latitude": 60.4}},
        {"id": 2, "name": "Oslo", "location": "unknown"},
    ]});
    server.on("GET /stations").header("Authorization", &authorization).json(stations);
    server.on("GET /stations/{id}/days").header("Authorization", &authorization).respond_with(days);
    // With a wrong key.
    server.on("GET /stations").status(401);
    server.on("GET /stations/{id}/days").status(401);
    server
}

/// Two days a page, from the one in the query.
fn days(request: &Request) -> Response {
    let from = request.query("from").unwrap_or_default();
    let mut days = DAYS.iter().filter(|(day, _)| *day >= from.as_str());
    let page: Vec<Value> =
        days.by_ref().take(2).map(|(day, celsius)| json!({"day": day, "celsius": celsius})).collect();
    let next = days.next().map(|(day, _)| format!("{}?from={day}", request.path()));
    Response::json(json!({"days": page, "next": next}))
}

/// A configuration of the connector for this server.
pub fn config(server: &Server, api_key: &str) -> Value {
    json!({"api_key": api_key, "start_date": "2026-11-16", "api_url": server.url()})
}
