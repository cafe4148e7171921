//! What each stream reads, and the faults that lose or repeat records, or send wrong states.

use crate::input::{get, get_text};
use crate::read::Read;
use crate::{Stop, data, debugs, has};
use serde_json::{Map, Value, json};

impl Read<'_> {
    pub(crate) fn read_orders(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        given: &Value,
    ) -> Result<(), Stop> {
        let is_resumed = given.get("updated").is_some();
        let mut reached = if is_resumed { whole(given, "updated")? } else { 0 };
        let mut rest = data::orders();
        rest.retain(|order| order["updated"].as_i64() > Some(reached));
        let is_incremental = get(configured, "sync_mode")? == "incremental";
        if has("drops_the_last_incrementally") && is_incremental && is_empty(given) {
            rest.pop();
        }
        let selected = get(get(get(configured, "stream")?, "json_schema")?, "properties")?;
        let drops_the_first = has("drops_when_selected") && selected.get("note").is_none()
            || has("drops_when_alone") && self.names.len() == 1
            || has("drops_when_debugging") && debugs();
        if drops_the_first && !rest.is_empty() {
            rest.remove(0);
        }
        if has("windows") {
            return self.read_orders_in_windows(configured, descriptor, &rest, reached);
        }
        for (at, order) in (1..).zip(&rest) {
            if has("state_before_records")
                && at % 3 == 1
                && let Some(next) = rest.get(at)
            {
                self.state(descriptor, json!({"updated": next["updated"]}))?;
            }
            self.record(configured, order)?;
            if has("a_key_twice") && order["id"] == 3 {
                self.record(configured, order)?;
            }
            if has("a_key_of_two_records") && order["id"] == 3 {
                let mut other = order.clone();
                other["note"] = "other".into();
                self.record(configured, &other)?;
            }
            reached = whole(order, "updated")?;
            if at % 3 == 0 && at < rest.len() {
                let is_ahead = has("resumed_states_are_ahead") && !is_empty(given);
                let says = if is_ahead { reached + 1 } else { reached };
                let says = if has("repeated_states") { 101 } else { says };
                self.state(descriptor, json!({"updated": says}))?;
            }
        }
        self.state(descriptor, json!({"updated": reached}))
    }

    pub(crate) fn read_customers(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        given: &Value,
    ) -> Result<(), Stop> {
        let mut reached =
            if given.get("seen").is_some() { get_text(given, "seen")?.to_owned() } else { String::new() };
        let mut rest = data::customers();
        rest.retain(|customer| customer["seen"].as_str() > Some(&reached));
        if !is_empty(given) && has("drops_four_after_a_state") {
            rest.drain(..rest.len().min(4));
        }
        for customer in &rest {
            self.record(configured, customer)?;
            reached = get_text(customer, "seen")?.to_owned();
        }
        self.state(descriptor, json!({"seen": reached}))
    }

    pub(crate) fn read_visits(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        given: &Value,
    ) -> Result<(), Stop> {
        let mut reached = match given.get("shops") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(shops)) => shops.clone(),
            Some(_) => return Err(Stop::crash("`shops` is no object")),
        };
        if has("partitions_in_turns") {
            return self.read_visits_in_turns(configured, descriptor, reached);
        }
        if has("new_parents") {
            return self.read_visits_of_new_shops(configured, descriptor, given, reached);
        }
        for shop in data::SHOPS {
            let mut before = day_of(&reached, shop).to_owned();
            if has("partitions_ahead_are_read_again") && *before > *"2900" {
                before = String::new();
            }
            if has("partitions_ahead_are_put_back") && *before > *"2900" {
                before = "2024-05-04".to_owned();
                reached.insert(shop.to_owned(), json!({"day": before}));
            }
            if has("one_partition_is_the_end") && shop == "south" && !before.is_empty() {
                before = "9".to_owned();
            }
            for visit in data::visits(shop) {
                let day = get_text(&visit, "day")?;
                if *day > *before {
                    self.record(configured, &visit)?;
                    let day = day.max(day_of(&reached, shop)).to_owned();
                    reached.insert(shop.to_owned(), json!({"day": day}));
                }
            }
            if shop == "north" && before != day_of(&reached, shop) {
                self.state(descriptor, json!({"shops": reached}))?;
            }
        }
        self.state(descriptor, json!({"shops": reached}))
    }

    pub(crate) fn read_colours(&mut self, configured: &Value, descriptor: &Value) -> Result<(), Stop> {
        for colour in data::colours() {
            self.record(configured, &colour)?;
        }
        self.state(descriptor, json!({"done": true}))
    }

    pub(crate) fn read_pages(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        given: &Value,
    ) -> Result<(), Stop> {
        let pages = data::pages();
        let reached = if given.get("rows").is_some() { whole(given, "rows")? } else { 0 };
        let reached = usize::try_from(reached).map_err(|error| Stop::crash(error.to_string()))?;
        let (before, mut rest) = pages.split_at(reached.min(pages.len()));
        if has("resumes_after_equal_records")
            && let (Some(last), Some((first, others))) = (before.last(), rest.split_first())
            && last == first
        {
            rest = others;
        }
        for (at, page) in (reached + 1..).zip(rest) {
            self.record(configured, page)?;
            if at < pages.len() {
                self.state(descriptor, json!({"rows": at}))?;
            }
        }
        self.state(descriptor, json!({"rows": pages.len()}))
    }
}

/// Returns the last day of a shop.
pub(crate) fn day_of<'a>(reached: &'a Map<String, Value>, shop: &str) -> &'a str {
    reached.get(shop).and_then(|reached| reached.get("day")).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn whole(value: &Value, field: &str) -> Result<i64, Stop> {
    get(value, field)?.as_i64().ok_or_else(|| Stop::crash(format!("`{field}` is no integer")))
}

fn is_empty(state: &Value) -> bool {
    state.as_object().is_none_or(Map::is_empty)
}
