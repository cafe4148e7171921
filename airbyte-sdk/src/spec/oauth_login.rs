//! The OAuth login that the platform performs, and where its results are stored in the configuration.

use crate::protocol::{
    AdvancedAuth, AuthFlowType, OAuthConfigSpecification, OAuthConnectorInputSpecification,
};
use serde_json::{Map, Value, json};

/// A path of keys into the configuration.
type Route = &'static [&'static str];

/// An OAuth 2.0 login performed by the platform. The form shows a button instead of the fields that the login fills in.
///
/// [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec) creates it from `oauth_login(…)`, which maps values to paths in
/// the configuration:
///
/// ```
/// # use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};
/// #[derive(AirbyteSpec)]
/// #[airbyte(oauth_login(
///     // When the login is offered.
///     predicate(credentials.type = "oauth"),
///     // Which values of the configuration it needs.
///     user_input(subdomain = subdomain),
///     // Which values it produces.
///     output(access_token = credentials.access_token),
///     // Which values the operator of the platform provides, and which of them the connector needs.
///     server_input(client_id, client_secret),
///     server_output(client_id = credentials.client_id, client_secret = credentials.client_secret),
///     // The requests. The platform knows them only for its own connectors.
///     requests(
///         consent_url = "https://{{ subdomain }}.example.com/oauth?client_id={{ client_id_value }}&state={{ state_value }}",
///         access_token_url = "https://{{ subdomain }}.example.com/token",
///         scope = "orders:read",
///     ),
/// ))]
/// struct Config {
///     subdomain: String,
///     credentials: Credentials,
/// }
///
/// #[derive(ConfigValue)]
/// enum Credentials {
///     #[serde(rename = "oauth")]
///     OAuth { client_id: String, client_secret: Secret, access_token: Secret },
///     Token { token: Secret },
/// }
///
/// assert!(airbyte_sdk::spec::faults::<Config>().is_empty());
/// # let _ = |config: Config| (config.subdomain, config.credentials);
/// # let _ = |client_id, client_secret, access_token| Credentials::OAuth { client_id, client_secret, access_token };
/// ```
///
/// `requests` accepts every string field of [`OAuthConnectorInputSpecification`]. The platform replaces the variables in
/// double braces.
///
/// Quote a key that is not a Rust identifier: `"client-credentials".token`. The compiler checks only the first key of a
/// path; [`faults`](super::faults) checks the rest. Call it in a test; a debug build also calls it whenever it prints the
/// spec.
///
/// By hand:
///
/// ```
/// use airbyte_sdk::spec::OAuthLogin;
///
/// let login = OAuthLogin::new()
///     .predicate(&["credentials", "auth_type"], "oauth")
///     .output("refresh_token", &["credentials", "refresh_token"])
///     .server_input("client_id")
///     .server_output("client_id", &["credentials", "client_id"]);
/// ```
#[derive(Debug, Default)]
#[doc(alias = "advanced_auth")]
pub struct OAuthLogin {
    predicate: Option<(Route, &'static str)>,
    user_input: Vec<(&'static str, Route)>,
    output: Vec<(&'static str, Route)>,
    server_input: Vec<&'static str>,
    server_output: Vec<(&'static str, Route)>,
    requests: Option<OAuthConnectorInputSpecification>,
}

impl OAuthLogin {
    /// Creates an empty login.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers the login only if the configuration has `value` at `route`.
    #[must_use]
    pub fn predicate(mut self, route: Route, value: &'static str) -> Self {
        self.predicate = Some((route, value));
        self
    }

    /// Adds a value of the configuration that the login needs, such as the subdomain of the user's account.
    #[must_use]
    pub fn user_input(mut self, name: &'static str, route: Route) -> Self {
        self.user_input.push((name, route));
        self
    }

    /// Adds a value that the login produces, and its path in the configuration.
    #[must_use]
    pub fn output(mut self, name: &'static str, route: Route) -> Self {
        self.output.push((name, route));
        self
    }

    /// Adds a value that the operator of the platform must provide, such as `client_secret`.
    #[must_use]
    pub fn server_input(mut self, name: &'static str) -> Self {
        self.server_input.push(name);
        self
    }

    /// Adds a value of the operator that the connector needs, and its path in the configuration.
    #[must_use]
    pub fn server_output(mut self, name: &'static str, route: Route) -> Self {
        self.server_output.push((name, route));
        self
    }

    /// Sets the requests of the login, for a platform that does not know them.
    #[must_use]
    pub fn requests(mut self, requests: OAuthConnectorInputSpecification) -> Self {
        self.requests = Some(requests);
        self
    }

    pub(super) fn into_message(self) -> AdvancedAuth {
        let mut parts = OAuthConfigSpecification::new();
        let object = |properties: Map<String, Value>| {
            let mut schema = Map::new();
            schema.insert("type".to_owned(), "object".into());
            schema.insert("properties".to_owned(), properties.into());
            schema.insert("additionalProperties".to_owned(), true.into());
            schema
        };
        let routed = |values: &[(&str, Route)], of_response: bool| {
            let property = |(name, route): &(&str, Route)| {
                let mut property = json!({"type": "string", "path_in_connector_config": route});
                if of_response {
                    property["path_in_oauth_response"] = json!([name]);
                }
                ((*name).to_owned(), property)
            };
            (!values.is_empty()).then(|| object(values.iter().map(property).collect()))
        };
        parts.oauth_user_input_from_connector_config_specification = routed(&self.user_input, false);
        parts.oauth_connector_input_specification = self.requests;
        parts.complete_oauth_output_specification = routed(&self.output, true);
        let input = |name: &&str| ((*name).to_owned(), json!({"type": "string"}));
        parts.complete_oauth_server_input_specification =
            (!self.server_input.is_empty()).then(|| object(self.server_input.iter().map(input).collect()));
        parts.complete_oauth_server_output_specification = routed(&self.server_output, false);

        let mut login = AdvancedAuth::new();
        login.auth_flow_type = Some(AuthFlowType::OAuth2);
        if let Some((route, value)) = self.predicate {
            login.predicate_key = Some(route.iter().map(|key| (*key).to_owned()).collect());
            login.predicate_value = Some(value.to_owned());
        }
        login.oauth_config_specification = Some(parts);
        login
    }

    /// Descriptions of the paths and values that do not match the form.
    pub(super) fn faults(&self, form: &Map<String, Value>) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some((route, value)) = self.predicate {
            let found = follow(form, route);
            if found.is_empty() {
                faults.push(format!("`predicate`: there is no field `{}`", route.join(".")));
            } else if !found.iter().any(|field| allows(field, value)) {
                faults.push(format!("`predicate`: `{}` is never `{value}`", route.join(".")));
            }
        }
        let parts = [
            ("user_input", &self.user_input),
            ("output", &self.output),
            ("server_output", &self.server_output),
        ];
        for (part, values) in parts {
            for (name, route) in values {
                let found = follow(form, route);
                let place = route.join(".");
                if found.is_empty() {
                    faults.push(format!("`{part}`: there is no field `{place}` for `{name}`"));
                } else if found
                    .iter()
                    .any(|field| field.contains_key("properties") || field.contains_key("oneOf"))
                {
                    faults.push(format!("`{part}`: `{place}` is an object, but `{name}` is a single value"));
                }
            }
        }
        for (name, _) in &self.server_output {
            if !self.server_input.contains(name) {
                faults.push(format!("`server_output`: `{name}` is missing from `server_input`"));
            }
        }
        faults
    }
}

/// Returns the fields at the end of a path: more than one if several options of a choice have the field.
fn follow<'a>(form: &'a Map<String, Value>, route: &[&str]) -> Vec<&'a Map<String, Value>> {
    let mut found = vec![form];
    for key in route {
        found = found
            .into_iter()
            .flat_map(|schema| {
                let options = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
                options.filter_map(Value::as_object).chain([schema])
            })
            .filter_map(|schema| schema.get("properties")?.get(key)?.as_object())
            .collect();
    }
    found
}

fn allows(field: &Map<String, Value>, value: &str) -> bool {
    match (field.get("const"), field.get("enum")) {
        (Some(only), _) => only == value,
        (None, Some(names)) => names.as_array().is_some_and(|names| names.iter().any(|name| name == value)),
        (None, None) => true,
    }
}
