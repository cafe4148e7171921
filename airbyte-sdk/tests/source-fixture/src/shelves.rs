//! Partitioned streams: the books and the boxes on each shelf.

use renamed_sdk::{Error, Result, airbyte_stream};
use serde_json::Value;
use std::fmt;

pub(crate) struct Shelf(pub(crate) String);

impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[airbyte_stream(
    crate = ::renamed_sdk,
    name = "books",
    primary_key(shelf, number),
    cursor = number,
    order = ascending,
    older_state = migrate
)]
pub(crate) struct Book {
    shelf: String,
    number: i64,
}

/// Migrates the state of another connector: `{"last": {"a": 5}}`, or `{"last": 5}` for one partition.
fn migrate(state: &Value, shelf: Option<&str>) -> Result<Option<i64>> {
    let last = &state["last"];
    Ok(last.as_i64().or_else(|| last[shelf?].as_i64()))
}

#[airbyte_stream(crate = ::renamed_sdk, name = "boxes", primary_key(shelf, number))]
pub(crate) struct Box {
    shelf: String,
    number: u32,
}

impl Shelf {
    pub(crate) fn books(&self, count: u32, since: Option<i64>) -> impl Iterator<Item = Book> + '_ {
        let numbers = since.unwrap_or(0)..i64::from(count);
        let decreasing = (self.0 == "backwards").then_some(0);
        numbers.chain(decreasing).map(|number| Book { shelf: self.0.clone(), number })
    }

    pub(crate) fn boxes(&self, count: u32) -> impl Iterator<Item = Box> + '_ {
        (0..count).map(|number| Box { shelf: self.0.clone(), number })
    }

    /// The result of reading a shelf: an error, a very long wait or success, depending on its name.
    pub(crate) fn end(&self) -> Result<()> {
        match self.0.as_str() {
            name if name.starts_with("bad") => Err(Error::transient("the shelf broke down")),
            name if name.starts_with("gone") => Err(Error::config("there is no such shelf")),
            "endless" => {
                std::thread::sleep(std::time::Duration::from_secs(600));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
