//! The second argument of a fetch function, if it has one beside `since` and `out`.

/// What it is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Second {
    None,
    Partition,
    Parent,
    Window,
}

impl Second {
    /// Returns its name in errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Window => "window",
            Self::None | Self::Partition => "partition",
        }
    }

    /// Returns the error if it is missing.
    pub(super) fn missing(self) -> &'static str {
        match self {
            Self::Parent => {
                "missing argument: with `children_of` the second argument is a reference to a record of the parent stream"
            }
            Self::Window => {
                "missing argument `window`: with `windows` the second argument is `window: &Window<Timestamp>`, with the type of the cursor"
            }
            Self::None | Self::Partition => {
                "missing argument `partition`: with `partitions` the second argument is `partition: &Partition`, a reference to an element of the list"
            }
        }
    }
}
