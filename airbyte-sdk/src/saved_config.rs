//! Saves the configuration with a replaced refresh token.
//!
//! Problem: many APIs let a refresh token be used once. If the new one is lost, the user has to authenticate again. Idea: the
//! new refresh token and the access token that came with it are wrapped in an [`Unsaved`], and [`Unsaved::save`] sends the
//! whole configuration to the platform before it returns the access token. What must stay true: an access token is not used
//! before its refresh token was saved; one thread at a time replaces a token; a run that is ended waits for a token request
//! that was sent, and sends no other.

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

/// How long a run that is being ended waits for a token that is being replaced.
const ROTATION_TIMEOUT: Duration = Duration::from_secs(5);

/// The configuration of a run, as the platform should store it.
pub(crate) struct SavedConfig {
    output: Arc<Output>,
    kept: Mutex<Kept>,
    rotation: Mutex<RotationState>,
    /// Notified when `rotation` changes.
    rotated: Condvar,
    /// The run is ending; no more tokens are requested.
    closed: AtomicBool,
}

/// Whether a token is being replaced.
#[derive(Clone, Copy, Default, PartialEq)]
enum RotationState {
    #[default]
    Idle,
    /// A thread is about to request a token, possibly in minutes; the end of the run prevents the request.
    Waiting,
    /// The request was sent.
    Requested,
}

#[derive(Default)]
struct Kept {
    /// As passed by the user, including unknown fields.
    given: Value,
    /// With the tokens replaced so far, as the platform has it.
    current: Value,
}

/// A value that was received together with a new token for the configuration, available only through [`save`](Self::save):
/// the old token may be invalid already, so the new one must be saved first.
#[must_use]
pub(crate) struct Unsaved<T> {
    value: T,
    change: Option<(String, Secret)>,
}

impl<T> Unsaved<T> {
    /// `change` is a path in the configuration and its new value, if there is one.
    pub(crate) fn new(value: T, change: Option<(String, Secret)>) -> Self {
        Self { value, change }
    }

    /// Sends the whole changed configuration, flushes it, and returns the value.
    ///
    /// # Errors
    ///
    /// Fails if the configuration cannot be sent, for example because stdout is closed. The value is then lost.
    pub(crate) fn save(self, config: Option<&SavedConfig>) -> Result<T> {
        if let Some((path, secret)) = &self.change {
            let config = config.ok_or_else(|| {
                Error::system("cannot save the new refresh token: this client has no configuration")
            })?;
            config.change(path, secret)?;
        }
        Ok(self.value)
    }
}

/// The right to replace a token. No other thread has it at the same time.
pub(crate) struct Rotation<'c>(&'c SavedConfig);

impl SavedConfig {
    pub(crate) fn new(output: Arc<Output>) -> Arc<Self> {
        Arc::new(Self {
            output,
            kept: Mutex::default(),
            rotation: Mutex::default(),
            rotated: Condvar::new(),
            closed: AtomicBool::new(false),
        })
    }

    /// Returns the output that changes are written to.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// Marks the run as ending, which prevents further token requests. Returns `true` for the first call only.
    pub(crate) fn close(&self) -> bool {
        !self.closed.swap(true, AcqRel)
    }

    /// Stores the configuration as passed by the user.
    pub(crate) fn keep(&self, config: Value) {
        *self.kept() = Kept { current: config.clone(), given: config };
    }

    /// Begins to replace the token at this path, and returns the current one. Waits until no other thread replaces one.
    ///
    /// # Errors
    ///
    /// Fails if the configuration did not contain `given` at this path, or the run is ending. Checked before the request,
    /// because the request invalidates the old token.
    pub(crate) fn rotate(&self, path: &str, given: &Secret) -> Result<(Rotation<'_>, Secret)> {
        let mut state = self.rotation();
        while *state != RotationState::Idle {
            state = self.rotated.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if self.closed.load(Acquire) {
            return Err(Error::stopped());
        }
        let kept = self.kept();
        let text = |config| at(config, path).and_then(Value::as_str);
        match (text(&kept.given), text(&kept.current)) {
            (Some(original), Some(current)) if original == given.expose() => {
                *state = RotationState::Waiting;
                Ok((Rotation(self), current.into()))
            }
            _ => Err(Error::system(format!(
                "`{path}` in the configuration is not the refresh token that this connector authenticates with"
            ))),
        }
    }

    /// Called before a token request is sent; `rotates` if it may invalidate the current refresh token.
    ///
    /// # Errors
    ///
    /// Fails if the run is ending, because its end would not wait for the response.
    pub(crate) fn before_token_request(&self, rotates: bool) -> Result<()> {
        let mut state = self.rotation();
        if self.closed.load(Acquire) {
            return Err(Error::stopped());
        }
        if rotates {
            *state = RotationState::Requested;
        }
        Ok(())
    }

    /// Called after a token request has failed. It may be retried.
    pub(crate) fn token_request_failed(&self, rotates: bool) {
        if rotates {
            *self.rotation() = RotationState::Waiting;
            self.rotated.notify_all();
        }
    }

    fn change(&self, path: &str, secret: &Secret) -> Result<()> {
        let mut kept = self.kept();
        let field = at_mut(&mut kept.current, path);
        *field.ok_or_else(|| Error::system(format!("the configuration has no `{path}`")))? =
            secret.expose().into();
        let config = kept.current.as_object().cloned().unwrap_or_default();
        let control = AirbyteControlMessage::new(
            output::now() as f64,
            AirbyteControlConnectorConfigMessage::new(config),
        );
        self.output.message(AirbyteMessage::Control(control))?;
        self.output.flush()
    }

    /// Waits up to [`ROTATION_TIMEOUT`] for the response to a token request that was sent. Called after [`close`](Self::close),
    /// so no other request follows.
    pub(crate) fn wait_for_rotation(&self) {
        let requested = |state: &mut RotationState| *state == RotationState::Requested;
        // The run ends after the timeout as well.
        let _ = self.rotated.wait_timeout_while(self.rotation(), ROTATION_TIMEOUT, requested);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rotation(&self) -> MutexGuard<'_, RotationState> {
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Rotation<'_> {
    fn drop(&mut self) {
        *self.0.rotation() = RotationState::Idle;
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

    /// Stores what is written, or fails like a closed pipe.
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
    fn whole_configuration_is_written_before_the_token_is_returned() {
        let (pipe, config) = config();
        assert_eq!(unsaved("r-2").save(Some(&config)).unwrap(), "the access token");
        // Read without flushing: `save` has done that.
        let text = String::from_utf8(pipe.0.lock().unwrap().0.clone()).unwrap();
        let written =
            r#"{"z":1.0,"credentials":{"refresh_token":"r-2","unknown":[null,"x"]},"a":{"b":true}}"#;
        assert!(text.contains(written) && text.ends_with('\n'), "{text}");
        let (_rotation, current) = config.rotate(PATH, &"r-1".into()).unwrap();
        assert_eq!(current.expose(), "r-2");
    }

    #[test]
    fn token_that_cannot_be_saved_is_not_returned() {
        let (pipe, config) = config();
        pipe.0.lock().unwrap().1 = true;
        assert!(unsaved("r-2").save(Some(&config)).unwrap_err().is_stopped());
        assert!(unsaved("r-2").save(None).is_err());
        let (_, config) = self::config();
        let unknown_path = Unsaved::new((), Some(("credentials.none".to_owned(), "r-2".into())));
        assert!(unknown_path.save(Some(&config)).is_err());
        assert!(Unsaved::new((), None).save(None).is_ok());
    }

    #[test]
    fn path_to_another_value_is_an_error_before_the_request() {
        let (_, config) = config();
        for path in ["credentials", "credentials.unknown.0", "z", "a.b", "nowhere", "", "refresh_token"] {
            let error = config.rotate(path, &"r-1".into()).err().unwrap();
            assert!(error.message().contains("is not the refresh token"), "{error}");
        }
        assert!(config.rotate(PATH, &"another".into()).is_err());
        assert!(config.rotate(PATH, &"r-1".into()).is_ok());
    }

    #[test]
    fn ending_run_waits_for_a_sent_request_and_prevents_others() {
        let (_, config) = config();
        let rotation = config.rotate(PATH, &"r-1".into()).unwrap();
        config.before_token_request(true).unwrap();
        assert!(config.close());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| config.wait_for_rotation());
            drop(rotation);
            waiting.join().unwrap();
        });
        assert!(config.rotate(PATH, &"r-1".into()).err().unwrap().is_stopped());
    }

    #[test]
    fn request_that_was_not_sent_is_neither_waited_for_nor_sent_later() {
        for has_failed in [false, true] {
            let (_, config) = config();
            let _rotation = config.rotate(PATH, &"r-1".into()).unwrap();
            if has_failed {
                config.before_token_request(true).unwrap();
                config.token_request_failed(true);
            }
            assert!(config.close());
            let began = Instant::now();
            config.wait_for_rotation();
            assert!(began.elapsed() < ROTATION_TIMEOUT);
            for rotates in [true, false] {
                assert!(config.before_token_request(rotates).unwrap_err().is_stopped());
            }
        }
    }
}
