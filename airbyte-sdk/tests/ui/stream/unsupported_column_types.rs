use airbyte_sdk::airbyte_stream;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

type Result<T> = std::result::Result<T, std::num::ParseIntError>;

#[airbyte_stream(name = "visits")]
struct Visit {
    text: Arc<str>,
    number: Rc<i64>,
    perhaps: Option<Arc<str>>,
    result: Result<i64>,
    once: OnceLock<i64>,
    pinned: Pin<Box<i64>>,
    wide: (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8),
    projected: <Vec<i64> as IntoIterator>::IntoIter,
    not_copied: Cell<String>,
}

fn main() {}
