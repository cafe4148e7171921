use super::*;

fn hold() -> Hold {
    RunHolds::default().stream().hold(false)
}

#[test]
fn each_hold_has_a_number_of_its_own() {
    let hold = hold();
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
fn a_release_ends_one_hold_of_the_author_and_nothing_else() {
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
fn a_failure_outlives_its_error_value_until_it_is_forgiven() {
    let hold = hold();
    hold.holder().failed(Error::transient("cut off"));
    hold.holder().failed(Error::system("later"));
    assert_eq!(hold.failure().map(|error| error.message().to_owned()), Some("cut off".to_owned()));
    hold.forgive();
    assert!(hold.failure().is_none() && hold.current().is_none());
}

#[test]
fn only_a_url_with_nothing_behind_it_is_an_answer() {
    let hold = hold();
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
    let list = RunHolds::default().stream().hold(true);
    list.holder().refused(Error::config("no").with_status(404));
    assert!(list.failure().is_some());
}

#[test]
fn what_concerns_one_partition_ends_with_it_and_nothing_else_does() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    hold.holder().failed(Error::transient("cut off"));
    drop(hold.holder().begin_page());
    hold.end();
    let hold = stream.hold(false);
    assert_eq!(hold.current(), None);
    // A page that is still read may be of any partition.
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
fn what_another_thread_or_an_ended_partition_was_to_bring_may_be_of_any_partition() {
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
        // It is not for another partition to forgive.
        next.forgive();
        assert!(next.failure().is_some() && stream.hold(false).current().is_some());
    }
}

#[test]
fn an_emitter_forgives_what_its_own_client_failed_at() {
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

/// It may be for a partition that comes later.
#[test]
fn a_page_that_another_thread_reads_holds_the_partitions_after_it() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    let holder = hold.holder();
    thread::spawn(move || drop(holder.begin_page())).join().unwrap();
    hold.end();
    assert!(stream.hold(false).current().is_some());
}

/// That the run ends is no gap of a stream, and must not be told as one.
#[test]
fn the_end_of_the_run_is_no_failure() {
    let hold = hold();
    hold.holder().failed(Error::stopped());
    assert!(hold.failure().is_none() && hold.current().is_none());
}

#[test]
fn a_page_of_an_ended_stream_holds_those_that_are_read() {
    let run = RunHolds::default();
    let earlier = run.stream();
    let first = earlier.hold(false);
    let begun_before = first.holder().begin_page();
    first.end();
    earlier.end();
    let second = run.stream().hold(false);
    assert!(second.current().is_some(), "the page may be read on for this stream");
    begun_before.confirm();
    assert!(second.current().is_none());
    let page = first.holder().begin_page();
    assert!(second.current().is_some() && run.stream().hold(false).current().is_some());
    page.confirm();
    assert!(second.current().is_none());
    drop(first.holder().begin_page());
    assert!(second.current().is_some());
}

/// The client of the list may be kept in the partitions.
#[test]
fn what_the_client_of_a_list_does_later_holds_every_partition() {
    let stream = RunHolds::default().stream();
    let list = stream.hold(true);
    let client = list.holder();
    list.end();
    let partition = stream.hold(false);
    let page = client.begin_page();
    assert!(partition.current().is_some());
    page.confirm();
    client.refused(Error::config("no").with_status(404));
    assert!(partition.current().is_none() && stream.failure().is_none());
    client.failed(Error::transient("cut off"));
    assert!(partition.current().is_some() && stream.failure().is_some());
}

#[test]
fn the_client_of_an_earlier_stream_neither_releases_the_next_one_nor_fails_unnoticed() {
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
fn a_failure_concerns_the_stream_whose_client_failed() {
    let run = RunHolds::default();
    let (one, other) = (run.stream(), run.stream());
    let (one, other) = (one.hold(false), other.hold(false));
    one.holder().failed(Error::transient("cut off"));
    assert!(one.failure().is_some() && other.failure().is_none());
}

#[test]
fn after_a_stray_panic_every_stream_is_held() {
    let run = RunHolds::default();
    let before = run.stream().hold(false);
    run.note_stray_panic(Error::system("panicked"));
    assert!(before.current().is_some() && run.stream().hold(false).current().is_some());
}

/// A second reason within the first does not move the place where the hold began, wherever it comes from.
#[test]
fn a_hold_of_the_stream_within_one_of_the_partition_is_one_hold() {
    let stream = RunHolds::default().stream();
    let hold = stream.hold(false);
    let page = hold.holder().begin_page();
    assert_eq!(hold.current(), Some(1));
    stream.disturb(None);
    page.confirm();
    assert_eq!(hold.current(), Some(1));
}
