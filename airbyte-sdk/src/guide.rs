//! The guide: a tutorial, recipes, and what each type becomes.
//!
//! | page | |
//! | --- | --- |
//! | [`first_connector`] | from `cargo new` to several streams, partitions, incremental reads and tests |
//! | [`cookbook`] | recipes for pagination, authentication, reading responses and incremental reads |
//! | [`windows`] | reading a range of time in steps, one after the other or several at a time |
//! | [`testing`] | which tool tests what |
//! | [`reading_in_parallel`] | partitions, windows and streams that are read at the same time |
//! | [`children`] | streams whose records belong to those of another stream |
//! | [`forms`] | each type of a configuration, and its form |
//! | [`records`] | each type of a record, and its catalog entry |
//! | [`commands`] | the command line and its input files |
//! | [`replacing_a_python_connector`] | continuing from the state of a connector with the Python CDK |
//!
//! The code of all pages is compiled and run by the SDK's tests. `docs/mistakes.md` in the repository lists mistakes with
//! their compile errors.

// The pages link to each other as files. Here the same labels lead to items: of two definitions, the first one counts.

/// [`AirbyteSpec`]: derive@crate::AirbyteSpec
/// [`airbyte_stream`]: macro@crate::airbyte_stream
/// [`airbyte_source`]: macro@crate::airbyte_source
/// [cookbook]: crate::guide::cookbook
/// [testing]: crate::guide::testing
/// [commands]: crate::guide::commands
///
#[doc = include_str!("../docs/first_connector.md")]
pub mod first_connector {}

/// [`http`]: crate::http
/// [testing]: crate::guide::testing
/// [windows]: crate::guide::windows
/// [first_connector]: crate::guide::first_connector
/// [`AirbyteSpec`]: derive@crate::AirbyteSpec
/// [`airbyte_stream`]: macro@crate::airbyte_stream
/// [`airbyte_source`]: macro@crate::airbyte_source
///
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

/// [cookbook]: crate::guide::cookbook
/// [parallel]: crate::guide::reading_in_parallel
/// [`windows`]: crate::windows
/// [`Source::incremental_windows`]: crate::Source::incremental_windows
///
#[doc = include_str!("../docs/windows.md")]
pub mod windows {}

/// [first_connector]: crate::guide::first_connector
/// [`testing`]: crate::testing
///
#[doc = include_str!("../docs/testing.md")]
pub mod testing {}

/// [windows]: crate::guide::windows#at-the-same-time
/// [`Source::concurrency`]: crate::Source::concurrency
/// [`Source::one_at_a_time`]: crate::Source::one_at_a_time
///
#[doc = include_str!("../docs/reading_in_parallel.md")]
pub mod reading_in_parallel {}

/// [parallel]: crate::guide::reading_in_parallel
/// [`Source::incremental_children`]: crate::Source::incremental_children
/// [`Source::full_refresh_children`]: crate::Source::full_refresh_children
///
#[doc = include_str!("../docs/children.md")]
pub mod children {}

/// [`AirbyteSpec`]: derive@crate::AirbyteSpec
/// [`ConfigValue`]: derive@crate::ConfigValue
/// [`Secret`]: crate::Secret
/// [`Date`]: crate::Date
///
#[doc = include_str!("../docs/forms.md")]
pub mod forms {}

/// [`airbyte_stream`]: macro@crate::airbyte_stream
///
#[doc = include_str!("../docs/records.md")]
pub mod records {}

/// [replacing]: crate::guide::replacing_a_python_connector
///
#[doc = include_str!("../docs/commands.md")]
pub mod commands {}

/// [airbyte_stream]: macro@crate::airbyte_stream
///
#[doc = include_str!("../docs/replacing_a_python_connector.md")]
pub mod replacing_a_python_connector {}
