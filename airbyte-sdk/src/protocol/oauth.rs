//! The parts of a spec that let the platform log the user in by OAuth.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Deprecated: the older form of [`AdvancedAuth`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthSpecification {
    /// The kind of login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<AuthType>,
    /// Where its values go in the config.
    #[serde(rename = "oauth2Specification", skip_serializing_if = "Option::is_none")]
    pub oauth2_specification: Option<OAuth2Specification>,
}

impl AuthSpecification {
    /// A specification with nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }
}

wire_enum! {
    /// Deprecated: the login kinds of [`AuthSpecification`].
    AuthType {
        /// OAuth 2.0.
        OAuth2 = "oauth2.0",
    }
}

/// Deprecated: where the values of an OAuth login lie in the config.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OAuth2Specification {
    /// Path from the top of the config to the object that holds the values; empty for the top itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_object: Option<Vec<RootObjectStep>>,
    /// Values the login needs; each is a path of field names below the root object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_flow_init_parameters: Option<Vec<Vec<String>>>,
    /// Values the login fills in; each is a path of field names below the root object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_flow_output_parameters: Option<Vec<Vec<String>>>,
}

impl OAuth2Specification {
    /// A specification with nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }
}

/// One step of a path into the config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RootObjectStep {
    /// Into the field of this name.
    Field(String),
    /// Into this alternative of a `oneOf`, counted from 0.
    Alternative(u64),
}

/// How the platform can log the user in, instead of asking for tokens.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdvancedAuth {
    /// The kind of login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_flow_type: Option<AuthFlowType>,
    /// Path of field names to a config value that must be there for the login to be offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_key: Option<Vec<String>>,
    /// What that config value must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_value: Option<String>,
    /// What goes into the login, and where its results go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_config_specification: Option<OAuthConfigSpecification>,
}

impl AdvancedAuth {
    /// A login with nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }
}

wire_enum! {
    /// The login kinds of [`AdvancedAuth`].
    AuthFlowType {
        /// OAuth 2.0.
        OAuth2 = "oauth2.0",
        /// OAuth 1.0.
        OAuth1 = "oauth1.0",
    }
}

/// What goes into an OAuth login, and where its results go.
///
/// The maps are JSON Schemas of flat objects. The properties' annotations `path_in_connector_config` and
/// `path_in_oauth_response`, each a path of field names, tie a property to its place.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthConfigSpecification {
    /// Config values the login needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_user_input_from_connector_config_specification: Option<Map<String, Value>>,
    /// The requests of the login, where the connector declares them itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_connector_input_specification: Option<OAuthConnectorInputSpecification>,
    /// Values the login returns, to be put into the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_output_specification: Option<Map<String, Value>>,
    /// Values the operator of the platform has to provide for the login, such as a client secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_server_input_specification: Option<Map<String, Value>>,
    /// Those of the operator's values that also belong in the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_server_output_specification: Option<Map<String, Value>>,
}

impl OAuthConfigSpecification {
    /// A specification with nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The requests of an OAuth login as templates, with `{{ … }}` where the platform fills in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthConnectorInputSpecification {
    /// Template of the URL where the user agrees.
    pub consent_url: String,
    /// Scopes to ask for, in the form the API expects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Template of the URL where the code is exchanged for tokens.
    pub access_token_url: String,
    /// Headers of that exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_headers: Option<Map<String, Value>>,
    /// Parameters of that exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_params: Option<Map<String, Value>>,
    /// Keys of its answer to be put into the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extract_output: Option<Vec<String>>,
    /// How long the `state` parameter has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OAuthStateLength>,
    /// The API's own name for `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id_key: Option<String>,
    /// The API's own name for `client_secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_key: Option<String>,
    /// The API's own name for `scope`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_key: Option<String>,
    /// The API's own name for `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_key: Option<String>,
    /// The API's own name for `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_code_key: Option<String>,
    /// The API's own name for `redirect_uri`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri_key: Option<String>,
    /// The API's own name for the time at which the token expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expiry_key: Option<String>,
}

impl OAuthConnectorInputSpecification {
    /// A login of two requests, with the usual names.
    pub fn new(consent_url: impl Into<String>, access_token_url: impl Into<String>) -> Self {
        Self {
            consent_url: consent_url.into(),
            scope: None,
            access_token_url: access_token_url.into(),
            access_token_headers: None,
            access_token_params: None,
            extract_output: None,
            state: None,
            client_id_key: None,
            client_secret_key: None,
            scope_key: None,
            state_key: None,
            auth_code_key: None,
            redirect_uri_key: None,
            token_expiry_key: None,
        }
    }
}

/// How long the `state` parameter of an OAuth login has to be, in characters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthStateLength {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

impl OAuthStateLength {
    /// Any length.
    pub fn new() -> Self {
        Self::default()
    }
}
