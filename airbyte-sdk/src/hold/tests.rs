use super::*;

fn hold() -> Hold {
    RunHolds::default().stream().hold(false)
}

#[test]
fn each_hold_has_its_own_number() {
    let hold = hold();
    let holder = hold.holder();
    assert_eq!(hold.current(), None);
    let page = holder.begin_page();
    assert_eq!(hold.current(), Some(1));
    // A second page within the first does not move the position where the hold began.
    holder.begin_page().confirm();
    assert_eq!(hold.current(), Some(1));
    page.confirm();
    assert_eq!(hold.current(), None);
    holder.begin_page().confirm();
    hold.hold();
    assert_eq!(hold.current(), Some(3));
}

#[test]
fn unconfirmed_page_holds_until_forgiven() {
    let hold = hold();
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
fn release_ends_one_hold_of_the_author_only() {
    let hold = hold();
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
fn failure_holds_until_forgiven_even_if_the_error_is_dropped() {
    let hold = hold();
    hold.holder().failed(Error::transient("cut off"));
    hold.holder().failed(Error::system("later"));
    assert_eq!(hold.failure().map(|error| error.message().to_owned()), Some("cut off".to_owned()));
    hold.forgive();
    assert!(hold.failure().is_none() && hold.current().is_none());
}

#[test]
fn only_404_and_410_do_not_hold_except_while_listing() {
    let hold = hold();
    let fails_with =
        |status: u16| drop(hold.holder().failed_before_data(Error::config("no").with_status(status)));
    fails_with(404);
    fails_with(410);
    assert!(hold.failure().is_none());
    fails_with(401);
    assert!(hold.failure().is_some());
    hold.forgive();
    // An error without a status: the request was not sent.
    hold.holder().failed_before_data(Error::config("no URL"));
    assert!(hold.failure().is_some());
    hold.forgive();
    let list = RunHolds::default().stream().hold(true);
    list.holder().failed_before_data(Error::config("no").with_status(404));
    assert!(list.failure().is_some());
}

#[test]
fn holds_of_a_partition_end_with_it_but_open_pages_hold_the_stream() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    hold.holder().failed(Error::transient("cut off"));
    drop(hold.holder().begin_page());
    hold.end();
    let hold = stream.hold(false);
    assert_eq!(hold.current(), None);
    // A page that is still open may belong to any partition.
    let page = hold.holder().begin_page();
    hold.end();
    let hold = stream.hold(false);
    assert!(hold.current().is_some());
    page.confirm();
    assert_eq!(hold.current(), None);
    let page = hold.holder().begin_page();
    hold.end();
    drop(page);
    assert!(stream.hold(false).current().is_some());
}

#[test]
fn failure_on_another_thread_or_after_the_end_of_a_partition_holds_all_partitions() {
    for of_another_thread in [true, false] {
        let stream = RunHolds::default().stream();
        let hold = stream.hold(false);
        let holder = hold.holder();
        if of_another_thread {
            thread::spawn(move || drop(holder.failed(Error::transient("cut off")))).join().unwrap();
            hold.end();
        } else {
            hold.end();
            holder.failed(Error::transient("cut off"));
        }
        let next = stream.hold(false);
        assert!(next.failure().is_some() && next.current().is_some());
        // Another partition cannot forgive it.
        next.forgive();
        assert!(next.failure().is_some() && stream.hold(false).current().is_some());
    }
}

#[test]
fn forgive_covers_failures_of_the_own_client_on_any_thread_but_no_panic() {
    let run = RunHolds::default();
    let stream = run.stream();
    let hold = stream.hold(false);
    let holder = hold.holder();
    thread::spawn(move || {
        drop(holder.begin_page());
        drop(holder.failed(Error::transient("cut off")));
    })
    .join()
    .unwrap();
    assert!(stream.hold(false).failure().is_some());
    hold.forgive();
    assert!(hold.failure().is_none() && hold.current().is_none() && stream.hold(false).current().is_none());
    // A panic may concern any stream.
    run.note_stray_panic(Error::system("panicked"));
    hold.forgive();
    assert!(hold.current().is_some() && stream.hold(false).current().is_some());
}

/// The page may belong to a later partition.
#[test]
fn page_abandoned_by_another_thread_holds_later_partitions() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    let holder = hold.holder();
    thread::spawn(move || drop(holder.begin_page())).join().unwrap();
    hold.end();
    assert!(stream.hold(false).current().is_some());
}

/// The end of the run is not a gap in a stream and must not be reported as one.
#[test]
fn end_of_the_run_is_not_a_failure() {
    let hold = hold();
    hold.holder().failed(Error::stopped());
    assert!(hold.failure().is_none() && hold.current().is_none());
}

#[test]
fn open_page_of_an_ended_stream_holds_open_streams() {
    let run = RunHolds::default();
    let earlier = run.stream();
    let first = earlier.hold(false);
    let begun_before = first.holder().begin_page();
    first.end();
    earlier.end();
    let second = run.stream().hold(false);
    assert!(second.current().is_some(), "the rest of the page may be read for this stream");
    begun_before.confirm();
    assert!(second.current().is_none());
    let page = first.holder().begin_page();
    assert!(second.current().is_some() && run.stream().hold(false).current().is_some());
    page.confirm();
    assert!(second.current().is_none());
    drop(first.holder().begin_page());
    assert!(second.current().is_some());
}

/// The partitions may contain the client that listed them.
#[test]
fn client_of_the_listing_holds_every_partition_later() {
    let stream = RunHolds::default().stream();
    let list = stream.hold(true);
    let client = list.holder();
    list.end();
    let partition = stream.hold(false);
    let page = client.begin_page();
    assert!(partition.current().is_some());
    page.confirm();
    client.failed_before_data(Error::config("no").with_status(404));
    assert!(partition.current().is_none() && stream.failure().is_none());
    client.failed(Error::transient("cut off"));
    assert!(partition.current().is_some() && stream.failure().is_some());
}

#[test]
fn client_of_an_ended_stream_does_not_release_the_next_one_and_its_failure_holds_it() {
    let run = RunHolds::default();
    let earlier = run.stream();
    let first = earlier.hold(false);
    let page = first.holder().begin_page();
    first.end();
    earlier.end();
    let second = run.stream().hold(false);
    second.hold();
    page.confirm();
    assert!(second.current().is_some());
    second.release();
    first.holder().failed(Error::transient("cut off"));
    assert!(second.failure().is_some());
}

/// Two streams that are read at the same time do not hold each other.
#[test]
fn failure_holds_only_the_stream_of_its_client() {
    let run = RunHolds::default();
    let (one, other) = (run.stream(), run.stream());
    let (one, other) = (one.hold(false), other.hold(false));
    one.holder().failed(Error::transient("cut off"));
    assert!(one.failure().is_some() && other.failure().is_none());
}

#[test]
fn stray_panic_holds_open_and_later_streams() {
    let run = RunHolds::default();
    let before = run.stream().hold(false);
    run.note_stray_panic(Error::system("panicked"));
    assert!(before.current().is_some() && run.stream().hold(false).current().is_some());
}

/// A second reason during a hold does not move the position where the hold began, regardless of its level.
#[test]
fn stream_hold_during_a_partition_hold_is_the_same_hold() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    let page = hold.holder().begin_page();
    assert_eq!(hold.current(), Some(1));
    stream.hold_externally(None);
    page.confirm();
    assert_eq!(hold.current(), Some(1));
}
