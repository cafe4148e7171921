//! Streams of children, whose parents are not selected.

use super::{Config, Id, Stream, World};
use crate::{Emitter, Source, airbyte_stream};

/// How many streams there are.
pub(super) const STREAMS: usize = 3;

/// The stream of the parents.
pub(super) const PARENTS: &str = "shops";

#[airbyte_stream(name = "shops", primary_key(id))]
struct Shop {
    id: usize,
}

#[airbyte_stream(name = "ascending_children", primary_key(id), cursor = at, order = ascending)]
struct Ascending {
    #[schemars(with = "usize")]
    id: Id,
    at: i64,
}

#[airbyte_stream(name = "unordered_children", primary_key(id), cursor = at, on_null = emit)]
struct Unordered {
    #[schemars(with = "usize")]
    id: Id,
    at: Option<i64>,
}

#[airbyte_stream(name = "everything_of_parents")]
struct Everything {
    #[schemars(with = "usize")]
    id: Id,
}

impl World {
    pub(super) fn source_of_children(&self) -> Source<Config> {
        let (ascending, unordered, everything) = (self.clone(), self.clone(), self.clone());
        Source::<Config>::new("resume", "0")
            .full_refresh(|_, out: &mut Emitter<Shop>| (0..3).try_for_each(|id| out.emit(Shop { id })))
            .incremental_children(move |_, shop: &Shop, since, out: &mut Emitter<Ascending>| {
                let records = ascending.all(Some(shop.id)).map(|(id, at, _)| Ascending { id, at });
                ascending.serve(since.as_ref(), records, out)
            })
            .incremental_children(
                move |_,
                      shop: &Shop,
                      since: Option<<Unordered as Stream>::Cursor>,
                      out: &mut Emitter<Unordered>| {
                    let records = unordered.all(Some(shop.id)).rev();
                    let records = records.map(|(id, at, null)| Unordered { id, at: (!null).then_some(at) });
                    unordered.serve(since.as_ref(), records, out)
                },
            )
            .full_refresh_children(move |_, shop: &Shop, out: &mut Emitter<Everything>| {
                let records = everything.all(Some(shop.id)).map(|(id, ..)| Everything { id });
                everything.serve(None, records, out)
            })
    }
}
