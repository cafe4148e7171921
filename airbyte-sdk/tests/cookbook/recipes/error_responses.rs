//! # What an error response means
//!
//! A status says who must act, and `map_error_response` knows better for one service: in which words, and whether another sync may
//! help. `None` leaves it at what the status says. A transient error is retried as after a 503; a config error and a system
//! error are not.

use airbyte_sdk::{Error, Http, Result};

pub fn report(http: &Http, base: &str, name: &str) -> Result<Vec<f64>> {
    let shop = http.base_url(base).map_error_response(|response| match response.status() {
        // Here a report that is not ready is one that is not found.
        404 if response.body()["code"] == "pending" => Some(Error::transient("the report is not ready yet")),
        402 => Some(Error::config("the plan of the account has no reports; choose another one")),
        // A service in trouble, it says, when it only has no such store.
        500 if response.message()?.contains("no such store") => Some(Error::config("there is no such store")),
        _ => None,
    });
    shop.get(format!("/reports/{name}")).json()
}
