//! Streams whose parts are read at the same time, and the faults that lose records of a part that is not finished: the
//! partitions of `visits` in turns, the windows of `orders` in another order than that of the cursor, and a parent stream
//! whose position says which shops need not be visited again.

use crate::input::get_text;
use crate::read::Read;
use crate::streams::{day_of, whole};
use crate::{Stop, data, has};
use serde_json::{Map, Value, json};

impl Read<'_> {
    /// Reads a visit of each shop in turn, with a state after each turn.
    pub(crate) fn read_visits_in_turns(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        mut reached: Map<String, Value>,
    ) -> Result<(), Stop> {
        let mut rest = data::SHOPS.map(|shop| {
            let mut visits = data::visits(shop);
            visits.retain(|visit| visit["day"].as_str() > Some(day_of(&reached, shop)));
            visits.into_iter()
        });
        // The first shop is ahead of the others, so that their positions differ.
        let mut turn: Vec<Value> = rest[0].next().into_iter().collect();
        loop {
            turn.extend(rest.iter_mut().filter_map(Iterator::next));
            if turn.is_empty() {
                return self.state(descriptor, json!({"shops": reached}));
            }
            for visit in turn.drain(..) {
                self.record(configured, &visit)?;
                let (shop, day) = (get_text(&visit, "shop")?, get_text(&visit, "day")?);
                reached.insert(shop.to_owned(), json!({"day": day}));
            }
            let mut says = reached.clone();
            if has("position_of_the_fastest_partition") {
                let furthest = reached.values().filter_map(|reached| reached["day"].as_str()).max();
                says.values_mut().for_each(|reached| *reached = json!({"day": furthest}));
            }
            self.state(descriptor, json!({"shops": says}))?;
        }
    }

    /// Reads windows of three orders. The second of each two ends before the first.
    pub(crate) fn read_orders_in_windows(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        rest: &[Value],
        mut reached: i64,
    ) -> Result<(), Stop> {
        let windows: Vec<&[Value]> = rest.chunks(3).collect();
        for pair in windows.chunks(2) {
            let end = |window: &[Value]| window.last().map_or(Ok(0), |order| whole(order, "updated"));
            for window in pair.iter().rev() {
                for order in *window {
                    self.record(configured, order)?;
                }
                if has("position_of_a_later_window") && pair.len() == 2 && *window == pair[1] {
                    self.state(descriptor, json!({"updated": end(window)?}))?;
                }
            }
            reached = end(pair.last().copied().unwrap_or_default())?;
            if !has("position_of_a_later_window") {
                self.state(descriptor, json!({"updated": reached}))?;
            }
        }
        if rest.is_empty() || has("position_of_a_later_window") {
            self.state(descriptor, json!({"updated": reached}))?;
        }
        Ok(())
    }

    /// Reads the visits of the shops after the position of the parent stream.
    pub(crate) fn read_visits_of_new_shops(
        &mut self,
        configured: &Value,
        descriptor: &Value,
        given: &Value,
        mut reached: Map<String, Value>,
    ) -> Result<(), Stop> {
        let known = given.get("parent").and_then(|parent| parent["shops"].as_u64()).unwrap_or(0);
        for (number, shop) in (1..).zip(data::SHOPS).filter(|(number, _)| *number >= known) {
            let before = day_of(&reached, shop).to_owned();
            for visit in data::visits(shop).iter().filter(|visit| visit["day"].as_str() > Some(&before)) {
                self.record(configured, visit)?;
                reached.insert(shop.to_owned(), json!({"day": visit["day"]}));
                if visit["day"].as_str() == Some("2024-05-02") {
                    let says = if has("parent_ahead_of_its_children") { number + 1 } else { known };
                    self.state(descriptor, json!({"shops": reached, "parent": {"shops": says}}))?;
                }
            }
        }
        let last = known.max(data::SHOPS.len() as u64);
        self.state(descriptor, json!({"shops": reached, "parent": {"shops": last}}))
    }
}
