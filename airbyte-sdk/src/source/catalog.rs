//! The streams of a source as the catalog lists them, and how they are related.

use super::Source;
use crate::error::{Error, Result};
use crate::protocol::AirbyteStream;
use crate::schema;

impl<C: Sync> Source<C> {
    /// Returns the parent of the stream with this index, the parent of that, and so on.
    ///
    /// # Errors
    ///
    /// Fails if a parent is not a stream of this source, or if a stream is its own ancestor.
    pub(crate) fn ancestors(&self, index: usize) -> Result<Vec<usize>> {
        let (mut ancestors, mut last) = (Vec::new(), index);
        while let Some((record, _)) = self.streams[last].parent_type() {
            let parent = self.streams.iter().position(|stream| stream.record_type() == record);
            let fault = match parent {
                Some(parent)
                    if self.streams[last].follows_changes() && !self.streams[parent].can_end_early() =>
                {
                    "is one of the children of changed records, but its parent is not incremental"
                }
                Some(parent) if parent != index && !ancestors.contains(&parent) => {
                    ancestors.push(parent);
                    last = parent;
                    continue;
                }
                Some(_) => "is its own ancestor",
                None => "is one of children, but its parent is not a stream of this source",
            };
            let name = self.streams[last].describe().name;
            return Err(Error::system(format!("the stream `{name}` {fault}")));
        }
        Ok(ancestors)
    }

    /// Returns the streams as the catalog lists them.
    ///
    /// # Errors
    ///
    /// Fails if there are none, if one is invalid, or if two have the same name: the second would never be read.
    pub(crate) fn catalog(&self) -> Result<Vec<AirbyteStream>> {
        let mut catalog: Vec<AirbyteStream> = Vec::with_capacity(self.streams.len());
        for stream in self.streams.iter().map(|stream| stream.describe()) {
            let descriptor = stream.descriptor();
            let is_duplicate = catalog.iter().any(|other| other.descriptor().is_same_as(&descriptor));
            validate_stream(&stream, is_duplicate)?;
            catalog.push(stream);
        }
        for index in 0..self.streams.len() {
            self.ancestors(index)?;
        }
        if catalog.is_empty() {
            return Err(Error::system("this source has no streams"));
        }
        if let Some(key) = self.misplaced_key {
            return Err(Error::system(format!(
                "`partition_key(\"{key}\")` must follow the `incremental_partitions`, `incremental_groups`, `incremental_children` or `incremental_children_of_changed` that it belongs to"
            )));
        }
        Ok(catalog)
    }
}

/// Checks whether a stream can be in a catalog; `is_duplicate` if another one has its name.
pub(crate) fn validate_stream(stream: &AirbyteStream, is_duplicate: bool) -> Result<()> {
    let name = &stream.name;
    if is_duplicate {
        return Err(Error::system(format!("this source has two streams named `{name}`")));
    }
    match schema::problems(stream).join("; ") {
        none if none.is_empty() => Ok(()),
        problems => Err(Error::system(format!("the stream `{name}` is invalid: {problems}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Http;
    use crate::{AirbyteSpec, Date, airbyte_stream};

    #[derive(AirbyteSpec)]
    struct Config {}

    #[airbyte_stream(name = "days", cursor = day)]
    struct Day {
        day: Date,
    }

    #[airbyte_stream(name = "streets")]
    struct Street {
        name: String,
    }

    #[airbyte_stream(name = "towns", primary_key(id))]
    struct Town {
        id: u8,
    }

    fn list(_: &Config, _: &Http) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    #[test]
    fn partition_key_without_an_incremental_stream_in_partitions_is_an_error() {
        let new = || Source::<Config>::new("source-days", "0.1.0");
        let with_partitions = || new().incremental_partitions::<Day, String>(list, |_, _, _, _| Ok(()));
        assert!(with_partitions().partition_key("city_id").catalog().is_ok());
        let parents = || new().full_refresh::<Town>(|_, _| Ok(()));
        let children = || parents().incremental_children::<Town, Day>(|_, _, _, _| Ok(()));
        assert!(children().partition_key("city_id").catalog().is_ok());
        for source in [
            new().partition_key("city_id").incremental_partitions::<Day, String>(list, |_, _, _, _| Ok(())),
            new().incremental::<Day>(|_, _, _| Ok(())).partition_key("city_id"),
            with_partitions().full_refresh::<Street>(|_, _| Ok(())).partition_key("city_id"),
            new().full_refresh_partitions::<Street, String>(list, |_, _, _| Ok(())).partition_key("city_id"),
            parents().full_refresh_children::<Town, Street>(|_, _, _| Ok(())).partition_key("city_id"),
        ] {
            let error = source.catalog().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("`partition_key(\"city_id\")` must follow"), "{error}");
        }
    }
}
