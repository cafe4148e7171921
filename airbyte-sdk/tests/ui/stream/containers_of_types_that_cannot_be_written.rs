use airbyte_sdk::airbyte_stream;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Mutex;

#[airbyte_stream(name = "visits")]
struct Visit {
    first_of_a_tuple: (Place, i64),
    last_of_a_tuple: (i64, Place),
    in_an_array: [Place; 2],
    in_a_list: &'static [Place],
    in_a_pointer: Cow<'static, Place>,
    key_of_a_map: HashMap<Place, i64>,
    range: Range<Place>,
    in_a_cell: RefCell<Place>,
    in_a_lock: Mutex<Place>,
    deep: Option<Vec<(i64, [Place; 2])>>,
    two: BTreeMap<Place, Other>,
    in_a_set: HashSet<Place>,
}

#[airbyte_stream(nested)]
enum Kind {
    One(Place),
    Two(i64, Other),
    Named { place: Place },
}

#[derive(Clone)]
struct Place;

struct Other;

fn main() {}
