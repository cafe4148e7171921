//! A long read in the memory of a small pod.

use crate::api::{LAST_DAY, catalog, emulator_with};
use crate::docker::inspect;
use crate::messages::config;
use crate::pod::{Pod, Read};
use jiff::ToSpan;
use std::io::BufRead;
use stock_api_emulator::is_trading_day;

/// In pages of 50 000, without swap.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn ten_million_records_are_read_in_32_mib() {
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = 10_000;
        settings.gzip = false;
    });
    let start = LAST_DAY.series(-1.day()).filter(|day| is_trading_day(*day)).nth(999).unwrap();
    let config = config(&emulator, &start.to_string());
    let options = &["--memory", "32m", "--memory-swap", "32m"];
    let pod = Pod::read(&Read { options, ..Read::of(&config, &catalog("incremental")) });

    let (mut stdout, stderr) = pod.outputs();
    let (mut records, mut last, mut line) = (0, Vec::new(), Vec::new());
    while stdout.read_until(b'\n', &mut line).unwrap() > 0 {
        records += u32::from(line.starts_with(br#"{"type":"RECORD""#));
        std::mem::swap(&mut line, &mut last);
        line.clear();
    }
    let end = pod.end();
    drop(stderr);
    let container = inspect(&pod.container.0);
    assert_eq!(container["State"]["OOMKilled"], false);
    assert_eq!(container["HostConfig"]["Memory"], 32 << 20);
    let last = String::from_utf8_lossy(&last);
    assert_eq!((end.exit_code, records), (Some(0), 10_000_000), "{last}");
    assert!(last.contains("COMPLETE"), "{last}");
}
