//! Tests of parents and their children in one process: what a whole process cannot show without timing.

mod states;

use super::Source;
use crate::commands::{self, Outcome};
use crate::error::{Error, Result};
use crate::feed::{Feed, Queue, Slots};
use crate::http::{Http, Pagination};
use crate::input::States;
use crate::json_text::JsonText;
use crate::output::{Lines, Memory};
use crate::read_context::{ReadContext, RecordIntervals};
use crate::run_context::RunContext;
use crate::source::{Reading, Take};
use crate::testing::Server;
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "parents", primary_key(id))]
struct Parent {
    id: u64,
    text: String,
}

#[airbyte_stream(name = "children", cursor = id, order = ascending)]
struct Child {
    id: u64,
}

fn parent(id: u64) -> Parent {
    Parent { id, text: String::new() }
}

/// A parent that fills a queue alone.
fn large_parent(id: u64) -> Parent {
    Parent { id, text: "x".repeat(16 << 10) }
}

/// Reads the children only, from this state.
fn read(source: &Source<Config>, given: &Value, run: &RunContext, memory: &Memory) -> (Outcome, Vec<Value>) {
    let states = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "children"}, "stream_state": given}}]);
    let outcome = read_streams(source, &["children"], &states, run);
    (outcome, memory.take_messages())
}

/// Reads these streams.
fn read_streams(source: &Source<Config>, names: &[&str], states: &Value, run: &RunContext) -> Outcome {
    let streams =
        source.catalog().unwrap().into_iter().filter(|stream| names.contains(&stream.name.as_str()));
    let streams = streams.map(
        |stream| json!({"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}),
    );
    let catalog = serde_json::from_value(json!({"streams": streams.collect::<Vec<_>>()})).unwrap();
    let states = States::read(states.to_string().as_bytes(), "the state", []).unwrap();
    let outcome = commands::read(source, &Config {}, catalog, states, run).ok().unwrap();
    run.output.flush().unwrap();
    outcome
}

fn run() -> (RunContext, Memory) {
    let memory = Memory::default();
    (RunContext::to(Lines::new(Box::new(memory.clone()))), memory)
}

fn last_state(messages: &[Value]) -> Value {
    let mut states = messages.iter().map(|message| &message["state"]["stream"]["stream_state"]);
    states.rfind(|state| state.is_object()).cloned().unwrap_or_default()
}

/// Otherwise each of them would hold a page, and need a thread.
#[test]
fn full_queue_lets_no_further_partitions_of_the_parent_begin() {
    let in_flight = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let counts = Arc::clone(&in_flight);
    let list = |_: &Config, _: &Http| Ok((0..30).collect::<Vec<u64>>());
    let parents = move |_: &Config, id: &u64, out: &mut Emitter<Parent>| {
        let now = counts.0.fetch_add(1, SeqCst) + 1;
        counts.1.fetch_max(now, SeqCst);
        let passed = out.emit(large_parent(*id));
        counts.0.fetch_sub(1, SeqCst);
        passed
    };
    for concurrency in [1, 3] {
        let parents = parents.clone();
        let source = Source::new("source", "0")
            .full_refresh_partitions(list, parents)
            .incremental_children(|_: &Config, parent: &Parent, _, out: &mut Emitter<Child>| {
                out.emit(Child { id: parent.id })
            })
            .concurrency(move |_| concurrency);
        let (run, memory) = run();
        let (outcome, messages) = read(&source, &json!({}), &run, &memory);
        assert!(matches!(outcome, Outcome::Success));
        assert_eq!(messages.iter().filter(|message| message["type"] == "RECORD").count(), 30);
        let most = in_flight.1.swap(0, SeqCst);
        assert!(most <= concurrency as usize, "{most} at the same time");
    }
}

/// Any of its records may be missing.
#[test]
fn panic_on_a_thread_of_an_unselected_parent_discards_no_positions() {
    let (run, memory) = run();
    let shared = run.clone();
    let source = Source::new("source", "0")
        .full_refresh(move |_: &Config, out: &mut Emitter<Parent>| {
            out.emit(parent(1))?;
            shared.ledger.holds().note_stray_panic(Error::system("a thread panicked"));
            Ok(())
        })
        .incremental_children(|_: &Config, _: &Parent, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: 5 })
        });
    let (outcome, messages) = read(&source, &json!({"partitions": {"9": {"id": 9}}}), &run, &memory);
    assert!(matches!(outcome, Outcome::FailedStreams));
    assert_eq!(last_state(&messages)["partitions"]["9"], json!({"id": 9}));
}

#[test]
fn incomplete_list_of_partitions_of_the_parent_discards_no_positions() {
    let server = Server::start();
    server.on("GET /list").json(json!({"ids": [1, 2], "count": 2}));
    let url = format!("{}/list", server.url());
    let source = Source::new("source", "0")
        .full_refresh_partitions(
            move |_: &Config, http: &Http| {
                // The page is not read to its end.
                let ids = http
                    .get(url.as_str())
                    .elements::<u64>("ids")
                    .paginate(Pagination::next_url(|_: &Value| None::<String>));
                ids.verify_count(|page: &Value| page["count"].as_u64()).take(1).collect::<Result<Vec<u64>>>()
            },
            |_: &Config, id: &u64, out: &mut Emitter<Parent>| out.emit(parent(*id)),
        )
        .incremental_children(|_: &Config, _: &Parent, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: 5 })
        });
    let (run, memory) = run();
    let (_, messages) = read(&source, &json!({"partitions": {"2": {"id": 9}}}), &run, &memory);
    assert_eq!(last_state(&messages)["partitions"], json!({"1": {"id": 5}, "2": {"id": 9}}));
}

/// The parent is not read while its children are.
#[test]
fn check_does_not_wait_for_space() {
    let source = Source::new("source", "0")
        .full_refresh(|_: &Config, out: &mut Emitter<Parent>| {
            (1..9).try_for_each(|id| out.emit(large_parent(id)))
        })
        .incremental_children(|_: &Config, _: &Parent, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: 5 })
        });
    let (run, _) = run();
    let status = commands::check(&source, Ok(Config {}), &run).ok().map(|status| json!(status));
    assert_eq!(status.unwrap()["connectionStatus"]["status"], "SUCCEEDED");
}

/// Otherwise a list of parents that uses up the budget together with the first children would never be read to its end.
#[test]
fn parents_that_could_not_be_listed_are_reached_in_the_next_read() {
    let source = Source::new("source", "0")
        .full_refresh(|_: &Config, out: &mut Emitter<Parent>| {
            (1..4).try_for_each(|id| out.emit(parent(id)))?;
            Err(Error::exhausted("no more today"))
        })
        .incremental_children(|_: &Config, _: &Parent, _, out: &mut Emitter<Child>| out.emit(Child { id: 5 }))
        .stop_when_exhausted()
        .concurrency(|_| 1);
    let (run, memory) = run();
    let (_, messages) = read(&source, &json!({}), &run, &memory);
    assert_eq!(last_state(&messages)["next"], "3");
}

/// The read of the children, with the tasks in an order of the test's choice.
struct Stepwise<'a> {
    reading: Box<dyn Reading + 'a>,
    feed: Feed,
    memory: Memory,
    run: RunContext,
}

impl<'a> Stepwise<'a> {
    fn begin(source: &'a Source<Config>, given: &Value) -> Self {
        static CONFIG: OnceLock<Config> = OnceLock::new();
        let (run, memory) = run();
        let stream = &source.streams[1];
        let descriptor = stream.describe().descriptor();
        let (_, to_parent) = stream.parent_type().unwrap();
        let slots = Slots::new(1);
        assert!(slots.try_enter());
        let queue = Queue::new(&slots, None);
        let open_stream = run.ledger.start(&descriptor, JsonText::of(given)).unwrap();
        let config = CONFIG.get_or_init(|| Config {});
        let reading = stream.begin(ReadContext {
            config,
            http: commands::http_for(source, config, &run),
            holds: open_stream.holds().clone(),
            stream: Some(open_stream),
            feed: None,
            parents: Some(queue.clone()),
            descriptor,
            columns: None,
            state: Some(JsonText::of(given)),
            intervals: RecordIntervals::default(),
            rank: 0,
        });
        Self { reading, feed: Feed::new(vec![queue], to_parent, false), memory, run }
    }

    fn pass(&self, ids: impl IntoIterator<Item = u64>) {
        ids.into_iter().for_each(|id| assert!(self.feed.pass_record(parent(id), 0).unwrap()));
    }

    fn end(self) -> Value {
        self.feed.end(Ok(None));
        while let Take::Task(task) = self.reading.take() {
            self.reading.run(task);
        }
        let _ = self.reading.end();
        self.run.output.flush().unwrap();
        last_state(&self.memory.take_messages())
    }
}

/// Otherwise each read would try the same ones.
#[test]
fn parent_after_three_failures_is_next_even_if_another_one_was_being_read() {
    for is_exhausted in [false, true] {
        let source = Source::new("source", "0")
            .full_refresh(|_: &Config, _: &mut Emitter<Parent>| Ok(()))
            .incremental_children(move |_: &Config, parent: &Parent, _, out: &mut Emitter<Child>| {
                out.emit(Child { id: 1 })?;
                match parent.id {
                    1 if is_exhausted => Err(Error::exhausted("no more today")),
                    1..=3 if !is_exhausted => Err(Error::config("no access")),
                    _ => Ok(()),
                }
            });
        let read = Stepwise::begin(&source, &json!({}));
        read.pass(1..=6);
        assert_eq!([(); 4].map(|()| read.reading.take()), [0, 1, 2, 3].map(Take::Task));
        (0..3).for_each(|task| read.reading.run(task));
        // Nothing new may begin.
        assert!(!matches!(read.reading.take(), Take::Task(_)));
        read.reading.run(3);
        // The first one had only a part of the budget.
        assert_eq!(read.end()["next"], if is_exhausted { "1" } else { "5" });
    }
}

/// Otherwise a read with a small budget would alternate between the parents of the first page.
#[test]
fn parents_before_the_next_one_are_read_after_all_others() {
    let source = Source::new("source", "0")
        .full_refresh(|_: &Config, _: &mut Emitter<Parent>| Ok(()))
        .incremental_children(|_: &Config, parent: &Parent, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: parent.id })
        });
    let read = Stepwise::begin(&source, &json!({"partitions": {}, "next": "2"}));
    read.pass(1..=2);
    assert_eq!(read.reading.take(), Take::Task(0));
    read.reading.run(0);
    assert_eq!(read.reading.take(), Take::Later, "the next page is being read");
    read.pass(3..=3);
    assert_eq!(read.reading.take(), Take::Task(1));
    read.reading.run(1);
    assert_eq!(read.end()["partitions"], json!({"1": {"id": 1}, "2": {"id": 2}, "3": {"id": 3}}));
}

#[airbyte_stream(name = "other_parents", primary_key(id))]
struct OtherParent {
    id: u64,
    text: String,
}

#[airbyte_stream(name = "other_children", cursor = id)]
struct OtherChild {
    id: u64,
}

/// Each would wait for children that the other one excludes.
#[test]
fn parents_whose_children_exclude_the_other_parent_are_read_one_after_the_other() {
    let text = || "x".repeat(16 << 10);
    let reading = Arc::new(AtomicUsize::new(0));
    // Fails if the other parent is read at the same time. The result does not depend on the time if it is not.
    let alone = move || {
        reading.fetch_add(1, SeqCst);
        for _ in 0..50 {
            if reading.load(SeqCst) > 1 {
                return Err(Error::system("both are being read"));
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        reading.fetch_sub(1, SeqCst);
        Ok(())
    };
    let other_alone = alone.clone();
    let source = Source::new("source", "0")
        .full_refresh(move |_: &Config, out: &mut Emitter<Parent>| {
            alone()?;
            (0..3).try_for_each(|id| out.emit(Parent { id, text: text() }))
        })
        .full_refresh(move |_: &Config, out: &mut Emitter<OtherParent>| {
            other_alone()?;
            (0..3).try_for_each(|id| out.emit(OtherParent { id, text: text() }))
        })
        .incremental_children(|_: &Config, parent: &Parent, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: parent.id })
        })
        .incremental_children(|_: &Config, parent: &OtherParent, _, out: &mut Emitter<OtherChild>| {
            out.emit(OtherChild { id: parent.id })
        })
        .one_at_a_time(["children", "other_parents"])
        .one_at_a_time(["other_children", "parents"]);
    let (run, memory) = run();
    let all = ["parents", "other_parents", "children", "other_children"];
    let outcome = read_streams(&source, &all, &json!([]), &run);
    assert!(matches!(outcome, Outcome::Success));
    assert_eq!(memory.take_messages().iter().filter(|message| message["type"] == "RECORD").count(), 12);
}

#[airbyte_stream(name = "orders", primary_key(id), cursor = id)]
struct Order {
    id: u64,
    shop: u64,
}

/// Otherwise the children of the second one would be missed.
#[test]
fn parents_of_several_partitions_with_the_same_key_are_an_error_unless_they_are_equal() {
    for (is_equal, changes) in [(true, false), (false, false), (false, true)] {
        let source = Source::new("source", "0")
            .incremental_partitions(
                |_: &Config, _: &Http| Ok(vec![1, 2]),
                move |_: &Config, shop: &u64, _, out: &mut Emitter<Order>| {
                    // An order that changes while the pages shift comes twice in its own partition.
                    (0..=u64::from(changes && *shop == 1))
                        .try_for_each(|more| out.emit(Order { id: 7, shop: 10 + more }))?;
                    let shop = if is_equal { 0 } else { *shop };
                    if changes { Ok(()) } else { out.emit(Order { id: 1, shop }) }
                },
            )
            .incremental_children(|_: &Config, order: &Order, _, out: &mut Emitter<Child>| {
                out.emit(Child { id: order.id })
            })
            .concurrency(|_| 1);
        let (run, memory) = run();
        let (outcome, messages) = read(&source, &json!({}), &run, &memory);
        let errors: Vec<&str> =
            messages.iter().filter_map(|message| message["trace"]["error"]["message"].as_str()).collect();
        let expected: &[&str] = if is_equal || changes {
            &[]
        } else {
            &[
                "two different records of the stream `orders` have the primary key 1; of `children`, only the children of the first were read",
            ]
        };
        let capitalized: Vec<String> = expected.iter().map(|text| text.replacen('t', "T", 1)).collect();
        assert_eq!(errors, capitalized, "{is_equal} {changes}");
        assert_eq!(matches!(outcome, Outcome::Success), expected.is_empty());
    }
}

/// It is not known which member of a group a record belongs to.
#[test]
fn parents_of_one_group_with_the_same_key_are_an_error() {
    let source = Source::new("source", "0")
        .incremental_groups(
            50,
            |_: &Config, _: &Http| Ok(vec![1, 2]),
            |_: &Config, shops: &[u64], _, out: &mut Emitter<Order>| {
                shops.iter().try_for_each(|shop| out.emit(Order { id: 7, shop: *shop }))
            },
        )
        .incremental_children(|_: &Config, order: &Order, _, out: &mut Emitter<Child>| {
            out.emit(Child { id: order.id })
        });
    let (run, memory) = run();
    let (outcome, messages) = read(&source, &json!({}), &run, &memory);
    assert!(matches!(outcome, Outcome::FailedStreams), "{messages:?}");
}
