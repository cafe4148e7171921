//! How the platform logs the user in, and where the results of it go.

use crate::protocol::{
    AdvancedAuth, AuthFlowType, OAuthConfigSpecification, OAuthConnectorInputSpecification,
};
use serde_json::{Map, Value, json};

/// A path of keys into the configuration.
type Route = &'static [&'static str];

/// A login by OAuth 2.0. The form then shows a button in the place of the fields that the login fills in.
///
/// [`#[derive(AirbyteSpec)]`](derive@crate::AirbyteSpec) writes it from `oauth_login(…)`, whose parts name values, and where
/// they stand in the configuration:
///
/// ```
/// # use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};
/// #[derive(AirbyteSpec)]
/// #[airbyte(oauth_login(
///     // When the login is offered.
///     predicate(credentials.type = "oauth"),
///     // What it needs of the configuration.
///     user_input(subdomain = subdomain),
///     // What it results in.
///     output(access_token = credentials.access_token),
///     // What the operator of the platform provides, and what of that the connector needs as well.
///     server_input(client_id, client_secret),
///     server_output(client_id = credentials.client_id, client_secret = credentials.client_secret),
///     // The requests, which a platform knows only of the connectors it comes with.
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
/// `requests` takes every text of an
/// [`OAuthConnectorInputSpecification`]; the platform fills in what stands in double braces.
///
/// A key that is no name in Rust stands in quotes: `"client-credentials".token`. What comes behind the first key of a
/// path is found by [`faults`](super::faults), which a test can ask; a debug build asks it whenever it shows its spec.
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
    /// A login that nothing is said of yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers the login only if the value at this place of the configuration is this one.
    #[must_use]
    pub fn predicate(mut self, route: Route, value: &'static str) -> Self {
        self.predicate = Some((route, value));
        self
    }

    /// A value of the configuration that the login needs, such as the subdomain of the user's account.
    #[must_use]
    pub fn user_input(mut self, name: &'static str, route: Route) -> Self {
        self.user_input.push((name, route));
        self
    }

    /// A value that the login results in, and where it goes.
    #[must_use]
    pub fn output(mut self, name: &'static str, route: Route) -> Self {
        self.output.push((name, route));
        self
    }

    /// A value that the operator of the platform has to provide, such as `client_secret`.
    #[must_use]
    pub fn server_input(mut self, name: &'static str) -> Self {
        self.server_input.push(name);
        self
    }

    /// One of the operator's values that the connector needs as well, and where it goes.
    #[must_use]
    pub fn server_output(mut self, name: &'static str, route: Route) -> Self {
        self.server_output.push((name, route));
        self
    }

    /// The requests of the login, for a platform that does not know them.
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

    /// What does not fit the form, in words.
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
                    faults.push(format!("`{part}`: `{place}` is an object, and `{name}` a value"));
                }
            }
        }
        for (name, _) in &self.server_output {
            if !self.server_input.contains(name) {
                faults.push(format!(
                    "`server_output`: `{name}` is not in `server_input`, so nobody provides it"
                ));
            }
        }
        faults
    }
}

/// The fields at the end of a path; several if options of a choice have one each.
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
