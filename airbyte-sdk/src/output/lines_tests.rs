//! The buffer in front of stdout, with a pipe whose reader is slow, stops or ends.

use super::Memory;
use super::lines::{FLUSH_SIZE, LIMIT, Lines};
use serde_json::json;
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

struct Broken(ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A pipe whose reader takes the bytes of one write for each permit.
struct Slow {
    began: Sender<usize>,
    permits: Receiver<()>,
    taken: Memory,
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.began.send(bytes.len());
        // A test that waits for itself fails instead of waiting forever.
        let permit = self.permits.recv_timeout(Duration::from_secs(10));
        permit.map_err(|error| match error {
            RecvTimeoutError::Disconnected => ErrorKind::BrokenPipe,
            RecvTimeoutError::Timeout => ErrorKind::TimedOut,
        })?;
        self.taken.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Pipe {
    lines: Arc<Lines>,
    began: Receiver<usize>,
    permits: Sender<()>,
    taken: Memory,
}

impl Pipe {
    fn new() -> Self {
        let ((began, begins), (permits, permitted)) = (channel(), channel());
        let taken = Memory::default();
        let slow = Slow { began, permits: permitted, taken: taken.clone() };
        Self { lines: Arc::new(Lines::to_pipe(Box::new(slow))), began: begins, permits, taken }
    }

    /// Returns a pipe whose reader does not read, while the background thread writes a full buffer.
    fn while_written_to() -> Self {
        let pipe = Self::new();
        pipe.permits.send(()).unwrap();
        pipe.lines.push_block(&mut full_block(0)).unwrap();
        pipe.lines.push_block(&mut full_block(1)).unwrap();
        assert_eq!(
            [(); 2].map(|()| pipe.began.recv_timeout(Duration::from_secs(10)).unwrap()),
            [0, 1].map(|id| full_block(id).len())
        );
        pipe
    }

    fn read_on(&self) {
        (0..100).for_each(|_| self.permits.send(()).unwrap());
    }
}

/// Takes the ids of the lines that were read.
fn ids(taken: &Memory) -> Vec<u64> {
    taken.take_messages().iter().filter_map(|message| message["id"].as_u64()).collect()
}

fn full_block(id: u64) -> Vec<u8> {
    let line = json!({"id": id, "text": "a".repeat(FLUSH_SIZE)});
    format!("{line}\n").into_bytes()
}

/// Waits until the thread has ended or blocks, as it must. No result depends on this time.
fn let_run<T>(thread: &thread::ScopedJoinHandle<'_, T>) {
    for _ in 0..50 {
        if !thread.is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn lines_are_added_while_the_background_thread_writes() {
    let pipe = Pipe::while_written_to();
    pipe.lines.push(b"{\"id\":2}\n").unwrap();
    pipe.lines.push_block(&mut b"{\"id\":3}\n".to_vec()).unwrap();
    assert!(!pipe.lines.is_closed());
    pipe.read_on();
    pipe.lines.flush().unwrap();
    assert_eq!(ids(&pipe.taken), [0, 1, 2, 3]);
}

#[test]
fn background_thread_is_woken_by_the_next_full_buffer() {
    let pipe = Pipe::while_written_to();
    pipe.read_on();
    // Until the thread waits; a correct result does not depend on this time.
    thread::sleep(Duration::from_millis(50));
    pipe.lines.push_block(&mut full_block(2)).unwrap();
    assert_eq!(pipe.began.recv_timeout(Duration::from_secs(10)), Ok(full_block(2).len()));
}

#[test]
fn first_full_buffer_is_written_without_a_thread() {
    let pipe = Pipe::new();
    pipe.permits.send(()).unwrap();
    pipe.lines.push_block(&mut full_block(0)).unwrap();
    assert_eq!(ids(&pipe.taken), [0]);
    assert_eq!(Arc::strong_count(&pipe.lines), 1);
}

#[test]
fn flush_waits_for_what_the_background_thread_is_writing() {
    let pipe = Pipe::while_written_to();
    let (lines, taken) = (&pipe.lines, &pipe.taken);
    thread::scope(|scope| {
        let flush = scope.spawn(|| {
            lines.flush().unwrap();
            ids(taken)
        });
        let_run(&flush);
        pipe.read_on();
        assert_eq!(flush.join().unwrap(), [0, 1]);
    });
}

#[test]
fn flush_fails_if_the_background_thread_cannot_write() {
    let pipe = Pipe::while_written_to();
    let lines = &pipe.lines;
    thread::scope(|scope| {
        let flush = scope.spawn(|| lines.flush().unwrap_err().is_stopped());
        let_run(&flush);
        drop(pipe.permits);
        assert!(flush.join().unwrap());
    });
    assert!(pipe.lines.is_closed());
    assert!(pipe.lines.push(b"{}\n").unwrap_err().is_stopped());
}

#[test]
fn buffer_is_bounded_while_the_pipe_is_full() {
    let pipe = Pipe::while_written_to();
    thread::scope(|scope| {
        let lines = &pipe.lines;
        let push = scope.spawn(move || (2..20).for_each(|id| lines.push_block(&mut full_block(id)).unwrap()));
        let_run(&push);
        pipe.read_on();
    });
    pipe.lines.flush().unwrap();
    assert_eq!(ids(&pipe.taken), Vec::from_iter(0..20));
    let largest = pipe.began.try_iter().max().unwrap();
    assert!(largest < LIMIT + full_block(0).len(), "{largest}");
}

/// Otherwise the state of the final messages would not count lines that precede it.
#[test]
fn lines_of_a_thread_that_waits_when_the_end_begins_are_accepted_and_written() {
    let pipe = Pipe::while_written_to();
    let lines = &pipe.lines;
    thread::scope(|scope| {
        let push = scope.spawn(|| {
            let accepted = (2..20).take_while(|id| lines.push_block(&mut full_block(*id)).is_ok());
            accepted.last().unwrap()
        });
        let_run(&push);
        lines.begin_to_end();
        lines.claim();
        pipe.read_on();
        let last = push.join().unwrap();
        lines.push(b"{\"id\":20}\n").unwrap();
        lines.flush().unwrap();
        let written: Vec<u64> = (0..=last).chain([20]).collect();
        assert_eq!(ids(&pipe.taken), written);
    });
}

#[test]
fn background_thread_ends_when_the_output_ends() {
    let pipe = Pipe::while_written_to();
    pipe.read_on();
    pipe.lines.flush().unwrap();
    pipe.lines.shut();
    // The thread drops the writer together with its reference to the lines.
    let Pipe { lines, began, .. } = pipe;
    drop(lines);
    let ended = loop {
        if let Err(error) = began.recv_timeout(Duration::from_secs(10)) {
            break error;
        }
    };
    assert_eq!(ended, RecvTimeoutError::Disconnected);
}

#[test]
fn broken_pipe_stops_all_output() {
    let lines = Arc::new(Lines::new(Box::new(Broken(ErrorKind::BrokenPipe))));
    lines.push(b"{}\n").unwrap();
    assert!(lines.flush().unwrap_err().is_stopped());
    assert!(lines.push(b"{}\n").unwrap_err().is_stopped());
}

#[test]
fn only_the_claiming_thread_writes_after_the_end_began() {
    let memory = Memory::default();
    let lines = Arc::new(Lines::new(Box::new(memory.clone())));
    lines.push_block(&mut b"{\"id\":1}\n".to_vec()).unwrap();
    lines.begin_to_end();
    assert!(lines.push_block(&mut b"{\"id\":2}\n".to_vec()).unwrap_err().is_stopped());
    assert!(lines.flush().unwrap_err().is_stopped());
    lines.claim();
    lines.push(b"{\"id\":3}\n").unwrap();
    lines.flush().unwrap();
    assert_eq!(memory.take_messages(), [json!({"id": 1}), json!({"id": 3})]);
}
