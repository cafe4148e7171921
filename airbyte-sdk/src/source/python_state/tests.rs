use super::values::{cursor_value, earlier};
use super::*;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use proptest::prelude::*;
use serde_json::json;

fn timestamp(value: &Value) -> Option<String> {
    cursor_value::<Timestamp>(value).map(|time| time.to_string())
}

#[test]
fn times_are_read_in_the_formats_of_apis() {
    for value in [
        json!("2024-05-06T07:00:00+0000"),
        json!("2024-05-06T07:00:00Z"),
        json!("2024-05-06T09:00:00+0200"),
        json!("2024-05-06T09:00:00+02:00"),
        json!("2024-05-06T07:00:00.000000+0000"),
        json!("2024-05-06 07:00:00 +0000"),
        json!("2024-05-06 02:00:00 -0500"),
        json!(1_714_978_800),
        json!("1714978800"),
        json!("1714978800.0"),
        json!(1_714_978_800.9),
        json!(1_714_978_800_000_i64),
        json!("1714978800000"),
        json!("1714978800000000"),
    ] {
        assert_eq!(timestamp(&value).as_deref(), Some("2024-05-06T07:00:00Z"), "{value}");
    }
    assert_eq!(timestamp(&json!(0)).as_deref(), Some("1970-01-01T00:00:00Z"));
    // Where the day begins first.
    assert_eq!(timestamp(&json!("2024-05-06")).as_deref(), Some("2024-05-05T10:00:00Z"));
    assert_eq!(timestamp(&json!("2024-05-06 07:00:00")).as_deref(), Some("2024-05-05T17:00:00Z"));
    for value in [
        // Seconds of 1970, or milliseconds of 1970.
        json!(86_400_000),
        json!("20240506"),
        json!("202405060700"),
        json!("20240506070000"),
        json!("20240506070000000"),
        json!(-1_714_978_800),
        json!(1e300),
        json!("1714978800.x"),
        json!("06/05/2024"),
        json!("May 6, 2024"),
        json!("2024-05-06T07:00:00[Europe/Oslo]"),
        json!(""),
        json!(true),
        json!(["2024-05-06"]),
    ] {
        assert_eq!(timestamp(&value), None, "{value}");
    }
    let date = Date::constant(2024, 5, 6);
    for value in ["2024-05-06", "2024-05-06T07:00:00+0000", "2024-05-06 07:00:00 +0000"] {
        assert_eq!(cursor_value(&json!(value)), Some(date), "{value}");
    }
    for value in [json!("2024-05-06T07:00:00+0200"), json!(1_714_978_800), json!("1714978800")] {
        assert_eq!(cursor_value::<Date>(&value), None, "{value}");
        assert_eq!(cursor_value::<DateTime>(&value), None, "{value}");
    }
}

#[test]
fn integers_are_read_from_text_and_texts_as_they_are() {
    assert_eq!(cursor_value(&json!("1714978800")), Some(1_714_978_800_i64));
    assert_eq!(cursor_value(&json!("-5")), Some(-5_i64));
    assert_eq!(cursor_value(&json!("255")), Some(255_u8));
    for text in ["256", "-1", "1.5", "1e3", "0x5", "", "-", " 1", "2024-05-06"] {
        assert_eq!(cursor_value::<u8>(&json!(text)), None, "{text}");
    }
    assert_eq!(cursor_value(&json!("007")), Some("007".to_owned()));
    assert_eq!(cursor_value::<String>(&json!(7)), None);
}

#[test]
fn look_back_is_subtracted_from_times_only() {
    let time: Timestamp = "2024-05-06T07:00:00Z".parse().unwrap();
    assert_eq!(earlier(time, 3_600).unwrap().to_string(), "2024-05-06T06:00:00Z");
    let date = Date::constant(2024, 5, 6);
    assert_eq!(earlier(date, 0), Some(date));
    // A day is earlier by whole days, and not by less than the look-back.
    assert_eq!(earlier(date, 1), Some(Date::constant(2024, 5, 5)));
    assert_eq!(earlier(date, 86_401), Some(Date::constant(2024, 5, 4)));
    assert_eq!(earlier(date.at(0, 0, 0, 0), 60), Some(Date::constant(2024, 5, 5).at(23, 59, 0, 0)));
    assert_eq!(earlier(1_714_978_800_i64, 100), Some(1_714_978_700));
    assert_eq!(earlier(1_714_978_800_000_u64, 100), Some(1_714_978_700_000));
    assert_eq!(earlier(Date::MIN, i64::MAX), Some(Date::MIN));
    assert_eq!(earlier(7_u8, 0), Some(7));
    assert_eq!(earlier(7_u8, 1), None);
    assert_eq!(earlier("2024".to_owned(), 1), None);
}

fn at(position: Understood<Option<i64>>) -> i64 {
    position.unwrap().unwrap()
}

#[test]
fn position_is_in_the_first_interval() {
    let state =
        |slices: Value| position(json!({"state_type": "date-range", "slices": slices}).as_object().unwrap());
    let read = |start: i64, end: i64, newest: Value| json!({"start": start, "end": end, "most_recent_cursor_value": newest});
    assert_eq!(at(state(json!([{"start": 1, "end": 9}]))), 9);
    assert_eq!(at(state(json!([read(1, 9, json!(null))]))), 9);
    assert_eq!(at(state(json!([read(1, 9, json!(5))]))), 5);
    // A record after the interval says nothing about what is between.
    assert_eq!(at(state(json!([read(1, 9, json!(50))]))), 9);
    let unsorted = state(json!([read(20, 30, json!(29)), read(1, 9, json!(5))]));
    assert_eq!(unsorted, Err("`slices[1].start` is before that of the previous element".to_owned()));
    // Nothing was read at the beginning.
    assert_eq!(at(state(json!([read(1, 1, json!(1)), read(5, 9, json!(9))]))), 1);
    let days = json!({"state_type": "date-range", "slices": [
        {"start": "2024-01-01T00:00:00Z", "end": "2024-01-09T05:00:00Z"},
        {"start": "2024-01-09T20:00:00Z", "end": "2024-02-01T00:00:00Z"},
    ]});
    assert_eq!(position(days.as_object().unwrap()), Ok(Some(Date::constant(2024, 1, 9))));
}

#[test]
fn partition_of_two_parents_has_the_earlier_position() {
    let state = |states: Value| {
        let state = json!({"states": states});
        match partition_positions::<i64>(state.as_object().unwrap(), "at", Some("id")) {
            Ok(Some(PartitionPositions::Each(each))) => each.into_iter().collect::<Vec<_>>(),
            other => panic!("{:?}", other.err()),
        }
    };
    let of = |id: i64, parent: i64, cursor: Value| json!({"partition": {"id": id, "parent_slice": {"id": parent}}, "cursor": cursor});
    let (early, late) = (json!({"at": 3}), json!({"at": 5}));
    for (one, other) in [(&early, &late), (&late, &early)] {
        let states = json!([of(7, 1, one.clone()), of(7, 2, other.clone()), of(8, 2, late.clone())]);
        assert_eq!(state(states), [("7".to_owned(), Some(3)), ("8".to_owned(), Some(5))]);
        for states in [
            json!([of(7, 1, one.clone()), of(7, 2, json!({}))]),
            json!([of(7, 1, json!({})), of(7, 2, one.clone())]),
        ] {
            assert_eq!(state(states), [("7".to_owned(), None)]);
        }
    }
}

/// Any JSON with the keys of the CDK.
fn any_state() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 14] = [
        "states",
        "state",
        "partition",
        "cursor",
        "at",
        "id",
        "parent_slice",
        "use_global_cursor",
        "lookback_window",
        "state_type",
        "slices",
        "start",
        "end",
        "most_recent_cursor_value",
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(&["date-range", "5", "1714978800", "9223372036854775807", "2024-05-06", ""][..])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let key = prop::sample::select(&KEYS[..]).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_state_is_read_or_an_error_that_names_a_key(state in any_state(), key in proptest::option::of(Just("id"))) {
        let state = json!({"states": state, "state": state, "state_type": state.get("state_type"), "slices": state.get("slices")});
        for remove in ["", "states", "state"] {
            let mut state = state.as_object().unwrap().clone();
            state.remove(remove);
            let errors = [
                position::<i64>(&state).err(),
                partition_positions::<i64>(&state, "at", key).err(),
                partition_positions::<Timestamp>(&state, "at", key).err(),
                partition_positions::<Date>(&state, "at", key).err(),
            ];
            for error in errors.into_iter().flatten() {
                prop_assert!(error.contains('`'), "{error}");
            }
        }
    }

    #[test]
    fn time_since_1970_is_never_later_in_any_unit(seconds in 315_532_800_i64..7_258_118_400, micros in 0_i64..1_000_000) {
        let time = Timestamp::from_microsecond(seconds * 1_000_000 + micros).unwrap();
        for (number, unit) in [(seconds, 1), (time.as_millisecond(), 1_000), (time.as_microsecond(), 1_000_000)] {
            for value in [json!(number), json!(number.to_string())] {
                let read: Timestamp = cursor_value(&value).unwrap();
                prop_assert!(read <= time && time.duration_since(read) < SignedDuration::from_secs(1));
                prop_assert_eq!(read.as_microsecond() % (1_000_000 / unit), 0);
            }
        }
    }

    #[test]
    fn local_time_is_never_later_in_any_zone(seconds in 0_i64..4_000_000_000, hours in -12_i8..=14) {
        let time = Timestamp::from_second(seconds).unwrap();
        let local = Offset::constant(hours).to_datetime(time);
        for text in [local.to_string(), local.date().to_string()] {
            let read: Timestamp = cursor_value(&json!(text)).unwrap();
            prop_assert!(read <= time, "{text} at {hours}: {read}");
            prop_assert!(time.duration_since(read) < SignedDuration::from_hours(26 + 24));
        }
    }

    #[test]
    fn nothing_before_the_position_is_in_a_gap(
        slices in proptest::collection::vec((0_i64..40, 0_i64..10, proptest::option::of(0_i64..60)), 1..8),
    ) {
        let mut slices = slices;
        slices.sort_unstable();
        let intervals = slices.iter().map(|(start, length, newest)| json!({"start": start, "end": start + length, "most_recent_cursor_value": newest}));
        let state = json!({"state_type": "date-range", "slices": intervals.collect::<Vec<_>>()});
        let position = at(position(state.as_object().unwrap()));
        let first = slices.iter().map(|(start, ..)| *start).min().unwrap();
        for point in first..position {
            prop_assert!(slices.iter().any(|(start, length, _)| (*start..=start + length).contains(&point)), "{point} < {position}");
        }
    }

    /// Whatever a state contains, it is read or an error, and a partition's position is the one that it has.
    #[test]
    fn positions_are_those_in_the_state(entries in proptest::collection::btree_map(0_u32..1000, proptest::option::of(0_i64..100), 0..20), global in 0_i64..100) {
        let states = entries.iter().map(|(id, at)| {
            let id = if id % 2 == 0 { json!(id) } else { json!(id.to_string()) };
            json!({"partition": {"parent_slice": {}, "id": id}, "cursor": at.map_or(json!({}), |at| json!({"at": at}))})
        });
        let state = json!({"use_global_cursor": false, "states": states.collect::<Vec<_>>(), "state": {"at": global}, "lookback_window": 5});
        let read = partition_positions::<i64>(state.as_object().unwrap(), "at", Some("id"));
        let Ok(Some(PartitionPositions::Each(each))) = read else { return Err(TestCaseError::fail("not read")) };
        let expected: BTreeMap<String, Option<i64>> = entries.into_iter().map(|(id, at)| (id.to_string(), at)).collect();
        prop_assert_eq!(each, expected);
    }
}
