//! Authentication: which credentials the API receives, and how often a token is requested.

use crate::api::{Api, good, header, response};
use crate::ids;
use crate::recipes::{
    basic, bearer, choice_of_authentication, key_in_a_header, key_in_the_query, oauth_client_credentials,
    oauth_refresh_token,
};
use airbyte_sdk::AirbyteSpec;
use airbyte_sdk::protocol::FailureType;
use airbyte_sdk::testing::http;
use airbyte_sdk::testing::server::Request;
use serde_json::{Value, json};

/// Returns the only request, which must be `GET /account`.
fn for_the_account(api: &Api) -> Request {
    assert_eq!(api.requested(), ["GET /account"]);
    api.requests().remove(0)
}

#[test]
fn bearer_token_is_sent_by_check_and_fetch() {
    let api = Api::start([good("{}"), good(json!([{"id": 1}]))]);
    let config = bearer::Config { api_token: "t-123".into(), api_url: api.url.clone() };
    bearer::check(&config, &http()).unwrap();
    let (orders, end) = crate::read_by(|out| bearer::fetch(&config, out));
    end.unwrap();
    assert_eq!(ids(&orders), [1]);
    assert_eq!(api.requested(), ["GET /account", "GET /orders"]);
    assert!(api.requests().iter().all(|request| header(request, "Authorization") == "Bearer t-123"));
}

#[test]
fn rejected_token_is_a_config_error() {
    let api = Api::start([response(401, "", json!({"message": "no such token"}))]);
    let config = bearer::Config { api_token: "t-123".into(), api_url: api.url.clone() };
    let error = bearer::check(&config, &http()).unwrap_err();
    assert_eq!(error.failure_type(), FailureType::ConfigError);
    let expected = format!(
        "the API rejected the credentials for {}/account (HTTP 401): \"no such token\"; check the credentials in the configuration",
        api.url
    );
    assert_eq!(error.message(), expected);
    assert_eq!(api.requested().len(), 1);
}

#[test]
fn api_key_is_sent_in_its_header() {
    let api = Api::start([good("{}")]);
    let config = key_in_a_header::Config { api_key: "k-123".into(), api_url: api.url.clone() };
    key_in_a_header::check(&config, &http()).unwrap();
    let request = for_the_account(&api);
    assert_eq!((header(&request, "X-Api-Key"), header(&request, "Authorization")), ("k-123", ""));
}

#[test]
fn api_key_in_the_query_is_sent_once_with_every_page() {
    let api = Api::start([
        good(json!({"days": [{"degrees": 1.5}], "next": "/days?page=2"})),
        good(json!({"days": [{"degrees": 2.5}], "next": "/days?page=3&api_key=another"})),
        good(json!({"days": [{"degrees": 3.5}]})),
    ]);
    let config = key_in_the_query::Config { api_key: "k&1".into(), api_url: api.url.clone() };
    let (days, end) = crate::read_by(|out| key_in_the_query::fetch(&config, out));
    end.unwrap();
    assert_eq!(days, [1.5, 2.5, 3.5].map(|degrees| json!({"degrees": degrees})));
    assert_eq!(
        api.requested(),
        ["GET /days?api_key=k%261", "GET /days?page=2&api_key=k%261", "GET /days?page=3&api_key=k%261"]
    );
}

#[test]
fn user_name_and_password_are_encoded() {
    let api = Api::start([good("{}")]);
    let config = basic::Config {
        user: "Aladdin".to_owned(),
        password: "open:sesame".into(),
        api_url: api.url.clone(),
    };
    basic::check(&config, &http()).unwrap();
    assert_eq!(header(&for_the_account(&api), "Authorization"), "Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ==");
}

#[test]
fn streams_share_a_token_and_a_rejected_one_is_renewed() {
    let api = Api::start([
        good(json!({"access_token": "a-1", "expires_in": 3600})),
        good(json!([{"id": 7}])),
        response(401, "", "{}"),
        good(json!({"access_token": "a-2", "expires_in": 3600})),
        good(json!([{"id": 9}])),
    ]);
    let config = oauth_client_credentials::Config {
        client_id: "me".to_owned(),
        client_secret: "s&cret".into(),
        api_url: api.url.clone(),
    };
    let http = http();
    let read = |path: &str| oauth_client_credentials::shop(&config, &http).get(path).json::<Vec<Value>>();
    assert_eq!((ids(&read("/orders").unwrap()), ids(&read("/visits").unwrap())), (vec![7], vec![9]));
    let (token, visits) = ("POST /oauth/token", "GET /visits");
    assert_eq!(api.requested(), [token, "GET /orders", visits, token, visits]);
    let requests = api.requests();
    for request in [&requests[0], &requests[3]] {
        assert_eq!(
            request.text(),
            "grant_type=client_credentials&client_id=me&client_secret=s%26cret&scope=orders.read%20visits.read"
        );
    }
    let shown: Vec<_> = requests.iter().map(|request| header(request, "Authorization")).collect();
    assert_eq!(shown, ["", "Bearer a-1", "Bearer a-1", "", "Bearer a-2"]);
}

#[test]
fn both_streams_authenticate_with_client_credentials() {
    let token = || good(json!({"access_token": "a-1", "expires_in": 3600}));
    let api = Api::start([token(), good(json!([{"id": 7}])), token(), good(json!([{"id": 9}]))]);
    let config = oauth_client_credentials::Config {
        client_id: "me".to_owned(),
        client_secret: "s&cret".into(),
        api_url: api.url.clone(),
    };
    let (orders, end) = crate::read_by(|out| oauth_client_credentials::orders(&config, out));
    end.unwrap();
    let (visits, end) = crate::read_by(|out| oauth_client_credentials::visits(&config, out));
    end.unwrap();
    assert_eq!((ids(&orders), ids(&visits)), (vec![7], vec![9]));
    let requests = api.requests();
    assert!([1, 3].iter().all(|index| header(&requests[*index], "Authorization") == "Bearer a-1"));
}

/// Returns a configuration with a refresh token for this API.
fn with_refresh_token(api: &Api) -> oauth_refresh_token::Config {
    oauth_refresh_token::Config {
        credentials: oauth_refresh_token::Credentials {
            client_id: "me".to_owned(),
            client_secret: "s-1".into(),
            refresh_token: "r-1".into(),
        },
        api_url: api.url.clone(),
    }
}

#[test]
fn refresh_token_is_exchanged_for_an_access_token() {
    let granted = json!({"access_token": "a-1", "refresh_token": "r-1"});
    let api = Api::start([good(granted), good("{}")]);
    oauth_refresh_token::check(&with_refresh_token(&api), &http()).unwrap();
    assert_eq!(api.requested(), ["POST /oauth/token", "GET /account"]);
    let requests = api.requests();
    assert_eq!(
        requests[0].text(),
        "grant_type=refresh_token&refresh_token=r-1&client_id=me&client_secret=s-1"
    );
    assert_eq!(header(&requests[1], "Authorization"), "Bearer a-1");
}

/// A client in a test has no platform that would store it.
#[test]
fn access_token_is_not_used_before_the_new_refresh_token_is_saved() {
    let granted = json!({"access_token": "a-1", "refresh_token": "r-2"});
    let api = Api::start([good(granted)]);
    assert!(oauth_refresh_token::check(&with_refresh_token(&api), &http()).is_err());
    assert_eq!(api.requested(), ["POST /oauth/token"]);
}

#[test]
fn revoked_refresh_token_is_a_config_error() {
    let api = Api::start([response(400, "", json!({"error": "invalid_grant"}))]);
    let error = oauth_refresh_token::check(&with_refresh_token(&api), &http()).unwrap_err();
    assert_eq!(error.failure_type(), FailureType::ConfigError);
    assert!(error.message().contains("authenticate again"), "{error}");
    assert_eq!(api.requested().len(), 1);
}

#[test]
fn chosen_method_authenticates() {
    let token = json!({"access_token": "a-1", "expires_in": 3600});
    for (credentials, responses, authorization) in [
        (json!({"auth_type": "token", "api_token": "t-123"}), vec![good("{}")], "Bearer t-123"),
        (
            json!({"auth_type": "password", "user": "Aladdin", "password": "open:sesame"}),
            vec![good("{}")],
            "Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ==",
        ),
        (
            json!({"auth_type": "oauth", "client_id": "me", "client_secret": "s-1", "refresh_token": "r-1"}),
            vec![good(token), good("{}")],
            "Bearer a-1",
        ),
    ] {
        let api = Api::start(responses);
        let config = json!({"credentials": credentials, "api_url": api.url});
        let config = choice_of_authentication::Config::from_json(&config).unwrap();
        choice_of_authentication::check(&config, &http()).unwrap();
        assert_eq!(header(api.requests().last().unwrap(), "Authorization"), authorization);
    }
}
