//! Runs the mock API, with a configuration for it in `secrets/config.json`.

#[path = "../tests/mock/mod.rs"]
mod mock;

fn main() -> std::io::Result<()> {
    let server = mock::start();
    std::fs::create_dir_all("secrets")?;
    std::fs::write("secrets/config.json", mock::config(&server, mock::API_KEY).to_string())?;
    println!("The mock API runs at {}. Press Enter to stop it.", server.url());
    std::io::stdin().read_line(&mut String::new()).map(drop)
}
