//! The OAuth login in a specification, which the platform performs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The older form of [`AdvancedAuth`]. Deprecated.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthSpecification {
    /// The kind of login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<AuthType>,
    /// The paths of its values in the configuration.
    #[serde(rename = "oauth2Specification", skip_serializing_if = "Option::is_none")]
    pub oauth2_specification: Option<OAuth2Specification>,
}

impl AuthSpecification {
    /// Creates an empty specification.
    pub fn new() -> Self {
        Self::default()
    }
}

wire_enum! {
    /// The kinds of login of [`AuthSpecification`]. Deprecated.
    AuthType {
        /// OAuth 2.0.
        OAuth2 = "oauth2.0",
    }
}

/// The paths of the values of an OAuth login in the configuration. Deprecated.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OAuth2Specification {
    /// The path to the object that contains the values; empty for the configuration itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_object: Option<Vec<RootObjectStep>>,
    /// The values that the login needs; each is a path of field names in the root object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_flow_init_parameters: Option<Vec<Vec<String>>>,
    /// The values that the login fills in; each is a path of field names in the root object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_flow_output_parameters: Option<Vec<Vec<String>>>,
}

impl OAuth2Specification {
    /// Creates an empty specification.
    pub fn new() -> Self {
        Self::default()
    }
}

/// One step of a path in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RootObjectStep {
    /// The field with this name.
    Field(String),
    /// The alternative of a `oneOf` with this index, from 0.
    Alternative(u64),
}

/// A login that the platform can perform, instead of requesting tokens from the user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdvancedAuth {
    /// The kind of login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_flow_type: Option<AuthFlowType>,
    /// The path of field names to a value of the configuration on which the login depends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_key: Option<Vec<String>>,
    /// The value at `predicate_key` for which the login is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_value: Option<String>,
    /// The inputs and outputs of the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_config_specification: Option<OAuthConfigSpecification>,
}

impl AdvancedAuth {
    /// Creates an empty login.
    pub fn new() -> Self {
        Self::default()
    }
}

wire_enum! {
    /// The kinds of login of [`AdvancedAuth`].
    AuthFlowType {
        /// OAuth 2.0.
        OAuth2 = "oauth2.0",
        /// OAuth 1.0.
        OAuth1 = "oauth1.0",
    }
}

/// The inputs and outputs of an OAuth login.
///
/// The maps are JSON Schemas of flat objects. The annotations `path_in_connector_config` and `path_in_oauth_response`
/// of a property are paths of field names: where the value is stored in the configuration, and where it is in the
/// response.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthConfigSpecification {
    /// The values of the configuration that the login needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_user_input_from_connector_config_specification: Option<Map<String, Value>>,
    /// The requests of the login, if the connector declares them itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_connector_input_specification: Option<OAuthConnectorInputSpecification>,
    /// The values that the login returns and the platform stores in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_output_specification: Option<Map<String, Value>>,
    /// The values that the operator of the platform must provide for the login, such as a client secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_server_input_specification: Option<Map<String, Value>>,
    /// The operator's values that are also stored in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_oauth_server_output_specification: Option<Map<String, Value>>,
}

impl OAuthConfigSpecification {
    /// Creates an empty specification.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The requests of an OAuth login as templates. The platform replaces `{{ … }}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthConnectorInputSpecification {
    /// The template of the URL of the consent page.
    pub consent_url: String,
    /// The requested scopes, in the format of the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The template of the URL of the token endpoint, which exchanges the code for tokens.
    pub access_token_url: String,
    /// The headers of the token request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_headers: Option<Map<String, Value>>,
    /// The parameters of the token request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_params: Option<Map<String, Value>>,
    /// The keys of the token response to store in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extract_output: Option<Vec<String>>,
    /// The length of the `state` parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OAuthStateLength>,
    /// The API's name for `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id_key: Option<String>,
    /// The API's name for `client_secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_key: Option<String>,
    /// The API's name for `scope`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_key: Option<String>,
    /// The API's name for `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_key: Option<String>,
    /// The API's name for `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_code_key: Option<String>,
    /// The API's name for `redirect_uri`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri_key: Option<String>,
    /// The API's name for the time at which the token expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expiry_key: Option<String>,
}

impl OAuthConnectorInputSpecification {
    /// Creates a login with these two URLs and the standard parameter names.
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

/// The length of the `state` parameter of an OAuth login, in characters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthStateLength {
    /// The minimum length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// The maximum length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

impl OAuthStateLength {
    /// Creates a length without limits.
    pub fn new() -> Self {
        Self::default()
    }
}
