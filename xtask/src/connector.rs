//! The connector that the tasks use.

use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::process::Command;

pub(crate) const CONNECTOR: &str = "source-stock-ticker-api";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Builds the connector and returns the path of its program.
pub(crate) fn build() -> Result<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = ["build", "--quiet", "--package", CONNECTOR, "--message-format=json-render-diagnostics"];
    let mut command = Command::new(cargo);
    command.args(build).stderr(std::process::Stdio::inherit());
    // The variables of this program's own package would make cargo run build scripts again.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err("the connector does not compile".into());
    }
    let messages = String::from_utf8(output.stdout)?;
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = built.filter_map(|message| message["executable"].as_str().map(str::to_owned)).next_back();
    let program = program.ok_or("cargo did not report the path of the connector")?;
    let here = std::env::current_dir()?;
    Ok(Path::new(&program).strip_prefix(&here).map_or(program.clone(), |path| path.display().to_string()))
}
