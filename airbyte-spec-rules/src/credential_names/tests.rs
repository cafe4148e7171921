use super::*;

/// `SECRET_PROPERTY_NAMES` of `airbyte_cdk/test/standard_tests/_spec_lint.py` (2026).
const NAMES_OF_THE_LINT: &[&str] = &[
    "access_token",
    "api_token",
    "certificate",
    "client_secret",
    "client_token",
    "credentials",
    "jwt",
    "key",
    "password",
    "refresh_token",
    "secret",
    "service_account",
    "service_account_info",
    "token",
];

/// `SECRET_PROPERTY_NAME_SUFFIXES` of the same file.
const SUFFIXES_OF_THE_LINT: &[&str] =
    &["_token", "_secret", "password", "api_key", "apikey", "secret_key", "private_key", "access_key"];

#[test]
fn names_that_airbytes_lint_finds_are_credentials() {
    for name in NAMES_OF_THE_LINT {
        for name in [(*name).to_owned(), name.to_uppercase(), name.replace('_', "-")] {
            assert!(is_credential(&name, []), "{name}");
        }
    }
    for suffix in SUFFIXES_OF_THE_LINT {
        for before in ["", "x", "my_", "my-", "myOther", "X"] {
            let name = format!("{before}{suffix}");
            assert!(is_credential(&name, []), "{name}");
            assert!(is_credential(&name.to_uppercase(), []), "{name} in capital letters");
        }
    }
}

#[test]
fn credentials_are_found_in_any_notation() {
    for name in [
        // One name in many notations.
        "api_key",
        "apiKey",
        "ApiKey",
        "APIKey",
        "APIkey",
        "API_KEY",
        "api-key",
        "api key",
        "api.key",
        "apikey",
        "apiKEY",
        "passWord",
        "PASSWORD",
        "clientSECRET",
        "SECRETACCESSKEY",
        // Names that the lint misses.
        "pat",
        "githubPat",
        "PAT",
        "passphrase",
        "key_passphrase",
        "keyPassphrase",
        "passwd",
        "db_pwd",
        "passcode",
        "pass",
        "credential",
        "google_credentials",
        "credentials_json",
        "accessToken",
        "refreshtoken",
        "authtoken",
        "clientsecret",
        "secretKey",
        "secretkey",
        "privateKey",
        "privatekey",
        "rsaPrivateKey",
        "ssh_key",
        "signing_key",
        "encryption_key",
        "master_key",
        "shared_key",
        "serviceAccountJson",
        "jwtToken",
        // The last word describes the format.
        "api_key_2",
        "api_key2",
        "password1",
        "token_value",
        "private_key_pem",
        "private_key_base64",
        "secret_string",
        "service_account_json",
        "apiKeyValue",
        // Lists.
        "api_keys",
        "apiKeys",
        "apikeys",
        "access_tokens",
        "refreshTokens",
        "passwords",
        "client_secrets",
        // Not the public half of a pair.
        "secret_access_key",
        "aws_secret_access_key",
        "secretAccessKey",
    ] {
        assert!(is_credential(name, ["client_secret", "secret_key"]), "{name}");
    }
}

#[test]
fn names_that_only_mention_credentials_are_not_credentials() {
    for name in [
        "token_url",
        "tokenURL",
        "token_uri",
        "token_endpoint",
        "token_type",
        "page_token_field",
        "token_field",
        "tokens",
        "max_tokens",
        "maxTokens",
        "tokenize",
        "tokenizer",
        "public_key",
        "publicKey",
        "publickey",
        "ssh_public_key",
        "primary_key",
        "partition_key",
        "sort_key",
        "project_key",
        "key_id",
        "api_key_id",
        "access_key_id",
        "accessKeyId",
        "api_key_name",
        "api_key_header",
        "keys",
        "key_value",
        "key_values",
        "monkey",
        "turkey",
        "keyboard",
        "key1",
        "secret_name",
        "secret_arn",
        "secret_id",
        "secretary",
        "password_policy",
        "password_reset_url",
        "passport",
        "compass",
        "bypass",
        "client_id",
        "tenant_id",
        "user",
        "username",
        "certificate_path",
        "ca_certificate",
        "private_key_path",
        "service_account_email",
        "credentials_file",
        "credential_type",
        "patch",
        "path",
        "pattern",
        "compat",
        "API_URL",
        "jwt_issuer",
        "",
        "_",
        "-",
        "2",
        "__2__",
    ] {
        assert!(!is_credential(name, []), "{name}");
    }
}

#[test]
fn access_key_is_public_beside_its_secret_half() {
    for public in ["access_key", "accessKey", "ACCESS_KEY", "accesskey", "aws_access_key", "s3-access-key"] {
        for secret in [
            "secret_key",
            "secret",
            "client_secret",
            "secretAccessKey",
            "SECRET_KEY",
            "aws_secret_access_key",
            "secretkey",
        ] {
            assert!(!is_credential(public, [public, secret]), "{public} beside {secret}");
            assert!(is_credential(secret, [public, secret]), "{secret} beside {public}");
        }
        for other in ["region", "secret_name", "access_key", "secret_id", "secrets_manager_url", ""] {
            assert!(is_credential(public, [public, other]), "{public} beside {other}");
        }
    }
    // Only an access key has a public half.
    assert!(is_credential("api_key", ["api_key", "secret_key"]));
    assert!(is_credential("private_key", ["private_key", "client_secret"]));
}
