use airbyte_sdk::Secret;

fn main() {
    let key = Secret::from("k-123456");
    let _ = serde_json::to_string(&key);
}
