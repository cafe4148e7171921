//! A folder of its own for the input files of a connector.
#![expect(
    clippy::expect_used,
    reason = "this is for tests: a file that cannot be written is a failure of the test"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A folder that goes when this value goes.
pub(super) struct Folder {
    path: PathBuf,
    is_shared: bool,
}

impl Folder {
    /// If it is shared, everybody may read in it: the user of a container is another one. On this machine nobody else comes
    /// as far as that: there may be keys in it.
    pub(super) fn new(is_shared: bool) -> Self {
        let own = std::env::temp_dir().join(unique());
        create_for_oneself(&own).expect("a folder of one's own");
        // A blank in the path is normal for some clients.
        let folder = Self { path: own.join("input files"), is_shared };
        std::fs::create_dir(&folder.path).expect("a folder for input files");
        folder.open(&folder.path, 0o755);
        folder
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file and returns its path.
    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        std::fs::write(&path, text).expect("an input file");
        self.open(&path, 0o644);
        path
    }

    /// Makes a folder within and returns its path.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        std::fs::create_dir_all(&path).expect("an empty folder");
        self.open(&path, 0o755);
        path
    }

    #[cfg(unix)]
    fn open(&self, path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        if self.is_shared {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
                .expect("a file of one's own");
        }
    }

    #[cfg(not(unix))]
    fn open(&self, _: &Path, _: u32) {}
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = self.path.parent().map(std::fs::remove_dir_all);
    }
}

/// It is an error if it is there: somebody else may have made it.
fn create_for_oneself(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A name that nothing else has.
pub(super) fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}{}", prefix(), COUNT.fetch_add(1, Relaxed))
}

/// How the names of this process begin.
pub(super) fn prefix() -> String {
    format!("airbyte-conformance-{}-", std::process::id())
}
