//! The docker command, the image's name, containers and mounted folders.

use crate::metadata::text;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub(crate) fn image() -> String {
    format!("{}:{}", text("dockerRepository"), text("dockerImageTag"))
}

/// Runs `docker` with these arguments.
pub(crate) fn docker(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    Command::new("docker").args(arguments).output().expect("the docker command")
}

/// Returns the output of `docker inspect` for an image or a container.
pub(crate) fn inspect(name: &str) -> Value {
    let output = docker(["inspect", name]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()[0].take()
}

/// Returns a unique name.
pub(crate) fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("airbyte-image-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed))
}

/// A folder that any user may write to. Removed on drop.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(unique_name());
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    /// Returns the contents of a file, if it exists.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.join(name)).ok()
    }

    /// Returns the value of `--volume`.
    pub(crate) fn mounted_at(&self, place: &str) -> String {
        format!("{}:{place}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A container. Killed if necessary, and removed, on drop.
pub(crate) struct Container(pub(crate) String);

impl Drop for Container {
    fn drop(&mut self) {
        docker(["rm", "--force", &self.0]);
    }
}
