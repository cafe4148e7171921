//! The configuration that the platform is to keep: what the user gave, and what the service has put in the place of a part
//! of it since. What came together with such a part can be had only when the part has left.

use crate::error::{Error, Result};
use crate::output::{self, Output};
use crate::protocol::{AirbyteControlConnectorConfigMessage, AirbyteControlMessage, AirbyteMessage};
use crate::secret::Secret;
use serde_json::Value;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Acquire},
};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So long a run that is ended from outside waits for a token that is being replaced.
const PATIENCE: Duration = Duration::from_secs(5);

/// The configuration of a run, as the platform is to keep it.
pub(crate) struct SavedConfig {
    output: Arc<Output>,
    kept: Mutex<Kept>,
    rotating: Mutex<Rotating>,
    rotated: Condvar,
    /// The run ends: no token is asked for any more.
    closed: AtomicBool,
}

/// Whether a token is being replaced.
#[derive(Clone, Copy, Default, PartialEq)]
enum Rotating {
    #[default]
    No,
    /// Somebody is about to ask for another, perhaps in minutes, and may still be kept from it.
    Soon,
    /// The service has been asked.
    UnderWay,
}

#[derive(Default)]
struct Kept {
    /// As the user gave it, with whatever the connector does not know.
    given: Value,
    /// As the platform has it by now.
    now: Value,
}

/// What a service gave together with a new value for a place in the configuration. The old value may be dead already: if
/// the new one were used and then lost, nobody could sign in any more. [`save`](Self::save) is the one way to it.
#[must_use]
pub(crate) struct Unsaved<T> {
    value: T,
    change: Option<(String, Secret)>,
}

impl<T> Unsaved<T> {
    /// With `change`, a path and what stands there from now on, or without one.
    pub(crate) fn new(value: T, change: Option<(String, Secret)>) -> Self {
        Self { value, change }
    }

    /// Sends the whole new configuration, and writes it out; only then there is the value. An error means that it may
    /// not be used, for example since nobody reads any more.
    pub(crate) fn save(self, config: Option<&SavedConfig>) -> Result<T> {
        if let Some((path, secret)) = &self.change {
            let config = config.ok_or_else(|| Error::system("there is nowhere to save a new token"))?;
            config.change(path, secret)?;
        }
        Ok(self.value)
    }
}

/// A token is being replaced while this lives, and nobody else replaces one. Once the service is asked, the run does not end
/// in between.
pub(crate) struct Rotation<'c>(&'c SavedConfig);

impl SavedConfig {
    pub(crate) fn new(output: Arc<Output>) -> Arc<Self> {
        Arc::new(Self {
            output,
            kept: Mutex::default(),
            rotating: Mutex::default(),
            rotated: Condvar::new(),
            closed: AtomicBool::new(false),
        })
    }

    /// Where changes of it are written.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// The run ends: no token is asked for any more. True once.
    pub(crate) fn close(&self) -> bool {
        !self.closed.swap(true, AcqRel)
    }

    /// Keeps the configuration as the user gave it.
    pub(crate) fn keep(&self, config: Value) {
        *self.kept() = Kept { now: config.clone(), given: config };
    }

    /// Begins to replace the token at this path; `given` is what the connector takes to stand there. Together with the
    /// one that stands there by now. To be asked before the service is: afterwards it is too late for a mistake.
    pub(crate) fn rotate(&self, path: &str, given: &Secret) -> Result<(Rotation<'_>, Secret)> {
        let mut rotating = self.rotating();
        while *rotating != Rotating::No {
            rotating = self.rotated.wait(rotating).unwrap_or_else(PoisonError::into_inner);
        }
        if self.closed.load(Acquire) {
            return Err(Error::stopped());
        }
        let kept = self.kept();
        let text = |config| at(config, path).and_then(Value::as_str);
        match (text(&kept.given), text(&kept.now)) {
            (Some(stood), Some(stands)) if stood == given.expose() => {
                *rotating = Rotating::Soon;
                Ok((Rotation(self), stands.into()))
            }
            _ => Err(Error::system(format!(
                "`{path}` in the configuration is not the refresh token that this connector signs in with"
            ))),
        }
    }

    /// A request for a token is about to leave, which may use up the one there is if it `rotates`. Not after the last word
    /// was claimed: nobody waits for the answer of one that begins then.
    pub(crate) fn token_leaves(&self, rotates: bool) -> Result<()> {
        let mut rotating = self.rotating();
        if self.closed.load(Acquire) {
            return Err(Error::stopped());
        }
        if rotates {
            *rotating = Rotating::UnderWay;
        }
        Ok(())
    }

    /// Nothing came of the request that left. There may be another.
    pub(crate) fn token_failed(&self, rotates: bool) {
        if rotates {
            *self.rotating() = Rotating::Soon;
            self.rotated.notify_all();
        }
    }

    fn change(&self, path: &str, secret: &Secret) -> Result<()> {
        let mut kept = self.kept();
        let place = at_mut(&mut kept.now, path);
        *place.ok_or_else(|| Error::system(format!("the configuration has no `{path}`")))? =
            secret.expose().into();
        let config = kept.now.as_object().cloned().unwrap_or_default();
        let control = AirbyteControlMessage::new(
            output::now() as f64,
            AirbyteControlConnectorConfigMessage::new(config),
        );
        self.output.message(AirbyteMessage::Control(control))?;
        self.output.flush()
    }

    /// Waits for the token that the service has been asked for. After the last word was claimed, it is asked for no other.
    pub(crate) fn settle(&self) {
        let rotating = self.rotating();
        // Whoever asks ends the run either way.
        let _ =
            self.rotated.wait_timeout_while(rotating, PATIENCE, |rotating| *rotating == Rotating::UnderWay);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rotating(&self) -> MutexGuard<'_, Rotating> {
        self.rotating.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Rotation<'_> {
    fn drop(&mut self) {
        *self.0.rotating() = Rotating::No;
        self.0.rotated.notify_all();
    }
}

fn at<'v>(config: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(config, |value, key| value.get(key))
}

fn at_mut<'v>(config: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').try_fold(config, |value, key| value.get_mut(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Lines;
    use serde_json::json;
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::time::Instant;

    /// Keeps what has been flushed; or refuses it, as a pipe does whose reader has gone.
    #[derive(Clone, Default)]
    struct Pipe(Arc<Mutex<(Vec<u8>, bool)>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut pipe = self.0.lock().unwrap();
            if pipe.1 { Err(io::ErrorKind::BrokenPipe.into()) } else { pipe.0.write(bytes) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn config() -> (Pipe, Arc<SavedConfig>) {
        let pipe = Pipe::default();
        let config = SavedConfig::new(Output::to(Lines::new(Box::new(pipe.clone()))));
        config.keep(json!({
            "z": 1.0, "credentials": {"refresh_token": "r-1", "unknown": [null, "x"]}, "a": {"b": true}
        }));
        (pipe, config)
    }

    const PATH: &str = "credentials.refresh_token";

    fn unsaved(secret: &str) -> Unsaved<&'static str> {
        Unsaved::new("the access token", Some((PATH.to_owned(), secret.into())))
    }

    #[test]
    fn the_whole_configuration_has_left_when_there_is_a_token() {
        let (pipe, config) = config();
        assert_eq!(unsaved("r-2").save(Some(&config)).unwrap(), "the access token");
        // Not flushed by anybody else.
        let text = String::from_utf8(pipe.0.lock().unwrap().0.clone()).unwrap();
        let written =
            r#"{"z":1.0,"credentials":{"refresh_token":"r-2","unknown":[null,"x"]},"a":{"b":true}}"#;
        assert!(text.contains(written) && text.ends_with('\n'), "{text}");
        let (_rotation, stands) = config.rotate(PATH, &"r-1".into()).unwrap();
        assert_eq!(stands.expose(), "r-2");
    }

    #[test]
    fn what_could_not_be_saved_is_not_to_be_had() {
        let (pipe, config) = config();
        pipe.0.lock().unwrap().1 = true;
        assert!(unsaved("r-2").save(Some(&config)).unwrap_err().is_stopped());
        assert!(unsaved("r-2").save(None).is_err());
        let (_, config) = self::config();
        let nowhere = Unsaved::new((), Some(("credentials.none".to_owned(), "r-2".into())));
        assert!(nowhere.save(Some(&config)).is_err());
        assert!(Unsaved::new((), None).save(None).is_ok());
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_noticed_before_it_is_written_to() {
        let (_, config) = config();
        for path in ["credentials", "credentials.unknown.0", "z", "a.b", "nowhere", "", "refresh_token"] {
            let error = config.rotate(path, &"r-1".into()).err().unwrap();
            assert!(error.message().contains("is not the refresh token"), "{error}");
        }
        assert!(config.rotate(PATH, &"another".into()).is_err());
        assert!(config.rotate(PATH, &"r-1".into()).is_ok());
    }

    #[test]
    fn a_run_that_ends_waits_for_a_replacement_and_lets_no_other_begin() {
        let (_, config) = config();
        let rotation = config.rotate(PATH, &"r-1".into()).unwrap();
        config.token_leaves(true).unwrap();
        assert!(config.close());
        std::thread::scope(|scope| {
            let settled = scope.spawn(|| config.settle());
            drop(rotation);
            settled.join().unwrap();
        });
        assert!(config.rotate(PATH, &"r-1".into()).err().unwrap().is_stopped());
    }

    #[test]
    fn what_has_not_left_is_not_waited_for_and_does_not_leave() {
        for has_failed in [false, true] {
            let (_, config) = config();
            let _rotation = config.rotate(PATH, &"r-1".into()).unwrap();
            if has_failed {
                config.token_leaves(true).unwrap();
                config.token_failed(true);
            }
            assert!(config.close());
            let began = Instant::now();
            config.settle();
            assert!(began.elapsed() < PATIENCE);
            for rotates in [true, false] {
                assert!(config.token_leaves(rotates).unwrap_err().is_stopped());
            }
        }
    }
}
