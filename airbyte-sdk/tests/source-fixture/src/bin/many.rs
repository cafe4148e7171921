//! A source with as many partitions, and as many parents, as its configuration says. Its records are made in memory.

use renamed_sdk::jiff::SignedDuration;
use renamed_sdk::{AirbyteSpec, Emitter, Http, Result, Timestamp, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    /// How many partitions and parents there are
    count: u64,
    /// Every how many parents one has a child
    #[airbyte(default = 1)]
    step: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "readings", primary_key(sensor, at), cursor = at, order = ascending)]
struct Reading {
    sensor: u64,
    at: Timestamp,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "devices", primary_key(id))]
struct Device {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "events", primary_key(device, at), cursor = at, order = ascending)]
struct Event {
    device: u64,
    at: Timestamp,
}

/// Returns the time of the only record of a partition.
fn time(id: u64) -> Result<Timestamp> {
    Ok(Timestamp::from_second(1_795_824_000)?.checked_add(SignedDuration::from_secs((id % 1000) as i64))?)
}

#[airbyte_source(crate = ::renamed_sdk)]
impl Config {
    fn sensors(&self, _http: &Http) -> Result<Vec<u64>> {
        Ok((0..self.count).collect())
    }

    #[partitions(sensors)]
    fn readings(&self, sensor: &u64, _since: Option<Timestamp>, out: &mut Emitter<Reading>) -> Result<()> {
        out.emit(Reading { sensor: *sensor, at: time(*sensor)? })
    }

    fn devices(&self, out: &mut Emitter<Device>) -> Result<()> {
        (0..self.count).try_for_each(|id| out.emit(Device { id }))
    }

    #[children_of(devices)]
    fn events(&self, device: &Device, _since: Option<Timestamp>, out: &mut Emitter<Event>) -> Result<()> {
        if !device.id.is_multiple_of(self.step) {
            return Ok(());
        }
        out.emit(Event { device: device.id, at: time(device.id)? })
    }
}
