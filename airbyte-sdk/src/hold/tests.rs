use super::*;

#[test]
fn each_hold_has_a_number_of_its_own() {
    let hold = Hold::new(None);
    let holder = hold.holder();
    assert_eq!(hold.current(), None);
    let page = holder.begin_page();
    assert_eq!(hold.current(), Some(1));
    // A second page within the first does not move the place where the hold began.
    holder.begin_page().confirm();
    assert_eq!(hold.current(), Some(1));
    page.confirm();
    assert_eq!(hold.current(), None);
    holder.begin_page().confirm();
    hold.hold();
    assert_eq!(hold.current(), Some(3));
}

#[test]
fn a_page_that_is_not_confirmed_holds_for_good() {
    let hold = Hold::new(None);
    let holder = hold.holder();
    drop(holder.begin_page());
    assert_eq!(hold.current(), Some(1));
    holder.begin_page().confirm();
    assert_eq!(hold.current(), Some(1));
    let page = holder.begin_page();
    hold.forgive();
    assert_eq!(hold.current(), Some(1), "a page is still being read");
    page.confirm();
    assert_eq!(hold.current(), None);
}

#[test]
fn a_release_ends_one_hold_of_the_author_and_nothing_else() {
    let hold = Hold::new(None);
    hold.hold();
    hold.hold();
    hold.release();
    assert!(hold.current().is_some(), "the first one still holds");
    hold.release();
    assert!(hold.current().is_none());
    hold.holder().failed(Error::transient("cut off"));
    hold.hold();
    hold.release();
    assert!(hold.failure().is_some());
}

#[test]
fn a_failure_outlives_its_error_value_until_it_is_forgiven() {
    let hold = Hold::new(None);
    hold.holder().failed(Error::transient("cut off"));
    hold.holder().failed(Error::system("later"));
    assert_eq!(hold.failure().map(|error| error.message().to_owned()), Some("cut off".to_owned()));
    hold.forgive();
    assert!(hold.failure().is_none() && hold.current().is_none());
}

#[test]
fn only_a_url_with_nothing_behind_it_is_an_answer() {
    let hold = Hold::new(None);
    let refused = |status: u16| drop(hold.holder().refused(Error::config("no").with_status(status)));
    refused(404);
    refused(410);
    assert!(hold.failure().is_none());
    refused(401);
    assert!(hold.failure().is_some());
    hold.forgive();
    // Also what was never sent.
    hold.holder().refused(Error::config("no URL"));
    assert!(hold.failure().is_some());
    hold.forgive();
    hold.set_listing(true);
    refused(404);
    assert!(hold.failure().is_some());
}

#[test]
fn what_concerns_one_partition_ends_with_it_and_nothing_else_does() {
    let hold = Hold::new(None);
    hold.holder().failed(Error::transient("cut off"));
    drop(hold.holder().begin_page());
    hold.begin_scope();
    assert_eq!(hold.current(), None);
    // A page that is still read may be of any partition.
    let page = hold.holder().begin_page();
    hold.begin_scope();
    assert!(hold.current().is_some());
    page.confirm();
    assert_eq!(hold.current(), None);
    // So may what another thread, or a request of before, was to bring.
    let before = hold.holder();
    for of_another_thread in [true, false] {
        let holder = hold.holder();
        if of_another_thread {
            thread::spawn(move || drop(holder.failed(Error::transient("cut off")))).join().unwrap();
        } else {
            hold.begin_scope();
            before.failed(Error::transient("cut off"));
        }
        hold.begin_scope();
        assert!(hold.failure().is_some());
        hold.forgive();
    }
}

/// What a signal finds, between two streams of one run.
#[test]
fn the_client_of_an_earlier_stream_neither_releases_the_next_one_nor_fails_unnoticed() {
    use crate::output::{Lines, Memory};
    use crate::protocol::{AirbyteStreamStatus, StreamDescriptor};

    let memory = Memory::default();
    let output = Output::to(Lines::new(Box::new(memory.clone())));
    let begin = |name: &str| {
        output.status(&StreamDescriptor::new(name), AirbyteStreamStatus::Started).unwrap();
        Hold::new(Some(Arc::clone(&output)))
    };
    let first = begin("a");
    let page = first.holder().begin_page();
    output.status(&StreamDescriptor::new("a"), AirbyteStreamStatus::Complete).unwrap();
    let second = begin("b");
    output.vouch(Some(&["id"]));
    output.record(br#"{"type":"RECORD","record":{"data":{"id":1}}}"#).unwrap();
    output.line(b"\n").unwrap();
    second.hold();
    output.record(br#"{"type":"RECORD","record":{"data":{"id":2}}}"#).unwrap();
    output.line(b"\n").unwrap();
    page.confirm();
    first.holder().failed(Error::transient("cut off"));
    assert!(second.failure().is_some());
    output.end(None);
    let messages = memory.take_messages();
    let state = messages.iter().find(|message| message["type"] == "STATE").unwrap();
    assert_eq!(state["state"]["stream"]["stream_state"], serde_json::json!({"id": 1}));
}

#[test]
fn after_a_stray_panic_every_stream_is_held() {
    let output = Output::to(crate::output::Lines::new(Box::new(std::io::sink())));
    output.note_stray_panic(Error::system("panicked"));
    assert!(Hold::new(Some(output)).current().is_some());
}
