//! A temporary folder for the input files of a connector.
#![expect(clippy::expect_used, reason = "this is for tests, which fail if a file cannot be written")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A folder that is removed on drop.
pub(super) struct Folder {
    path: PathBuf,
    is_shared: bool,
}

impl Folder {
    /// Creates the folder. If it is shared, all users may read it, because the user of a container is another one. Its parent
    /// is accessible to the current user only, since the files may contain credentials.
    pub(super) fn new(is_shared: bool) -> Self {
        let own = std::env::temp_dir().join(unique());
        create_private(&own).expect("a temporary folder");
        // Some clients have a space in the path.
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

    /// Creates a folder within and returns its path.
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
                .expect("permissions of an input file");
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

/// Creates a folder that only the current user can access. Fails if it exists, as another user may have created it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Returns a unique name.
pub(super) fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}{}", prefix(), COUNT.fetch_add(1, Relaxed))
}

/// Returns the prefix of the names of this process.
pub(super) fn prefix() -> String {
    format!("airbyte-conformance-{}-", std::process::id())
}
