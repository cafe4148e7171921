//! Bodies packed by gzip: what comes out, and what is said of one that breaks off or is none.

use super::http::{Api, Row, announced, until_error};
use crate::error::Result;
use crate::http::{Http, Request};
use crate::protocol::FailureType;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write as _;

/// As they come from a dice, so that they do not become small.
fn values() -> Vec<u8> {
    let next = |last: &u32| Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(1_u32), next).map(|number| (number >> 24) as u8).take(2000).collect()
}

fn pack(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// A request that is answered with this, and is sent once.
fn asking(api: &Api, packed: &[u8]) -> Request {
    let head = announced("", packed.len()).replacen("\r\n", "\r\nContent-Encoding: gzip\r\n", 1);
    let url = api.raw([[head.as_bytes(), packed].concat()]);
    Http::new("test", "0", Vec::new(), None).post(url)
}

/// The values as an array, as lines and as a table, packed and then spoiled: each read piece by piece.
fn read(spoil: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<Vec<Result<u8>>> {
    let api = Api::start();
    let body = |text: &str| asking(&api, &spoil(pack(text)));
    let lines: String = values().iter().map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let number = |row: Result<Row>| row.map(|row| row.n);
    vec![
        body(&json!(values()).to_string()).elements("").collect(),
        body(&lines).json_lines().map(number).collect(),
        #[cfg(feature = "csv")]
        body(&format!("n\n{}", lines.replace(['{', '}', '"', ':', 'n'], ""))).csv().map(number).collect(),
    ]
}

#[test]
fn what_is_packed_is_unpacked_however_many_parts_it_has() {
    let twice = |packed: Vec<u8>| [packed, pack(" \n")].concat();
    for items in read(|packed| packed).into_iter().chain(read(twice).into_iter().take(2)) {
        assert_eq!(items.into_iter().collect::<Result<Vec<u8>>>().unwrap(), values());
    }
    let api = Api::start();
    let answer = asking(&api, &pack("[1]")).send().unwrap();
    assert_eq!((answer.header("Content-Encoding"), answer.header("Content-Length")), (None, None));
    assert_eq!(answer.json::<[u8; 1]>().unwrap(), [1]);
}

/// Also if nothing is missing but the checksum: nobody knows whether that was all.
#[test]
fn what_came_before_a_packed_body_breaks_off_stands() {
    for left in [1, 8, 600] {
        let cut = |packed: Vec<u8>| packed[..packed.len() - left].to_vec();
        for items in read(cut) {
            let (values_read, error) = until_error(items.into_iter());
            assert_eq!(values_read, values()[..values_read.len()]);
            assert!(!values_read.is_empty() && (left > 8) == (values_read.len() < 2000), "{left}");
            assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
            assert!(error.message().contains("could not be read to its end"), "{error}");
        }
        let api = Api::start();
        let error = asking(&api, &cut(pack(&json!(values()).to_string()))).json::<Vec<u8>>().unwrap_err();
        assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
    }
}

#[test]
fn what_cannot_be_unpacked_passes_for_trouble_on_the_way() {
    let damaged = |mut packed: Vec<u8>| {
        let last = packed.len() - 6;
        packed[last] ^= 1;
        packed
    };
    let nothing = read(|_| b"no gzip at all".to_vec()).into_iter().map(|items| (items, 0));
    for (items, count) in read(damaged).into_iter().map(|items| (items, 2000)).chain(nothing) {
        let (values_read, error) = until_error(items.into_iter());
        assert_eq!(
            (values_read.len(), error.failure_type()),
            (count, FailureType::TransientError),
            "{error:?}"
        );
    }
}
