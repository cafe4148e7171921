//! The faults of the two model connectors: `models/model.sh` has one for each clause, except for those that only
//! `models/model` can violate.
#![allow(dead_code, reason = "each test uses a part of it")]

/// Clauses that only the model in Rust violates.
pub(crate) const ONLY_HERE: &[&str] = &[
    "stdout_is_utf8",
    "lines_end_with_line_feeds",
    "output_is_limited",
    "messages_have_their_fields",
    "estimates_are_of_one_kind",
    "primary_keys_are_unique",
    "equal_reads_bring_equal_records",
    "incremental_reads_everything",
    "states_are_not_repeated",
    "states_belong_to_their_streams",
    "earlier_state_loses_nothing",
    "failed_read_loses_nothing",
    "global_state_loses_nothing",
];

/// Each fault of the model in Rust, and the clauses that fail for it.
pub(crate) const FAULTS: &[(&str, &[&str])] = &[
    // A stream with a state is not read.
    (
        "any_state_is_the_end",
        &[
            "resuming_loses_nothing",
            "earlier_state_loses_nothing",
            "full_refresh_reads_everything",
            "resumed_refresh_loses_nothing",
        ],
    ),
    (
        "global,any_state_is_the_end",
        &[
            "resuming_loses_nothing",
            "earlier_state_loses_nothing",
            "full_refresh_reads_everything",
            "resumed_refresh_loses_nothing",
        ],
    ),
    // The only state of the stream is the last one.
    ("any_state_of_customers_is_the_end", &["earlier_state_loses_nothing"]),
    ("drops_four_after_a_state", &["earlier_state_loses_nothing"]),
    ("one_partition_is_the_end", &["earlier_state_loses_nothing"]),
    ("global_is_the_end", &["global_state_loses_nothing"]),
    ("global_is_ignored", &["global_state_is_accepted"]),
    ("resumed_states_are_ahead", &["resuming_loses_nothing"]),
    ("resumes_after_equal_records", &["resuming_loses_nothing", "resumed_refresh_loses_nothing"]),
    (
        "state_before_records",
        &["states_are_not_repeated", "resuming_loses_nothing", "resumed_refresh_loses_nothing"],
    ),
    ("repeated_states", &["states_are_not_repeated"]),
    (
        "swapped_descriptors",
        &[
            "last_state_is_last",
            "states_belong_to_their_streams",
            "last_state_is_used",
            "finished_refresh_is_recognised",
        ],
    ),
    ("namespaces_are_ignored", &["state_formats_are_accepted"]),
    ("states_by_order", &["state_formats_are_accepted", "global_state_is_accepted"]),
    ("failed_read_moves_state", &["failed_read_loses_nothing"]),
    ("partitions_ahead_are_read_again", &["states_are_not_repeated", "future_state_gives_no_records"]),
    ("partitions_ahead_are_put_back", &["future_state_is_kept"]),
    // Records are missing.
    ("drops_the_last_incrementally", &["incremental_reads_everything"]),
    ("drops_when_selected", &["equal_reads_bring_equal_records"]),
    ("drops_when_alone", &["equal_reads_bring_equal_records"]),
    ("drops_when_debugging", &["equal_reads_bring_equal_records"]),
    ("null_is_not_declared", &["schema_nullability", "values_match_their_types"]),
    ("a_key_twice", &["primary_keys_are_unique"]),
    ("a_key_of_two_records", &["primary_keys_are_unique"]),
    // A part that is read at the same time as others is taken for finished.
    (
        "partitions_in_turns,position_of_the_fastest_partition",
        &["states_are_not_repeated", "resuming_loses_nothing", "resumed_refresh_loses_nothing"],
    ),
    ("windows,position_of_a_later_window", &["resuming_loses_nothing", "resumed_refresh_loses_nothing"]),
    (
        "new_parents,parent_ahead_of_its_children",
        &["resuming_loses_nothing", "resumed_refresh_loses_nothing"],
    ),
    ("key_is_unique_in_its_partition_only", &["primary_keys_are_unique"]),
    // Lines are malformed.
    ("invalid_utf8", &["stdout_is_utf8"]),
    ("carriage_returns", &["lines_end_with_line_feeds"]),
    ("bad_estimate", &["messages_have_their_fields"]),
    ("unknown_trace", &["messages_have_their_fields"]),
    ("mixed_estimates", &["estimates_are_of_one_kind"]),
    ("endless", &["plain_reads_succeed", "output_is_limited", "stdout_is_messages"]),
    // A plain run fails: the clauses that depend on it are not checked.
    ("every_check_fails", &["check_succeeds"]),
    ("every_discover_fails", &["one_catalog"]),
    ("every_read_fails", &["plain_reads_succeed"]),
    ("every_read_crashes", &["plain_reads_succeed", "failures_are_reported"]),
    // The token has no digit.
    ("leaks_basic", &["no_secret_in_output"]),
    ("leaks_hex", &["no_secret_in_output"]),
    ("leaks_in_a_trace", &["no_secret_in_output"]),
    ("leaks_on_stderr", &["stderr_is_quiet", "no_secret_in_output"]),
    ("leaks_a_new_token", &["no_secret_in_output"]),
    ("leaks_a_wrong_token", &["no_secret_in_output"]),
];
