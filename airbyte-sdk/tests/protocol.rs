//! Tests each protocol type with a JSON example that sets every field of the published schema.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

use airbyte_sdk::protocol::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// An example with every field set, in serialization order, and its required fields.
struct Example {
    full: &'static str,
    /// JSON pointers to the members that must not be absent or null. All others may be both.
    required: &'static str,
}

const MESSAGES: &[Example] = &[
    Example {
        full: r#"{"type":"RECORD","record":{"namespace":"eu","stream":"users","data":{"z":1,"a":null},
            "emitted_at":1700000000000,"meta":{"changes":[{"field":"z","change":"NULLED",
            "reason":"SOURCE_RETRIEVAL_ERROR"}]},"file_reference":{"staging_file_url":"/staging/a.csv",
            "source_file_relative_path":"in/a.csv","file_size_bytes":5000000000}}}"#,
        required: "/type /record /record/stream /record/data /record/emitted_at \
            /record/meta/changes/0/field /record/meta/changes/0/change /record/meta/changes/0/reason",
    },
    Example {
        full: r#"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users",
            "namespace":"eu"},"stream_state":{"since":"2024-01-01"}},"sourceStats":{"recordCount":12.0,
            "rejectedRecordCount":1.0},"destinationStats":{"recordCount":11.0,"rejectedRecordCount":0.0}}}"#,
        required: "/type /state /state/type /state/stream /state/stream/stream_descriptor \
            /state/stream/stream_descriptor/name",
    },
    Example {
        full: r#"{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"lsn":7},
            "stream_states":[{"stream_descriptor":{"name":"users","namespace":"eu"},"stream_state":{}}]},
            "sourceStats":{"recordCount":1.0}}}"#,
        required: "/type /state /state/type /state/global /state/global/stream_states \
            /state/global/stream_states/0/stream_descriptor \
            /state/global/stream_states/0/stream_descriptor/name",
    },
    Example {
        full: r#"{"type":"LOG","log":{"level":"WARN","message":"slow","stack_trace":"at main"}}"#,
        required: "/type /log /log/level /log/message",
    },
    Example {
        full: r#"{"type":"SPEC","spec":{"documentationUrl":"https://a.io","changelogUrl":"https://a.io/new",
            "connectionSpecification":{"type":"object","properties":{}},"supportsIncremental":true,
            "supportsNormalization":false,"supportsDBT":false,"supported_destination_sync_modes":["append"],
            "authSpecification":{"auth_type":"oauth2.0","oauth2Specification":{"rootObject":["credentials",0],
            "oauthFlowInitParameters":[["app","id"]],"oauthFlowOutputParameters":[["token"]]}},
            "advanced_auth":{"auth_flow_type":"oauth1.0","predicate_key":["credentials","kind"],
            "predicate_value":"login","oauth_config_specification":{
            "oauth_user_input_from_connector_config_specification":{"shop":{"type":"string"}},
            "oauth_connector_input_specification":{"consent_url":"https://a.io/agree","scope":"read",
            "access_token_url":"https://a.io/token","access_token_headers":{"Accept":"text/plain"},
            "access_token_params":{"code":"{{ auth_code_value }}"},"extract_output":["access_token"],
            "state":{"min":7,"max":128},"client_id_key":"a","client_secret_key":"b","scope_key":"c",
            "state_key":"d","auth_code_key":"e","redirect_uri_key":"f","token_expiry_key":"g"},
            "complete_oauth_output_specification":{"token":{"path_in_oauth_response":["token"]}},
            "complete_oauth_server_input_specification":{"client_id":{"type":"string"}},
            "complete_oauth_server_output_specification":{"client_id":{"type":"string"}}}},
            "protocol_version":"0.2.0"}}"#,
        required: "/type /spec /spec/connectionSpecification \
            /spec/advanced_auth/oauth_config_specification/oauth_connector_input_specification/consent_url \
            /spec/advanced_auth/oauth_config_specification/oauth_connector_input_specification/access_token_url",
    },
    Example {
        full: r#"{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"wrong key"}}"#,
        required: "/type /connectionStatus /connectionStatus/status",
    },
    Example {
        full: r#"{"type":"CATALOG","catalog":{"streams":[{"name":"users","json_schema":{"properties":{}},
            "supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,
            "default_cursor_field":["at"],"source_defined_primary_key":[["id"],["owner","id"]],
            "namespace":"eu","is_resumable":true,"is_file_based":false}]}}"#,
        required: "/type /catalog /catalog/streams /catalog/streams/0/name /catalog/streams/0/json_schema \
            /catalog/streams/0/supported_sync_modes",
    },
    Example {
        full: r#"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1700000000000.5,
            "error":{"message":"Wrong key","internal_message":"401","stack_trace":"at main",
            "failure_type":"config_error",
            "stream_descriptor":{"name":"users","namespace":"eu"}}}}"#,
        required: "/type /trace /trace/type /trace/emitted_at /trace/error /trace/error/message \
            /trace/error/stream_descriptor/name",
    },
    Example {
        full: r#"{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1.0,"estimate":{"name":"users",
            "type":"STREAM","namespace":"eu","row_estimate":10,"byte_estimate":1000}}}"#,
        required: "/type /trace /trace/type /trace/emitted_at /trace/estimate /trace/estimate/name \
            /trace/estimate/type",
    },
    Example {
        full: r#"{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1.0,"stream_status":{
            "stream_descriptor":{"name":"users","namespace":"eu"},"status":"RUNNING",
            "reasons":[{"type":"RATE_LIMITED","rate_limited":{"quota_reset":1700000000000}}]}}}"#,
        required: "/type /trace /trace/type /trace/emitted_at /trace/stream_status \
            /trace/stream_status/stream_descriptor /trace/stream_status/stream_descriptor/name \
            /trace/stream_status/status /trace/stream_status/reasons/0/type",
    },
    Example {
        full: r#"{"type":"TRACE","trace":{"type":"ANALYTICS","emitted_at":1.0,
            "analytics":{"type":"api-version","value":"6.5"}}}"#,
        required: "/type /trace /trace/type /trace/emitted_at /trace/analytics /trace/analytics/type",
    },
    Example {
        full: r#"{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1.0,
            "connectorConfig":{"config":{"token":"new"}}}}"#,
        required: "/type /control /control/type /control/emitted_at /control/connectorConfig \
            /control/connectorConfig/config",
    },
    Example {
        full: r#"{"type":"DESTINATION_CATALOG","destination_catalog":{"operations":[{"object_name":"contacts",
            "sync_mode":"soft_delete","json_schema":{"type":"object"},
            "matching_keys":[["email"],["a","b"]]}]}}"#,
        required: "/type /destination_catalog /destination_catalog/operations \
            /destination_catalog/operations/0/object_name \
            /destination_catalog/operations/0/sync_mode \
            /destination_catalog/operations/0/json_schema",
    },
];

const CONFIGURED_CATALOG: Example = Example {
    full: r#"{"streams":[{"stream":{"name":"users","json_schema":{},"supported_sync_modes":["incremental"]},
        "sync_mode":"incremental","cursor_field":["at"],"destination_sync_mode":"append_dedup",
        "destination_object_name":"contacts","primary_key":[["id"]],"generation_id":3,
        "minimum_generation_id":0,"sync_id":9,"include_files":true}]}"#,
    required: "/streams /streams/0/stream /streams/0/stream/name /streams/0/stream/json_schema \
            /streams/0/stream/supported_sync_modes /streams/0/sync_mode \
            /streams/0/destination_sync_mode",
};

/// Returns whether the value of a member is arbitrary JSON, not defined by the protocol.
fn is_arbitrary(key: &str) -> bool {
    ["data", "json_schema", "stream_state", "shared_state", "config", "connectionSpecification"]
        .contains(&key)
        || ["access_token_headers", "access_token_params"].contains(&key)
        || ["oauth_user_input_from_connector_config_specification"].contains(&key)
        || key.starts_with("complete_oauth_")
}

/// JSON pointers to the objects that the protocol defines, outermost first.
fn objects(at: String, value: &Value) -> Vec<String> {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, member)| (key.clone(), member)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let inner = members.into_iter().filter(|(key, _)| !is_arbitrary(key));
    let inner = inner.flat_map(|(key, member)| objects(format!("{at}/{key}"), member));
    value.is_object().then(|| at.clone()).into_iter().chain(inner).collect()
}

/// Returns a copy of `value` with the object at `pointer` changed.
fn with(value: &Value, pointer: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut value = value.clone();
    change(value.pointer_mut(pointer).unwrap().as_object_mut().unwrap());
    value
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())
}

/// Checks the rules for all types on one example. Returns its serialization, complete and with only the required fields.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(example: &Example) -> [String; 2] {
    let full: Value = serde_json::from_str(example.full).unwrap();
    let parsed: T = read(&full).unwrap();

    // Compared as text, because the order of keys and decimal points matter.
    let written = serde_json::to_string(&parsed).unwrap();
    assert_eq!(written, full.to_string());
    assert_eq!(serde_json::from_str::<T>(&written).unwrap(), parsed);

    let mut required = Vec::new();
    let mut minimal = full.clone();
    for object in objects(String::new(), &full) {
        let extended = with(&full, &object, |members| {
            members.insert("from_a_newer_protocol".into(), json!({"x": [1]}));
        });
        assert_eq!(read::<T>(&extended).as_ref(), Ok(&parsed), "unknown field in {object:?}");

        for key in full.pointer(&object).unwrap().as_object().unwrap().keys() {
            let absent = with(&full, &object, |members| drop(members.shift_remove(key)));
            let null = with(&full, &object, |members| members[key] = Value::Null);
            match (read::<T>(&absent), read::<T>(&null)) {
                (Ok(from_absent), from_null) => {
                    assert_eq!(serde_json::to_string(&from_absent).unwrap(), absent.to_string());
                    assert_eq!(from_null, Ok(from_absent), "null at {object}/{key}");
                    if let Some(members) = minimal.pointer_mut(&object).and_then(Value::as_object_mut) {
                        members.shift_remove(key);
                    }
                }
                (Err(error), from_null) => {
                    assert!(error.contains(&format!("`{key}`")), "absent {object}/{key}: {error}");
                    assert!(from_null.is_err(), "null at {object}/{key}");
                    required.push(format!("{object}/{key}"));
                }
            }
        }
    }
    let mut expected: Vec<_> = example.required.split(' ').collect();
    expected.sort_unstable();
    required.sort_unstable();
    assert_eq!(required, expected);

    // All optional members removed at once.
    let parsed: T = read(&minimal).unwrap();
    let written_minimal = serde_json::to_string(&parsed).unwrap();
    assert_eq!(written_minimal, minimal.to_string());
    [written, written_minimal]
}

#[test]
fn messages_match_the_schema() {
    for example in MESSAGES {
        check::<AirbyteMessage>(example);
    }
}

#[test]
fn configured_catalog_matches_the_schema() {
    check::<ConfiguredAirbyteCatalog>(&CONFIGURED_CATALOG);
}

#[test]
fn constructors_set_only_required_fields() {
    let map = |value: Value| value.as_object().unwrap().clone();
    let users = || StreamDescriptor::new("users");
    let stream = || AirbyteStream::new("users", map(json!({"a": 1})), vec![SyncMode::FullRefresh]);
    let stream_state = || AirbyteStreamState::new(users());
    let status = |status| AirbyteStreamStatusTraceMessage::new(users(), status);
    let operation = DestinationOperation::new("t", DestinationSyncMode::Update, map(json!({})));
    let messages: [(AirbyteMessage, &str); 13] = [
        (
            AirbyteRecordMessage::new("users", map(json!({"id": 1})), 5).into(),
            r#"{"type":"RECORD","record":{"stream":"users","data":{"id":1},"emitted_at":5}}"#,
        ),
        (
            AirbyteStateMessage::stream(stream_state()).into(),
            r#"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"}}}}"#,
        ),
        (
            AirbyteStateMessage::global(AirbyteGlobalState::new(vec![])).into(),
            r#"{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}"#,
        ),
        (
            AirbyteLogMessage::new(LogLevel::Info, "hello").into(),
            r#"{"type":"LOG","log":{"level":"INFO","message":"hello"}}"#,
        ),
        (
            ConnectorSpecification::new(map(json!({"type": "object"}))).into(),
            r#"{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}"#,
        ),
        (
            AirbyteConnectionStatus::new(ConnectionStatus::Succeeded).into(),
            r#"{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}"#,
        ),
        (
            AirbyteCatalog::new(vec![stream()]).into(),
            r#"{"type":"CATALOG","catalog":{"streams":[{"name":"users",
                "json_schema":{"a":1},"supported_sync_modes":["full_refresh"]}]}}"#,
        ),
        (
            AirbyteTraceMessage::new(2.0, AirbyteErrorTraceMessage::new("no")).into(),
            r#"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":2.0,"error":{"message":"no"}}}"#,
        ),
        (
            AirbyteTraceMessage::new(2.0, AirbyteEstimateTraceMessage::new("users", EstimateType::Sync))
                .into(),
            r#"{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":2.0,
                "estimate":{"name":"users","type":"SYNC"}}}"#,
        ),
        (
            AirbyteTraceMessage::new(2.0, status(AirbyteStreamStatus::Started)).into(),
            r#"{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":2.0,
                "stream_status":{"stream_descriptor":{"name":"users"},"status":"STARTED"}}}"#,
        ),
        (
            AirbyteTraceMessage::new(2.0, AirbyteAnalyticsTraceMessage::new("version")).into(),
            r#"{"type":"TRACE","trace":{"type":"ANALYTICS","emitted_at":2.0,
                "analytics":{"type":"version"}}}"#,
        ),
        (
            AirbyteControlMessage::new(2.0, AirbyteControlConnectorConfigMessage::new(map(json!({})))).into(),
            r#"{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":2.0,
                "connectorConfig":{"config":{}}}}"#,
        ),
        (
            DestinationCatalog::new(vec![operation]).into(),
            r#"{"type":"DESTINATION_CATALOG","destination_catalog":{"operations":[{"object_name":"t",
                "sync_mode":"update","json_schema":{}}]}}"#,
        ),
    ];
    for (message, expected) in messages {
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), expected.to_string());
    }

    let chosen =
        ConfiguredAirbyteStream::new(stream(), SyncMode::FullRefresh, DestinationSyncMode::Overwrite);
    assert_eq!(
        serde_json::to_value(ConfiguredAirbyteCatalog::new(vec![chosen])).unwrap(),
        json!({"streams": [{"stream": stream(), "sync_mode": "full_refresh",
            "destination_sync_mode": "overwrite"}]})
    );

    let parts = json!([
        AirbyteRecordMessageMeta::new(vec![AirbyteRecordMessageMetaChange::new(
            "a",
            RecordChange::Truncated,
            RecordChangeReason::SourceFieldSizeLimitation
        )]),
        AirbyteRecordMessageFileReference::new(),
        AirbyteStateStats::new(12.0),
        AirbyteStreamStatusReason::new(AirbyteStreamStatusReasonType::RateLimited),
        AirbyteStreamStatusRateLimitedReason::new(),
        [json!(AuthSpecification::new()), json!(OAuth2Specification::new()), json!(AdvancedAuth::new())],
        [json!(OAuthConfigSpecification::new()), json!(OAuthStateLength::new())],
        OAuthConnectorInputSpecification::new("https://a.io/agree", "https://a.io/token"),
    ]);
    let expected = json!([
        {"changes": [{"field": "a", "change": "TRUNCATED", "reason": "SOURCE_FIELD_SIZE_LIMITATION"}]},
        {},
        {"recordCount": 12.0},
        {"type": "RATE_LIMITED"},
        {},
        [{}, {}, {}],
        [{}, {}],
        {"consent_url": "https://a.io/agree", "access_token_url": "https://a.io/token"},
    ]);
    assert_eq!(parts, expected);
}

#[test]
fn counts_and_times_keep_their_decimal_point() {
    let text = r#"{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"}},
        "sourceStats":{"recordCount":12}}"#;
    let mut state: AirbyteStateMessage = serde_json::from_str(text).unwrap();
    assert!(serde_json::to_string(&state).unwrap().ends_with(r#""sourceStats":{"recordCount":12.0}}"#));

    for (count, written) in [(0.0, "0.0"), (3e9, "3000000000.0"), (1e15, "1000000000000000.0")] {
        state.source_stats = Some(AirbyteStateStats::new(count));
        let text = serde_json::to_string(&state).unwrap();
        assert!(text.contains(&format!(r#""recordCount":{written}}}"#)), "{text}");
    }

    let trace = AirbyteTraceMessage::new(1_700_000_000_000.0, AirbyteErrorTraceMessage::new("no"));
    assert!(serde_json::to_string(&trace).unwrap().contains(r#""emitted_at":1700000000000.0,"#));
}

#[test]
fn legacy_state_is_read_with_and_without_type() {
    for text in [
        r#"{"type":"LEGACY","data":{"since":3}}"#,
        r#"{"data":{"since":3}}"#,
        r#"{"type":null,"stream":null,"data":{"since":3},"id":1}"#,
    ] {
        let state: AirbyteStateMessage = serde_json::from_str(text).unwrap();
        let State::Legacy { 0: data, .. } = &state.state else { panic!("{state:?}") };
        assert_eq!(json!(data), json!({"since": 3}));
        assert_eq!(state.state_type(), AirbyteStateType::Legacy);
        assert_eq!(serde_json::to_string(&state).unwrap(), r#"{"type":"LEGACY","data":{"since":3}}"#);
    }
}

#[test]
fn invalid_message_error_names_the_mistake() {
    for (text, expected) in [
        (r#"{"record":{"stream":"a","data":{},"emitted_at":1}}"#, "missing field `type`"),
        (r#"{"type":"RECORD"}"#, "missing field `record`, which type `RECORD` requires"),
        (
            r#"{"type":"CONNECTION_STATUS","connection_status":{"status":"FAILED"}}"#,
            "missing field `connectionStatus`",
        ),
        (r#"{"type":"RECORD","log":{"level":"INFO","message":"m"}}"#, "missing field `record`"),
        (r#"{"type":"BANANA"}"#, "unknown message type `BANANA`"),
        (r#"{"type":"record"}"#, "unknown message type `record`"),
        (r#"{"type":"RECORD","record":{"stream":"a","data":[1],"emitted_at":1}}"#, "expected a map"),
        (
            r#"{"type":"STATE","state":{"type":"GLOBAL","data":{}}}"#,
            "missing field `global`, which type `GLOBAL`",
        ),
        (
            r#"{"type":"STATE","state":{"type":"LEGACY"}}"#,
            "missing field `data`, which type `LEGACY` requires",
        ),
        (
            r#"{"type":"STATE","state":{"stream":{"stream_descriptor":{"name":"a"}}}}"#,
            "a state without `type`",
        ),
        (r#"{"type":"STATE","state":{"type":"NEW","data":{}}}"#, "unknown state type `NEW`"),
        (r#"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1}}"#, "missing field `error`, which"),
        (
            r#"{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"m"}}}"#,
            "missing field `emitted_at`",
        ),
        (r#"{"type":"TRACE","trace":{"type":"NEW","emitted_at":1}}"#, "unknown trace type `NEW`"),
        (
            r#"{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1}}"#,
            "`connectorConfig`, which",
        ),
        (r#"{"type":"CONTROL","control":{"type":"NEW","emitted_at":1}}"#, "unknown control type `NEW`"),
    ] {
        let error = serde_json::from_str::<AirbyteMessage>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn error_has_the_path_of_the_mistake() {
    let text = r#"{"type":"CATALOG","catalog":{"streams":[{"name":"a",
        "json_schema":{},"supported_sync_modes":[1]}]}}"#;
    let mut json = serde_json::Deserializer::from_str(text);
    let error = serde_path_to_error::deserialize::<_, AirbyteMessage>(&mut json).unwrap_err();
    assert_eq!(error.path().to_string(), "catalog.streams[0].supported_sync_modes[0]");
}

/// Checks that every value is known, that unknown values are kept, and that all are serialized unchanged. Returns the
/// name of the type, and the values.
fn check_values<T: Serialize + DeserializeOwned + Display + Debug>(
    values: &'static str,
) -> (&'static str, &'static str) {
    for value in values.split(' ') {
        let read: T = serde_json::from_value(json!(value)).unwrap();
        assert!(!format!("{read:?}").starts_with("Unrecognized"), "{read:?}");
        assert_eq!((json!(read), read.to_string()), (json!(value), value.to_owned()));
    }
    for value in ["BRAND_NEW", "Append", "info", ""] {
        let read: T = serde_json::from_value(json!(value)).unwrap();
        assert_eq!(format!("{read:?}"), format!("Unrecognized({value:?})"));
        assert_eq!((json!(read), read.to_string()), (json!(value), value.to_owned()));
    }
    assert!(serde_json::from_value::<T>(json!(1)).is_err());
    (std::any::type_name::<T>().rsplit("::").next().unwrap(), values)
}

/// Returns the enums, each with all its values.
fn values() -> Vec<(&'static str, &'static str)> {
    vec![
        check_values::<SyncMode>("full_refresh incremental"),
        check_values::<DestinationSyncMode>("append overwrite append_dedup update soft_delete"),
        check_values::<LogLevel>("FATAL ERROR WARN INFO DEBUG TRACE"),
        check_values::<ConnectionStatus>("SUCCEEDED FAILED"),
        check_values::<FailureType>("system_error config_error transient_error"),
        check_values::<EstimateType>("STREAM SYNC"),
        check_values::<AirbyteStateType>("GLOBAL STREAM LEGACY"),
        check_values::<AirbyteStreamStatus>("STARTED RUNNING COMPLETE INCOMPLETE"),
        check_values::<AirbyteStreamStatusReasonType>("RATE_LIMITED"),
        check_values::<AuthType>("oauth2.0"),
        check_values::<AuthFlowType>("oauth2.0 oauth1.0"),
        check_values::<RecordChange>("NULLED TRUNCATED"),
        check_values::<RecordChangeReason>(
            "SOURCE_RECORD_SIZE_LIMITATION DESTINATION_RECORD_SIZE_LIMITATION PLATFORM_RECORD_SIZE_LIMITATION \
             SOURCE_FIELD_SIZE_LIMITATION DESTINATION_FIELD_SIZE_LIMITATION PLATFORM_FIELD_SIZE_LIMITATION \
             SOURCE_SERIALIZATION_ERROR DESTINATION_SERIALIZATION_ERROR PLATFORM_SERIALIZATION_ERROR \
             SOURCE_RETRIEVAL_ERROR DESTINATION_TYPECAST_ERROR",
        ),
    ]
}

#[test]
fn enum_values_are_exact_and_unknown_ones_are_kept() {
    values();
}

/// Returns the distinct values at `pointer` in all lines.
fn found<'a>(lines: &'a [Value], pointer: &str) -> BTreeSet<&'a str> {
    lines.iter().filter_map(|line| line.pointer(pointer).and_then(Value::as_str)).collect()
}

/// If the environment variable `CORPUS` is set, also writes all examples of this file to that path, for
/// `official_models.py`: lines of `{"kind": …, "value": …}` as the SDK serializes them.
#[test]
fn corpus_contains_every_message_type() {
    let line = |kind: &str, written: String| format!(r#"{{"kind":"{kind}","value":{written}}}"#);
    let mut lines: Vec<String> = Vec::new();
    for example in MESSAGES {
        lines.extend(check::<AirbyteMessage>(example).map(|written| line("AirbyteMessage", written)));
    }
    // A legacy state has no example above, because `type` is written even if it was absent.
    let legacy = read::<AirbyteMessage>(&json!({"type": "STATE", "state": {"data": {"since": 3}}})).unwrap();
    lines.push(line("AirbyteMessage", serde_json::to_string(&legacy).unwrap()));
    let catalogs = check::<ConfiguredAirbyteCatalog>(&CONFIGURED_CATALOG);
    lines.extend(catalogs.map(|written| line("ConfiguredAirbyteCatalog", written)));
    for (kind, values) in values() {
        lines.extend(values.split(' ').map(|value| line(kind, json!(value).to_string())));
    }

    let parsed: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (pointer, expected) in [
        ("/value/type", "CATALOG CONNECTION_STATUS CONTROL DESTINATION_CATALOG LOG RECORD SPEC STATE TRACE"),
        ("/value/state/type", "GLOBAL LEGACY STREAM"),
        ("/value/trace/type", "ANALYTICS ERROR ESTIMATE STREAM_STATUS"),
        ("/value/control/type", "CONNECTOR_CONFIG"),
    ] {
        assert_eq!(found(&parsed, pointer), expected.split(' ').collect(), "{pointer}");
    }
    assert_eq!(found(&parsed, "/kind").len(), 2 + values().len(), "one kind per type");

    if let Some(path) = std::env::var_os("CORPUS") {
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}
