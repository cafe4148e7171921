//! Measurements, some of which are no numbers, of devices that sometimes do not know the time.

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

/// The same, by devices that know the time.
#[airbyte_stream(crate = ::renamed_sdk, name = "timed", cursor = at, on_null = fail, order = ascending)]
pub(crate) struct Timed {
    pub(crate) at: Option<i64>,
}

/// The same, by devices that can count.
#[airbyte_stream(crate = ::renamed_sdk, name = "counted", not_finite = fail)]
pub(crate) struct Counted {
    pub(crate) value: f64,
}

/// The fourth device does not know the time, and each second one measures nonsense.
pub(crate) fn measurements(count: u32) -> impl Iterator<Item = Measurement> {
    (0..u64::from(count)).map(|device_id| {
        let nonsense = device_id % 2 == 1;
        Measurement {
            about: About { device_id, seen_at: (device_id != 3).then_some(device_id as i64 * 10) },
            main_value: if nonsense { f64::NAN } else { 0.5 },
            others: vec![Some(1.5), None, nonsense.then_some(f32::INFINITY)],
            note: None,
        }
    })
}
