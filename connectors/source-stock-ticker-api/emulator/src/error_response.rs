//! The error responses, with the exact messages of the real API.

use crate::response::Response;

/// The reason for an error response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ErrorResponse {
    NoKey,
    UnknownKey,
    NoSuchPath,
    /// `from` or `to` is not a date.
    Time(&'static str),
    ToBeforeFrom,
    /// An invalid parameter. The real API rejects it too, but with another message.
    Parameter(String),
    NotEntitled,
    Timeframe,
    BeforeEndOfDay,
}

impl ErrorResponse {
    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let error = |status, text: &str| body(status, "ERROR", "error", text, request_id);
        let forbidden = |text: &str| body(403, "NOT_AUTHORIZED", "message", text, request_id);
        match self {
            Self::NoKey => error(401, "API Key was not provided"),
            Self::UnknownKey => error(401, "Unknown API Key"),
            Self::NoSuchPath => Response::text(404, "404 page not found\n"),
            Self::Time(name) => {
                let hint = "Use YYYY-MM-DD or Unix MS Timestamps";
                error(400, &format!("Could not parse the time parameter: '{name}'. {hint}"))
            }
            Self::ToBeforeFrom => error(400, "The parameter 'to' cannot be a time that occurs before 'from'"),
            Self::Parameter(text) => error(400, &text),
            Self::NotEntitled => forbidden(
                "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing",
            ),
            Self::Timeframe => forbidden(
                "Your plan doesn't include this data timeframe. \
                 Please upgrade your plan at https://polygon.io/pricing",
            ),
            Self::BeforeEndOfDay => forbidden(
                "Attempted to request today's data before end of day. \
                 Please upgrade your plan at https://massive.com/pricing",
            ),
        }
    }
}

fn body(http_status: u16, status: &str, key: &str, text: &str, request_id: &str) -> Response {
    let text = serde_json::Value::from(text);
    let body = format!(r#"{{"status":"{status}","request_id":"{request_id}","{key}":{text}}}"#);
    Response::json_bytes(http_status, body.into_bytes())
}
