//! Bodies compressed by gzip: complete, cut off, and invalid.

use super::http::{Api, Row, announced, until_error};
use crate::error::Result;
use crate::http::{Http, Request};
use crate::protocol::FailureType;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write as _;

/// Pseudo-random values, which do not compress well.
fn values() -> Vec<u8> {
    let next = |last: &u32| Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(1_u32), next).map(|number| (number >> 24) as u8).take(2000).collect()
}

fn compress(text: &str) -> Vec<u8> {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(text.as_bytes()).unwrap();
    compressed.finish().unwrap()
}

/// Returns a request that is sent once, and whose response has this body.
fn request_with(api: &Api, compressed: &[u8]) -> Request {
    let head = announced("", compressed.len()).replacen("\r\n", "\r\nContent-Encoding: gzip\r\n", 1);
    let url = api.raw([[head.as_bytes(), compressed].concat()]);
    Http::new("test", "0", Vec::new(), None).post(url)
}

/// Returns the values as an array, as lines and as a table, compressed and then damaged: each read item by item.
fn read(damage: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<Vec<Result<u8>>> {
    let api = Api::start();
    let body = |text: &str| request_with(&api, &damage(compress(text)));
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
fn gzip_body_with_several_members_is_decompressed() {
    let twice = |compressed: Vec<u8>| [compressed, compress(" \n")].concat();
    for items in read(|compressed| compressed).into_iter().chain(read(twice).into_iter().take(2)) {
        assert_eq!(items.into_iter().collect::<Result<Vec<u8>>>().unwrap(), values());
    }
    let api = Api::start();
    let response = request_with(&api, &compress("[1]")).send().unwrap();
    assert_eq!((response.header("Content-Encoding"), response.header("Content-Length")), (None, None));
    assert_eq!(response.json::<[u8; 1]>().unwrap(), [1]);
}

/// This includes bodies that lack only the checksum: they might have another member.
#[test]
fn items_before_the_end_of_a_truncated_gzip_body_are_returned() {
    for left in [1, 8, 600] {
        let cut = |compressed: Vec<u8>| compressed[..compressed.len() - left].to_vec();
        for items in read(cut) {
            let (values_read, error) = until_error(items.into_iter());
            assert_eq!(values_read, values()[..values_read.len()]);
            assert!(!values_read.is_empty() && (left > 8) == (values_read.len() < 2000), "{left}");
            assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
            assert!(error.message().contains("reading the response from http://"), "{error}");
        }
        let api = Api::start();
        let error =
            request_with(&api, &cut(compress(&json!(values()).to_string()))).json::<Vec<u8>>().unwrap_err();
        assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
    }
}

#[test]
fn invalid_gzip_is_a_transient_error() {
    let damaged = |mut compressed: Vec<u8>| {
        let last = compressed.len() - 6;
        compressed[last] ^= 1;
        compressed
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
