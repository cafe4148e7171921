//! Records with nested keys and cursors, null cursors and non-finite numbers.

use renamed_sdk::airbyte_stream;

#[airbyte_stream(crate = ::renamed_sdk, nested)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    device_id: u64,
    #[serde(rename = "at")]
    pub(crate) seen_at: Option<i64>,
}

#[airbyte_stream(
    crate = ::renamed_sdk,
    name = "measurements",
    primary_key(about.device_id),
    cursor = about.seen_at,
    on_null = emit,
    order = ascending
)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measurement {
    pub(crate) about: About,
    main_value: f64,
    others: Vec<Option<f32>>,
    note: Option<String>,
}

/// A stream whose cursor must not be null.
#[airbyte_stream(crate = ::renamed_sdk, name = "timed", cursor = at, on_null = fail, order = ascending)]
pub(crate) struct Timed {
    pub(crate) at: Option<i64>,
}

/// A stream whose numbers must be finite.
#[airbyte_stream(crate = ::renamed_sdk, name = "counted", not_finite = fail)]
pub(crate) struct Counted {
    pub(crate) value: f64,
}

/// The fourth record has a null cursor; every second one has non-finite numbers.
pub(crate) fn measurements(count: u32) -> impl Iterator<Item = Measurement> {
    (0..u64::from(count)).map(|device_id| {
        let non_finite = device_id % 2 == 1;
        Measurement {
            about: About { device_id, seen_at: (device_id != 3).then_some(device_id as i64 * 10) },
            main_value: if non_finite { f64::NAN } else { 0.5 },
            others: vec![Some(1.5), None, non_finite.then_some(f32::INFINITY)],
            note: None,
        }
    })
}
