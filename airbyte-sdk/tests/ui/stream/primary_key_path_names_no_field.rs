use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(owner.company.number))]
struct Visit {
    owner: Owner,
}

#[airbyte_stream(nested)]
struct Owner {
    company: Company,
}

#[airbyte_stream(nested)]
struct Company {
    id: u64,
}

fn main() {}
