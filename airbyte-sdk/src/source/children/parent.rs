//! A record as a parent.

use crate::error::{Error, Result};
use crate::feed::Parent;
use crate::stream::Stream;
use serde_json::Value;

/// The memory in bytes that a parent takes in addition to its record: two allocations and an entry of a queue. Small records
/// would otherwise take ten times the limit of a queue.
const PARENT_SIZE: usize = 128;

/// Returns a record as a parent. Its primary key names it: the value if the key is one field, otherwise a JSON array.
pub(super) fn to_parent<P: Stream + Send + Sync>(record: P) -> Result<Parent> {
    let json = serde_json::to_vec(&record)?;
    let data: Value = serde_json::from_slice(&json)?;
    let mut keys = Vec::with_capacity(P::PRIMARY_KEY.len());
    for path in P::PRIMARY_KEY {
        let value = path.iter().try_fold(&data, |value, name| value.get(name));
        match value.filter(|value| !value.is_null()) {
            Some(value) => keys.push(value.clone()),
            None => {
                return Err(Error::system(format!(
                    "a record of the stream `{}`, which has children, has no value for its primary key `{}`",
                    P::NAME,
                    path.join(".")
                )));
            }
        }
    }
    let name = match &keys[..] {
        [Value::String(name)] => name.clone(),
        [key] => key.to_string(),
        _ => Value::Array(keys).to_string(),
    };
    Ok(Parent::new(name, record, &json, size_of::<P>() + PARENT_SIZE))
}
